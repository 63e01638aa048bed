package dev.clodo.simulation;

import static dev.clodo.fixture.Services.calls;
import static dev.clodo.fixture.Services.withDatabase;
import static dev.clodo.fixture.Services.worker;

import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.fixture.Services;
import dev.clodo.model.Binding;
import dev.clodo.model.DomainName;
import dev.clodo.model.Edge;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.HealthCheck;
import dev.clodo.model.Inventory;
import dev.clodo.model.Memory;
import dev.clodo.model.Plan;
import dev.clodo.model.Rollout;
import dev.clodo.model.Rollout.OnFailure;
import dev.clodo.model.Rollout.Share;
import dev.clodo.model.Run;
import dev.clodo.model.RunId;
import dev.clodo.model.SecretSource;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Step;
import dev.clodo.model.VersionId;
import dev.clodo.model.Workspace;
import dev.clodo.plan.Circumstances;
import dev.clodo.plan.Ladder;
import dev.clodo.plan.MultiDomainOrchestrator;
import dev.clodo.plan.MultiDomainOrchestrator.Wanted;
import dev.clodo.plan.Provisions;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A workspace of two services, where {@code web} calls {@code api}, an account to release it to,
 * and the plan that the product makes for that.
 *
 * @param before what each service serves before; none for a service that does not exist
 * @param older of the versions that a service may serve, the older; none where it has no meaning
 */
