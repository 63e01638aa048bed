package dev.clodo.adapter.wrangler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.EnvironmentName;
import dev.clodo.model.RunId;
import dev.clodo.model.ServiceName;
import dev.clodo.model.StepId;
import dev.clodo.model.Tag;
import dev.clodo.model.Target;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WranglerCommandsTest {
  private static final Tag TAG = new Tag(new RunId("k3x9"), new StepId(4));
  private static final Target STAGING =
      new Target(
          new ServiceName("api-staging"),
          new EnvironmentName("staging"),
          Path.of("/w/api"),
          Path.of("/w/api/wrangler.jsonc"));
  private static final Target TOP =
      new Target(
          new ServiceName("api"),
          EnvironmentName.TOP_LEVEL,
          Path.of("/w/api"),
          Path.of("/w/api/wrangler.jsonc"));

  private final WranglerCommands commands =
      new WranglerCommands(
          Map.of(
              "PATH", "/usr/bin",
              "HOME", "/home/ann",
              "CLOUDFLARE_API_TOKEN", "token",
              "CLOUDFLARE_API_KEY", "key",
              "CLOUDFLARE_EMAIL", "ann@example.com",
              "CLOUDFLARE_ENV", "production",
              "SOME_TOOL", "1",
              "VITE_TITLE", "shop",
              "https_proxy", "http://proxy:3128"));

  @Test
  void eachCommandNamesItsConfigurationAndItsEnvironment() {
    assertThat(commands.build(STAGING, Path.of("/tmp/o")))
        .hasToString(
            "wrangler deploy --dry-run --outfile /tmp/o/upload.form --outdir /tmp/o/out"
                + " --metafile=/tmp/o/meta.json --config /w/api/wrangler.jsonc --env=staging"
                + " (in /w/api)");
    assertThat(commands.upload(STAGING, TAG, "Two words"))
        .hasToString(
            "wrangler versions upload --tag=k3x9/4 --message=Two words --config"
                + " /w/api/wrangler.jsonc --env=staging (in /w/api)");
    assertThat(commands.deploy(TOP, TAG, "first"))
        .hasToString(
            "wrangler deploy --strict --tag=k3x9/4 --message=first --config /w/api/wrangler.jsonc"
                + " --env= (in /w/api)");
    assertThat(commands.deployOverApiChange(TOP, TAG, "first"))
        .hasToString(
            "wrangler deploy --tag=k3x9/4 --message=first --config /w/api/wrangler.jsonc --env="
                + " (in /w/api)");
    assertThat(commands.triggers(TOP))
        .hasToString("wrangler triggers deploy --config /w/api/wrangler.jsonc --env= (in /w/api)");
    assertThat(commands.migrate(TOP, "orders"))
        .hasToString(
            "wrangler d1 migrations apply orders --remote --config /w/api/wrangler.jsonc --env="
                + " (in /w/api)");
  }

  @Test
  void theEnvironmentIsCleanAndPredictable() {
    var text =
        commands.triggers(TOP).environment().entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining("\n"));

    assertThat(text)
        .isEqualTo(
            """
            CI=1
            CLOUDFLARE_API_BASE_URL=https://api.cloudflare.com/client/v4
            CLOUDFLARE_API_TOKEN=token
            HOME=/home/ann
            NO_COLOR=1
            PATH=/usr/bin
            VITE_TITLE=shop
            WRANGLER_HIDE_BANNER=true
            WRANGLER_SEND_ERROR_REPORTS=false
            WRANGLER_SEND_METRICS=false
            WRANGLER_WRITE_LOGS=false
            https_proxy=http://proxy:3128\
            """);
  }

  @Test
  void passesTheKeyOnlyWhereThereIsNoToken() {
    var environment =
        WranglerEnvironment.from(
            Map.of("CLOUDFLARE_API_KEY", "key", "CLOUDFLARE_EMAIL", "ann@example.com"));

    assertThat(environment)
        .containsEntry("CLOUDFLARE_API_KEY", "key")
        .containsEntry("CLOUDFLARE_EMAIL", "ann@example.com")
        .doesNotContainKey("CLOUDFLARE_API_TOKEN");
  }

  @Test
  void keepsTheSandboxesAddressAndWhatTheProjectAsksFor() {
    var environment =
        WranglerEnvironment.from(
            Map.of(
                "CLOUDFLARE_API_BASE_URL", "http://127.0.0.1:1/client/v4",
                "CLODO_PASS_ENV", "SHOP_ID, OTHER",
                "SHOP_ID", "7"));

    assertThat(environment)
        .containsEntry("CLOUDFLARE_API_BASE_URL", "http://127.0.0.1:1/client/v4")
        .containsEntry("SHOP_ID", "7")
        .doesNotContainKey("CLODO_PASS_ENV");
  }

  @Test
  void aCommandAsTextShowsNoCredentials() {
    assertThat(commands.triggers(TOP).toString()).doesNotContain("token");
    assertThat(commands.upload(TOP, TAG, "m").title()).isEqualTo("wrangler versions upload");
  }
}
