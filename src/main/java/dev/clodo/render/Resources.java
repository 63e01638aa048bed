package dev.clodo.render;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The texts and data that lie beside this package's classes and are part of the program. */
final class Resources {
  private Resources() {}

  /** The text of the file {@code dev/clodo/render/NAME} in UTF-8; empty when there is none. */
  static Optional<String> text(String name) {
    try (var in = Resources.class.getResourceAsStream(name)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }
}
