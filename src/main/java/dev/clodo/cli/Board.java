package dev.clodo.cli;

import dev.clodo.model.Event;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Plan;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.render.Palette;
import dev.clodo.render.StepText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * How far a run is, and how that is drawn. Drawing only reads: the same state at the same time in
 * the same space is the same picture. Times are nanoseconds of one clock that only goes forward.
 */
final class Board {
  private static final int BAR = 24;
  private static final int SHORTEST_BAR = 6;

  /** The spaces before and behind a bar. */
  private static final int BESIDE_BAR = 4;

  /** Wider than any line, and far from overflowing. */
  private static final int UNKNOWN_WIDTH = 1 << 20;

  /** Steps that are named while they go on; the rest is counted. */
  private static final int MOST_STEPS = 6;

  private static final int MOST_FAILURES = 3;

  /** A picture is never higher, so that it fits the lowest terminals with what came before it. */
  private static final int HIGHEST = 16;

  /** Below this nothing counts, so that fast steps do not flicker. */
  private static final Duration WORTH_COUNTING = Duration.ofSeconds(1);

  /** How far the releases of one wave are. */
  static final class Tally {
    private final String name;
    private final int all;
    private int done;
    private int failed;
    private int takenBack;
    private long began = -1;
    private long ended = -1;

    private Tally(Plan.Wave wave) {
      this.name = wave.share().isEmpty() ? wave.name() : wave.name() + " (" + wave.share() + ")";
      this.all = wave.releases().size();
    }

    String name() {
      return name;
    }

    int all() {
      return all;
    }

    int done() {
      return done;
    }

    int failed() {
      return failed;
    }

    boolean isWhole() {
      return done == all;
    }

    Duration took(long now) {
      return Duration.ofNanos((ended < 0 ? now : ended) - (began < 0 ? now : began));
    }
  }

  /** A step that goes on. */
  private record Busy(Step step, long since, boolean goesBack, String trouble, long until) {}

  private final List<Tally> waves = new ArrayList<>();
  private final int[] waveOf;
  private final int[] releaseOf;
  private final int[] lastOf;
  private final Map<StepId, Busy> busy = new LinkedHashMap<>();
  private final Set<Integer> broken = new HashSet<>();
  private final Set<Integer> back = new HashSet<>();
  private final List<String> failures = new ArrayList<>();
  private final long start;
  private final int releases;

  Board(Plan plan, long now) {
    start = now;
    int steps =
        plan.waves().stream()
            .flatMap(w -> w.releases().stream())
            .mapToInt(r -> r.steps().size())
            .sum();
    waveOf = new int[steps + 1];
    releaseOf = new int[steps + 1];
    int release = 0;
    var lasts = new ArrayList<Integer>();
    for (var wave : plan.waves()) {
      for (var each : wave.releases()) {
        int last = 0;
        for (var step : each.steps()) {
          last = step.id().ordinal();
          waveOf[last] = waves.size();
          releaseOf[last] = release;
        }
        lasts.add(last);
        release++;
      }
      waves.add(new Tally(wave));
    }
    releases = release;
    lastOf = lasts.stream().mapToInt(Integer::intValue).toArray();
  }

  /** What an earlier process did. */
  void resumed(List<JournalEntry> journal, long now) {
    for (var entry : journal) {
      switch (entry.event()) {
        case Event.Succeeded(var step, _) -> succeeded(step, now);
        case Event.Failed(var step, _) -> broke(step);
        case Event.Undone(var step) -> undone(step);
        case Event.Started _, Event.Abandoned _, Event.UndoStarted _, Event.UndoFailed _ -> {}
      }
    }
  }

  void began(Step step, long now) {
    var wave = wave(step.id());
    if (wave.began < 0) {
      wave.began = now;
    }
    busy.put(step.id(), new Busy(step, now, false, "", now));
  }

  void takingBack(Step step, long now) {
    busy.put(step.id(), new Busy(step, now, true, "", now));
  }

  void retrying(Step step, String why, Duration pause, long now) {
    var is = busy.get(step.id());
    busy.put(
        step.id(),
        new Busy(
            step,
            is == null ? now : is.since(),
            is != null && is.goesBack(),
            why,
            now + pause.toNanos()));
  }

  /** Whether that was the last step of its release. */
  boolean done(Step step, long now) {
    busy.remove(step.id());
    return succeeded(step.id(), now);
  }

  void failed(Step step, String why) {
    busy.remove(step.id());
    broke(step.id());
    failures.add("%s, %s: %s".formatted(step.target().service(), StepText.what(step), why));
  }

  void takenBack(Step step) {
    busy.remove(step.id());
    undone(step.id());
  }

  void notTakenBack(Step step, String why) {
    busy.remove(step.id());
    failures.add("%s could not be taken back: %s".formatted(step.target().service(), why));
  }

  /** How long a step has been under way. */
  Duration since(Step step, long now) {
    var is = busy.get(step.id());
    return Duration.ofNanos(is == null ? 0 : now - is.since());
  }

  Tally wave(StepId step) {
    return waves.get(waveOf[step.ordinal()]);
  }

  int releases() {
    return releases;
  }

  int underWay() {
    return busy.size();
  }

  /** The services whose steps go on, for people who wait for them. */
  List<String> busySteps() {
    return busy.values().stream()
        .map(b -> b.step().target().service() + ": " + StepText.what(b.step()))
        .toList();
  }

  /** How many releases have gone back. */
  int wentBack() {
    return back.size();
  }

  private boolean succeeded(StepId step, long now) {
    int release = releaseOf[step.ordinal()];
    if (lastOf[release] != step.ordinal() || broken.contains(release)) {
      return false;
    }
    var wave = wave(step);
    wave.done++;
    if (wave.isWhole()) {
      wave.ended = now;
    }
    return true;
  }

