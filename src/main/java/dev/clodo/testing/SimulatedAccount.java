package dev.clodo.testing;

import dev.clodo.model.Account;
import dev.clodo.model.Account.Shelf;
import dev.clodo.model.AccountId;
import dev.clodo.model.Artifact;
import dev.clodo.model.Build;
import dev.clodo.model.CredentialSource;
import dev.clodo.model.Deployment;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Rewrite;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Step;
import dev.clodo.model.Tag;
import dev.clodo.model.Target;
import dev.clodo.model.Trigger;
import dev.clodo.model.TriggerChange;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import dev.clodo.port.Clock;
import dev.clodo.port.Cloudflare;
import dev.clodo.port.StepFailed;
import dev.clodo.port.Traffic;
import dev.clodo.port.Wrangler;
import dev.clodo.testing.Faults.Call;
import dev.clodo.testing.Faults.Effect;
import dev.clodo.testing.Faults.Fate;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * One Cloudflare account in memory, behind the three ports through which Clodo sees the world.
 * Services are addressed as {@code https://<service>.<anything>/}. What happens is deterministic;
 * {@link #faults} says what goes wrong. Several threads may use it at once.
 */
public final class SimulatedAccount {
  /** The name under which the account's services have a workers.dev address. */
  public static final String SUBDOMAIN = "simulated";

  private static final AccountId ID = new AccountId("0123456789abcdef0123456789abcdef");

  private static final Pattern OVERRIDE = Pattern.compile("[^=]+=\"([^\"]+)\"");

  private final Clock clock;
  private final Map<ServiceName, Script> scripts = new HashMap<>();
  private final Map<String, Database> databases = new LinkedHashMap<>();
  private final Map<ServiceName, Integer> nextAnswers = new HashMap<>();
  private final Map<VersionId, Integer> answers = new HashMap<>();
  private final Map<ServiceName, String> digests = new HashMap<>();
  private final Set<ServiceName> unaddressed = new TreeSet<>();
  private final Map<ServiceName, List<Trigger>> triggers = new HashMap<>();
  private final Set<String> provided = new TreeSet<>();
  private final List<Pending> pending = new ArrayList<>();
  private Faults faults = Faults.NONE;
  private int ids;

  /**
   * A service as the account has it.
   *
   * @param versions newest first
   * @param deployments newest first
   * @param triggersApplied how often triggers were set
   */
  public record Script(
      List<UploadedVersion> versions, List<Deployment> deployments, int triggersApplied) {
    public Script {
      versions = List.copyOf(versions);
      deployments = List.copyOf(deployments);
    }
  }

  /** A D1 database, the migration files that the workspace has for it, and those applied. */
  private record Database(String name, List<String> files, Set<String> applied) {}

  /** A change that lands later. */
  private record Pending(Instant at, Mutation mutation) {}

  /** Changes as data, so that one can land after its call has failed. */
  private sealed interface Mutation {
    record Upload(ServiceName service, String tag, String message) implements Mutation {}

    record Deploy(ServiceName service, String tag, String message) implements Mutation {}

    /** As {@code Deploy}, but nothing leads to it before its triggers are applied. */
    record Create(ServiceName service, String tag, String message) implements Mutation {}

    record Serve(ServiceName service, List<Deployment.Share> shares, String message)
        implements Mutation {}

    record Migrate(String databaseId) implements Mutation {}

    record Provide(String what) implements Mutation {}

    /** Those that are known; none where wrangler reads them from a configuration. */
    record Triggers(ServiceName service, List<Trigger> wanted) implements Mutation {}
  }

  public SimulatedAccount(Clock clock) {
    this.clock = clock;
  }

  /** The same account, which goes its own way from now on; faults are not copied. */
  public SimulatedAccount copy(Clock otherClock) {
    var copy = new SimulatedAccount(otherClock);
    copy.scripts.putAll(scripts);
    copy.databases.putAll(databases);
    copy.nextAnswers.putAll(nextAnswers);
    copy.answers.putAll(answers);
    copy.digests.putAll(digests);
    copy.unaddressed.addAll(unaddressed);
    copy.triggers.putAll(triggers);
    copy.provided.addAll(provided);
    copy.pending.addAll(pending);
    copy.ids = ids;
    return copy;
  }

  /** Says from now on what becomes of each call. */
  public void faults(Faults wanted) {
    this.faults = wanted;
  }

  /** Adds a database, and the migration files that the workspace has for it, in order. */
  public void database(String id, String name, List<String> files) {
    databases.put(id, new Database(name, List.copyOf(files), Set.of()));
  }

  /** Deploys a first version, as somebody did before the test begins. */
  public synchronized VersionId deployed(ServiceName service, String message) {
    return apply(new Mutation.Deploy(service, "", message));
  }

  /** Creates a Worker that no address leads to, as {@code wrangler secret put} does. */
  public synchronized VersionId createdWithoutAddress(ServiceName service) {
    unaddressed.add(service);
    return apply(new Mutation.Deploy(service, "", "secret put"));
  }

  /** The versions of the service that are uploaded from now on answer with this status. */
  public synchronized void newVersionsAnswer(ServiceName service, int status) {
    nextAnswers.put(service, status);
  }

  /** What a build of the service contains from now on. */
  public synchronized void digest(ServiceName service, String digest) {
    digests.put(service, digest);
  }

  /** A service as it is now; empty when it does not exist. */
  public synchronized Optional<Script> script(ServiceName service) {
    landPending();
    return Optional.ofNullable(scripts.get(service));
  }

  /** The triggers that were last applied to a service other than by wrangler. */
  public synchronized List<Trigger> triggersOf(ServiceName service) {
    landPending();
    return triggers.getOrDefault(service, List.of());
  }

  /** Whether something of this kind and name was created. */
  public synchronized boolean hasProvided(Step.Provision.Kind kind, String name) {
    landPending();
    return provided.contains(kind + " " + name);
  }

  /** The migrations that a database has, in order of their names. */
  public synchronized Set<String> migrations(String databaseId) {
    landPending();
    return new TreeSet<>(database(databaseId).applied());
  }

  public Wrangler wrangler() {
    return new SimulatedWrangler();
  }

  public Cloudflare cloudflare() {
    return new SimulatedCloudflare();
  }

  public Traffic traffic() {
    return this::answer;
  }

  private final class SimulatedWrangler implements Wrangler {
    @Override
    public Built build(Service service) {
      var module = new Build.Module("index.js", "application/javascript+module", 1000);
      return new Built(
          digests.getOrDefault(service.name(), "built " + service.name()),
          new Build.Made(List.of(module), 500, List.of(), Set.of(), false, List.of()));
    }

    @Override
    public Examined examine(Service service) {
      return Examined.unknown("nothing is built here");
    }

    @Override
    public Artifact kept(String digest) {
      return new Artifact(digest, "{}", List.of());
    }

    @Override
    public VersionId upload(Target target, Tag tag, String message) {
      requireExisting(target.service());
      return changed(
          target.service().value(), new Mutation.Upload(target.service(), tag.toString(), message));
    }

    /** As wrangler does it: in several calls, between which it may fail. */
    @Override
    public VersionId deploy(Target target, Tag tag, String message) {
      var service = target.service();
      VersionId version;
      if (script(service).isEmpty()) {
        version = changed(service.value(), new Mutation.Deploy(service, tag.toString(), message));
      } else {
        version = changed(service.value(), new Mutation.Upload(service, tag.toString(), message));
        var all = List.of(new Deployment.Share(version, 100));
        changed(service.value(), new Mutation.Serve(service, all, message));
      }
      changed(service.value(), new Mutation.Triggers(service, List.of()));
      return version;
    }

    @Override
    public VersionId deployPages(Step.DeployPages step, Tag tag, String commit) {
      var service = step.target().service();
      return changed(service.value(), new Mutation.Deploy(service, tag.toString(), step.message()));
    }

    @Override
    public void bootstrap(Target target, Tag tag) {
      changed(
          target.service().value(),
          new Mutation.Deploy(target.service(), tag.toString(), "bootstrap"));
    }

    @Override
    public void applyTriggers(Target target) {
      changed(target.service().value(), new Mutation.Triggers(target.service(), List.of()));
    }

    @Override
    public List<String> migrate(Target target, String name) {
      var id =
          databases.entrySet().stream()
              .filter(e -> e.getValue().name().equals(name))
              .map(Map.Entry::getKey)
              .findFirst()
              .orElseThrow(() -> new StepFailed("no D1 database " + name));
      var before = database(id).applied();
      changed(name, new Mutation.Migrate(id));
      return database(id).files().stream().filter(f -> !before.contains(f)).toList();
    }
  }

  private final class SimulatedCloudflare implements Cloudflare {
    @Override
    public CredentialSource credentials() {
      return new CredentialSource("API token", "CLOUDFLARE_API_TOKEN", "");
    }

    @Override
    public Account look(Inventory wanted) {
      landPending();
      var live = new TreeMap<ServiceName, Looked<Account.Live>>();
      for (var service : wanted.released()) {
        deploymentOf(service.name())
            .ifPresent(d -> live.put(service.name(), new Looked.Known<>(live(service, d))));
      }
      return new Account(
          Account.Access.ACCEPTED,
          new Looked.Known<>(ID),
          new Looked.Known<>(List.of(ID)),
          new Looked.Known<>(Set.copyOf(scripts.keySet())),
          live,
          new Looked.Known<>(provided(Step.Provision.Kind.KV)),
          new Looked.Known<>(names(databases)),
          new Looked.Known<>(provided(Step.Provision.Kind.R2).keySet()),
          new Looked.Known<>(provided(Step.Provision.Kind.QUEUE).keySet()),
          Map.of(),
          new Looked.Known<>(SUBDOMAIN),
          new Looked.Known<>(Map.of()),
          applied(databases),
          lists(wanted));
    }

    @Override
    public List<Deployment> deployments(Target target) {
      return looked(
          target.service().value(),
          () -> script(target.service()).map(Script::deployments).orElse(List.of()));
    }

    @Override
    public List<UploadedVersion> versions(Target target) {
      return looked(
          target.service().value(),
          () -> script(target.service()).map(Script::versions).orElse(List.of()));
    }

    @Override
    public void split(Target target, List<Deployment.Share> shares, String message) {
      var service = target.service();
      requireExisting(service);
      changed(service.value(), new Mutation.Serve(service, shares, message));
    }

    @Override
    public VersionId publish(
        Target target, Artifact artifact, List<Rewrite> rewrites, Tag tag, String message) {
      requireExisting(target.service());
      return changed(
          target.service().value(), new Mutation.Upload(target.service(), tag.toString(), message));
    }

    @Override
    public VersionId create(
        Target target, Artifact artifact, List<Rewrite> rewrites, Tag tag, String message) {
      return changed(
          target.service().value(), new Mutation.Create(target.service(), tag.toString(), message));
    }

    @Override
    public List<Trigger> triggers(Target target, Set<Trigger.Kind> kinds) {
      return looked(
          target.service().value(),
          () ->
              triggersOf(target.service()).stream().filter(t -> kinds.contains(t.kind())).toList());
    }

    @Override
    public void applyTriggers(Target target, TriggerChange change) {
      changed(target.service().value(), new Mutation.Triggers(target.service(), change.wanted()));
    }

    @Override
    public UploadedVersion putSecrets(Target target, Map<String, String> values, Tag tag) {
      var service = target.service();
      requireExisting(service);
      changed(service.value(), new Mutation.Upload(service, tag.toString(), "secrets"));
      return scriptOf(service).versions().getFirst();
    }

    @Override
    public Optional<String> find(Target target, Step.Provision.Kind kind, String name) {
      return looked(
          target.service().value(),
          () -> provided.contains(kind + " " + name) ? Optional.of(name) : Optional.empty());
    }

    @Override
    public String provide(Target target, Step.Provision.Kind kind, String name) {
      changed(target.service().value(), new Mutation.Provide(kind + " " + name));
      return name;
    }

    @Override
    public String bookmark(Target target, String databaseId) {
      return looked(
          database(databaseId).name(), () -> "bookmark-" + database(databaseId).applied().size());
    }

    @Override
    public Set<String> appliedMigrations(Target target, String databaseId) {
      return looked(database(databaseId).name(), () -> database(databaseId).applied());
    }
  }

  private synchronized Traffic.Reply answer(
      URI address, Map<String, String> headers, Duration timeout, int most) {
    var host = address.getHost();
    var service = new ServiceName(host.substring(0, host.indexOf('.')));
    landPending();
    return switch (faults.fate(new Call(Call.Kind.REQUEST, service.value()))) {
      case Fate.Fails(var how, _) -> throw how;
      case Fate.Answers(var status) ->
          new Traffic.Reply(status, Duration.ZERO, chosen(service, headers).value());
      case Fate.AnswersFromBaseline() -> {
        var versions = script(service).map(Script::versions).orElse(List.of());
        yield new Traffic.Reply(200, Duration.ZERO, versions.getLast().id().value());
      }
      case Fate.Happens() -> {
        var version = chosen(service, headers);
        yield new Traffic.Reply(answers.getOrDefault(version, 200), Duration.ZERO, version.value());
      }
    };
  }

  /**
   * The version that the override header names, if it is deployed, else the one with most traffic.
   */
  private VersionId chosen(ServiceName service, Map<String, String> headers) {
    var shares =
        deploymentOf(service)
            .orElseThrow(() -> new dev.clodo.port.Unreachable("no service " + service))
            .shares();
    var matcher =
        OVERRIDE.matcher(headers.getOrDefault("Cloudflare-Workers-Version-Overrides", ""));
    if (matcher.matches()) {
      var named = new VersionId(matcher.group(1));
      if (shares.stream().anyMatch(s -> s.version().equals(named))) {
        return named;
      }
    }
    return shares.stream()
        .reduce((a, b) -> b.percent() > a.percent() ? b : a)
        .orElseThrow()
        .version();
  }

  private synchronized <T> T looked(String subject, Supplier<T> look) {
    landPending();
    return switch (faults.fate(new Call(Call.Kind.LOOK, subject))) {
      case Fate.Fails(var how, _) -> throw how;
      case Fate.Happens _, Fate.Answers _, Fate.AnswersFromBaseline _ -> {
        landPending();
        yield look.get();
      }
    };
  }

  private synchronized VersionId changed(String subject, Mutation mutation) {
    landPending();
    return switch (faults.fate(new Call(Call.Kind.CHANGE, subject))) {
      case Fate.Fails(var how, var effect) -> {
        switch (effect) {
          case Effect.Never() -> {}
          case Effect.AtOnce() -> apply(mutation);
          case Effect.After(var delay) ->
              pending.add(new Pending(clock.now().plus(delay), mutation));
        }
        throw how;
      }
      case Fate.Happens _, Fate.Answers _, Fate.AnswersFromBaseline _ -> apply(mutation);
    };
  }

  private void landPending() {
    if (pending.isEmpty()) {
      return;
    }
    var now = clock.now();
    var landing = pending.stream().filter(p -> !p.at().isAfter(now)).toList();
    pending.removeAll(landing);
    landing.forEach(p -> apply(p.mutation()));
  }

  /**
   * @return the uploaded version; one without meaning where the change uploads none
   */
  private synchronized VersionId apply(Mutation mutation) {
    return switch (mutation) {
      case Mutation.Upload(var service, var tag, var message) -> uploaded(service, tag, message);
      case Mutation.Deploy(var service, var tag, var message) -> {
        var version = uploaded(service, tag, message);
        serve(service, List.of(new Deployment.Share(version, 100)), message);
        yield version;
      }
      case Mutation.Create(var service, var tag, var message) -> {
        var version = uploaded(service, tag, message);
        serve(service, List.of(new Deployment.Share(version, 100)), message);
        unaddressed.add(service);
        yield version;
      }
      case Mutation.Serve(var service, var shares, var message) -> {
        serve(service, shares, message);
        yield shares.getFirst().version();
      }
      case Mutation.Migrate(var id) -> {
        var database = database(id);
        databases.put(
            id, new Database(database.name(), database.files(), Set.copyOf(database.files())));
        yield new VersionId(id);
      }
      case Mutation.Provide(var what) -> {
        if (!provided.add(what)) {
          throw new IllegalStateException(what + " is created twice");
        }
        if (what.startsWith(Step.Provision.Kind.D1 + " ")) {
          var name = what.substring(what.indexOf(' ') + 1);
          databases.putIfAbsent(name, new Database(name, List.of(), Set.of()));
        }
        yield new VersionId(what);
      }
      case Mutation.Triggers(var service, var wanted) -> {
        var script = scriptOf(service);
        scripts.put(
            service,
            new Script(script.versions(), script.deployments(), script.triggersApplied() + 1));
        unaddressed.remove(service);
        if (!wanted.isEmpty()) {
          triggers.put(service, wanted);
        }
        yield new VersionId(service.value());
      }
    };
  }

  private VersionId uploaded(ServiceName service, String tag, String message) {
    var script = scripts.getOrDefault(service, new Script(List.of(), List.of(), 0));
    int number = script.versions().size() + 1;
    var id = new VersionId(Integer.toHexString(0xa0000000 + ++ids) + "-of-" + service);
    var version = new UploadedVersion(id, number, clock.now(), tag, message);
    var versions = new ArrayList<UploadedVersion>(number);
    versions.add(version);
    versions.addAll(script.versions());
    scripts.put(service, new Script(versions, script.deployments(), script.triggersApplied()));
    var status = nextAnswers.get(service);
    if (status != null) {
      answers.put(id, status);
    }
    return id;
  }

  private void serve(ServiceName service, List<Deployment.Share> shares, String message) {
    var script = scriptOf(service);
    var deployments = new ArrayList<Deployment>(script.deployments().size() + 1);
    deployments.add(new Deployment("d" + ++ids, shares, clock.now(), message));
    deployments.addAll(script.deployments());
    scripts.put(service, new Script(script.versions(), deployments, script.triggersApplied()));
  }

  private void requireExisting(ServiceName service) {
    if (script(service).isEmpty()) {
      throw new StepFailed("no service " + service);
    }
  }

  private Script scriptOf(ServiceName service) {
    var script = scripts.get(service);
    if (script == null) {
      throw new StepFailed("no service " + service);
    }
    return script;
  }

  private Map<Shelf, Looked<List<Resource>>> schedules() {
    var shelves = new HashMap<Shelf, Looked<List<Resource>>>();
    for (var service : scripts.keySet()) {
      var schedules =
          triggers.getOrDefault(service, List.of()).stream()
              .filter(t -> t.kind() == Trigger.Kind.SCHEDULE)
              .map(t -> new Resource(t.name(), "", Map.of()))
              .toList();
      shelves.put(
          new Shelf(ResourceKind.SCHEDULES, service.value()), new Looked.Known<>(schedules));
    }
    return shelves;
  }

  private Optional<Deployment> deploymentOf(ServiceName service) {
    return script(service).flatMap(s -> s.deployments().stream().findFirst());
  }

  private Account.Live live(Service service, Deployment deployment) {
    var serving =
        scriptOf(service.name()).versions().stream()
            .filter(v -> deployment.shares().stream().anyMatch(s -> s.version().equals(v.id())))
            .toList();
    return new Account.Live(deployment, serving, "", !unaddressed.contains(service.name()));
  }

  private Database database(String id) {
    var database = databases.get(id);
    if (database == null) {
      throw new StepFailed("no D1 database " + id);
    }
    return database;
  }

  /** What was created of a kind; its id is its name. */
  private Map<String, String> provided(Step.Provision.Kind kind) {
    var names = new TreeMap<String, String>();
    for (var what : provided) {
      if (what.startsWith(kind + " ")) {
        var name = what.substring(what.indexOf(' ') + 1);
        names.put(name, name);
      }
    }
    return names;
  }

  private Map<Shelf, Looked<List<Resource>>> lists(Inventory wanted) {
    var lists = schedules();
    lists.putAll(projects(wanted));
    return lists;
  }

  /** All Pages projects that somebody asks for are there, with {@code main} as their branch. */
  private static Map<Shelf, Looked<List<Resource>>> projects(Inventory wanted) {
    var projects = new HashMap<Shelf, Looked<List<Resource>>>();
    for (var service : wanted.released()) {
      if (service.isPages()) {
        var name = service.name().value();
        var traits = Map.of("subdomain", name + ".pages.dev", "production_branch", "main");
        projects.put(
            new Shelf(ResourceKind.PAGES_PROJECT, name),
            new Looked.Known<>(List.of(new Resource(name, "", traits))));
      }
    }
    return projects;
  }

  private static Map<String, String> names(Map<String, Database> databases) {
    var names = new TreeMap<String, String>();
    databases.forEach((id, database) -> names.put(id, database.name()));
    return names;
  }

  private static Map<String, Looked<Set<String>>> applied(Map<String, Database> databases) {
    var applied = new TreeMap<String, Looked<Set<String>>>();
    databases.forEach((id, d) -> applied.put(id, new Looked.Known<>(d.applied())));
    return applied;
  }
}
