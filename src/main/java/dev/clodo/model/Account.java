package dev.clodo.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is found at Cloudflare: one look at one account. Each part is known or unknown on its own.
 *
 * @param access how far the credentials reach; everything else is unknown unless they are accepted
 * @param id the account that wrangler would use; unknown when several are possible
 * @param choices the accounts that the credentials reach
 * @param kvNamespaces title by id
 * @param databases D1 database name by id
 * @param secrets names of the secrets that each looked-at service has; never values
 * @param subdomain the account's {@code workers.dev} name; empty when none is registered
 * @param zones ids by zone name
 * @param appliedMigrations names of the D1 migrations that a database (by id) has applied
 * @param resources everything else, list by list; what the workspace does not need is absent
 */
public record Account(
    Access access,
    Looked<AccountId> id,
    Looked<List<AccountId>> choices,
    Looked<Set<ServiceName>> services,
    Map<ServiceName, Looked<Live>> live,
    Looked<Map<String, String>> kvNamespaces,
    Looked<Map<String, String>> databases,
    Looked<Set<String>> buckets,
    Looked<Set<String>> queues,
    Map<ServiceName, Looked<Set<String>>> secrets,
    Looked<String> subdomain,
    Looked<Map<String, String>> zones,
    Map<String, Looked<Set<String>>> appliedMigrations,
    Map<Shelf, Looked<List<Resource>>> resources) {

  /**
   * Names one list of resources.
   *
   * @param of whose it is, where a kind has several lists; else empty
   */
  public record Shelf(ResourceKind kind, String of) {}

  /** What became of asking Cloudflare. */
  public enum Access {
    /** Nobody asked. */
    OFFLINE,
    /** There is nothing to ask with. */
    NO_CREDENTIALS,
    /** The API refuses the credentials themselves, not only one permission. */
    REJECTED,
    /** No answer; whether the credentials are good is not known. */
    UNREACHABLE,
    ACCEPTED
  }

  /**
   * How a service stands at Cloudflare now.
   *
   * @param serving the versions in that deployment, with their tags and messages
   * @param migrationTag the Durable Object migration last applied; empty when none was
   * @param onWorkersDev whether its workers.dev address leads to it
   */
  public record Live(
      Deployment deployment,
      List<UploadedVersion> serving,
      String migrationTag,
      boolean onWorkersDev) {
    public Live {
      serving = List.copyOf(serving);
    }

    /** One that its workers.dev address leads to. */
    public Live(Deployment deployment, List<UploadedVersion> serving, String migrationTag) {
      this(deployment, serving, migrationTag, true);
    }
  }

  public Account {
    live = Map.copyOf(live);
    secrets = Map.copyOf(secrets);
    appliedMigrations = Map.copyOf(appliedMigrations);
    resources = Map.copyOf(resources);
  }

  /** An account without further resources. */
  public Account(
      Access access,
      Looked<AccountId> id,
      Looked<List<AccountId>> choices,
      Looked<Set<ServiceName>> services,
      Map<ServiceName, Looked<Live>> live,
      Looked<Map<String, String>> kvNamespaces,
      Looked<Map<String, String>> databases,
      Looked<Set<String>> buckets,
      Looked<Set<String>> queues,
      Map<ServiceName, Looked<Set<String>>> secrets,
      Looked<String> subdomain,
      Looked<Map<String, String>> zones,
      Map<String, Looked<Set<String>>> appliedMigrations) {
    this(
        access,
        id,
        choices,
        services,
        live,
        kvNamespaces,
        databases,
        buckets,
        queues,
        secrets,
        subdomain,
        zones,
        appliedMigrations,
        Map.of());
  }

  /**
   * The {@code workers.dev} name of the account that a service is released to; empty when none is
   * registered.
   */
  public Looked<String> subdomainOf(Service service) {
    var own = resources.get(new Shelf(ResourceKind.WORKERS_DEV, idOf(service)));
    return own == null
        ? subdomain
        : own.map(list -> list.stream().map(Resource::name).findFirst().orElse(""));
  }

  /** For {@link #with}: the {@code workers.dev} name of the account that a service goes to. */
  public static Map<Shelf, Looked<List<Resource>>> subdomain(Service service, Looked<String> name) {
    return Map.of(
        new Shelf(ResourceKind.WORKERS_DEV, idOf(service)),
        name.map(n -> n.isEmpty() ? List.of() : List.of(new Resource("", n, Map.of()))));
  }

  private static String idOf(Service service) {
    return service.target().copy().account().stream().map(AccountId::value).findFirst().orElse("");
  }

  /** The same account with further lists; a list that it has already is replaced. */
  public Account with(Map<Shelf, Looked<List<Resource>>> more) {
    var all = new HashMap<>(resources);
    all.putAll(more);
    return new Account(
        access,
        id,
        choices,
        services,
        live,
        kvNamespaces,
        databases,
        buckets,
        queues,
        secrets,
        subdomain,
        zones,
        appliedMigrations,
        all);
  }

  /** The account's list of a kind. */
  public Looked<List<Resource>> resources(ResourceKind kind) {
    return resources(kind, "");
  }

  /** The list of a kind that belongs to a service, zone, host … */
  public Looked<List<Resource>> resources(ResourceKind kind, String of) {
    var found = resources.get(new Shelf(kind, of));
    return found != null ? found : new Looked.Unknown<>(whyUnseen(), "");
  }

  /** Nothing was asked for a list that is absent, for the same reason as for everything else. */
  private String whyUnseen() {
    return access != Access.ACCEPTED && services instanceof Looked.Unknown<?>(var why, _)
        ? why
        : "nobody asked for it";
  }

  /** The account when nobody looked: everything is unknown for the same reason. */
  public static Account unseen(String why) {
    return unseen(Access.OFFLINE, why);
  }

  /** The account when looking came to nothing: everything is unknown for the same reason. */
  public static Account unseen(Access access, String why) {
    return new Account(
        access,
        new Looked.Unknown<>(why, ""),
        new Looked.Unknown<>(why, ""),
        new Looked.Unknown<>(why, ""),
        Map.of(),
        new Looked.Unknown<>(why, ""),
        new Looked.Unknown<>(why, ""),
        new Looked.Unknown<>(why, ""),
        new Looked.Unknown<>(why, ""),
        Map.of(),
        new Looked.Unknown<>(why, ""),
        new Looked.Unknown<>(why, ""),
        Map.of());
  }

  /** How a service stands, when that is known and the service exists. */
  public Optional<Live> liveOf(ServiceName service) {
    return Optional.ofNullable(live.get(service))
        .flatMap(l ->
            l instanceof Looked.Known<Live>(var value) ? Optional.of(value) : Optional.empty());
  }
}
