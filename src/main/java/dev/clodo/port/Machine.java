package dev.clodo.port;

import dev.clodo.model.Checkup;
import java.nio.file.Path;
import java.util.List;

/** What this machine brings to the work. Looks only: nothing is installed or started for long. */
@FunctionalInterface
public interface Machine {
  /** Java, Node, wrangler, the variables that matter, and Clodo's own files of a workspace. */
  List<Checkup.Line> look(Path workspace);
}
