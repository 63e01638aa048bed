package dev.clodo.discover;

import java.nio.file.Path;

/** The Dockerfiles that containers are built from, and what lies in their build contexts. */
final class ContainerFiles implements FactCollector {
  /** A build context may be a whole repository; what lies directly in it is enough. */
  private static final int MOST_ENTRIES = 2_000;

  @Override
  public void collect(Facts facts) {
    for (var container : facts.settings().tables("containers")) {
      var image = facts.path(container, "image").filter(facts::isFile);
      image.ifPresent(file -> {
        facts.text(file);
        facts
            .path(container, "image_build_context")
            .or(() -> image.map(Path::getParent))
            .filter(facts::look)
            .filter(facts::isFolder)
            .ifPresent(folder -> {
              if (facts.entries(folder, MOST_ENTRIES).size() == MOST_ENTRIES) {
                facts.note("Not all of the build context " + folder + " was looked at.");
              }
            });
      });
    }
  }
}
