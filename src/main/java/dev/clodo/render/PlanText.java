package dev.clodo.render;

import static java.util.stream.Collectors.joining;

import dev.clodo.model.Change;
import dev.clodo.model.Plan;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Step;
import dev.clodo.model.Target;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A plan as a table: waves, services, changes, steps and their undo. What happens to many domains
 * alike is told once, unless everything is asked for.
 */
public final class PlanText {
  /** How many domains are named before the rest is only counted. */
  private static final int NAMED = 3;

  private static final Pattern HOST = Pattern.compile("https?://[^/\\s]+");
  private static final Pattern NUMBER = Pattern.compile(" \\(step \\d+\\)");
  private static final Pattern VERSION = Pattern.compile("\\b[0-9a-f]{8}[0-9a-f-]*\\b");

  private PlanText() {}

  /** How much is told. */
  public enum Detail {
    /** What happens to many domains alike stands there once. */
    COLLAPSED,
    /** Each release with its steps. */
    WHOLE;

    public static Detail of(boolean verbose) {
      return verbose ? WHOLE : COLLAPSED;
    }
  }

  /** Lines that end with a line break; the same for the same plan. */
  public static String of(Plan plan, Detail detail) {
    var text = new StringBuilder();
    for (var wave : plan.waves()) {
      text.append(titled(wave)).append('\n');
      text.append(releases(wave, detail).indent(2));
    }
    text.append(skipped(plan, detail));
    return text.toString();
  }

  /** What is released in a wave: each change, and its steps with their undo. */
  public static String releases(Plan.Wave wave, Detail detail) {
    return alike(wave.releases(), Plan.Release::target, PlanText::kinds, detail).stream()
        .map(PlanText::together)
        .collect(joining());
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
    remarks(release).forEach(r -> text.append("  ").append(r).append('\n'));
    return text.toString();
  }

  /** What the steps don't show; what stands in the way of going back is said once. */
  private static List<String> remarks(Plan.Release release) {
    var remarks = new ArrayList<String>();
    release.notes().forEach(n -> remarks.add("note: " + n));
    release.obstacles().stream()
        .filter(o -> !release.notes().contains(o.what()))
        .forEach(o -> remarks.add("no rollback: " + o.what()));
    return remarks;
  }

  /** Which services follow which. */
  public static String order(Plan plan, Detail detail) {
    var rows =
        plan.waves().stream()
            .map(w ->
                List.of(
                    named(w),
                    alike(w.releases(), Plan.Release::target, PlanText::kinds, detail).stream()
                        .map(group -> whom(group.stream().map(Plan.Release::target).toList()))
                        .collect(joining(", "))))
            .toList();
    return Words.table(rows, "");
  }

  /** What differs, a line for each service; domains with the same difference share one. */
  public static String changes(List<? extends Change> changes, Detail detail) {
    var text = new StringBuilder();
    for (var group : alike(changes, Change::target, PlanText::kind, detail)) {
      text.append(
          group.size() == 1
              ? "%s: %s\n"
                  .formatted(group.getFirst().target().service(), StepText.change(group.getFirst()))
              : "%s: %s for %s\n"
                  .formatted(
                      of(group.getFirst()),
                      kind(group.getFirst()),
                      domains(group.stream().map(Change::target).toList())));
    }
    return text.toString();
  }

  private static String skipped(Plan plan, Detail detail) {
    var unchanged = plan.skipped().stream().filter(Change.Unchanged.class::isInstance).toList();
    var leftOut = plan.skipped().stream().filter(Change.LeftOut.class::isInstance).toList();
    var tables =
        Stream.of(skipped("Unchanged", unchanged, detail), skipped("Left out", leftOut, detail))
            .filter(t -> !t.isEmpty())
            .collect(joining("\n"));
    return plan.waves().isEmpty() || tables.isEmpty() ? tables : "\n" + tables;
  }

  private static String skipped(String title, List<Change.Skipped> changes, Detail detail) {
    if (changes.isEmpty()) {
      return "";
    }
    var rows =
        alike(changes, Change.Skipped::target, c -> likeOthers(c.why(), "…"), detail).stream()
            .map(group ->
                group.size() == 1
                    ? List.of(Words.target(group.getFirst().target()), group.getFirst().why())
                    : List.of(
                        whom(group.stream().map(Change.Skipped::target).toList()),
                        likeOthers(group.getFirst().why(), "…")))
            .toList();
    return title + "\n" + Words.table(rows, "  ");
  }

