package dev.clodo.adapter.wrangler;

import java.nio.file.Path;

/**
 * A wrangler and a Node that it runs on.
 *
 * @param node the Node executable
 * @param wrangler the folder of the wrangler package
 * @param version wrangler's version
 * @param origin whether it is the project's own
 */
public record Tools(Path node, Path wrangler, String version, Origin origin) {
  /** Where a wrangler comes from. */
  public enum Origin {
    /** The project's {@code node_modules}, or those of a folder above. */
    PROJECT,
    /** Clodo's tool cache, because the project has none. */
    CACHE
  }

  /** The program that {@code node} runs; wrangler's own launcher only adds a second process. */
  Path cli() {
    return wrangler.resolve("wrangler-dist").resolve("cli.js");
  }
}
