package dev.clodo.cli;

import dev.clodo.Phase;
import dev.clodo.Watcher;
import dev.clodo.model.Assessment;
import dev.clodo.model.Change;
import dev.clodo.model.Finding;
import dev.clodo.model.Plan;
import dev.clodo.model.Run;
import dev.clodo.model.RunRecord;
import dev.clodo.model.Service;
import dev.clodo.model.Step;
import dev.clodo.render.Estimate;
import dev.clodo.render.Palette;
import dev.clodo.render.PlanText;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tells a deploy as it happens: the seven phases as headings, the steps as lines. */
final class DeployTalk implements Watcher {
  private static final Plan NONE =
      new Plan(List.of(), List.of(), new Plan.Basis(Map.of(), Map.of()));

  private final Session session;
  private final Progress progress;
  private final Palette palette;
  private final boolean asks;
  private final Stopping stopping;
  private final PlanText.Detail detail;
  private String run = "";
  private RunTalk talk;

  /**
   * @param asks whether a person approves the plan first
   * @param stopping hears Ctrl-C while the run is carried out
   */
  DeployTalk(Session session, Progress progress, boolean asks, Stopping stopping) {
    this.session = session;
    this.progress = progress;
    this.palette = session.palette();
    this.asks = asks;
    this.stopping = stopping;
    this.detail = PlanText.Detail.of(session.verbose());
    this.talk = new RunTalk(NONE, progress, palette, session.host().time()::instant, false);
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
  public void started(Run started) {
    run = started.id().value();
    var host = session.host();
    boolean ci = !host.environment().getOrDefault("CI", "").isEmpty();
    var told = new RunTalk(started.plan(), progress, palette, host.time()::instant, false);
    talk =
        !progress.isLive() && (ci || told.grain() != RunTalk.Grain.STEPS)
            ? new RunTalk(started.plan(), progress, palette, host.time()::instant, true)
            : told;
    stopping.armed(() -> talk.underWay());
  }

  @Override
  public void resumed(RunRecord record) {
    talk.resumed(record.journal());
  }

  @Override
  public void began(Step step) {
    talk.began(step);
  }

  @Override
  public void pickedUp(Step step) {
    talk.pickedUp(step);
  }

  @Override
  public void done(Step step, Map<String, String> facts) {
    talk.done(step, facts);
  }

  @Override
  public void failed(Step step, String why) {
    talk.failed(step, why);
  }

  @Override
  public void takingBack(Step step) {
    talk.takingBack(step);
  }

  @Override
  public void takenBack(Step step) {
    talk.takenBack(step);
  }

  @Override
  public void notTakenBack(Step step, String why) {
    talk.notTakenBack(step, why);
  }

  @Override
  public void retrying(Step step, String why, Duration pause) {
    talk.retrying(step, why, pause);
  }

  @Override
  public void executed(RunRecord record) {
    stopping.disarmed();
    talk.executed(record);
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

  private static String counted(Assessment assessment) {
    long errors = assessment.findings().stream().filter(Finding::blocks).count();
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
        + (errors == 0 ? "" : ", " + many(errors, "error"))
        + (warnings == 0 ? "" : ", " + many(warnings, "warning"))
        + (unknown == 0 ? "" : ", " + unknown + " not checked");
  }

  private static String many(long count, String word) {
    return count + " " + word + (count == 1 ? "" : "s");
  }
}
