package dev.clodo.render;

import dev.clodo.model.Event;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Moved;
import dev.clodo.model.Outcome;
import dev.clodo.model.Plan;
import dev.clodo.model.Run;
import dev.clodo.model.RunRecord;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.VersionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Runs and their journals as text. */
public final class RunText {
  private RunText() {}

  /** One line for each run: when, id, how it stands, who, what. */
  public static String list(List<RunRecord> runs) {
    if (runs.isEmpty()) {
      return "No runs yet.\n";
    }
    return Words.table(runs.stream().map(RunText::row).toList(), "");
  }

  /** A run, its journal event by event, and its outcome. */
  public static String whole(RunRecord record) {
    var run = record.run();
    var head = new ArrayList<List<String>>();
    head.add(List.of("run", run.id().value()));
    head.add(List.of("environment", run.environment().toString()));
    head.add(List.of("started", Words.time(run.startedAt())));
    head.add(List.of("by", run.who()));
    if (!run.commit().isEmpty()) {
      head.add(List.of("commit", commit(run)));
    }
    head.add(List.of("stands", standing(record.standing())));
    for (var moved : record.moved()) {
      head.add(List.of(moved.target().service().value(), moved(moved)));
    }
    return Words.table(head, "") + "\n" + journal(record) + after(record);
  }

  /** What a run's end means, in a sentence or two, with the next command where one is needed. */
  public static String outcome(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Released() -> "Released.\n";
      case Outcome.NothingToDo() -> "Nothing to do.\n";
      case Outcome.RolledBack(var why, var notReverted, var kept) ->
          (kept.isEmpty()
                  ? "Rolled back: every service serves what it served before."
                  : "Rolled back in part: what failed, and all that relies on it, serves what it served"
                      + " before; the rest keeps what was released.")
              + "\nWhy: "
              + why
              + "\n"
              + (kept.isEmpty() ? "" : "What is kept: " + several(kept) + "\n")
              + (notReverted.isEmpty()
                  ? ""
                  : notReverted.stream()
                      .map(s -> "  " + s + "\n")
                      .collect(Collectors.joining("", "What stays changed:\n", "")));
      case Outcome.Stuck(var why) ->
          "Stuck, a person is needed: " + why + "\nWhat serves now: clodo status\n";
    };
  }

  private static final RunRecord.Standing RELEASED =
      new RunRecord.Standing.Ended(new Outcome.Released());

  /** How many names fit a row of a table. */
  private static final int NAMES_IN_ROW = 4;

  /** How many names a person wants to read in a sentence. */
  private static final int NAMES = 10;

  private static String several(List<ServiceName> services) {
    var names =
        services.stream().limit(NAMES).map(ServiceName::value).collect(Collectors.joining(", "));
    return services.size() <= NAMES
        ? names
        : "%d services, %s and others".formatted(services.size(), names);
  }

  /** A journal entry in words, without its time. */
  public static String event(Event event, Step step) {
    return switch (event) {
      case Event.Started(_, var before) -> "started" + facts(before);
      case Event.Succeeded(_, var output) -> "done" + facts(output);
      case Event.Failed(_, var why) -> "failed: " + why;
      case Event.Abandoned(_, var why) -> "left as it was: " + why;
      case Event.UndoStarted _ -> "taking back: " + StepText.undo(step.undo());
      case Event.Undone _ -> "taken back";
      case Event.UndoFailed(_, var why) -> "could not be taken back: " + why;
    };
  }

  /** What an event tells of facts: {@code (version 1a2b3c4d)}. */
  static String facts(Map<String, String> facts) {
    return facts.isEmpty()
        ? ""
        : new TreeMap<>(facts)
            .entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", ", " (", ")"));
  }

  private static List<String> row(RunRecord record) {
    var run = record.run();
    return List.of(
        Words.time(run.startedAt()),
        run.id().value(),
        run.plan().goesBack() && record.standing().equals(RELEASED)
            ? "went back"
            : brief(record.standing()),
        services(run),
        run.environment().isTopLevel() ? "" : run.environment().value(),
        run.who(),
        commit(run));
  }

  private static String services(Run run) {
    var targets =
        run.plan().waves().stream()
            .flatMap(w -> w.releases().stream())
            .map(Plan.Release::target)
            .distinct()
            .toList();
    if (targets.size() <= NAMES_IN_ROW) {
      return targets.stream().map(t -> t.service().value()).collect(Collectors.joining(" "));
    }
    var copies = new TreeMap<String, Integer>();
    targets.forEach(t -> copies.merge(t.copy().of().value(), 1, Integer::sum));
    var named =
        copies.entrySet().stream()
            .limit(NAMES_IN_ROW)
            .map(e -> e.getKey() + (e.getValue() == 1 ? "" : " (" + e.getValue() + ")"))
            .collect(Collectors.joining(" "));
    return copies.size() <= NAMES_IN_ROW
        ? named
        : named + " and " + (copies.size() - NAMES_IN_ROW) + " more";
  }

  private static String commit(Run run) {
    var commit = run.commit();
    var dirty = commit.endsWith("+dirty");
    var hash = commit.substring(0, Math.min(10, commit.length()));
    return (hash + (dirty ? "+dirty" : "") + " " + run.branch()).strip();
  }

  private static String brief(RunRecord.Standing standing) {
    return switch (standing) {
      case RunRecord.Standing.Ended(Outcome.Released()) -> "released";
      case RunRecord.Standing.Ended(Outcome.NothingToDo()) -> "nothing to do";
      case RunRecord.Standing.Ended(Outcome.RolledBack(_, _, var kept)) ->
          kept.isEmpty() ? "rolled back" : "rolled back in part";
      case RunRecord.Standing.Ended(Outcome.Stuck _) -> "stuck";
      case RunRecord.Standing.Unfinished _ -> "unfinished";
    };
  }

  private static String standing(RunRecord.Standing standing) {
    return switch (standing) {
      case RunRecord.Standing.Ended _ -> brief(standing);
      case RunRecord.Standing.Unfinished(var next) ->
          "unfinished; next is step %s, %s: clodo resume".formatted(next.id(), StepText.what(next));
    };
  }

  private static String after(RunRecord record) {
    return switch (record.standing()) {
      case RunRecord.Standing.Ended(var outcome) -> "\n" + outcome(outcome);
      case RunRecord.Standing.Unfinished _ -> "";
    };
  }

  private static String journal(RunRecord record) {
    var steps = new HashMap<StepId, Step>();
    record.run().plan().steps().forEach(s -> steps.put(s.id(), s));
    var rows = new ArrayList<List<String>>();
    for (var entry : record.journal()) {
      var step = steps.get(entry.event().step());
      if (step != null) {
        rows.add(
            List.of(
                since(record.run().startedAt(), entry),
                step.id().toString(),
                step.target().service().value(),
                entry.event() instanceof Event.Started
                    ? StepText.what(step) + facts(((Event.Started) entry.event()).before())
                    : event(entry.event(), step)));
      }
    }
    return Words.table(rows, "");
  }

  private static String moved(Moved moved) {
    return "%s -> %s".formatted(versions(moved.before(), "nothing"), versions(moved.after(), "?"));
  }

  private static String versions(List<VersionId> versions, String none) {
    return versions.isEmpty()
        ? none
        : versions.stream().map(VersionId::value).collect(Collectors.joining(" "));
  }

  private static String since(Instant start, JournalEntry entry) {
    return "+" + Words.duration(Duration.between(start, entry.at()));
  }
}