  private void broke(StepId step) {
    if (broken.add(releaseOf[step.ordinal()])) {
      wave(step).failed++;
    }
  }

  private void undone(StepId step) {
    if (back.add(releaseOf[step.ordinal()])) {
      wave(step).takenBack++;
    }
  }

  /** The steps that go on, a line each; nothing when none does. */
  List<String> steps(long now, int columns, Palette palette) {
    var lines = new ArrayList<String>();
    for (var each : busy.values()) {
      if (lines.size() == MOST_STEPS && busy.size() > MOST_STEPS + 1) {
        break;
      }
      lines.add(palette.faint(fitted("  " + line(each), lasted(each, now), columns)));
    }
    if (lines.size() < busy.size()) {
      lines.add(palette.faint("  … and " + (busy.size() - lines.size()) + " more"));
    }
    return lines;
  }

  /**
   * The picture: how far the run and its waves are, what goes on, what failed.
   *
   * @param columns 0 when it is not known how wide the terminal is
   * @param rows 0 when it is not known how high the terminal is
   */
  List<String> frame(long now, int columns, int rows, Palette palette) {
    int height = rows <= 0 ? HIGHEST : Math.clamp(rows - 2, 3, HIGHEST);
    var lines = new ArrayList<String>();
    lines.add(overall(now, columns, palette));
    int current = current();
    if (waves.size() > 1 && current < waves.size()) {
      lines.add(bar(waves.get(current), now, columns, palette));
      int next = current + 1;
      if (next < waves.size()) {
        lines.add(palette.faint(fitted("  then " + waves.get(next).name(), "", columns)));
      }
    }
    for (var failure :
        failures.subList(Math.max(0, failures.size() - MOST_FAILURES), failures.size())) {
      lines.add(palette.bad("  ✗ ") + fitted(failure, "", Math.max(0, columns - 4)));
    }
    lines.addAll(steps(now, columns, palette));
    return lines.size() <= height ? lines : List.copyOf(lines.subList(0, height));
  }

  /** The first wave in which something goes on; else the first that is not whole. */
  private int current() {
    if (!busy.isEmpty()) {
      return busy.keySet().stream().mapToInt(s -> waveOf[s.ordinal()]).min().orElse(0);
    }
    int at = 0;
    while (at < waves.size() && waves.get(at).isWhole()) {
      at++;
    }
    return at;
  }

  private String overall(long now, int columns, Palette palette) {
    int done = waves.stream().mapToInt(w -> w.done).sum();
    int failed = waves.stream().mapToInt(w -> w.failed).sum();
    int gone = waves.stream().mapToInt(w -> w.takenBack).sum();
    return drawn(
        "all", done, releases, failed, gone, Duration.ofNanos(now - start), columns, palette);
  }

  private String bar(Tally wave, long now, int columns, Palette palette) {
    return drawn(
        wave.name,
        wave.done,
        wave.all,
        wave.failed,
        wave.takenBack,
        wave.took(now),
        columns,
        palette);
  }

  private static String drawn(
      String name,
      int done,
      int all,
      int failed,
      int back,
      Duration took,
      int columns,
      Palette palette) {
    var counts =
        ": %d of %d%s%s"
            .formatted(
                done,
                all,
                failed == 0 ? "" : ", " + failed + " failed",
                back == 0 ? "" : ", " + back + " taken back");
    // In a narrow terminal the bar gives way first, then the name; the counts say most.
    int room = room(time(took), columns) - counts.length() - BESIDE_BAR;
    int bar = Math.clamp(room - name.length(), SHORTEST_BAR, BAR);
    int full = all == 0 ? bar : (int) ((long) bar * done / all);
    var text =
        fitted(
            "  %s%s  %s%s"
                .formatted(
                    "█".repeat(full),
                    "░".repeat(bar - full),
                    cut(name, Math.max(1, room - bar)),
                    counts),
            time(took),
            columns);
    return failed == 0 ? text : text.replace(failed + " failed", palette.bad(failed + " failed"));
  }

  private static String line(Busy each) {
    return "%s  %s%s%s: %s"
        .formatted(
            each.step().id(),
            each.goesBack() ? "taking back " : "",
            each.step().target().service(),
            each.trouble().isEmpty() ? "" : " (" + each.trouble() + ")",
            StepText.what(each.step()));
  }

  private static String lasted(Busy each, long now) {
    if (now < each.until()) {
      return "again in " + Math.max(1, Duration.ofNanos(each.until() - now).toSeconds()) + " s";
    }
    var lasted = Duration.ofNanos(now - each.since());
    return lasted.compareTo(WORTH_COUNTING) < 0 ? "" : time(lasted);
  }

  /** A text and its time behind it, in one line of the terminal: the text gives way. */
  private static String fitted(String text, String time, int columns) {
    return cut(text, room(time, columns)) + behind(time);
  }

  private static String behind(String time) {
    return time.isEmpty() ? "" : "  " + time;
  }

  /** So many letters are left beside a time; any number where nobody knows how wide a line is. */
  private static int room(String time, int columns) {
    return columns <= 0 ? UNKNOWN_WIDTH : Math.max(8, columns - 1 - behind(time).length());
  }

  private static String cut(String text, int room) {
    return text.length() > room ? text.substring(0, room - 1) + "…" : text;
  }

  static String time(Duration duration) {
    long seconds = duration.toSeconds();
    return seconds < 60
        ? seconds + " s"
        : seconds < 3600
            ? String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60)
            : String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds / 60 % 60);
  }
}
