package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.ofStart;

import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Start;
import java.util.ArrayList;
import java.util.List;

/** Workflows: whose they are, what runs them, and what they cost. */
final class WorkflowChecks {
  private WorkflowChecks() {}

  static final List<Check> CHECKS =
      List.of(
          errorProd(
              "workflows/owned-by-other-worker", "workflows/", WorkflowChecks::ownedByAnother),
          ofStart(
              "workflows/class-lacks-run",
              Severity.ERROR_PROD,
              StopsAt.PRODUCTION,
              "workflows/build/workers-api/",
              WorkflowChecks::lacksRun),
          error(
              "workflows/schedule-needs-paid",
              StopsAt.UPLOAD,
              "workflows/",
              WorkflowChecks::schedules),
          error(
              "workflows/external-script-missing",
              StopsAt.UPLOAD,
              "workflows/build/workers-api/",
              WorkflowChecks::scriptMissing));

  private static boolean isOwn(Case c, Table workflow) {
    return workflow
        .text("script_name")
        .map(s -> s.isBlank() || s.equals(c.service().name().value()))
        .orElse(true);
  }

  private static List<Table> own(Case c) {
    return c.settings().tables("workflows").stream().filter(t -> isOwn(c, t)).toList();
  }

  private static List<? extends Hit> ownedByAnother(Case c) {
    var own = own(c);
    if (own.isEmpty()) {
      return List.of();
    }
    return Case.judging(
        c.account().resources(ResourceKind.WORKFLOWS),
        all -> {
          var hits = new ArrayList<Hit>();
          for (var t : own) {
            Case.word(t, "name")
                .ifPresent(name ->
                    all.stream()
                        .filter(w -> workflowName(w).equals(name.value()))
                        .map(w -> w.trait("script"))
                        .filter(s -> !s.isEmpty() && !s.equals(c.service().name().value()))
                        .findFirst()
                        .ifPresent(script ->
                            hits.add(
                                new Hit.Fault(
                                    name.value(),
                                    name.at(),
                                    "The workflow \""
                                        + name.value()
                                        + "\" belongs to the Worker \""
                                        + script
                                        + "\". The deploy takes it away from there without"
                                        + " asking where nobody is at a terminal.",
                                    new Remedy.Advice(
                                        "Give this workflow a name of its own; if the Worker was"
                                            + " renamed, deploy once by hand.")))));
          }
          return hits;
        });
  }

  private static String workflowName(Resource workflow) {
    return workflow.name().isEmpty() ? workflow.id() : workflow.name();
  }

  private static List<? extends Hit> lacksRun(Case c, Start start) {
    if (!(start instanceof Start.Up up)) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var t : own(c)) {
      var word = Case.word(t, "class_name");
      if (word.isEmpty()) {
        continue;
      }
      var export = up.exports().get(word.get().value());
      // A class that is not exported at all stops the build, with a check of its own.
      if (export == null) {
        continue;
      }
      boolean extendsBase = export.base() == Start.Base.WORKFLOW_ENTRYPOINT;
      if (!extendsBase || !export.members().contains("run")) {
        hits.add(
            new Hit.Fault(
                word.get().value(),
                word.get().at(),
                "The class \""
                    + word.get().value()
                    + "\" "
                    + (extendsBase ? "has no method run()" : "does not extend WorkflowEntrypoint")
                    + ": no instance of the workflow can run.",
                new Remedy.Advice(
                    "Write export class "
                        + word.get().value()
                        + " extends WorkflowEntrypoint { async run(event, step) { … } }, imported"
                        + " from \"cloudflare:workers\".")));
      }
    }
    return hits;
  }

  private static List<? extends Hit> schedules(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("workflows")) {
      if (t.items("schedules").isEmpty() && t.text("schedules").isEmpty()) {
        continue;
      }
      var name = t.text("name").orElse("");
      if (!isOwn(c, t)) {
        hits.add(
            new Hit.Fault(
                name,
                t.locationOf("schedules"),
                "The workflow \""
                    + name
                    + "\" belongs to the Worker \""
                    + t.text("script_name").orElse("")
                    + "\"; only that one can give it schedules.",
                new Remedy.Advice("Move \"schedules\" to that Worker's configuration.")));
      } else if (!Plan.isPaid(c.account())) {
        var fault =
            new Hit.Fault(
                name,
                t.locationOf("schedules"),
                "The workflow \""
                    + name
                    + "\" has schedules, which only the paid plan includes (code 10208"
                    + " otherwise).",
                new Remedy.Advice(
                    "Start it from a cron trigger instead: scheduled() { await env."
                        + t.text("binding").orElse("WORKFLOW")
                        + ".create() }."));
        hits.add(Plan.isFree(c.account()) ? fault : fault.as(Severity.ADVICE));
      }
    }
    return hits;
  }

  private static List<? extends Hit> scriptMissing(Case c) {
    return ServiceChecks.missingHolders(
        c, c.settings().tables("workflows"), "binding", "workflow", "10200");
  }
}
