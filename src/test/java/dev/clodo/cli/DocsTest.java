package dev.clodo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocsTest {
  @TempDir Path folder;

  @Test
  void printsTheReferenceOfClodosOwnFile() {
    var ran = new Scene(folder).type("docs", "config");
    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).startsWith("# yaml-language-server: $schema=").contains("on-failure:");
  }

  @Test
  void printsTheSchemaForEditors() {
    var ran = new Scene(folder).type("docs", "config", "--schema");
    assertThat(ran.exit()).isZero();
    assertThat(ran.json().path("properties").has("domains")).isTrue();
  }

  @Test
  void takesTheProfileOfTheFile() {
    var scene = new Scene(folder).service("web");
    scene.file("clodo.yaml", "profiles: { careful: { release: { ladder: [0, 50, 100] } } }\n");
    assertThat(scene.type("plan").exit()).isZero();
    assertThat(scene.type("plan", "--profile", "careful").exit()).isZero();
    var ran = scene.type("plan", "--profile", "carefull");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.out() + ran.err()).contains("clodo.yaml:1:1").contains("did you mean careful?");
  }
}