  /** Releases of one service for several domains, which take the same kinds of steps. */
  private static String together(List<Plan.Release> group) {
    var first = group.getFirst();
    if (group.size() == 1) {
      return release(first);
    }
    var targets = group.stream().map(Plan.Release::target).toList();
    var rows = new ArrayList<List<String>>();
    for (int i = 0; i < first.steps().size(); i++) {
      int at = i;
      var steps = group.stream().map(r -> r.steps().get(at)).toList();
      rows.add(
          List.of(
              group.size() + " ×",
              common(steps, StepText::what),
              common(steps, s -> StepText.briefly(s.undo()))));
    }
    var text = new StringBuilder();
    text.append(template(first.target()))
        .append("  ")
        .append(kind(first.change()))
        .append(" for ")
        .append(domains(targets))
        .append('\n')
        .append(Words.table(rows, "  "));
    var notes = new LinkedHashMap<String, Integer>();
    for (var release : group) {
      for (var note : remarks(release)) {
        notes.merge(masked(note, release.target()), 1, Integer::sum);
      }
    }
    notes.forEach((note, times) -> text.append("  ").append(times(note, times, group)));
    return text.toString();
  }

  private static String times(String note, int times, List<Plan.Release> group) {
    return times == group.size() ? note + "\n" : "%s (%d of them)\n".formatted(note, times);
  }

  /** What the steps of several domains say when each domain's own names are left out. */
  private static String common(List<Step> steps, Function<Step, String> words) {
    var first = masked(words.apply(steps.getFirst()), steps.getFirst().target());
    boolean same = steps.stream().allMatch(s -> masked(words.apply(s), s.target()).equals(first));
    return same ? first : first + ", or the like";
  }

  private static String masked(String words, Target target) {
    return likeOthers(
        words
            .replace(target.copy().domain().value(), "…")
            .replace(target.service().value(), target.copy().of().value()),
        "the old version");
  }

  /** The words without what only one release has: addresses, versions, numbers of steps. */
  private static String likeOthers(String words, String version) {
    var bare = NUMBER.matcher(HOST.matcher(words).replaceAll("")).replaceAll("");
    return VERSION.matcher(bare).replaceAll(version);
  }

  private static String kinds(Plan.Release release) {
    return release.change().getClass().getName()
        + release.steps().stream().map(s -> " " + s.getClass().getName()).collect(joining());
  }

  private static String kind(Change change) {
    return switch (change) {
      case Change.Update _ -> "update";
      case Change.Lifecycle(_, _, var why) -> "update as a whole (" + why + ")";
      case Change.Revert _ -> "back to an earlier version";
      case Change.Create _ -> StepText.change(change);
      case Change.Unchanged _, Change.LeftOut _ -> likeOthers(StepText.change(change), "…");
    };
  }

  private static String whom(List<Target> targets) {
    return targets.size() == 1
        ? Words.target(targets.getFirst())
        : template(targets.getFirst()) + " for " + domains(targets);
  }

  /** {@code 900 domains: acme.example.com, beta.example.com, c.example.com and 897 more}. */
  private static String domains(List<Target> targets) {
    var names = new LinkedHashSet<>(targets.stream().map(t -> t.copy().domain().value()).toList());
    // Three names take hardly more room than two and a count.
    var shown = names.size() <= NAMED + 1 ? names : names.stream().limit(NAMED).toList();
    int more = names.size() - shown.size();
    return "%d domains: %s%s"
        .formatted(
            names.size(),
            String.join(", ", shown),
            more == 0 ? "" : " and %d more".formatted(more));
  }

  /** The service as its own configuration names it. */
  private static String template(Target target) {
    return target.environment().isTopLevel()
        ? target.copy().of().value()
        : target.copy().of() + " (" + target.environment() + ")";
  }

  private static ServiceName of(Change change) {
    return change.target().copy().of();
  }

  /**
   * The things in groups that are told together: copies of one service of the same kind. Shared
   * services stand alone.
   */
  private static <T> List<List<T>> alike(
      Collection<? extends T> things,
      Function<T, Target> target,
      Function<T, String> kind,
      Detail detail) {
    Map<List<Object>, List<T>> groups = new LinkedHashMap<>();
    int single = 0;
    for (T thing : things) {
      var copy = target.apply(thing).copy();
      List<Object> key =
          detail == Detail.WHOLE || copy.domain().isShared()
              ? List.of(single++)
              : List.of(copy.of(), kind.apply(thing));
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(thing);
    }
    return List.copyOf(groups.values());
  }

  private static String titled(Plan.Wave wave) {
    var name = named(wave);
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  private static String named(Plan.Wave wave) {
    return wave.share().isEmpty() ? wave.name() : wave.name() + " (" + wave.share() + ")";
  }
}
