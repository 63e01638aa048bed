package dev.clodo.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Facts that discovery reads around a configuration, so that judging them needs no file system.
 *
 * @param existing those of the paths named by the configuration that exist, resolved and normalised
 * @param texts the contents of small files that checks read ({@code package.json}, {@code
 *     _redirects} …), by path
 * @param notes anything discovery noticed that explains a later answer, a sentence each
 */
public record Surroundings(Set<Path> existing, Map<Path, String> texts, List<String> notes) {
  public Surroundings {
    existing = Set.copyOf(existing);
    texts = Map.copyOf(texts);
    notes = List.copyOf(notes);
  }

  public static Surroundings none() {
    return new Surroundings(Set.of(), Map.of(), List.of());
  }
}
