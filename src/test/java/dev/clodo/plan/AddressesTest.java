package dev.clodo.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.fixture.Services;
import dev.clodo.model.Account;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AddressesTest {
  private static final String WORKERS_DEV = "https://api.simulated.workers.dev/";

  static List<Arguments> settings() {
    return List.of(
        Arguments.of(Map.of(), WORKERS_DEV),
        Arguments.of(Map.of("workers_dev", false), ""),
        Arguments.of(Map.of("route", "shop.example.com/*"), "https://shop.example.com/"),
        Arguments.of(Map.of("route", "shop.example.com/*", "workers_dev", true), WORKERS_DEV),
        Arguments.of(
            Map.of("routes", List.of("*.example.com/*", "a.example.com/api/*")),
            "https://a.example.com/api/"),
        Arguments.of(
            Map.of("routes", List.of(Map.of("pattern", "b.example.com", "custom_domain", true))),
            "https://b.example.com/"),
        Arguments.of(Map.of("route", "https://c.example.com/x"), "https://c.example.com/"),
        Arguments.of(Map.of("route", "*"), ""),
        Arguments.of(Map.of("route", "not an address/*"), ""));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whereAServiceCanBeAsked(Map<String, Object> settings, String address) {
    var worker = Services.worker("api", settings);
    var account =
        new SimulatedAccount(new SettableClock())
            .cloudflare()
            .look(Services.inventory(List.of(worker)));

    assertThat(Addresses.after(worker, account).map(Object::toString).orElse(""))
        .isEqualTo(address);
  }

  @Test
  void beforeTriggersAreAppliedOnlyAnAddressThatWorksIsAsked() {
    var account = new SimulatedAccount(new SettableClock());
    var onWorkersDev = Services.worker("api");
    var unaddressed = Services.worker("web");
    var moving = Services.worker("job", Map.of("route", "job.example.com/*"));
    account.deployed(onWorkersDev.name(), "");
    account.createdWithoutAddress(unaddressed.name());
    account.deployed(moving.name(), "");
    var found =
        account.cloudflare().look(Services.inventory(List.of(onWorkersDev, unaddressed, moving)));

    assertThat(Addresses.before(onWorkersDev, found).map(Object::toString)).contains(WORKERS_DEV);
    assertThat(Addresses.before(unaddressed, found)).isEmpty();
    assertThat(Addresses.before(moving, found).map(Object::toString))
        .contains("https://job.simulated.workers.dev/");
  }

  @ParameterizedTest
  @MethodSource("settings")
  void withoutKnowingTheSubdomainThereIsNoWorkersDevAddress(
      Map<String, Object> settings, String address) {
    var worker = Services.worker("api", settings);

    assertThat(
            Addresses.after(worker, Account.unseen(Account.Access.OFFLINE, "offline"))
                .map(Object::toString)
                .orElse(""))
        .doesNotContain("workers.dev");
  }
}
