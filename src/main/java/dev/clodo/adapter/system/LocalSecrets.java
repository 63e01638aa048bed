package dev.clodo.adapter.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.clodo.model.EnvFile;
import dev.clodo.model.SecretSource;
import dev.clodo.port.Secrets;
import dev.clodo.port.UserError;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Secrets from variables of the environment, from files and from commands. The key of their digests
 * lies in {@code .clodo}, readable by its owner only.
 */
public final class LocalSecrets implements Secrets {
  /** A password manager may ask its server, but nobody is there to answer a question. */
  private static final long COMMAND_SECONDS = 30;

  /** Bytes; the limit of Cloudflare for a secret is 5 kB, and files hold a few of them. */
  private static final long LONGEST_FILE = 1 << 20;

  private static final int KEY_BYTES = 32;

  private final Path workspace;
  private final Map<String, String> variables;

  /**
   * @param workspace where commands run
   */
  public LocalSecrets(Path workspace, Map<String, String> variables) {
    this.workspace = workspace;
    this.variables = Map.copyOf(variables);
  }

  @Override
  public String value(SecretSource source) {
    var value =
        switch (source) {
          case SecretSource.Variable(var name) -> variables.getOrDefault(name, "");
          case SecretSource.Line(var path, var key) ->
              lines(workspace.resolve(path)).getOrDefault(key, "");
          case SecretSource.Command(var line) -> printed(line);
        };
    if (value.isEmpty()) {
      throw new UserError(
          UserError.Kind.NOT_READY,
          switch (source) {
            case SecretSource.Variable(var name) ->
                "the variable %s is not set: export %s=…".formatted(name, name);
            case SecretSource.Line(var path, var key) -> "%s has no line %s=…".formatted(path, key);
            case SecretSource.Command(var line) -> "the command printed nothing: " + line;
          });
    }
    return value;
  }

  @Override
  public Set<String> keys(Path file) {
    return lines(workspace.resolve(file)).keySet();
  }

  private static Map<String, String> lines(Path file) {
    try {
      if (Files.size(file) > LONGEST_FILE) {
        throw new UserError(UserError.Kind.NOT_READY, file + " is too long for a file of secrets");
      }
      return EnvFile.parse(Files.readString(file));
    } catch (NoSuchFileException missing) {
      throw new UserError(UserError.Kind.NOT_READY, "there is no file " + file);
    } catch (IOException unreadable) {
      throw new UserError(
          UserError.Kind.NOT_READY, file + " can't be read; is it yours, and UTF-8?");
    }
  }

  /** What it complains of could hold a value, so it is not shown. */
  private String printed(String line) {
    try {
      var builder =
          new ProcessBuilder("sh", "-c", line)
              .directory(workspace.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.environment().clear();
      builder.environment().putAll(variables);
      var output = Files.createTempFile("clodo-secret", "", onlyMine());
      try {
        var process = builder.redirectOutput(output.toFile()).start();
        if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
          throw new UserError(
              UserError.Kind.NOT_READY,
              "the command did not end in %d s: %s".formatted(COMMAND_SECONDS, line));
        }
        if (process.exitValue() != 0) {
          throw new UserError(
              UserError.Kind.NOT_READY,
              "the command ended with %d: %s".formatted(process.exitValue(), line));
        }
        return Files.readString(output).replaceFirst("\\R\\z", "");
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new UserError(UserError.Kind.NOT_READY, "the command can't be run: " + line);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError(UserError.Kind.NOT_READY, "interrupted while it ran: " + line);
    }
  }

  @Override
  public synchronized String digest(String value) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(HexFormat.of().parseHex(key()), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(value.getBytes(UTF_8)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has HmacSHA256", impossible);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError(
          UserError.Kind.ENVIRONMENT,
          "%s can't be used; remove it, and secrets are sent once more".formatted(keyFile()));
    }
  }

  private Path keyFile() {
    return workspace.resolve(".clodo").resolve("secrets.key");
  }

  /** The first to need it makes it; it is there as a whole or not at all. */
  private String key() throws IOException {
    var file = keyFile();
    if (!Files.exists(file)) {
      var bytes = new byte[KEY_BYTES];
      new SecureRandom().nextBytes(bytes);
      var folder = Files.createDirectories(workspace.resolve(".clodo"));
      var draft = Files.createTempFile(folder, "secrets", ".draft", onlyMine());
      try {
        Files.writeString(draft, HexFormat.of().formatHex(bytes));
        Files.createLink(file, draft);
      } catch (FileAlreadyExistsException another) {
        // Another process was first, and its key is as good.
        return Files.readString(file);
      } finally {
        Files.deleteIfExists(draft);
      }
    }
    return Files.readString(file);
  }

  private FileAttribute<?>[] onlyMine() {
    return workspace.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
