package dev.clodo.plan;

import static dev.clodo.fixture.Services.calls;
import static dev.clodo.fixture.Services.copy;
import static dev.clodo.fixture.Services.inventory;
import static dev.clodo.fixture.Services.name;
import static dev.clodo.fixture.Services.worker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.model.Change;
import dev.clodo.model.Edge;
import dev.clodo.model.Plan;
import dev.clodo.model.Selection;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Workspace;
import dev.clodo.plan.MultiDomainOrchestrator.Wanted;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ChosenTest {
  private static final List<Service> SERVICES =
      List.of(
          worker("auth"),
          copy(worker("api"), "acme.example.com"),
          copy(worker("api"), "beta.example.com"),
          copy(worker("web"), "acme.example.com"),
          copy(worker("web"), "beta.example.com"));

  private static final List<Edge> CALLS =
      List.of(
          calls("web-acme", "api-acme"),
          calls("web-beta", "api-beta"),
          calls("api-acme", "auth"),
          calls("api-beta", "auth"));

  private static final Map<String, List<Workspace.Member>> GROUPS =
      Map.of("edge", List.of(new Workspace.Member(name("web"), Workspace.IN_JAVA)));

  @Test
  void aServiceIsChosenForAllItsDomains() {
    assertThat(chosen(only("web"))).isEqualTo("web-acme web-beta");
  }

  @Test
  void aCopyCanBeChosenByItsOwnName() {
    assertThat(chosen(only("web-acme"))).isEqualTo("web-acme");
  }

  @Test
  void aDomainIsChosenWithAllItsCopiesButNothingThatOthersShare() {
    assertThat(chosen(only("acme.example.com"))).isEqualTo("api-acme web-acme");
  }

  @Test
  void servicesAndDomainsNarrowOneAnother() {
    assertThat(chosen(only("web", "acme.example.com"))).isEqualTo("web-acme");
    assertThat(chosen(only("web", "auth", "acme.example.com"))).isEqualTo("auth web-acme");
  }

  @Test
  void groupsAndPatternsAreChosenToo() {
    assertThat(chosen(only("edge"))).isEqualTo("web-acme web-beta");
    assertThat(chosen(only("a*"))).isEqualTo("api-acme auth");
    assertThat(chosen(only("*.example.com"))).isEqualTo("api-acme api-beta web-acme web-beta");
    assertThat(chosen(only("???-beta"))).isEqualTo("api-beta web-beta");
  }

  @Test
  void whatIsExceptedIsLeftOutWhateverNamesIt() {
    assertThat(chosen(new Selection(List.of(), List.of("api", "beta.example.com"), "")))
        .isEqualTo("auth web-acme");
    assertThat(chosen(new Selection(List.of("web"), List.of("beta.*"), ""))).isEqualTo("web-acme");
  }

  @Test
  void namesThatNothingHasAreTold() {
    var names = Chosen.names(SERVICES, GROUPS);

    assertThat(Chosen.unknown(new Selection(List.of("wbe", "web"), List.of("x*"), ""), names))
        .containsExactly("wbe", "x*");
  }

  @Test
  void whatChangedIsChosenWithAllThatCallIt() {
    var changed = Map.of(name("api-acme"), "api/src/index.js changed");
    var chosen =
        Chosen.of(new Selection(List.of(), List.of(), "main"), SERVICES, CALLS, GROUPS, changed);

    assertThat(told(chosen)).isEqualTo("api-acme web-acme");
    assertThat(chosen.because())
        .containsEntry(name("api-acme"), "api/src/index.js changed")
        .containsEntry(name("web-acme"), "it calls api-acme");
    assertThat(chosen.leftOut().get(name("auth"))).contains("since main");
  }

  @Test
  void aFileBelongsToTheInnermostFolderAndLockFilesToAllBelow() {
    var services = List.of(worker("web"), worker("api"));
    var root = Path.of("/workspace");

    assertThat(Affected.by(services, services, Set.of(root.resolve("web/src/a.ts")), root))
        .containsExactly(Map.entry(name("web"), "web/src/a.ts changed"));
    assertThat(Affected.by(services, services, Set.of(root.resolve("README.md")), root)).isEmpty();
    assertThat(
            Affected.by(services, services, Set.of(root.resolve("package-lock.json")), root)
                .keySet())
        .containsExactlyInAnyOrder(name("web"), name("api"));
  }

  @Test
  void whatIsSaidOfADomainConcernsItsCopiesOnly() {
    var before = inventory(List.of(copy(worker("web"), "acme.example.com"), worker("auth")));
    var now =
        inventory(
            List.of(
                copy(worker("web", Map.of("vars", Map.of("PLAN", "gold"))), "acme.example.com"),
                worker("auth")));

    assertThat(Affected.bySettings(before, now, "clodo.yaml").keySet())
        .containsExactly(name("web-acme"));
  }

  @Test
  void whatIsLeftOutStandsInThePlanWithTheReason() {
    var plan = plan(only("auth"), Map.of());

    assertThat(plan.skipped())
        .hasSize(4)
        .allSatisfy(s -> {
          assertThat(s).isInstanceOf(Change.LeftOut.class);
          assertThat(s.why()).isEqualTo("left out: --only auth");
        });
    assertThat(plan.basis().found().keySet()).containsExactly(name("auth"));
  }

  @Test
  void aCalleeThatDiffersAndIsLeftOutIsNamed() {
    var plan = plan(only("web-acme"), Map.of());

    assertThat(plan.waves().getFirst().releases().getFirst().notes())
        .anySatisfy(n -> assertThat(n).contains("calls api-acme, which differs too"));
  }

  @Test
  void aCalleeThatDoesNotExistYetCanNotBeLeftOut() {
    account.deployed(name("web-acme"), "");
    var inventory = inventory(SERVICES, CALLS.toArray(Edge[]::new));
    var wanted = new Wanted(inventory, account.cloudflare().look(inventory), Map.of(), "");

    assertThatThrownBy(() -> new MultiDomainOrchestrator().plan(wanted, of(only("web-acme"))))
        .isInstanceOf(Unplannable.class)
        .hasMessageContaining("add --only api-acme");
  }

  private final SimulatedAccount account = new SimulatedAccount(new SettableClock());

  private Plan plan(Selection selection, Map<ServiceName, Fingerprint> built) {
    SERVICES.forEach(s -> account.deployed(s.name(), ""));
    var inventory = inventory(SERVICES, CALLS.toArray(Edge[]::new));
    var found = account.cloudflare().look(inventory);
    return new MultiDomainOrchestrator()
        .plan(new Wanted(inventory, found, built, ""), of(selection));
  }

  private static Selection only(String... names) {
    return new Selection(List.of(names), List.of(), "");
  }

  private static Chosen of(Selection selection) {
    return Chosen.of(selection, SERVICES, CALLS, GROUPS, Map.of());
  }

  private static String chosen(Selection selection) {
    return told(of(selection));
  }

  private static String told(Chosen chosen) {
    return SERVICES.stream()
        .map(Service::name)
        .filter(chosen::has)
        .map(ServiceName::value)
        .sorted()
        .collect(Collectors.joining(" "));
  }
}
