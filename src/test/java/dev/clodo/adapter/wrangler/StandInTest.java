package dev.clodo.adapter.wrangler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.model.AccountId;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.RunId;
import dev.clodo.model.ServiceName;
import dev.clodo.model.StepId;
import dev.clodo.model.Tag;
import dev.clodo.model.Target;
import dev.clodo.port.StepFailed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandInTest {
  @TempDir Path home;

  /** The stand-in's configuration is Clodo's own, so what the service's says must be said again. */
  @Test
  void goesToTheAccountThatOnlyTheConfigurationNames() throws IOException {
    var wrangler = Files.createDirectories(home.resolve("node_modules/wrangler/wrangler-dist"));
    Files.writeString(
        wrangler.resolveSibling("package.json"),
        "{\"version\":\"4.164.0\",\"engines\":{\"node\":\">=1.0.0\"}}");
    Files.writeString(wrangler.resolve("cli.js"), "");
    var bin = Files.createDirectories(home.resolve("bin"));
    var node = bin.resolve("node");
    Files.writeString(node, "#!/bin/sh\necho v22.0.0\n");
    assertThat(node.toFile().setExecutable(true)).isTrue();
    var environment = Map.of("PATH", bin.toString(), "HOME", home.toString());
    var config = new StringBuilder();
    var target =
        new Target(
            new ServiceName("api"), EnvironmentName.TOP_LEVEL, home, home.resolve("wrangler.toml"));

    try (var adapter =
        new WranglerAdapter(
            new Toolchain(environment, _ -> {}),
            environment,
            () -> Optional.of(new AccountId("named-in-the-file")),
            reading(config))) {
      assertThatThrownBy(() -> adapter.bootstrap(target, new Tag(new RunId("k3x9"), new StepId(1))))
          .isInstanceOf(StepFailed.class);
    }

    assertThat(new ObjectMapper().readTree(config.toString()).path("account_id").asText())
        .isEqualTo("named-in-the-file");
  }

  /** Keeps the configuration that a command names, and fails. */
  private static Runner reading(StringBuilder config) {
    return new Runner() {
      @Override
      public Ran run(Tools tools, WranglerCommand command) {
        var arguments = command.arguments();
        try {
          config.append(
              Files.readString(Path.of(arguments.get(arguments.indexOf("--config") + 1))));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        return new Ran(Ran.End.BY_ITSELF, 1, "", "refused", List.of());
      }

      @Override
      public void close() {}
    };
  }
}
