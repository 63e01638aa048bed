package dev.clodo.cli;

import dev.clodo.model.Event;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Plan;
import dev.clodo.model.RunRecord;
import dev.clodo.model.Step;
import dev.clodo.render.Palette;
import dev.clodo.render.StepText;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Tells the steps of a run while they are carried out: each of them where there are few releases, a
 * line a release where there are more, a line a wave where nobody could read that either. Failures
 * are always told.
 */
final class RunTalk {
  /** How much is told of what goes well. */
  enum Grain {
    STEPS,
    RELEASES,
    WAVES
  }

  /** With more releases than this nobody follows the single steps. */
  private static final int FEW = 10;

  /** With more releases than this a line for each is a wall of text. */
  private static final int MANY = 50;

  /** Where nobody sees a picture, a wave says how far it is at least this often. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(30);

  private static final int PARTS = 10;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Progress progress;
  private final Palette palette;
  private final Supplier<Instant> clock;
  private final Grain grain;
  private final boolean stamped;
  private final Board board;
  private boolean showing;
  private int waits;
  private long lastSign = System.nanoTime();

  /**
   * @param stamped whether each line begins with the time: where no terminal shows seconds
   */
  RunTalk(Plan plan, Progress progress, Palette palette, Supplier<Instant> clock, boolean stamped) {
    this.progress = progress;
    this.palette = palette;
    this.clock = clock;
    this.stamped = stamped;
    this.board = new Board(plan, System.nanoTime());
    int releases = board.releases();
    this.grain = releases <= FEW ? Grain.STEPS : releases <= MANY ? Grain.RELEASES : Grain.WAVES;
  }

  Grain grain() {
    return grain;
  }

  /** What an earlier process did of the run. */
  void resumed(List<JournalEntry> journal) {
    synchronized (progress) {
      board.resumed(journal, System.nanoTime());
    }
  }

  /** From now on the picture is shown. */
  private void begins() {
    progress.show(
        grain == Grain.STEPS
            ? (now, columns, _, colours) -> board.steps(now, columns, colours)
            : board::frame);
  }

  void began(Step step) {
    synchronized (progress) {
      board.began(step, System.nanoTime());
    }
    shown();
  }

  private void shown() {
    if (!showing) {
      showing = true;
      begins();
    }
  }

  void pickedUp(Step step) {
    if (grain == Grain.STEPS) {
      say("… " + line(step) + "  was begun before and is finished now");
    }
    began(step);
  }

  void done(Step step, Map<String, String> facts) {
    long now = System.nanoTime();
    var took = took(step, now);
    boolean last;
    Board.Tally wave;
    synchronized (progress) {
      last = board.done(step, now);
      wave = board.wave(step.id());
    }
    switch (grain) {
      case STEPS -> {
        var rest = facts(facts);
        say(
            "%s %s%s%s"
                .formatted(palette.good("✓"), line(step), took, rest.isEmpty() ? "" : "  " + rest));
      }
      case RELEASES -> {
        if (last) {
          say(
              "%s %s released (%d of %d in %s)"
                  .formatted(
                      palette.good("✓"),
                      step.target().service(),
                      wave.done(),
                      wave.all(),
                      wave.name()));
        }
      }
      case WAVES -> {
        if (last) {
          signOf(wave, now);
        }
      }
    }
  }

  /** A whole wave is told; of one under way every tenth part, and now and then, without picture. */
  private void signOf(Board.Tally wave, long now) {
    if (wave.isWhole()) {
      say(
          "%s %s: %d released%s"
              .formatted(
                  palette.good("✓"),
                  wave.name(),
                  wave.all(),
                  palette.faint("  " + Board.time(wave.took(now)))));
    } else if (!progress.isLive()) {
      boolean part =
          (long) wave.done() * PARTS / wave.all() > (long) (wave.done() - 1) * PARTS / wave.all();
      if (part || now - lastSign > HEARTBEAT.toNanos()) {
        say(
            "%s: %d of %d released%s"
                .formatted(
                    wave.name(),
                    wave.done(),
                    wave.all(),
                    wave.failed() == 0 ? "" : ", " + wave.failed() + " failed"));
      }
    }
  }

