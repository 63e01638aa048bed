package dev.clodo.plan;

import static dev.clodo.fixture.Services.calls;
import static dev.clodo.fixture.Services.copy;
import static dev.clodo.fixture.Services.inventory;
import static dev.clodo.fixture.Services.name;
import static dev.clodo.fixture.Services.worker;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.model.DomainName;
import dev.clodo.model.Edge;
import dev.clodo.model.Inventory;
import dev.clodo.model.Plan;
import dev.clodo.model.Rollout;
import dev.clodo.model.Rollout.OnFailure;
import dev.clodo.model.Rollout.Share;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.VersionId;
import dev.clodo.plan.MultiDomainOrchestrator.Wanted;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WavesOfDomainsTest {
  private static final List<String> FIVE = List.of("d1", "d2", "d3", "d4", "d5");

  private final SimulatedAccount account = new SimulatedAccount(new SettableClock());

  @Test
  void theDomainsGoOutShareByShareInTheOrderOfTheConfiguration() {
    var plan = plan(copies(List.of("web"), FIVE), named("d4"), percent(50), percent(100));

    assertThat(told(plan))
        .isEqualTo(
            """
            d4.example.com: web-d4
            50 %: web-d1 web-d2
            100 %: web-d3 web-d5
            """);
  }

  @Test
  void withinAShareCalleesComeBeforeCallers() {
    var plan =
        plan(
            copies(List.of("web", "api"), List.of("d1", "d2")),
            List.of(calls("web-d1", "api-d1"), calls("web-d2", "api-d2")),
            named("d1"),
            percent(100));

    assertThat(told(plan))
        .isEqualTo(
            """
            d1.example.com: api-d1
            d1.example.com: web-d1
            100 %: api-d2
            100 %: web-d2
            """);
  }

  @Test
  void whatAllDomainsShareGoesBeforeThemAndWhatCallsThemAfter() {
    var services = copies(List.of("web"), List.of("d1", "d2"));
    services.addAll(List.of(worker("auth"), worker("gateway"), worker("jobs")));

    var plan =
        plan(
            services,
            List.of(
                calls("web-d1", "auth"),
                calls("web-d2", "auth"),
                calls("gateway", "web-d1"),
                calls("gateway", "web-d2")),
            named("d1"),
            percent(100));

    assertThat(told(plan))
        .isEqualTo(
            """
            shared: auth jobs
            d1.example.com: web-d1
            100 %: web-d2
            shared, after the domains: gateway
            """);
  }

  @Test
  void aSharedServiceBetweenCopiesIsReleasedBetweenTwoRoundsOfTheDomains() {
    var services = copies(List.of("web", "api"), List.of("d1", "d2"));
    services.add(worker("gateway"));

    var plan =
        plan(
            services,
            List.of(
                calls("web-d1", "gateway"),
                calls("web-d2", "gateway"),
                calls("gateway", "api-d1"),
                calls("gateway", "api-d2")),
            named("d1"),
            percent(100));

    assertThat(told(plan))
        .isEqualTo(
            """
            d1.example.com: api-d1
            100 %: api-d2
            shared, after the domains: gateway
            d1.example.com, round 2: web-d1
            100 %, round 2: web-d2
            """);
  }

  @Test
  void whereSharedServicesAndCopiesCallEachOtherTheSharedOnesGoFirstAndThePlanSaysSo() {
    var services = copies(List.of("web"), List.of("d1", "d2"));
    services.add(worker("auth"));

    var plan =
        plan(
            services,
            List.of(calls("web-d1", "auth"), calls("web-d2", "auth"), calls("auth", "web-d1")),
            percent(100));

    assertThat(told(plan)).isEqualTo("shared: auth\n100 %: web-d1 web-d2\n");
    assertThat(plan.waves().getFirst().releases().getFirst().notes())
        .anySatisfy(n -> assertThat(n).contains("calls web and is called by it in turn"));
  }

  @Test
  void aCopyThatCallsALaterDomainIsRefused() {
    assertThatThrownBy(() ->
            plan(
                copies(List.of("web"), List.of("d1", "d2")),
                List.of(calls("web-d1", "web-d2")),
                named("d1"),
                percent(100)))
        .isInstanceOf(Unplannable.class)
        .hasMessageContaining("web-d1 calls web-d2")
        .hasMessageContaining("in one wave");
  }

  @Test
  void aShareInWhichNothingChangedVanishes() {
    var services = copies(List.of("web"), FIVE);
    var unchanged = services.get(3);
    var fingerprint = Fingerprint.of(unchanged, "digest");
    account.deployed(unchanged.name(), fingerprint.message(""));

    var plan =
        planned(
            inventory(services),
            Map.of(unchanged.name(), fingerprint),
            List.of(named("d4"), percent(100)));

    assertThat(told(plan)).isEqualTo("100 %: web-d1 web-d2 web-d3 web-d5\n");
    assertThat(plan.skipped()).hasSize(1);
    assertThat(plan.waves().getFirst().name()).isEqualTo("wave 1");
  }

  @Test
  void classesOfOneServiceChangeForAllDomainsOfAShareAtOnce() {
    var withClasses = worker("chat", Map.of("migrations", List.of(Map.of("tag", "v1"))));
    var services = new ArrayList<Service>();
    for (var domain : List.of("d1", "d2", "d3")) {
      services.add(copy(withClasses, domain + ".example.com"));
      services.add(copy(worker("web"), domain + ".example.com"));
    }

    var plan = plan(services, named("d1"), percent(100));

    assertThat(told(plan))
        .isEqualTo(
            """
            d1.example.com: chat-d1
            d1.example.com: web-d1
            100 %: chat-d2 chat-d3
            100 %: web-d2 web-d3
            """);
  }

  @Test
  void sharesOfTheSameNameStayApart() {
    var plan =
        plan(
            copies(List.of("web"), FIVE),
            new Share.Named(domains("d1", "d2", "d3")),
            new Share.Named(domains("d4", "d5")),
            percent(100));

    assertThat(plan.waves())
        .extracting(Plan.Wave::share)
        .containsExactly("d1.example.com and 2 more", "d4.example.com and d5.example.com");
  }

  @Test
  void aRollbackGoesTheOtherWayRound() {
    var services = copies(List.of("web"), List.of("d1", "d2"));
    services.add(worker("auth"));
    var earlier = new HashMap<ServiceName, VersionId>();
    services.forEach(s -> {
      earlier.put(s.name(), account.deployed(s.name(), ""));
      account.deployed(s.name(), "");
    });
    var inventory = inventory(services, calls("web-d1", "auth"), calls("web-d2", "auth"));

    var plan =
        new MultiDomainOrchestrator(rollout(List.of(named("d1"), percent(100))))
            .rollback(inventory, account.cloudflare().look(inventory), earlier);

    assertThat(told(plan)).isEqualTo("100 %: web-d2\nd1.example.com: web-d1\nshared: auth\n");
  }

  @Test
  void copiesThatBindEachOtherAreCreatedWithinTheirShare() {
    var services = copies(List.of("api", "web"), List.of("d1", "d2"));

    var plan =
        planned(
            inventory(
                services,
                calls("web-d1", "api-d1"),
                calls("api-d1", "web-d1"),
                calls("web-d2", "api-d2"),
                calls("api-d2", "web-d2")),
            Map.of(),
            List.of(named("d1"), percent(100)));

    assertThat(told(plan))
        .isEqualTo(
            """
            d1.example.com: web-d1
            d1.example.com: api-d1
            d1.example.com: web-d1
            100 %: web-d2
            100 %: api-d2
            100 %: web-d2
            """);
    assertThat(plan.waves())
        .extracting(Plan.Wave::name)
        .containsExactly("bootstrap", "wave 1", "wave 2", "bootstrap 2", "wave 3", "wave 4");
  }

  /** Whatever the workspace: nothing new ever calls something old, and each goes out once. */
  @Test
  void noCallerIsEverNewerThanWhatItCalls() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      var domains = FIVE.subList(0, 1 + random.nextInt(5));
      var templates = List.of("a", "b", "c", "d", "e", "f").subList(0, 2 + random.nextInt(5));
      var shared = new HashSet<String>();
      templates.stream().filter(_ -> random.nextInt(3) == 0).forEach(shared::add);
      var services = new ArrayList<Service>();
      for (var template : templates) {
        if (shared.contains(template)) {
          services.add(worker(template));
        } else {
          services.addAll(copies(List.of(template), domains));
        }
      }
      var edges = new ArrayList<Edge>();
      for (int from = 0; from < templates.size(); from++) {
        for (int to = 0; to < from; to++) {
          if (random.nextInt(3) == 0) {
            edges.addAll(between(templates.get(from), templates.get(to), shared, domains));
          }
        }
      }
      var shares =
          List.of(
              named(domains.get(random.nextInt(domains.size()))),
              percent(1 + random.nextInt(100)),
              percent(100));
      var plan = planned(inventory(services, edges.toArray(Edge[]::new)), Map.of(), shares);

      var waveOf = new HashMap<ServiceName, Integer>();
      for (int wave = 0; wave < plan.waves().size(); wave++) {
        for (var release : plan.waves().get(wave).releases()) {
          assertThat(waveOf.put(release.target().service(), wave)).as("seed %d", seed).isNull();
        }
      }
      assertThat(waveOf).as("seed %d", seed).hasSameSizeAs(services);
      for (var edge : edges) {
        assertThat(waveOf.get(edge.to()))
            .as("seed %d: %s before its caller %s", seed, edge.to(), edge.from())
            .isLessThan(waveOf.get(edge.from()));
      }
    }
  }

  private static List<Edge> between(
      String from, String to, Set<String> shared, List<String> domains) {
    var edges = new ArrayList<Edge>();
    if (shared.contains(from) && shared.contains(to)) {
      edges.add(calls(from, to));
    } else {
      for (var domain : domains) {
        edges.add(
            calls(
                shared.contains(from) ? from : from + "-" + domain,
                shared.contains(to) ? to : to + "-" + domain));
      }
    }
    return edges;
  }

  @Test
  void aChainOfManyCallsNeedsNoDeepStack() {
    int length = 20_000;
    var services = IntStream.range(0, length).mapToObj(i -> name("s" + i)).toList();
    var edges = IntStream.range(1, length).mapToObj(i -> calls("s" + i, "s" + (i - 1))).toList();

    assertThat(CallOrder.levels(services, edges)).hasSize(length);
  }

  private static List<Service> copies(List<String> services, List<String> domains) {
    var copies = new ArrayList<Service>();
    for (var domain : domains) {
      for (var service : services) {
        copies.add(copy(worker(service), domain + ".example.com"));
      }
    }
    return copies;
  }

  private static Share named(String... domains) {
    return new Share.Named(domains(domains));
  }

  private static List<DomainName> domains(String... domains) {
    return List.of(domains).stream().map(d -> new DomainName(d + ".example.com")).toList();
  }

  private static Share percent(int percent) {
    return new Share.Percent(percent);
  }

  private static Rollout rollout(List<Share> shares) {
    return new Rollout(shares, OnFailure.EVERYTHING, 8, List.of(0, 100));
  }

  private Plan plan(List<Service> services, Share... shares) {
    return plan(services, List.of(), shares);
  }

  private Plan plan(List<Service> services, List<Edge> edges, Share... shares) {
    services.forEach(s -> account.deployed(s.name(), ""));
    return planned(inventory(services, edges.toArray(Edge[]::new)), Map.of(), List.of(shares));
  }

  private Plan planned(
      Inventory inventory, Map<ServiceName, Fingerprint> built, List<Share> shares) {
    var found = account.cloudflare().look(inventory);
    return new MultiDomainOrchestrator(rollout(shares))
        .plan(new Wanted(inventory, found, built, ""));
  }

  private static String told(Plan plan) {
    return plan.waves().stream()
        .map(w ->
            w.share()
                + ": "
                + w.releases().stream().map(r -> r.target().service().value()).collect(joining(" "))
                + "\n")
        .collect(joining());
  }
}
