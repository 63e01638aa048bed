package dev.clodo.discover;

import java.util.List;

/**
 * Looks around one configuration and notes facts that checks need. A new kind of fact is a new
 * collector in {@link #all}.
 */
interface FactCollector {
  /** Reads what it needs through {@code facts}, which bounds and remembers it. */
  void collect(Facts facts);

  /** In the order in which they run. */
  static List<FactCollector> all() {
    return List.of(
        new ConfiguredPaths(),
        new UsualPlaces(),
        new ProjectFiles(),
        new ContainerFiles(),
        new PipelineFiles(),
        new ToolFiles(),
        new LocalSecretNames(),
        new AssetFiles(),
        new SourceFiles());
  }
}
