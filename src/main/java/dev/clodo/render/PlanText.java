package dev.clodo.render;

import dev.clodo.model.Plan;
import java.util.ArrayList;
import java.util.List;

/** A plan as a table: waves, services, changes, steps and their undo. */
public final class PlanText {
  private PlanText() {}

  /** Lines that end with a line break; the same for the same plan. */
  public static String of(Plan plan) {
    var text = new StringBuilder();
    int number = 1;
    for (var wave : plan.waves()) {
      text.append("Wave %d: %s%n".formatted(number++, wave.name()));
      for (var release : wave.releases()) {
        text.append(
            "  %s  %s%n"
                .formatted(Words.target(release.target()), StepText.change(release.change())));
        var rows = new ArrayList<List<String>>();
        release
            .steps()
            .forEach(s ->
                rows.add(List.of(s.id().toString(), StepText.what(s), StepText.undo(s.undo()))));
        text.append(Words.table(rows, "    "));
        release.notes().forEach(n -> text.append("    note: ").append(n).append('\n'));
      }
    }
    if (!plan.skipped().isEmpty()) {
      text.append(plan.waves().isEmpty() ? "" : "\n").append("Unchanged\n");
      var rows =
          plan.skipped().stream().map(s -> List.of(Words.target(s.target()), s.why())).toList();
      text.append(Words.table(rows, "  "));
    }
    return text.toString().replace(System.lineSeparator(), "\n");
  }
}
