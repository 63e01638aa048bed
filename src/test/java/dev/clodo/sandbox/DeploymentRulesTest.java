package dev.clodo.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.clodo.sandbox.runtime.Share;
import dev.clodo.sandbox.runtime.Started;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeploymentRulesTest {
  private static final Script SCRIPT = Script.create("api", Instant.EPOCH, "wrangler");

  @Test
  void takesOneVersionOrTwoThatMakeAHundred() {
    assertThatCode(() -> DeploymentRules.checkSplit(List.of(new Share("a", 100))))
        .doesNotThrowAnyException();
    assertThatCode(
            () -> DeploymentRules.checkSplit(List.of(new Share("a", 99.9995), new Share("b", 0))))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesWhatIsNoSplit() {
    refused(List.of());
    refused(List.of(new Share("a", 99)));
    refused(List.of(new Share("a", 50), new Share("a", 50)));
    refused(List.of(new Share("a", 50), new Share("b", 25), new Share("c", 25)));
  }

  private static void refused(List<Share> shares) {
    assertThatThrownBy(() -> DeploymentRules.checkSplit(shares)).isInstanceOf(ApiError.class);
  }

  @Test
  void onlyTheHundredNewestVersionsCanBeDeployed() {
    assertThatCode(() -> DeploymentRules.checkDeployable(version(2, ""), 101, SCRIPT))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> DeploymentRules.checkDeployable(version(1, ""), 101, SCRIPT))
        .isInstanceOf(ApiError.class);
  }

  @Test
  void refusesToGoBackBehindADurableObjectMigration() {
    var migrated = SCRIPT.withMigrations("v1", List.of());
    assertThatThrownBy(() -> DeploymentRules.checkDeployable(version(1, ""), 2, migrated))
        .isInstanceOf(ApiError.class);
  }

  @Test
  void asksAboutSecretsOnlyOnTheWayBack() {
    var old = version(1, "{\"name\":\"A\",\"type\":\"secret_text\",\"text\":\"1\"}");
    var fresh =
        version(
            2,
            """
            {"name":"A","type":"secret_text","text":"2"},{"name":"B","type":"secret_text","text":"2"}
            """);
    assertThat(DeploymentRules.changedSecrets(old, fresh)).containsExactly("A", "B");
    assertThat(DeploymentRules.changedSecrets(fresh, old)).isEmpty();
  }

  private static Version version(long number, String bindings) {
    var program =
        new Program(
            "index.js",
            true,
            List.of(),
            (ArrayNode) Json.parse("[" + bindings + "]"),
            Map.of(),
            Json.object(),
            Json.object());
    return new Version(
        "id" + number,
        "api",
        number,
        Instant.EPOCH,
        "wrangler",
        Json.object(),
        "",
        program,
        new Started(1, List.of("fetch"), List.of()));
  }
}
