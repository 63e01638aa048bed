package dev.clodo.cli;

import dev.clodo.Phase;
import dev.clodo.Watcher;
import dev.clodo.model.Assessment;
import dev.clodo.model.Change;
import dev.clodo.model.Event;
import dev.clodo.model.Finding;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Plan;
import dev.clodo.model.Run;
import dev.clodo.model.RunRecord;
import dev.clodo.model.Service;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.render.Estimate;
import dev.clodo.render.Palette;
import dev.clodo.render.PlanText;
import dev.clodo.render.StepText;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Tells a deploy as it happens: the seven phases as headings, the steps as lines. */
final class DeployTalk implements Watcher {
  private final Session session;
  private final Progress progress;
  private final Palette palette;
  private final boolean asks;
  private final PlanText.Detail detail;
  private final Map<StepId, Long> underWay = new LinkedHashMap<>();
  private String run = "";

  /**
   * @param asks whether a person approves the plan first
   */
  DeployTalk(Session session, Progress progress, boolean asks) {
    this.session = session;
    this.progress = progress;
    this.palette = session.palette();
    this.asks = asks;
    this.detail = PlanText.Detail.of(session.verbose());
  }

  @Override
  public void phase(Phase phase) {
    progress.idle();
    var about = phase == Phase.EXECUTE ? "  " + palette.faint("run " + run) : "";
    progress.line((phase == Phase.ASSESS ? "" : "\n") + palette.strong(phase.title()) + about);
    switch (phase) {
      case ASSESS -> progress.busy("looking at the workspace and the account");
      case VALIDATE -> progress.busy("assessing again");
      case IDENTIFY, CONSTRUCT, ORCHESTRATE, EXECUTE, VERIFY -> {}
    }
  }

  @Override
  public void assessed(Assessment assessment) {
    progress.idle();
    if (assessment.deployable()) {
      progress.line("  " + palette.good("ready") + ": " + counted(assessment));
    }
  }

  @Override
  public void building(Service service) {
    progress.busy("building " + service.name());
  }

  @Override
  public void identified(List<Change> changes) {
    progress.idle();
    PlanText.changes(changes, detail).lines().forEach(l -> progress.line("  " + l));
  }

  @Override
  public void constructed(Plan plan) {
    if (plan.isEmpty()) {
      progress.line("  nothing to do");
    }
    for (var wave : plan.waves()) {
      PlanText.releases(wave, detail).lines().forEach(l -> progress.line("  " + l));
    }
  }

  @Override
  public void planned(Plan plan) {
    if (plan.isEmpty()) {
      progress.line("  nothing to do");
    }
    PlanText.order(plan, detail).lines().forEach(l -> progress.line("  " + l));
    var estimate = Estimate.of(plan);
    if (estimate.isBound()) {
      progress.line("  " + View.Planned.sentence(estimate));
    }
  }

  @Override
  public boolean reads() {
    return asks;
  }

  @Override
  public void warned(String text) {
    progress.idle();
    session.host().err().println("clodo: " + palette.bad("ATTENTION") + " " + text);
  }

  @Override
  public boolean approves(Plan plan) {
    if (!asks) {
      return true;
    }
    progress.idle();
    var answer = session.host().ask("\nDo it? [y/N] ").orElse("");
    return answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
  }

  @Override
  public void started(Run run) {
    this.run = run.id().value();
  }

  @Override
  public void began(Step step) {
    underWay.put(step.id(), System.nanoTime());
    progress.busy(line(step));
  }

  @Override
  public void pickedUp(Step step) {
    progress.line("  … " + line(step) + "  was begun before and is finished now");
    underWay.put(step.id(), System.nanoTime());
    progress.busy(line(step));
  }

  @Override
  public void done(Step step, Map<String, String> facts) {
    ended(palette.good("✓"), step, facts(facts));
  }

  @Override
  public void failed(Step step, String why) {
    ended(palette.bad("✗"), step, palette.bad("failed: ") + why);
  }

  @Override
  public void takingBack(Step step) {
    underWay.put(step.id(), System.nanoTime());
    progress.busy("taking back " + line(step));
  }

  @Override
  public void takenBack(Step step) {
    var took = took(step);
    progress.idle();
    progress.line(
        "  %s %s  %s%s"
            .formatted(
                palette.doubtful("↩"),
                step.id(),
                step.target().service() + ": " + StepText.undo(step.undo()),
                took));
  }

  @Override
  public void notTakenBack(Step step, String why) {
    ended(palette.bad("✗"), step, palette.bad("could not be taken back: ") + why);
  }

  @Override
  public void retrying(Step step, String why, Duration pause) {
    progress.line("  … step %s: %s; again in %s s".formatted(step.id(), why, seconds(pause)));
  }

  @Override
  public void executed(RunRecord record) {
    progress.idle();
    var steps = record.run().plan().steps();
    var evidence =
        record.journal().stream()
            .map(e -> evidence(steps.get(e.event().step().ordinal() - 1), e))
            .toList();
    evidence.stream().filter(l -> !l.isEmpty()).forEach(progress::line);
    record.run().plan().waves().stream()
        .flatMap(w -> w.releases().stream())
        .forEach(r ->
            r.notes().forEach(n -> progress.line("  %s: %s".formatted(r.target().service(), n))));
  }

  @Override
  public void validated(Assessment after) {
    progress.idle();
    progress.line(
        "  "
            + (after.deployable()
                ? palette.good("as asked for")
                : palette.bad("not ready any more"))
            + ": "
            + counted(after));
  }

  private void ended(String mark, Step step, String rest) {
    var took = took(step);
    progress.idle();
    progress.line(
        "  %s %s%s%s".formatted(mark, line(step), took, rest.isEmpty() ? "" : "  " + rest));
  }

  private String took(Step step) {
    long since = Objects.requireNonNullElseGet(underWay.remove(step.id()), System::nanoTime);
    return palette.faint("  " + seconds(Duration.ofNanos(System.nanoTime() - since)) + " s");
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
    if (!(step instanceof Step.Probe) && !(step instanceof Step.CheckHealth)) {
      return "";
    }
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

  private static String counted(Assessment assessment) {
    long warnings =
        assessment.findings().stream()
            .filter(f ->
                f.verdict() == Finding.Verdict.FAIL && f.severity() == Finding.Severity.WARNING)
            .count();
    long unknown =
        assessment.findings().stream().filter(f -> f.verdict() == Finding.Verdict.UNKNOWN).count();
    return many(assessment.inventory().services().size(), "service")
        + ", "
        + many(assessment.checksRun(), "check")
        + (warnings == 0 ? "" : ", " + many(warnings, "warning"))
        + (unknown == 0 ? "" : ", " + unknown + " not checked");
  }

  private static String many(long count, String word) {
    return count + " " + word + (count == 1 ? "" : "s");
  }
}
