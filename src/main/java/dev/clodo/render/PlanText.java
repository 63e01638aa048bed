package dev.clodo.render;

import dev.clodo.model.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A plan as a table: waves, services, changes, steps and their undo. */
public final class PlanText {
  private PlanText() {}

  /** Lines that end with a line break; the same for the same plan. */
  public static String of(Plan plan) {
    var text = new StringBuilder();
    for (var wave : plan.waves()) {
      text.append(titled(wave.name())).append('\n');
      wave.releases().forEach(r -> text.append(release(r).indent(2)));
    }
    text.append(skipped(plan));
    return text.toString();
  }

  /** One release: its change, and its steps with their undo. */
  public static String release(Plan.Release release) {
    var rows = new ArrayList<List<String>>();
    release
        .steps()
        .forEach(s ->
            rows.add(List.of(s.id().toString(), StepText.what(s), StepText.briefly(s.undo()))));
    var text = new StringBuilder();
    text.append(Words.target(release.target()))
        .append("  ")
        .append(StepText.change(release.change()))
        .append('\n')
        .append(Words.table(rows, "  "));
    release.notes().forEach(n -> text.append("  note: ").append(n).append('\n'));
    return text.toString();
  }

  /** Which services follow which. */
  public static String order(Plan plan) {
    var rows =
        plan.waves().stream()
            .map(w ->
                List.of(
                    w.name(),
                    w.releases().stream()
                        .map(r -> Words.target(r.target()))
                        .collect(Collectors.joining(", "))))
            .toList();
    return Words.table(rows, "");
  }

  private static String skipped(Plan plan) {
    if (plan.skipped().isEmpty()) {
      return "";
    }
    var rows =
        plan.skipped().stream().map(s -> List.of(Words.target(s.target()), s.why())).toList();
    return (plan.waves().isEmpty() ? "" : "\n") + "Unchanged\n" + Words.table(rows, "  ");
  }

  private static String titled(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }
}
