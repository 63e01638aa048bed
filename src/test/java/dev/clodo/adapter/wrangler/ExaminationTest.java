package dev.clodo.adapter.wrangler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.Build;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import dev.clodo.port.Wrangler;
import dev.clodo.sandbox.NpmTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the real wrangler builds, and what it says when it does not. */
@Tag("slow")
class ExaminationTest {
  @TempDir Path work;

  private Service service() {
    return new ServiceAutoDiscovery()
        .discover(work, EnvironmentName.TOP_LEVEL)
        .services()
        .getFirst();
  }

  private void write(String file, String text) throws IOException {
    var path = work.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private Wrangler.Examined examine(Map<String, String> more) throws IOException {
    Files.createSymbolicLink(
        work.resolve("node_modules"),
        NpmTools.install().project(NpmTools.WRANGLER_NEW).resolve("node_modules"));
    var environment = new HashMap<>(System.getenv());
    environment.putAll(more);
    try (var wrangler = new WranglerAdapter(new Toolchain(environment, _ -> {}), environment)) {
      return wrangler.examine(service());
    }
  }

  private static Build known(Wrangler.Examined examined) {
    assertThat(examined.build()).isInstanceOf(Looked.Known.class);
    return ((Looked.Known<Build>) examined.build()).value();
  }

  @Test
  void tellsWhatABundleHoldsAndExports() throws Exception {
    work = work.toRealPath();
    write(
        "wrangler.jsonc",
        """
        { "name": "api", "main": "src/index.ts", "compatibility_date": "2026-01-01",
          "vars": { "GREETING": "hello", "LIST": [1] },
          "kv_namespaces": [{ "binding": "KV", "id": "0123456789abcdef0123456789abcdef" }] }
        """);
    write("src/index.ts", "export { Room } from \"./room\";\nexport default { fetch() {} };\n");
    write("src/room.ts", "export class Room { big = \"" + "x".repeat(5000) + "\"; }\n");

    var examined = examine(Map.of());

    var made = (Build.Made) known(examined);
    assertThat(made.exports()).containsExactlyInAnyOrder("Room", "default");
    assertThat(made.inputs().getFirst().file()).isEqualTo(work.resolve("src/room.ts"));
    assertThat(made.bytes()).isGreaterThan(5000);
    assertThat(made.gzip()).isBetween(100L, 3000L);
    var bundle = examined.bundle().orElseThrow();
    assertThat(bundle.main()).isEqualTo("index.js");
    assertThat(bundle.compatibilityDate()).isEqualTo("2026-01-01");
    assertThat(bundle.texts()).containsEntry("GREETING", "hello");
    assertThat(bundle.json()).containsEntry("LIST", "[1]");
    assertThat(bundle.others()).containsEntry("KV", "kv_namespace");
    assertThat(bundle.sourceMap()).contains(work.resolve("src/room.ts").toString());
    assertThat(work.resolve("out")).doesNotExist();
  }

  @Test
  void tellsWhereABuildFails() throws Exception {
    work = work.toRealPath();
    write(
        "wrangler.toml",
        "name = \"api\"\nmain = \"src/index.ts\"\ncompatibility_date = \"2026-01-01\"\n");
    write(
        "src/index.ts", "\nimport x from \"./nope\";\nexport default { fetch() { return x; } };\n");

    var broken = (Build.Broken) known(examine(Map.of()));

    assertThat(broken.problems()).hasSize(1);
    assertThat(broken.problems().getFirst().message()).isEqualTo("Could not resolve \"./nope\"");
    assertThat(broken.problems().getFirst().at())
        .contains(new Location(work.resolve("src/index.ts"), 2, 15));
  }

  @Test
  void tellsThatTheProjectsOwnBuildFailsAndGivesItNoToken() throws Exception {
    work = work.toRealPath();
    write(
        "wrangler.toml",
        """
        name = "api"
        main = "index.js"
        compatibility_date = "2026-01-01"
        [build]
        command = "echo token=[$CLOUDFLARE_API_TOKEN] > seen; exit 3"
        """);
    write("index.js", "export default {};");

    var broken = (Build.Broken) known(examine(Map.of("CLOUDFLARE_API_TOKEN", "canary-1234567890")));

    assertThat(broken.problems()).hasSize(1);
    assertThat(broken.problems().getFirst().message()).contains("custom build").contains("failed");
    assertThat(Files.readString(work.resolve("seen"))).isEqualTo("token=[]\n");
  }
}
