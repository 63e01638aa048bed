package dev.clodo.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Facts that discovery reads around a configuration, so that judging them needs no file system. All
 * paths are absolute and normalised.
 *
 * @param existing paths that exist: those that the configuration names, and what lies directly in
 *     the folders of the project, the repository and the migrations
 * @param texts the contents of small files that checks read: source reachable from the entry point,
 *     {@code package.json}, {@code _redirects}, workflows …; of {@code .dev.vars} and {@code .env}
 *     files only a line {@code NAME=} for each name; under the folder {@code functions} of a Worker
 *     without code {@code onRequest} where it holds Pages Functions; under git's index the paths of
 *     tracked files that are named like local secrets
 * @param documents what those of the texts say that are {@code package.json} or a pipeline in YAML
 * @param sizes bytes of each static file that would be uploaded; -1 for a link that leads back to a
 *     folder that it lies in
 * @param sources what the syntax of the source tells
 * @param notes anything discovery noticed that explains a later answer, a sentence each
 */
public record Surroundings(
    Set<Path> existing,
    Map<Path, String> texts,
    Map<Path, ConfigValue> documents,
    Map<Path, Long> sizes,
    Sources sources,
    List<String> notes) {
  public Surroundings {
    existing = Set.copyOf(existing);
    texts = Map.copyOf(texts);
    documents = Map.copyOf(documents);
    sizes = Map.copyOf(sizes);
    notes = List.copyOf(notes);
  }

  /** For callers without static files or source. */
  public Surroundings(Set<Path> existing, Map<Path, String> texts, List<String> notes) {
    this(existing, texts, Map.of(), Map.of(), Sources.none(), notes);
  }

  /** How many there are of each: the texts of files are nobody's business. */
  @Override
  public String toString() {
    return "Surroundings[%d paths, %d texts, %d files]"
        .formatted(existing.size(), texts.size(), sizes.size());
  }

  public static Surroundings none() {
    return new Surroundings(Set.of(), Map.of(), List.of());
  }
}
