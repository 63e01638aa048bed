package dev.clodo.adapter.wrangler;

import dev.clodo.port.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Clodo's own small Node programs, written out of the jar where Node can read them. */
final class Scripts {
  private final Toolchain toolchain;
  private final Map<String, Path> written = new ConcurrentHashMap<>();

  Scripts(Toolchain toolchain) {
    this.toolchain = toolchain;
  }

  /** Preloaded into wrangler: ends it when its parent is gone. */
  Path watch() {
    return script("watch.cjs");
  }

  /** Loads wrangler once and runs several commands. */
  Path runner() {
    return script("runner.cjs");
  }

  /** Where Node keeps compiled code between runs; empty when nothing can be written. */
  Optional<Path> compileCache(String name) {
    try {
      return Optional.of(toolchain.scratch("compile-" + name));
    } catch (IOException e) {
      // It only saves time.
      return Optional.empty();
    }
  }

  private Path script(String name) {
    return written.computeIfAbsent(name, this::write);
  }

  /** The name carries the content's hash, so that two Clodos of different age share the folder. */
  private Path write(String name) {
    var content = read(name);
    var file = "%08x-%s".formatted(content.hashCode(), name);
    try {
      var folder = toolchain.scratch("scripts");
      var target = folder.resolve(file);
      if (!Files.isRegularFile(target) || !Files.readString(target).equals(content)) {
        var fresh = Files.createTempFile(folder, name, ".tmp");
        Files.writeString(fresh, content);
        Files.move(
            fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
      return target;
    } catch (IOException e) {
      throw new UserError(
          UserError.Kind.ENVIRONMENT,
          "can't write into "
              + toolchain.cache()
              + " ("
              + e.getMessage()
              + "): make it writable, or set CLODO_TOOLS to a folder that is.");
    }
  }

  private static String read(String name) {
    try (var stream = Scripts.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("the jar lacks " + name);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
