package dev.clodo.assess;

import static dev.clodo.assess.Check.workspaceError;

import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Inventory.Unreadable;
import dev.clodo.model.Inventory.Unreadable.Reason;
import dev.clodo.model.Remedy;
import java.util.List;

/** Whether there is something to deploy, and whether its configuration can be read at all. */
final class WorkspaceChecks {
  private WorkspaceChecks() {}

  private static final String CONFIGURATION = "workers/wrangler/configuration/";

  static final List<Check> CHECKS =
      List.of(
          workspaceError(
              "config/file-missing", StopsAt.BUILD, CONFIGURATION, WorkspaceChecks::fileMissing),
          workspaceError(
              "config/syntax-error",
              StopsAt.CONFIG,
              CONFIGURATION,
              w ->
                  unreadable(
                      w,
                      Reason.MALFORMED,
                      Reason.NOT_A_FILE,
                      Reason.NO_PERMISSION,
                      Reason.TOO_LARGE)),
          workspaceError(
              "environments/unknown-env",
              StopsAt.CONFIG,
              "workers/wrangler/environments/",
              w -> unreadable(w, Reason.UNKNOWN_ENVIRONMENT)),
          workspaceError(
              "config/redirect-invalid",
              StopsAt.CONFIG,
              "workers/wrangler/configuration/#generated-wrangler-configuration",
              w -> unreadable(w, Reason.BAD_REDIRECT)));

  private static List<? extends Hit> fileMissing(Evidence evidence) {
    var inventory = evidence.inventory();
    if (!inventory.services().isEmpty() || !inventory.unreadable().isEmpty()) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "",
            evidence.root(),
            "No wrangler configuration was found in %s or below it. wrangler deploy says that the entry-point is missing."
                .formatted(inventory.root()),
            new Remedy.Advice(
                "Create wrangler.jsonc: { \"name\": \""
                    + Names.asWorker(lastName(evidence))
                    + "\", \"main\": \"src/index.ts\", \"compatibility_date\": \""
                    + evidence.today()
                    + "\" }")));
  }

  private static String lastName(Evidence evidence) {
    var name = evidence.inventory().root().getFileName();
    return name == null ? "worker" : name.toString();
  }

  private static List<? extends Hit> unreadable(Evidence evidence, Reason... reasons) {
    return evidence.inventory().unreadable().stream()
        .filter(u -> List.of(reasons).contains(u.reason()))
        .map(u -> new Hit.Fault("", u.at(), u.message(), remedy(u)))
        .toList();
  }

  private static Remedy remedy(Unreadable file) {
    return new Remedy.Advice(
        switch (file.reason()) {
          case MALFORMED -> "Correct the file at the place shown.";
          case NOT_A_FILE -> "Replace it with a regular file.";
          case NO_PERMISSION -> "Make the file readable.";
          case TOO_LARGE -> "Make the file smaller; a configuration has a few kilobytes.";
          case UNKNOWN_ENVIRONMENT -> "Choose one of the file's environments, or add this one.";
          case WORKSPACE ->
              "Correct the file at the place shown; what may stand there: clodo docs config";
          case BAD_REDIRECT -> "Delete .wrangler/deploy and build again.";
        });
  }
}
