package dev.clodo.discover;

import java.nio.file.Path;

/** A folder that can be deployed. */
sealed interface Project {
  /** Where wrangler runs. */
  Path home();

  /** The file that is deployed from there. */
  Path config();

  /** Deployed as people wrote it. */
  record Plain(Path home, Path config) implements Project {}

  /**
   * A build tool has written the configuration, and a redirect beside the user's own leads to it.
   * Its environment was chosen when it was built.
   */
  record Generated(Path home, Path config, Path redirect) implements Project {}
}
