package dev.clodo.render;

import dev.clodo.model.Change;
import dev.clodo.model.HealthCheck;
import dev.clodo.model.Rewrite;
import dev.clodo.model.Split;
import dev.clodo.model.Step;
import dev.clodo.model.TriggerChange;
import dev.clodo.model.VersionRef;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Says in words what a step does, how it is undone, and what a change is. */
public final class StepText {
  private StepText() {}

  /** What the step does, without naming its service. */
  public static String what(Step step) {
    return switch (step) {
      case Step.Bootstrap _ -> "create the Worker, answering 503, so that others can bind to it";
      case Step.Upload _ -> "build and upload a version without traffic";
      case Step.Deploy(_, _, _, var reason, _, _) ->
          "build, upload and serve at once (" + reason + ")";
      case Step.DeployPages(_, _, _, var directory, var branch, _) ->
          "wrangler pages deploy %s --project-name %s --branch %s, which serves at once"
              .formatted(folder(step.target().home(), directory), step.target().service(), branch);
      case Step.Migrate(_, _, _, var database, _, var pending, _) ->
          "apply " + String.join(", ", pending) + " to D1 database " + database;
      case Step.Shift(_, _, var split, _) -> "traffic: " + split(split);
      case Step.Probe(_, _, var candidate, var address, var check) ->
          "ask %s itself, %s".formatted(version(candidate), requests(check, address));
      case Step.CheckHealth(_, _, _, var address, var check) ->
          "ask as users do, " + requests(check, address);
      case Step.ApplyTriggers(_, _, var change) -> triggers(change);
      case Step.Publish(_, _, _, _, var rewrites) ->
          "publish a version without traffic from the build of %s, %s"
              .formatted(step.target().copy().of(), own(rewrites));
      case Step.Create(_, _, _, _, var rewrites) ->
          "create the Worker from the build of %s, %s"
              .formatted(step.target().copy().of(), own(rewrites));
      case Step.Provision(_, _, var kind, var name, _) ->
          "create %s %s".formatted(kind.words(), name);
      case Step.PutSecrets(_, _, var secrets) ->
          "put %s into a version without traffic"
              .formatted(String.join(", ", new TreeSet<>(secrets.keySet())));
      case Step.Validate(_, _, var expected) ->
          "read back that %s serves".formatted(version(expected));
    };
  }

  /** What is done when the release goes back. */
  public static String undo(Step.Undo undo) {
    return switch (undo) {
      case Step.Undo.Nothing _ -> "nothing to undo";
      case Step.Undo.Leave(var what) -> "stays: " + what;
      case Step.Undo.Restore(var split) -> "traffic back: " + split(split);
      case Step.Undo.AskHuman(var why) -> "a person decides: " + why;
    };
  }

  /** {@link #undo} in a word or two, for a table. */
  public static String briefly(Step.Undo undo) {
    return switch (undo) {
      case Step.Undo.Nothing _ -> "nothing to undo";
      case Step.Undo.Leave _ -> "stays";
      case Step.Undo.Restore(var split) -> "back to " + split(split);
      case Step.Undo.AskHuman _ -> "a person decides";
    };
  }

  /** What happens to a service. */
  public static String change(Change change) {
    return switch (change) {
      case Change.Create _ -> "create";
      case Change.Update(_, var baseline, var why) ->
          "update, serves " + baseline.shortened() + (why.isEmpty() ? "" : ": " + why);
      case Change.Lifecycle(_, var baseline, var why) ->
          "update as a whole, serves %s: %s".formatted(baseline.shortened(), why);
      case Change.Revert(_, var baseline, var earlier) ->
          "back to %s, serves %s".formatted(earlier.shortened(), baseline.shortened());
      case Change.Unchanged(_, var why) -> "unchanged: " + why;
      case Change.LeftOut(_, var why) -> why;
    };
  }

  private static String folder(Path from, Path to) {
    var path = from.relativize(to).toString();
    return path.isEmpty() ? "." : path;
  }

  private static String own(List<Rewrite> rewrites) {
    int own = rewrites.size();
    if (own == 0) {
      return "without settings of its own";
    }
    return own == 1 ? "with 1 setting of its own" : "with %d settings of its own".formatted(own);
  }

  private static String triggers(TriggerChange change) {
    var all = "set routes, domains, schedules and queue consumers";
    if (!change.isKnown() || (change.added().isEmpty() && change.removed().isEmpty())) {
      return all;
    }
    var words = new ArrayList<String>();
    change.added().forEach(t -> words.add("set " + t));
    change.removed().stream()
        .filter(t -> t.detail().isEmpty())
        .forEach(t -> words.add("remove " + t));
    return words.isEmpty() ? all : String.join(", ", words);
  }

  private static String split(Split split) {
    return split.shares().stream()
        .map(s -> "%d %% %s".formatted(s.percent(), version(s.version())))
        .collect(Collectors.joining(", "));
  }

  private static String version(VersionRef version) {
    return switch (version) {
      case VersionRef.Live(var id) -> id.shortened();
      case VersionRef.UploadedBy(var step) -> "the new version (step " + step + ")";
    };
  }

  private static String requests(HealthCheck check, URI address) {
    return "%d × %s".formatted(check.samples(), address.resolve(check.path()));
  }
}
