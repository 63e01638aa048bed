package dev.clodo.adapter.cloudflare;

import dev.clodo.model.Account;
import dev.clodo.model.AccountId;
import dev.clodo.model.Artifact;
import dev.clodo.model.Binding;
import dev.clodo.model.CredentialSource;
import dev.clodo.model.Deployment;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Needs;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Rewrite;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Spent;
import dev.clodo.model.Step;
import dev.clodo.model.Tag;
import dev.clodo.model.Target;
import dev.clodo.model.Trigger;
import dev.clodo.model.TriggerChange;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import dev.clodo.port.Cloudflare;
import dev.clodo.port.Pace;
import dev.clodo.port.StepFailed;
import dev.clodo.port.TryLater;
import dev.clodo.port.Unreachable;
import dev.clodo.port.UserError;
import java.lang.ref.SoftReference;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Cloudflare's HTTP API. Reads are repeated a few times; a change is sent once, and whoever made it
 * looks when its answer is lost.
 */
public final class CloudflareApi implements Cloudflare, AutoCloseable {
  private static final String STANDARD_BASE = "https://api.cloudflare.com/client/v4";

  /** Secrets have changed since the version was uploaded; the API wants to be forced. */
  private static final int SECRETS_CHANGED = 10220;

  /** The platform's limit for {@code workers/message}. */
  private static final int MESSAGE_BYTES = 1000;

  private final ShownCredentials credentials;
  private final List<Resource> environment;
  private final Consumer<String> notices;
  private final ApiClient client;
  private final AccountApi api;
  private final Map<AccountId, AccountApi> others = new ConcurrentHashMap<>();
  private final Map<String, SoftReference<UploadForm>> forms = new ConcurrentHashMap<>();

  /**
   * @param environment the process's environment: credentials, {@code CLOUDFLARE_ACCOUNT_ID},
   *     {@code CLOUDFLARE_API_BASE_URL}
   * @param notices told a sentence for each repeated request, and for each guard that had to be
   *     overridden
   */
  public CloudflareApi(Map<String, String> environment, Consumer<String> notices) {
    this(new DotEnv(environment, Map.of()), notices);
  }

  /** The same, with variables that files have given, and no pace. */
  public CloudflareApi(DotEnv given, Consumer<String> notices) {
    this(given, notices, Pace.UNLIMITED);
  }

  /**
   * @param given the process's environment and what files have added to it
   * @param notices told a sentence for each repeated request, and for each guard that had to be
   *     overridden
   * @param pace shared by everything that uses these credentials
   */
  public CloudflareApi(DotEnv given, Consumer<String> notices, Pace pace) {
    var variables = given.variables();
    this.credentials = new ShownCredentials(given, InstantSource.system(), notices);
    this.environment = CredentialVariables.in(variables);
    this.notices = notices;
    this.client = new ApiClient(base(variables), credentials, notices, pace);
    this.api = new AccountApi(client, account(variables));
  }

  /** The account in use: the one that {@link #look} found, or that the environment names. */
  public Optional<AccountId> account() {
    return api.account();
  }

  @Override
  public Account look(Inventory wanted) {
    var own =
        Map.<Account.Shelf, Looked<List<Resource>>>of(
            new Account.Shelf(ResourceKind.ENVIRONMENT, ""), new Looked.Known<>(environment));
    var shown = credentials.get();
    if (shown instanceof Credentials.Missing(var why)) {
      return Account.unseen(Account.Access.NO_CREDENTIALS, why).with(own);
    }
    noteMigrationTables(wanted);
    return everywhere(shown, wanted).with(own);
  }

  /** Looks at each account that something is released to. */
  private Account everywhere(Credentials shown, Inventory wanted) {
    var parts = Accounts.divided(wanted);
    if (parts.size() <= 1) {
      return new AccountLook(api, shown, wanted).look();
    }
    var looks = new LinkedHashMap<Inventory, Account>();
    for (var part : parts) {
      var named = Accounts.of(part);
      var in = named.map(id -> others.computeIfAbsent(id, api::of)).orElse(api);
      looks.put(part, new AccountLook(in, shown, part).look());
    }
    return Accounts.merged(looks);
  }

  @Override
  public Spent spent() {
    var budget = client.budget();
    return new Spent(budget.requests(), budget.repeated(), client.pace().waited());
  }

  /** Asks what is asked first anyway, where it is known in which account. */
  @Override
  public void warmUp() {
    if (credentials.get() instanceof Credentials.Missing || api.account().isEmpty()) {
      return;
    }
    try {
      var _ = api.subdomain();
    } catch (ApiFailure unable) {
      // Harmless: whoever needs the answer asks again, and says what is wrong.
    }
  }

