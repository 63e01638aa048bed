package dev.clodo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.adapter.wrangler.LocalMachine;
import dev.clodo.adapter.wrangler.Toolchain;
import dev.clodo.model.Checkup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code clodo doctor}. */
class DoctorTest {
  @TempDir Path folder;

  @Test
  void saysThatNothingIsInTheWay() {
    var scene =
        new Scene(folder).service("api", "[[queues.producers]]", "binding='Q'", "queue='q'");
    var ran = scene.type("doctor");
    assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.out())
        .contains("✔ git", "main at 0123456789ab, as Ada", "✔ workspace", "1 service in")
        .contains("API token from CLOUDFLARE_API_TOKEN")
        .contains(
            "Workers Scripts: Edit for deploying Workers (api)", "Queues: Edit for Queues (api)")
        .contains("Nothing is in the way of a deploy.");
    var json = scene.type("doctor", "--json").json();
    assertThat(json.path("schema").asText()).isEqualTo("clodo.doctor/1");
    assertThat(json.path("healthy").asBoolean()).isTrue();
    assertThat(json.path("lines").findValuesAsText("topic")).contains("git", "permission");
  }

  @Test
  void asksNobodyWhenOffline() {
    var ran = new Scene(folder).service("api").type("doctor", "--offline");
    assertThat(ran.out()).contains("? account", "needed; Cloudflare was not asked");
  }

  @Test
  void saysWhatToTypeWhereThereIsNothingToDeploy() {
    var ran = new Scene(folder).type("doctor");
    assertThat(ran.out())
        .contains("✘ workspace", "→ npm create cloudflare", "1 problem in the way");
    assertThat(ran.exit()).isEqualTo(30);
  }

  private Checkup machine(Map<String, String> variables) {
    var toolchain = new Toolchain(variables, _ -> {});
    return new Checkup(new LocalMachine(toolchain, variables).look(folder));
  }

  @Test
  void installsNothingToLook() {
    var tools = folder.resolve("tools");
    var checkup = machine(Map.of("CLODO_TOOLS", tools.toString(), "PATH", ""));
    assertThat(checkup.lines())
        .filteredOn(l -> l.topic().equals("wrangler"))
        .singleElement()
        .satisfies(l -> assertThat(l.text()).contains("not installed yet"));
    assertThat(tools).doesNotExist();
  }

  @Test
  void saysThatAProjectsWranglerIsTooOld() throws IOException {
    var wrangler = Files.createDirectories(folder.resolve("node_modules/wrangler"));
    Files.writeString(wrangler.resolve("package.json"), "{\"version\":\"3.1.0\"}");
    var checkup = machine(Map.of("PATH", ""));
    assertThat(checkup.healthy()).isFalse();
    assertThat(checkup.lines().toString()).contains("wrangler 3.1.0").contains("too old");
  }

  @Test
  void showsNoSecretOfAnyVariable() {
    var checkup =
        machine(
            Map.of("CLODO_EDGE", "http://u:canary@127.0.0.1:1", "CLOUDFLARE_API_TOKEN", "canary"));
    assertThat(checkup.toString()).contains("CLODO_EDGE=http://***@127").doesNotContain("canary");
  }
}
