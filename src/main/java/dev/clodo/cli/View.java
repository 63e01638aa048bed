package dev.clodo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.Deployed;
import dev.clodo.model.Assessment;
import dev.clodo.model.Checkup;
import dev.clodo.model.Explanation;
import dev.clodo.model.Outcome;
import dev.clodo.model.Plan;
import dev.clodo.model.RunRecord;
import dev.clodo.model.ServiceVersions;
import dev.clodo.model.Status;
import dev.clodo.render.AssessmentJson;
import dev.clodo.render.AssessmentText;
import dev.clodo.render.CheckupText;
import dev.clodo.render.Estimate;
import dev.clodo.render.ExplanationJson;
import dev.clodo.render.ExplanationText;
import dev.clodo.render.Palette;
import dev.clodo.render.PlanJson;
import dev.clodo.render.PlanText;
import dev.clodo.render.RunJson;
import dev.clodo.render.RunText;
import dev.clodo.render.StatusJson;
import dev.clodo.render.StatusText;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a command answers, as text for people and as JSON for programs. */
sealed interface View {
  String text(Palette palette, boolean verbose);

  JsonNode json();

  record Assessments(List<Assessment> assessments) implements View {
    @Override
    public String text(Palette palette, boolean verbose) {
      return assessments.stream()
          .map(a -> AssessmentText.render(a, palette, verbose))
          .collect(Collectors.joining("\n"));
    }

    @Override
    public JsonNode json() {
      if (assessments.size() == 1) {
        return AssessmentJson.of(assessments.getFirst());
      }
      var root = JsonNodeFactory.instance.objectNode().put("schema", "clodo.assessments/1");
      root.put("ready", assessments.stream().allMatch(Assessment::ready));
      var array = root.putArray("assessments");
      assessments.forEach(a -> array.add(AssessmentJson.of(a)));
      return root;
    }
  }

  /** What checks are about. */
  record Explained(List<Explanation> checks, Detail detail) implements View {
    enum Detail {
      ID,
      SENTENCE,
      WHOLE
    }

    @Override
    public String text(Palette palette, boolean verbose) {
      return switch (detail) {
        case ID -> ExplanationText.list(checks, false, palette);
        case SENTENCE -> ExplanationText.list(checks, true, palette);
        case WHOLE -> ExplanationText.whole(checks, palette);
      };
    }

    @Override
    public JsonNode json() {
      return ExplanationJson.of(checks);
    }
  }

  record Examined(Checkup checkup) implements View {
    @Override
    public String text(Palette palette, boolean verbose) {
      return CheckupText.of(checkup, palette);
    }

    @Override
    public JsonNode json() {
      return CheckupText.json(checkup);
    }
  }

  /**
   * What would be done.
   *
   * @param options what was asked for, as it is typed; it begins with a space unless it is empty
   */
  record Planned(Plan plan, String options) implements View {
    @Override
    public String text(Palette palette, boolean verbose) {
      var table = PlanText.of(plan, PlanText.Detail.of(verbose));
      return table + "\n" + (plan.isEmpty() ? "Nothing to do." : counted()) + "\n";
    }

    private String counted() {
      int releases = plan.waves().stream().mapToInt(w -> w.releases().size()).sum();
      boolean shared = plan.waves().stream().allMatch(w -> w.share().isEmpty());
      var estimate = Estimate.of(plan);
      return "%s, %s, %s. To do it: clodo %s%s%s"
          .formatted(
              many(plan.steps().size(), "step"),
              many(releases, shared ? "service" : "release"),
              many(plan.waves().size(), "wave"),
              plan.goesBack() ? "rollback" : "deploy",
              options,
              estimate.isBound() ? "\n" + sentence(estimate) : "");
    }

    private static String many(int count, String word) {
      return count + " " + word + (count == 1 ? "" : "s");
    }

    static String sentence(Estimate estimate) {
      var text = estimate.text();
      return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
    }

    @Override
    public JsonNode json() {
      return PlanJson.of(plan);
    }
  }

  record History(List<RunRecord> runs) implements View {
    @Override
    public String text(Palette palette, boolean verbose) {
      return RunText.list(runs);
    }

    @Override
    public JsonNode json() {
      return RunJson.list(runs);
    }
  }

  record OneRun(RunRecord run) implements View {
    @Override
    public String text(Palette palette, boolean verbose) {
      return RunText.whole(run);
    }

    @Override
    public JsonNode json() {
      return RunJson.of(run);
    }
  }

  record Standing(Status status) implements View {
    @Override
    public String text(Palette palette, boolean verbose) {
      return StatusText.of(status, verbose);
    }

    @Override
    public JsonNode json() {
      return StatusJson.of(status);
    }
  }

  record Versions(List<ServiceVersions> services) implements View {
    @Override
    public String text(Palette palette, boolean verbose) {
      return StatusText.versions(services);
    }

    @Override
    public JsonNode json() {
      return StatusJson.versions(services);
    }
  }

  record NoRun() implements View {
    @Override
    public String text(Palette palette, boolean verbose) {
      return "Nothing to resume: every run has ended.\n";
    }

    @Override
    public JsonNode json() {
      return result("nothing-to-resume");
    }
  }

  /** How a deploy, a rollback or a resumed run ended. */
  record Ended(Deployed deployed) implements View {
    @Override
    public String text(Palette palette, boolean verbose) {
      return "";
    }

    @Override
    public JsonNode json() {
      return switch (deployed) {
        case Deployed.NotReady(var assessment) ->
            with(result("not-ready"), "assessment", AssessmentJson.of(assessment));
        case Deployed.Unchanged(var plan) -> with(result("unchanged"), "plan", PlanJson.of(plan));
        case Deployed.Declined(var plan) -> with(result("declined"), "plan", PlanJson.of(plan));
        case Deployed.Released(var run, var after) ->
            with(
                with(result("released"), "run", RunJson.of(run)),
                "assessment",
                AssessmentJson.of(after));
        case Deployed.WentBack(var run, var stays) -> {
          var node = with(result("released"), "run", RunJson.of(run));
          stays.forEach(node.putArray("notReverted")::add);
          yield node;
        }
        case Deployed.NotReleased(var run, var outcome) ->
            with(
                result(outcome instanceof Outcome.RolledBack ? "rolled-back" : "stuck"),
                "run",
                RunJson.of(run));
      };
    }

    private static ObjectNode with(ObjectNode node, String field, JsonNode value) {
      node.set(field, value);
      return node;
    }
  }

  private static ObjectNode result(String result) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("schema", "clodo.deploy/1")
        .put("result", result);
  }
}