  @Override
  public Account glance(Inventory wanted, Collection<Service> services) {
    var shown = credentials.get();
    if (shown instanceof Credentials.Missing(var why)) {
      return Account.unseen(Account.Access.NO_CREDENTIALS, why);
    }
    useAccountOf(services);
    try {
      if (api.account().isEmpty()) {
        resolveAccount();
      }
      return new Glance(api, this::in).at(services);
    } catch (ApiFailure failure) {
      return Account.unseen(
          failure.kind() == ApiFailure.Kind.FORBIDDEN
              ? Account.Access.REJECTED
              : Account.Access.UNREACHABLE,
          failure.why());
    }
  }

  @Override
  public Map<ServiceName, Deployment> deployments(Collection<Service> services) {
    useAccountOf(services);
    return asked(() -> new Glance(api, this::in).deployments(services));
  }

  @Override
  public Map<ServiceName, List<UploadedVersion>> versions(Collection<Service> services) {
    useAccountOf(services);
    return asked(() -> new Glance(api, this::in).versions(services));
  }

  /** The configuration's account wins over the environment's, as it does for wrangler. */
  private void useAccountOf(Collection<Service> services) {
    services.stream()
        .flatMap(s -> s.settings().text("account_id").stream())
        .filter(t -> !t.isBlank())
        .findFirst()
        .ifPresent(id -> api.use(new AccountId(id)));
  }

  @Override
  public CredentialSource credentials() {
    return credentials.source();
  }

  @Override
  public List<Resource> environment() {
    return environment;
  }

  @Override
  public List<Deployment> deployments(Target target) {
    return asked(target, in -> in.deployments(target));
  }

  @Override
  public List<UploadedVersion> versions(Target target) {
    return asked(target, in -> in.versions(target));
  }

  @Override
  public void split(Target target, List<Deployment.Share> shares, String message) {
    var service = target.service();
    var shortened = shortened(message);
    asked(
        target,
        in -> {
          try {
            in.deploy(target, shares, shortened, false);
          } catch (ApiFailure failure) {
            if (failure.code() != SECRETS_CHANGED) {
              throw failure;
            }
            notices.accept(
                service
                    + " goes back to a version from before its secrets changed, which brings the"
                    + " old secret values back: "
                    + failure.why());
            in.deploy(target, shares, shortened, true);
          }
          return shares;
        });
  }

  @Override
  public Needs needs(Target target, VersionId version) {
    return asked(target, in -> in.needs(target, version));
  }

  @Override
  public Looked<Set<String>> existing(Target target, Needs.Kind kind) {
    try {
      return new Looked.Known<>(asked(target, in -> in.existing(kind)));
    } catch (StepFailed | TryLater | Unreachable unable) {
      return new Looked.Unknown<>(String.valueOf(unable.getMessage()), "");
    }
  }

  @Override
  public VersionId publish(
      Target target, Artifact artifact, List<Rewrite> rewrites, Tag tag, String message) {
    var metadata = Metadata.ofVersion(artifact, rewrites, tag, message);
    return asked(target, in -> in.publish(target.service(), form(artifact), metadata));
  }

  @Override
  public VersionId create(
      Target target, Artifact artifact, List<Rewrite> rewrites, Tag tag, String message) {
    var metadata = Metadata.ofWorker(artifact, rewrites, tag, message);
    return asked(target, in -> in.create(target.service(), form(artifact), metadata));
  }

  /** A release publishes few builds to many Workers, so the forms are written once. */
  private UploadForm form(Artifact artifact) {
    var reference = forms.get(artifact.digest());
    var known = reference == null ? null : reference.get();
    if (known != null) {
      return known;
    }
    var written = UploadForm.of(artifact);
    forms.put(artifact.digest(), new SoftReference<>(written));
    return written;
  }

  @Override
  public List<Trigger> triggers(Target target, Set<Trigger.Kind> kinds) {
    return asked(target, in -> in.triggers(target.service()).live(kinds));
  }

  @Override
  public void applyTriggers(Target target, TriggerChange change) {
    asked(
        target,
        in -> {
          in.triggers(target.service()).apply(change);
          return change;
        });
  }

  @Override
  public UploadedVersion putSecrets(Target target, Map<String, String> values, Tag tag) {
    return asked(target, in -> in.putSecrets(target.service(), values, tag.toString()));
  }

