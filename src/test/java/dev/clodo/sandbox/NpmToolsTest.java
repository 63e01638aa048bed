package dev.clodo.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class NpmToolsTest {
  @ParameterizedTest
  @ValueSource(strings = {NpmTools.WRANGLER_NEW, NpmTools.WRANGLER_OLD})
  void installsAWranglerThatRuns(String version) throws Exception {
    var tools = NpmTools.install();

    var builder =
        new ProcessBuilder(
            tools.node().toString(),
            "--no-warnings",
            tools.wranglerCli(version).toString(),
            "--version");
    builder.environment().put("WRANGLER_HIDE_BANNER", "true");
    builder.environment().put("WRANGLER_SEND_METRICS", "false");
    var process = builder.redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output).contains(version);
    assertThat(tools.workerd()).isExecutable();
  }
}
