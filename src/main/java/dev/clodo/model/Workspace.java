package dev.clodo.model;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What people say of a workspace beside its wrangler configurations, in {@code clodo.yaml}, {@code
 * clodo.json}, {@code clodo.config.ts} or a Java program: for which domains services are released,
 * how healthy answers look, in which shares a release goes out. It holds for one environment and
 * one profile. Without it nothing is said, and everything is found.
 *
 * @param files what it was read from; none when it was written in Java, or nothing is said
 * @param domains whom services are released for, in the order written
 * @param everyDomain what holds for each domain that says nothing else
 * @param services what is said of single services, by the name that their configuration gives them,
 *     with or without the environment's suffix
 * @param groups services that are named together
 * @param secrets of services that all domains share, and of each copy that has none of this name
 * @param health what a healthy answer of a service is of which nothing else is said
 * @param ignored findings that nobody wants to see
 */
public record Workspace(
    List<Path> files,
    Map<DomainName, Domain> domains,
    Overrides everyDomain,
    Map<ServiceName, Options> services,
    Map<String, List<Member>> groups,
    Map<String, SecretSource> secrets,
    HealthCheck health,
    Rollout rollout,
    List<Ignored> ignored) {
  /** The name of a service's copy for a domain, where nothing else is said. */
  public static final String STANDARD_NAME = "{service}-{domain}";

  /** Where a value is written that stands in a Java program. */
  public static final Location IN_JAVA = Location.startOf(Path.of("Workspace"));

  private static final ConfigValue.Table NOTHING = new ConfigValue.Table(Map.of(), IN_JAVA);

  public Workspace {
    files = List.copyOf(files);
    domains = Collections.unmodifiableMap(new LinkedHashMap<>(domains));
    services = Map.copyOf(services);
    groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
    secrets = Map.copyOf(secrets);
    ignored = List.copyOf(ignored);
  }

  /** Nothing is said. */
  public static Workspace none() {
    return builder().build();
  }

  /**
   * What is said of a service.
   *
   * @param base the name without the environment's suffix
   */
  public Options of(ServiceName service, ServiceName base) {
    var own = services.get(service);
    return own != null ? own : services.getOrDefault(base, Options.none());
  }

  /**
   * What is said of a service that is released.
   *
   * @param service a copy, or one that is released once
   */
  public Options of(Service service) {
    return of(service.copy().of(), base(service));
  }

  /** What a healthy answer of a service is. */
  public HealthCheck healthOf(Service service) {
    return of(service).health().stream().findFirst().orElse(health);
  }

  /** Where the secrets come from that a service is given; names without one are not touched. */
  public Map<String, SecretSource> secretsOf(Service service) {
    var all = new LinkedHashMap<>(secrets);
    all.putAll(of(service).secrets());
    var domain = service.copy().domain();
    if (!domain.isShared()) {
      all.putAll(everyDomain.secrets());
      Optional.ofNullable(domains.get(domain))
          .ifPresent(d -> {
            all.putAll(d.overrides().secrets());
            d.of(service.copy().of(), base(service)).ifPresent(o -> all.putAll(o.secrets()));
          });
    }
    return Collections.unmodifiableMap(all);
  }

  /**
   * What people call a service by: its name, that of the service it is a copy of, and that of its
   * configuration, whatever the environment.
   */
  public static Set<String> names(Service service) {
    return new LinkedHashSet<>(
        List.of(service.name().value(), service.copy().of().value(), base(service).value()));
  }

  /** The name that a configuration gives its service, whatever the environment. */
  public static ServiceName base(Service service) {
    return service
        .written()
        .text("name")
        .filter(n -> !n.isBlank())
        .map(ServiceName::new)
        .orElse(service.copy().of());
  }

  /**
   * A domain that services are released for.
   *
   * @param services what holds for single services, by name
   * @param at where it is written
   */
  public record Domain(
      DomainName name, Overrides overrides, Map<ServiceName, Overrides> services, Location at) {
    public Domain {
      services = Map.copyOf(services);
    }

    /** One that says nothing but its name. */
    public Domain(String name) {
      this(new DomainName(name), Overrides.none(), Map.of(), IN_JAVA);
    }

    /** One whose services are all treated alike. */
    public Domain(String name, Overrides overrides) {
      this(new DomainName(name), overrides, Map.of(), IN_JAVA);
    }

    /** What it says of one service. */
    public Optional<Overrides> of(ServiceName service, ServiceName base) {
      var own = services.get(service);
      return Optional.ofNullable(own != null ? own : services.get(base));
    }
  }

  /**
   * What a domain has of its own. In names, routes and variables {@code {service}}, {@code
   * {domain}}, {@code {slug}} (the domain with dashes) and {@code {zone}} stand for what they say.
   *
   * @param account the account that copies are released to; that in use when empty, else one
   * @param zone the zone that routes lie in; empty when it is not said
   * @param name the pattern of a copy's name; empty when it is not said
   * @param routes patterns, or tables as in wrangler's configuration; nothing is said when empty
   * @param vars values by the variable's name
   * @param secrets sources by the secret's name
   * @param kv ids by the binding's name
   * @param d1 ids, or tables of {@code id} and {@code name}, by the binding's name
   * @param r2 buckets by the binding's name
   * @param queues queues by the name that the configuration uses
   */
  public record Overrides(
      List<AccountId> account,
      String zone,
      String name,
      List<ConfigValue> routes,
      ConfigValue.Table vars,
      Map<String, SecretSource> secrets,
      ConfigValue.Table kv,
      ConfigValue.Table d1,
      ConfigValue.Table r2,
      ConfigValue.Table queues) {
    private static final Overrides NONE = new OverridesBuilder().build();

    public Overrides {
      account = List.copyOf(account);
      routes = List.copyOf(routes);
      secrets = Map.copyOf(secrets);
      if (account.size() > 1) {
        throw new IllegalArgumentException("a release goes to one account: " + account);
      }
    }

    /** Nothing of its own. */
    public static Overrides none() {
      return NONE;
    }

    /** As a Java program says it. */
    public static OverridesBuilder builder() {
      return new OverridesBuilder();
    }
  }

  /** What is said of one service. */
  public record Options(
      Audience audience, List<HealthCheck> health, Map<String, SecretSource> secrets, Location at) {
    public Options {
      health = List.copyOf(health);
      secrets = Map.copyOf(secrets);
      if (health.size() > 1) {
        throw new IllegalArgumentException("a service has one health check: " + health);
      }
    }

    /** Nothing is said: a Worker is released for every domain, a Pages project once. */
    public static Options none() {
      return new Options(new Audience.Usual(), List.of(), Map.of(), IN_JAVA);
    }
  }

  /**
   * A service of a group.
   *
   * @param service by a name that people call it by
   * @param at where it is written
   */
  public record Member(ServiceName service, Location at) {}

  /** For whom a service is released. */
  public sealed interface Audience {
    /** A Worker for every domain, a Pages project once. */
    record Usual() implements Audience {}

    /** For every domain. */
    record All() implements Audience {}

    /** Once, for all domains together. */
    record Once() implements Audience {}

    /** For these domains. */
    record Some(Set<DomainName> domains) implements Audience {
      public Some {
        domains = Set.copyOf(domains);
      }
    }
  }

  /**
   * A check whose findings are left out.
   *
   * @param check the id as written; there may be no such check
   * @param services only those of these services; of all when empty
   * @param environments only those of these environments; of all when empty
   * @param reason why, for whoever reads it later; may be empty
   * @param at where the id is written
   */
  public record Ignored(
      String check,
      Set<ServiceName> services,
      Set<EnvironmentName> environments,
      String reason,
      Location at) {
    public Ignored {
      services = Set.copyOf(services);
      environments = Set.copyOf(environments);
    }
  }

  /** As a Java program says it. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects what a Java program says of a workspace. */
  public static final class Builder {
    private final Map<DomainName, Domain> domains = new LinkedHashMap<>();
    private final Map<ServiceName, Options> services = new LinkedHashMap<>();
    private final Map<String, List<Member>> groups = new LinkedHashMap<>();
    private final Map<String, SecretSource> secrets = new LinkedHashMap<>();
    private final List<Ignored> ignored = new ArrayList<>();
    private Overrides everyDomain = Overrides.none();
    private HealthCheck health = HealthCheck.standard();
    private Rollout rollout = Rollout.standard();

    private Builder() {}

    public Builder domain(Domain domain) {
      domains.put(domain.name(), domain);
      return this;
    }

    public Builder domain(String host) {
      return domain(new Domain(host));
    }

    public Builder domain(String host, Overrides overrides) {
      return domain(new Domain(host, overrides));
    }

    public Builder everyDomain(Overrides overrides) {
      everyDomain = overrides;
      return this;
    }

    public Builder service(String name, Options options) {
      services.put(new ServiceName(name), options);
      return this;
    }

    /** A service that all domains share. */
    public Builder shared(String name) {
      return service(name, new Options(new Audience.Once(), List.of(), Map.of(), IN_JAVA));
    }

    public Builder group(String name, String... members) {
      groups.put(
          name, Arrays.stream(members).map(m -> new Member(new ServiceName(m), IN_JAVA)).toList());
      return this;
    }

    public Builder secret(String name, SecretSource source) {
      secrets.put(name, source);
      return this;
    }

    public Builder health(HealthCheck check) {
      health = check;
      return this;
    }

    public Builder rollout(Rollout shares) {
      rollout = shares;
      return this;
    }

    public Builder ignore(Ignored finding) {
      ignored.add(finding);
      return this;
    }

    public Workspace build() {
      return new Workspace(
          List.of(), domains, everyDomain, services, groups, secrets, health, rollout, ignored);
    }
  }

  /** Collects what a Java program says of a domain. */
  public static final class OverridesBuilder {
    private final Map<String, ConfigValue.Entry> vars = new LinkedHashMap<>();
    private final Map<String, ConfigValue.Entry> kv = new LinkedHashMap<>();
    private final Map<String, ConfigValue.Entry> d1 = new LinkedHashMap<>();
    private final Map<String, ConfigValue.Entry> r2 = new LinkedHashMap<>();
    private final Map<String, ConfigValue.Entry> queues = new LinkedHashMap<>();
    private final Map<String, SecretSource> secrets = new LinkedHashMap<>();
    private final List<ConfigValue> routes = new ArrayList<>();
    private final List<AccountId> account = new ArrayList<>();
    private String zone = "";
    private String name = "";

    private OverridesBuilder() {}

    public OverridesBuilder account(String id) {
      account.clear();
      account.add(new AccountId(id));
      return this;
    }

    public OverridesBuilder zone(String name) {
      zone = name;
      return this;
    }

    public OverridesBuilder name(String pattern) {
      name = pattern;
      return this;
    }

    public OverridesBuilder route(String pattern) {
      routes.add(text(pattern));
      return this;
    }

    /** The host as a custom domain of the Worker. */
    public OverridesBuilder customDomain(String host) {
      var entries = new LinkedHashMap<String, ConfigValue.Entry>();
      put(entries, "pattern", text(host));
      put(entries, "custom_domain", new ConfigValue.Flag(true, IN_JAVA));
      routes.add(new ConfigValue.Table(entries, IN_JAVA));
      return this;
    }

    public OverridesBuilder var(String name, String value) {
      put(vars, name, text(value));
      return this;
    }

    public OverridesBuilder var(String name, long value) {
      put(vars, name, new ConfigValue.Numeric(BigDecimal.valueOf(value), IN_JAVA));
      return this;
    }

    public OverridesBuilder var(String name, boolean value) {
      put(vars, name, new ConfigValue.Flag(value, IN_JAVA));
      return this;
    }

    public OverridesBuilder secret(String name, SecretSource source) {
      secrets.put(name, source);
      return this;
    }

    public OverridesBuilder kv(String binding, String id) {
      put(kv, binding, text(id));
      return this;
    }

    public OverridesBuilder d1(String binding, String id) {
      put(d1, binding, text(id));
      return this;
    }

    public OverridesBuilder r2(String binding, String bucket) {
      put(r2, binding, text(bucket));
      return this;
    }

    public OverridesBuilder queue(String name, String own) {
      put(queues, name, text(own));
      return this;
    }

    public Overrides build() {
      return new Overrides(
          account,
          zone,
          name,
          routes,
          table(vars),
          secrets,
          table(kv),
          table(d1),
          table(r2),
          table(queues));
    }

    private static ConfigValue.Text text(String value) {
      return new ConfigValue.Text(value, IN_JAVA);
    }

    private static void put(Map<String, ConfigValue.Entry> entries, String key, ConfigValue value) {
      entries.put(key, new ConfigValue.Entry(IN_JAVA, value));
    }

    private static ConfigValue.Table table(Map<String, ConfigValue.Entry> entries) {
      return entries.isEmpty() ? NOTHING : new ConfigValue.Table(entries, IN_JAVA);
    }
  }
}
