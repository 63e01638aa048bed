package dev.clodo.sandbox.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// The sandbox's own JavaScript, which runs inside workerd.
final class Programs {
  private Programs() {}

  static String text(String name) {
    try (var in = Programs.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the program " + name + " is missing from the build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("can't read the program " + name, e);
    }
  }
}