  @Override
  public Optional<String> find(Target target, Step.Provision.Kind kind, String name) {
    return asked(target, in -> in.find(kind, name));
  }

  @Override
  public String provide(Target target, Step.Provision.Kind kind, String name) {
    return asked(target, in -> in.provide(kind, name));
  }

  @Override
  public String bookmark(Target target, String databaseId) {
    return asked(target, in -> in.bookmark(databaseId));
  }

  @Override
  public Set<String> appliedMigrations(Target target, String databaseId) {
    return asked(target, in -> in.appliedMigrations(databaseId));
  }

  @Override
  public void close() {
    client.close();
  }

  /** wrangler lets a database name its own table of migrations. */
  private void noteMigrationTables(Inventory wanted) {
    for (var service : wanted.released()) {
      for (var binding : service.bindings()) {
        if (binding instanceof Binding.D1 d1 && !d1.databaseId().isEmpty()) {
          service.settings().tables("d1_databases").stream()
              .filter(t -> t.text("binding").filter(d1.name()::equals).isPresent())
              .flatMap(t -> t.text("migrations_table").stream())
              .forEach(table -> api.useMigrationsTable(d1.databaseId(), table));
        }
      }
    }
  }

  /** Asks in the account that the target names, else in the one in use. */
  private <T> T asked(Target target, Question<T> question) {
    return asked(() -> question.ask(in(target)));
  }

  private <T> T asked(Callable<T> question) {
    if (credentials.get() instanceof Credentials.Missing(var why)) {
      throw new UserError(UserError.Kind.ENVIRONMENT, why);
    }
    try {
      return question.call();
    } catch (ApiFailure failure) {
      throw asException(failure);
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The account that a target names, else the one in use. */
  private AccountApi in(Target target) {
    var named = target.copy().account();
    if (named.isEmpty() && api.account().isEmpty()) {
      resolveAccount();
    }
    return named.isEmpty() ? api : others.computeIfAbsent(named.getFirst(), api::of);
  }

  private void resolveAccount() {
    try {
      var accounts = api.accounts();
      if (accounts.size() != 1) {
        throw new UserError(
            UserError.Kind.ENVIRONMENT,
            "the credentials reach "
                + accounts.size()
                + " accounts: say which with CLOUDFLARE_ACCOUNT_ID or account_id");
      }
      api.use(accounts.getFirst());
    } catch (ApiFailure failure) {
      throw asException(failure);
    }
  }

  private static RuntimeException asException(ApiFailure failure) {
    return switch (failure.kind()) {
      case ABSENT, REFUSED -> new StepFailed("Cloudflare refused: " + failure.why(), failure);
      case FORBIDDEN ->
          new StepFailed(
              "Cloudflare does not accept the credentials for this, or they lack a permission: "
                  + failure.why()
                  + ". Clodo needs Workers Scripts: Edit, for databases also D1: Edit, for Pages"
                  + " projects Cloudflare Pages: Edit.",
              failure);
      case THROTTLED -> new TryLater(failure.why(), failure.retryAfter());
      case TROUBLE, SILENCE -> new Unreachable(failure.why(), failure);
    };
  }

  /** Cuts at a character's end. */
  private static String shortened(String message) {
    var text = message;
    while (text.getBytes(StandardCharsets.UTF_8).length > MESSAGE_BYTES) {
      text = text.substring(0, text.offsetByCodePoints(text.length(), -1));
    }
    return text;
  }

  /** Whether the API that the environment names is on this machine. */
  public static boolean isLocal(Map<String, String> environment) {
    var host = URI.create(base(environment)).getHost();
    return host != null
        && (host.equals("localhost") || host.equals("[::1]") || host.startsWith("127."));
  }

  private static String base(Map<String, String> environment) {
    var base = environment.getOrDefault("CLOUDFLARE_API_BASE_URL", "");
    if (base.isBlank()) {
      base = environment.getOrDefault("CF_API_BASE_URL", "");
    }
    return base.isBlank() ? STANDARD_BASE : base.strip().replaceFirst("/+$", "");
  }

  private static Optional<String> account(Map<String, String> environment) {
    var id = environment.getOrDefault("CLOUDFLARE_ACCOUNT_ID", "");
    if (id.isBlank()) {
      id = environment.getOrDefault("CF_ACCOUNT_ID", "");
    }
    return id.isBlank() ? Optional.empty() : Optional.of(id.strip());
  }

  private interface Question<T> {
    T ask(AccountApi in) throws ApiFailure;
  }
}
