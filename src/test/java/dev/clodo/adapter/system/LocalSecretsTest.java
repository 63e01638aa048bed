package dev.clodo.adapter.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.model.SecretSource;
import dev.clodo.port.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSecretsTest {
  @TempDir Path folder;

  @Test
  void readsVariablesFilesAndCommands() throws IOException {
    Files.writeString(
        folder.resolve(".env"),
        "# secrets\nexport A=plain # why\nB='it is # quoted'\nC=\"two\\nlines\"\nD=\n");
    var secrets = secrets(Map.of("TOKEN", "t0", "PATH", System.getenv("PATH")));

    assertThat(secrets.value(new SecretSource.Variable("TOKEN"))).isEqualTo("t0");
    assertThat(secrets.value(new SecretSource.Line(".env", "A"))).isEqualTo("plain");
    assertThat(secrets.value(new SecretSource.Line(".env", "B"))).isEqualTo("it is # quoted");
    assertThat(secrets.value(new SecretSource.Line(".env", "C"))).isEqualTo("two\nlines");
    assertThat(secrets.value(new SecretSource.Command("echo printed"))).isEqualTo("printed");
    assertThat(secrets.keys(Path.of(".env"))).containsExactly("A", "B", "C", "D");
  }

  @Test
  void whatIsMissingIsNamedButNeverAValue() throws IOException {
    Files.writeString(folder.resolve(".env"), "A=visible\n");
    var secrets = secrets(Map.of("PATH", System.getenv("PATH")));

    refused(secrets, new SecretSource.Variable("TOKEN"), "the variable TOKEN is not set");
    refused(secrets, new SecretSource.Line(".env", "B"), ".env has no line B=…");
    refused(secrets, new SecretSource.Line("none.env", "B"), "there is no file");
    refused(secrets, new SecretSource.Command("echo visible; exit 3"), "ended with 3");
    refused(secrets, new SecretSource.Command("true"), "printed nothing");
  }

  private static void refused(LocalSecrets secrets, SecretSource source, String why) {
    assertThatThrownBy(() -> secrets.value(source))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .message()
        .doesNotContain("visible\n");
  }

  @Test
  void digestsTellAChangeAndTheirKeyIsForTheOwnerOnly() throws IOException {
    var digest = secrets(Map.of()).digest("value");

    assertThat(secrets(Map.of()).digest("value")).isEqualTo(digest).hasSize(64);
    assertThat(secrets(Map.of()).digest("other")).isNotEqualTo(digest);
    var key = folder.resolve(".clodo/secrets.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    try (var kept = Files.list(folder.resolve(".clodo"))) {
      assertThat(kept).containsExactly(key);
    }

    // Another machine has another key, so its digests tell nothing here.
    Files.delete(key);
    assertThat(secrets(Map.of()).digest("value")).isNotEqualTo(digest);
  }

  private LocalSecrets secrets(Map<String, String> variables) {
    return new LocalSecrets(folder, variables);
  }
}
