package dev.clodo.adapter.wrangler;

import dev.clodo.model.Service;
import java.nio.file.Files;
import java.util.Set;

/** Where a Pages project keeps what {@code wrangler pages deploy} uploads. */
final class PagesProject {
  /** The folder of functions, beside the configuration: wrangler looks nowhere else. */
  static final String FUNCTIONS = "functions";

  /** A Worker of the project's own, in place of functions. */
  private static final String WORKER = "_worker.js";

  /** Exit codes of {@code pages functions build}: functions without routes, nothing at all. */
  private static final Set<Integer> NOTHING_TO_BUILD = Set.of(156, 157);

  private PagesProject() {}

  /** Whether there is anything beside files. */
  static boolean hasCode(Service service) {
    return Files.isDirectory(service.home().resolve(FUNCTIONS))
        || Files.exists(service.output().resolve(WORKER));
  }

  /** wrangler then deploys the files alone, and says so. */
  static boolean hasNothingToBuild(Ran ran) {
    return ran.end() == Ran.End.BY_ITSELF && NOTHING_TO_BUILD.contains(ran.exit());
  }
}