record Scenario(
    String name,
    SimulatedAccount account,
    Run run,
    Map<ServiceName, VersionId> before,
    Map<ServiceName, VersionId> older,
    List<Edge> edges,
    Schedule schedule) {
  /** The services that the plan concerns. */
  List<ServiceName> services() {
    return releases().map(r -> r.target().service()).distinct().toList();
  }

  /** All releases of the plan. */
  Stream<Plan.Release> releases() {
    return run.plan().waves().stream().flatMap(w -> w.releases().stream());
  }

  /** The scopes of the leases that are held while databases are migrated. */
  Stream<String> databases() {
    return releases()
        .flatMap(r -> r.steps().stream())
        .filter(Step.Migrate.class::isInstance)
        .map(s -> "d1/" + ((Step.Migrate) s).databaseId());
  }

  private static final ServiceName API = new ServiceName("api");
  private static final ServiceName WEB = new ServiceName("web");
  private static final Schedule ONE_BY_ONE = Schedule.oldestFirst();
  private static final HealthCheck CHECK = new HealthCheck("/", 500, 1, Duration.ofSeconds(10));
  private static final Ladder LADDER = new Ladder(List.of(0, 50, 100));

  /** Those in which releases go on side by side, each in every order that is told apart. */
  static List<Scenario> sideBySide() {
    return Stream.of(
            beside(),
            domains(OnFailure.EVERYTHING),
            domains(OnFailure.WAVE),
            domains(OnFailure.SERVICE),
            copies(OnFailure.EVERYTHING))
        .flatMap(s ->
            Stream.of(
                s.with("oldest first", Schedule.oldestFirst()),
                s.with("newest first", Schedule.newestFirst()),
                s.with("written together", Schedule.together())))
        .toList();
  }

  static List<Scenario> all() {
    return List.of(
        update(),
        firstAddress(),
        firstDeployOfACircle(),
        lifecycle(),
        pages(),
        rollback(),
        secrets(),
        resources());
  }

  /** Both are updated: upload, migrate, 0 %, 50 %, 100 %, triggers. */
  static Scenario update() {
    var account = new SimulatedAccount(new SettableClock());
    account.database("orders-id", "orders", List.of("0001_init.sql", "0002_more.sql"));
    return of(
        "update",
        account,
        inventory(
            List.of(withDatabase("api", "orders", "0001_init.sql", "0002_more.sql"), worker("web")),
            calls("web", "api")),
        Map.of(API, account.deployed(API, ""), WEB, account.deployed(WEB, "")));
  }

  /** Both exist, but nothing leads to them before their triggers are applied. */
  static Scenario firstAddress() {
    var account = new SimulatedAccount(new SettableClock());
    return of(
        "first address",
        account,
        inventory(List.of(worker("api"), worker("web")), calls("web", "api")),
        Map.of(API, account.createdWithoutAddress(API), WEB, account.createdWithoutAddress(WEB)));
  }

  /** As {@link #update}, but the plan was made as if the callee called the caller. */
  static Scenario updateInTheWrongOrder() {
    var right = update();
    var inventory =
        inventory(
            List.of(withDatabase("api", "orders", "0001_init.sql", "0002_more.sql"), worker("web")),
            calls("api", "web"));
    var wrong = of("wrong order", right.account(), inventory, right.before());
    return right.with(wrong.run().plan());
  }

  /** Both are new and bind each other. */
  static Scenario firstDeployOfACircle() {
    var account = new SimulatedAccount(new SettableClock());
    account.database("orders-id", "orders", List.of("0001_init.sql"));
    return of(
        "first deploy of a circle",
        account,
        inventory(
            List.of(withDatabase("api", "orders", "0001_init.sql"), worker("web")),
            calls("web", "api"),
            calls("api", "web")),
        Map.of());
  }

  /** The callee's Durable Object classes change, then the caller is updated. */
  static Scenario lifecycle() {
    var account = new SimulatedAccount(new SettableClock());
    Service api =
        worker(
            "api",
            Map.of(
                "migrations", List.of(Map.of("tag", "v1", "new_sqlite_classes", List.of("Room")))));
    return of(
        "lifecycle",
        account,
        inventory(List.of(api, worker("web")), calls("web", "api")),
        Map.of(API, account.deployed(API, ""), WEB, account.deployed(WEB, "")));
  }

  /** The caller is a Pages project, and both are updated. */
  static Scenario pages() {
    var account = new SimulatedAccount(new SettableClock());
    return of(
        "pages",
        account,
        inventory(List.of(worker("api"), Services.pages("web")), calls("web", "api")),
        Map.of(API, account.deployed(API, ""), WEB, account.deployed(WEB, "")));
  }

  /** Both go back to an earlier version. */
  static Scenario rollback() {
    var account = new SimulatedAccount(new SettableClock());
    var earlier = new HashMap<ServiceName, VersionId>();
    var before = new HashMap<ServiceName, VersionId>();
    for (var service : List.of(API, WEB)) {
      account.deployed(service, "oldest");
      earlier.put(service, account.deployed(service, "earlier"));
      account.deployed(service, "another");
      before.put(service, account.deployed(service, "now"));
    }
    var inventory = inventory(List.of(worker("api"), worker("web")), calls("web", "api"));
    var plan =
        new MultiDomainOrchestrator()
            .rollback(inventory, account.cloudflare().look(inventory), earlier);
    return new Scenario(
        "rollback", account, run(plan), before, earlier, inventory.edges(), ONE_BY_ONE);
  }

  /** One gets a secret with its new version, the other is new and needs one at once. */
  static Scenario secrets() {
    var account = new SimulatedAccount(new SettableClock());
    var inventory = inventory(List.of(worker("api"), worker("web")));
    var before = Map.of(API, account.deployed(API, ""));
    return of("secrets", account, inventory, before, secretsOf(API, WEB));
  }

  /** What two services bind and nobody has created yet. */
  static Scenario resources() {
    var account = new SimulatedAccount(new SettableClock());
    var inventory =
        inventory(
            List.of(
                Services.binding(
                    "api",
                    at -> new Binding.R2("FILES", "files", at),
                    at -> new Binding.Kv("CACHE", "", at)),
                Services.binding(
                    "web",
                    at -> new Binding.R2("FILES", "files", at),
                    at -> new Binding.Queue("JOBS", "jobs", at))));
    var before = new HashMap<ServiceName, VersionId>();
    inventory.released().forEach(s -> before.put(s.name(), account.deployed(s.name(), "")));
    var plan = Provisions.plan(inventory, account.cloudflare().look(inventory));
    return new Scenario(
        "resources", account, run(plan), before, before, inventory.edges(), ONE_BY_ONE);
  }

  /**
   * Two domains, one after the other, whose copies are published from one build: for the first they
   * exist, for the second they are created. Both have a database together and schedules of their
   * own; the callees get a secret, too.
   */
  static Scenario copies(OnFailure policy) {
    var account = new SimulatedAccount(new SettableClock());
    account.database("orders-id", "orders", List.of("0001_init.sql"));
    var found =
        Services.inventory(
            List.of(
                withDatabase("api", "orders", "0001_init.sql"),
                worker("web", Map.of("triggers", Map.of("crons", List.of("0 * * * *"))))),
            calls("web", "api"));
    var shares =
        List.<Share>of(
            new Share.Named(List.of(new DomainName("d1.example.com"))), new Share.Percent(100));
    var named = Workspace.Overrides.builder().name("{service}-{domain}").build();
    var inventory =
        ServiceAutoDiscovery.released(
            found,
            Workspace.builder()
                .health(CHECK)
                .everyDomain(named)
                .domain("d1.example.com")
                .domain("d2.example.com")
                .build());
    var before = new HashMap<ServiceName, VersionId>();
    for (var copy : inventory.released()) {
      if (copy.copy().domain().equals(new DomainName("d1.example.com"))) {
        before.put(copy.name(), account.deployed(copy.name(), ""));
      }
    }
    var callees =
        inventory.released().stream().filter(s -> s.copy().of().equals(API)).map(Service::name);
    var wanted =
        new Wanted(
            inventory,
            account.cloudflare().look(inventory),
            Map.of(),
            "words",
            Map.of(API, "built api", WEB, "built web"),
            secretsOf(callees.toArray(ServiceName[]::new)));
    var rollout = new Rollout(shares, policy, 2, List.of(0, 100));
    return new Scenario(
        "copies, " + policy,
        account,
        run(new MultiDomainOrchestrator(rollout).plan(wanted)),
        before,
        before,
        inventory.releasedEdges(),
        ONE_BY_ONE);
  }

  private static Circumstances secretsOf(ServiceName... services) {
    var secrets = new HashMap<ServiceName, Map<String, SecretSource>>();
    for (var service : services) {
      secrets.put(service, Map.of("KEY", new SecretSource.Variable("KEY")));
    }
    return new Circumstances(Memory.none(), Set.of(), secrets);
  }

  private static Inventory inventory(List<Service> services, Edge... edges) {
    return ServiceAutoDiscovery.released(
        Services.inventory(services, edges), Workspace.builder().health(CHECK).build());
  }

  /** The same with another plan. */
  Scenario with(Plan plan) {
    return new Scenario(name, account, run(plan), before, older, edges, schedule);
  }

  /** The same with another order in which errands come to their end. */
  Scenario with(String way, Schedule other) {
    return new Scenario(name + ", " + way, account, run, before, older, edges, other);
  }

  /**
   * Three domains in two shares, two releases at once. For each, {@code web} calls {@code api};
   * {@code jobs}, in two of them, has nothing to do with either. One domain's {@code api} has a
   * database.
   */
  static Scenario domains(OnFailure policy) {
    var account = new SimulatedAccount(new SettableClock());
    account.database("orders-id", "orders", List.of("0001_init.sql"));
    var api = worker("api");
    var services =
        List.of(
            Services.copy(api, "d1.example.com"),
            Services.copy(withDatabase("api", "orders", "0001_init.sql"), "d2.example.com"),
            Services.copy(api, "d3.example.com"),
            Services.copy(worker("jobs"), "d1.example.com"),
            Services.copy(worker("jobs"), "d2.example.com"),
            Services.copy(worker("web"), "d1.example.com"),
            Services.copy(worker("web"), "d2.example.com"),
            Services.copy(worker("web"), "d3.example.com"));
    var inventory =
        inventory(
            services,
            calls("web-d1", "api-d1"),
            calls("web-d2", "api-d2"),
            calls("web-d3", "api-d3"));
    var shares =
        List.<Share>of(
            new Share.Named(List.of(new DomainName("d1.example.com"))), new Share.Percent(100));
    return of(
        "domains, " + policy, account, inventory, new Rollout(shares, policy, 2, List.of(100)));
  }

  /** Two services that have nothing to do with each other, in one wave. */
  static Scenario beside() {
    var account = new SimulatedAccount(new SettableClock());
    return of(
        "side by side",
        account,
        inventory(List.of(worker("api"), worker("web"))),
        new Rollout(List.of(new Share.Percent(100)), OnFailure.EVERYTHING, 2, List.of(100)));
  }

  /** All exist already. */
  private static Scenario of(
      String name, SimulatedAccount account, Inventory inventory, Rollout rollout) {
    var before = new HashMap<ServiceName, VersionId>();
    inventory.released().forEach(s -> before.put(s.name(), account.deployed(s.name(), "")));
    var plan =
        new MultiDomainOrchestrator(rollout)
            .plan(new Wanted(inventory, account.cloudflare().look(inventory), Map.of(), "words"));
    return new Scenario(
        name, account, run(plan), before, before, inventory.releasedEdges(), ONE_BY_ONE);
  }

  private static Scenario of(
      String name,
      SimulatedAccount account,
      Inventory inventory,
      Map<ServiceName, VersionId> before) {
    return of(name, account, inventory, before, Circumstances.none());
  }

  private static Scenario of(
      String name,
      SimulatedAccount account,
      Inventory inventory,
      Map<ServiceName, VersionId> before,
      Circumstances circumstances) {
    var look = account.cloudflare().look(inventory);
    var plan =
        new MultiDomainOrchestrator(LADDER)
            .plan(new Wanted(inventory, look, Map.of(), "words", circumstances));
    return new Scenario(name, account, run(plan), before, before, inventory.edges(), ONE_BY_ONE);
  }

  private static Run run(Plan plan) {
    return new Run(
        new RunId("sim1"), plan, EnvironmentName.TOP_LEVEL, Instant.EPOCH, "somebody", "", "");
  }
}
