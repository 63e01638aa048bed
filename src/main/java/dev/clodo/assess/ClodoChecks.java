package dev.clodo.assess;

import static dev.clodo.assess.Check.workspaceError;

import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Inventory.Unreadable;
import dev.clodo.model.Remedy;
import java.util.List;

/** Whether Clodo's own file of a workspace can be followed, and says what it seems to say. */
final class ClodoChecks {
  /** Of checks that no specification of wrangler's knows. */
  static final String GROUP = "clodo";

  private static final String CONFIGURATION = "workers/wrangler/configuration/";

  static final List<Check> CHECKS =
      List.of(
          workspaceError("clodo/file-invalid", StopsAt.CLODO, CONFIGURATION, ClodoChecks::invalid));

  private ClodoChecks() {}

  private static List<? extends Hit> invalid(Evidence evidence) {
    return evidence.inventory().unreadable().stream()
        .filter(u -> u.reason() == Unreadable.Reason.WORKSPACE)
        .map(u ->
            new Hit.Fault(
                "",
                u.at(),
                u.message(),
                new Remedy.Advice(
                    "Correct the place shown. What may stand there: clodo docs config")))
        .toList();
  }
}
