package dev.clodo.cli;

import dev.clodo.Exit;
import dev.clodo.Failed;
import dev.clodo.model.Plan;
import dev.clodo.render.PlanJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A plan that somebody saved. */
final class PlanFile {
  private PlanFile() {}

  static Plan read(Path file) {
    try {
      return PlanJson.read(Files.readString(file));
    } catch (IOException e) {
      throw new Failed(Exit.USAGE, "can't read the plan " + file + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new Failed(
          Exit.USAGE,
          file + " is no plan: " + e.getMessage() + ". Make one: clodo plan --json > " + file,
          e);
    }
  }
}