  void failed(Step step, String why) {
    var took = took(step, System.nanoTime());
    synchronized (progress) {
      board.failed(step, why);
    }
    say(
        "%s %s%s  %s%s"
            .formatted(palette.bad("✗"), line(step), took, palette.bad("failed: "), why));
  }

  void takingBack(Step step) {
    synchronized (progress) {
      board.takingBack(step, System.nanoTime());
    }
    shown();
  }

  void takenBack(Step step) {
    var took = took(step, System.nanoTime());
    synchronized (progress) {
      board.takenBack(step);
    }
    if (grain != Grain.WAVES) {
      say(
          "%s %s  %s: %s%s"
              .formatted(
                  palette.doubtful("↩"),
                  step.id(),
                  step.target().service(),
                  StepText.undo(step.undo()),
                  took));
    }
  }

  void notTakenBack(Step step, String why) {
    var took = took(step, System.nanoTime());
    synchronized (progress) {
      board.notTakenBack(step, why);
    }
    say(
        "%s %s%s  %s%s"
            .formatted(
                palette.bad("✗"), line(step), took, palette.bad("could not be taken back: "), why));
  }

  void retrying(Step step, String why, Duration pause) {
    waits++;
    synchronized (progress) {
      board.retrying(step, why, pause, System.nanoTime());
    }
    if (grain == Grain.STEPS || !progress.isLive()) {
      say("… step %s: %s; again in %s s".formatted(step.id(), why, seconds(pause)));
    }
  }

  /** What somebody who wants to stop has to wait for. */
  List<String> underWay() {
    synchronized (progress) {
      return board.busySteps();
    }
  }

  /** What the checks found, and what the steps could not show. */
  void executed(RunRecord record) {
    progress.idle();
    if (waits > 0) {
      progress.line("  tried again: %d steps".formatted(waits));
    }
    var plan = record.run().plan();
    var steps = plan.steps();
    int healthy = 0;
    for (var entry : record.journal()) {
      var step = steps.get(entry.event().step().ordinal() - 1);
      if (step instanceof Step.Probe || step instanceof Step.CheckHealth) {
        boolean good = entry.event() instanceof Event.Succeeded;
        healthy += good ? 1 : 0;
        var evidence = evidence(step, entry);
        if (!evidence.isEmpty() && (grain == Grain.STEPS || !good)) {
          progress.line(evidence);
        }
      }
    }
    if (grain != Grain.STEPS) {
      progress.line(
          "  %s: %d of the checks%s"
              .formatted(
                  palette.good("healthy"),
                  healthy,
                  board.wentBack() == 0 ? "" : "; taken back: " + board.wentBack() + " releases"));
      return;
    }
    plan.waves().stream()
        .flatMap(w -> w.releases().stream())
        .forEach(r ->
            r.notes().forEach(n -> progress.line("  %s: %s".formatted(r.target().service(), n))));
  }

  private void say(String text) {
    lastSign = System.nanoTime();
    progress.line("  " + (stamped ? TIME.format(clock.get()) + "  " : "") + text);
  }

  private String took(Step step, long now) {
    synchronized (progress) {
      return palette.faint("  " + seconds(board.since(step, now)) + " s");
    }
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
  }

  private static String line(Step step) {
    return "%s  %s: %s".formatted(step.id(), step.target().service(), StepText.what(step));
  }

  private static String facts(Map<String, String> facts) {
    var said = new StringBuilder();
    facts.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            e -> said.append(said.isEmpty() ? "" : ", ").append(fact(e.getKey(), e.getValue())));
    return said.toString();
  }

  private static String fact(String name, String value) {
    return name.equals("evidence") ? value : name + " " + value;
  }

  /** What a check found, or nothing when the entry is about something else. */
  private String evidence(Step step, JournalEntry entry) {
    var when = step instanceof Step.Probe ? "without traffic" : "with all traffic";
    return switch (entry.event()) {
      case Event.Succeeded(_, var output) ->
          "  %s %s, %s: %s"
              .formatted(
                  palette.good("healthy"),
                  step.target().service(),
                  when,
                  output.getOrDefault("evidence", ""));
      case Event.Failed(_, var why) ->
          "  %s %s, %s: %s".formatted(palette.bad("unhealthy"), step.target().service(), when, why);
      case Event.Started _,
          Event.Abandoned _,
          Event.UndoStarted _,
          Event.Undone _,
          Event.UndoFailed _ ->
          "";
    };
  }
}
