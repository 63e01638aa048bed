package dev.clodo.plan;

import static dev.clodo.fixture.Services.calls;
import static dev.clodo.fixture.Services.pages;
import static dev.clodo.fixture.Services.worker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.fixture.Services;
import dev.clodo.model.Account;
import dev.clodo.model.Change;
import dev.clodo.model.Edge;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Plan;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Step;
import dev.clodo.plan.MultiDomainOrchestrator.Wanted;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PagesPlanTest {
  private static final ServiceName SITE = new ServiceName("site");
  private static final Fingerprint BUILT = new Fingerprint("0123456789abcdef");

  private final SimulatedAccount account = new SimulatedAccount(new SettableClock());

  @Test
  void deploysAProjectAfterTheWorkersThatItCalls() {
    account.deployed(new ServiceName("api"), "");
    var before = account.deployed(SITE, "");

    var plan = plan(inventory(List.of(pages("site"), worker("api")), calls("site", "api")));

    assertThat(plan.waves()).hasSize(2);
    var release = plan.waves().getLast().releases().getFirst();
    assertThat(release.steps().stream().map(s -> s.getClass().getSimpleName()))
        .containsExactly("DeployPages", "CheckHealth", "Validate");
    var deploy = (Step.DeployPages) release.steps().getFirst();
    assertThat(deploy.branch()).isEqualTo("main");
    assertThat(deploy.directory()).isEqualTo(Path.of("/workspace/site/dist"));
    assertThat(deploy.undo()).isInstanceOf(Step.Undo.Restore.class);
    assertThat(deploy.before()).containsExactly(before);
    assertThat(((Step.CheckHealth) release.steps().get(1)).address())
        .hasToString("https://site.pages.dev/");
  }

  @Test
  void saysThatTheFirstDeploymentHasNothingToGoBackTo() {
    var release = plan(inventory(List.of(pages("site")))).waves().getFirst().releases().getFirst();

    assertThat(release.change()).isInstanceOf(Change.Create.class);
    assertThat(release.notes())
        .contains("is deployed for the first time, so there is nothing to go back to");
    assertThat(release.steps().getFirst().undo())
        .isInstanceOfSatisfying(
            Step.Undo.Leave.class, u -> assertThat(u.what()).contains("pages project delete site"));
  }

  @Test
  void leavesAnUnchangedProjectAlone() {
    account.deployed(SITE, BUILT.message("commit 1"));

    var plan = plan(inventory(List.of(pages("site"))));

    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.skipped()).singleElement().isInstanceOf(Change.Unchanged.class);
  }

  @Test
  void leavesAProjectOutOfEnvironmentsThatPagesDoesNotKnow() {
    var site = in(pages("site"), "staging");

    assertThat(plan(inventory(List.of(site))).skipped())
        .singleElement()
        .isInstanceOfSatisfying(
            Change.LeftOut.class,
            c -> assertThat(c.why()).contains("wrangler pages deploy --branch staging"));
    assertThat(Differences.leftAlone(in(pages("site"), "production"))).isEmpty();
    assertThat(Differences.leftAlone(in(worker("api"), "staging"))).isEmpty();
  }

  @Test
  void refusesAProjectThatDoesNotExistOrCantBeSeen() {
    var inventory = inventory(List.of(pages("site")));

    assertThatThrownBy(() -> plan(inventory, with(inventory, new Looked.Known<>(List.of()))))
        .isInstanceOfSatisfying(
            Unplannable.class,
            e ->
                assertThat(e.reasons())
                    .singleElement()
                    .asString()
                    .contains("wrangler pages project create site"));
    assertThatThrownBy(() -> plan(inventory, with(inventory, new Looked.Unknown<>("no", ""))))
        .isInstanceOfSatisfying(
            Unplannable.class,
            e -> assertThat(e.reasons()).containsExactly("can't see the Pages project site: no"));
  }

  private Account with(Inventory inventory, Looked<List<dev.clodo.model.Resource>> project) {
    return account
        .cloudflare()
        .look(inventory)
        .with(Map.of(new Account.Shelf(ResourceKind.PAGES_PROJECT, "site"), project));
  }

  private static Inventory inventory(List<Service> services, Edge... edges) {
    return Services.inventory(services, edges);
  }

  private static Service in(Service service, String environment) {
    return new Service(
        service.name(),
        service.kind(),
        new EnvironmentName(environment),
        service.home(),
        service.config(),
        service.settings(),
        service.written(),
        service.environments(),
        service.bindings(),
        service.surroundings());
  }

  private Plan plan(Inventory inventory) {
    return plan(inventory, account.cloudflare().look(inventory));
  }

  private static Plan plan(Inventory inventory, Account account) {
    return new MultiDomainOrchestrator()
        .plan(new Wanted(inventory, account, Map.of(SITE, BUILT), "commit 2"));
  }
}
