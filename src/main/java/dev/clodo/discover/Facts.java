package dev.clodo.discover;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.Surroundings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The facts found around one configuration so far, and the bounded way to find more. */
final class Facts {
  private final Path home;
  private final Path config;
  private final ConfigValue.Table settings;
  private final ConfigValue.Table written;
  private final Set<Path> existing = new LinkedHashSet<>();
  private final Map<Path, String> texts = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  Facts(Path home, Path config, ConfigValue.Table settings, ConfigValue.Table written) {
    this.home = home;
    this.config = config;
    this.settings = settings;
    this.written = written;
  }

  Path home() {
    return home;
  }

  /** Paths in a configuration are relative to its folder. */
  Path configFolder() {
    var folder = config.getParent();
    return folder == null ? home : folder;
  }

  ConfigValue.Table settings() {
    return settings;
  }

  ConfigValue.Table written() {
    return written;
  }

  /** A path as the configuration writes it; empty when the system has no such path. */
  Optional<Path> resolve(String configured) {
    try {
      return Optional.of(configFolder().resolve(configured).normalize());
    } catch (InvalidPathException e) {
      // Nothing can exist there, which is what the absence from the facts says.
      return Optional.empty();
    }
  }

  /** Notes whether a path exists, and says so. */
  boolean look(Path path) {
    if (existing.contains(path)) {
      return true;
    }
    boolean exists = Files.exists(path);
    if (exists) {
      existing.add(path);
    }
    return exists;
  }

  /** Keeps the text of a small file, if there is one; each is read once. */
  Optional<String> text(Path file) {
    if (texts.containsKey(file)) {
      return Optional.ofNullable(texts.get(file));
    }
    if (!look(file) || !(SmallFile.read(file) instanceof SmallFile.Content content)) {
      return Optional.empty();
    }
    texts.put(file, content.text());
    return Optional.of(content.text());
  }

  void note(String sentence) {
    notes.add(sentence);
  }

  Surroundings surroundings() {
    return new Surroundings(existing, texts, notes);
  }
}
