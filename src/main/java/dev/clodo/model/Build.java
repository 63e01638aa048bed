package dev.clodo.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What wrangler's build of one service came to. Nothing was sent. */
public sealed interface Build {
  /**
   * It built.
   *
   * @param modules what an upload would carry, source maps left out
   * @param gzip the size of all modules together, compressed, in bytes
   * @param inputs the source files that went into it, the biggest first
   * @param exports the names that the entry module exports; empty where the bundler does not tell
   * @param isBundled whether the bundler told inputs and exports
   * @param warnings what wrangler warned of, a paragraph each
   */
  record Made(
      List<Module> modules,
      long gzip,
      List<Input> inputs,
      Set<String> exports,
      boolean isBundled,
      List<String> warnings)
      implements Build {
    public Made {
      modules = List.copyOf(modules);
      inputs = List.copyOf(inputs);
      exports = Set.copyOf(exports);
      warnings = List.copyOf(warnings);
    }

    /** The size of all modules, in bytes: what Cloudflare's limit is about. */
    public long bytes() {
      return modules.stream().mapToLong(Module::bytes).sum();
    }
  }

  /** wrangler's build or its own validation failed, for each of these reasons. */
  record Broken(List<Problem> problems) implements Build {
    public Broken {
      problems = List.copyOf(problems);
    }
  }

  /**
   * A part of the upload.
   *
   * @param type its media type, which says what kind of module it is
   */
  record Module(String name, String type, long bytes) {}

  /**
   * A source file.
   *
   * @param bytes what it takes up in the bundle
   */
  record Input(Path file, long bytes) {}

  /**
   * A reason, in wrangler's words.
   *
   * @param at the place in the source that it names
   */
  record Problem(String message, Optional<Location> at) {}
}
