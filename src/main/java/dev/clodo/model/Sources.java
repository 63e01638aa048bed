package dev.clodo.model;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The source of a service, as far as it can be followed from its entry point.
 *
 * @param entry the file that the configuration names as entry, if it is there; a Pages project has
 *     none
 * @param files what is bundled, tests and unused files left out; packages are not followed
 * @param gaps why something that belongs to it may not be among them, a sentence each; empty when
 *     all of it was seen
 */
public record Sources(Optional<Path> entry, Map<Path, Source> files, List<String> gaps) {
  /**
   * One file.
   *
   * @param found the files that its imports mean, by specifier; packages are not among them
   * @param typesOnly whether nothing but types is imported from it, so that it is not bundled
   */
  public record Source(SourceFacts facts, Map<String, Path> found, boolean typesOnly) {
    public Source {
      found = Map.copyOf(found);
    }
  }

  public Sources {
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    gaps = List.copyOf(gaps);
  }

  public static Sources none() {
    return new Sources(Optional.empty(), Map.of(), List.of());
  }
}
