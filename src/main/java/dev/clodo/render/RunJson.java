package dev.clodo.render;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.Event;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Outcome;
import dev.clodo.model.RunRecord;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code clodo.run/1} and {@code clodo.history/1}: runs and journals as JSON. */
public final class RunJson {
  public static final String SCHEMA = "clodo.run/1";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private RunJson() {}

  /** One run with its plan and its journal. */
  public static ObjectNode of(RunRecord record) {
    var node = summary(JSON.objectNode().put("schema", SCHEMA), record);
    node.set("plan", PlanJson.of(record.run().plan()));
    var journal = node.putArray("journal");
    record.journal().forEach(e -> entry(journal, e));
    return node;
  }

  /** Many runs, without their plans and journals. */
  public static ObjectNode list(List<RunRecord> runs) {
    var node = JSON.objectNode().put("schema", "clodo.history/1");
    var array = node.putArray("runs");
    runs.forEach(r -> summary(array.addObject(), r));
    return node;
  }

  /** Puts how a run ended into a node. */
  public static ObjectNode outcome(ObjectNode node, Outcome outcome) {
    switch (outcome) {
      case Outcome.Released() -> node.put("outcome", "released");
      case Outcome.NothingToDo() -> node.put("outcome", "nothing-to-do");
      case Outcome.RolledBack(var why, var notReverted, var kept) -> {
        notReverted.forEach(
            node.put("outcome", "rolled-back").put("why", why).putArray("notReverted")::add);
        var names = node.putArray("kept");
        kept.forEach(k -> names.add(k.value()));
      }
      case Outcome.Stuck(var why) -> node.put("outcome", "stuck").put("why", why);
    }
    return node;
  }

  private static ObjectNode summary(ObjectNode node, RunRecord record) {
    var run = record.run();
    node.put("run", run.id().value())
        .put("environment", run.environment().value())
        .put("startedAt", run.startedAt().toString())
        .put("who", run.who())
        .put("commit", run.commit())
        .put("branch", run.branch());
    var services = node.putArray("services");
    for (var moved : record.moved()) {
      var service = services.addObject().put("service", moved.target().service().value());
      moved.before().forEach(v -> service.put("before", v.value()));
      moved.after().forEach(v -> service.put("after", v.value()));
    }
    switch (record.standing()) {
      case RunRecord.Standing.Ended(var outcome) -> outcome(node, outcome);
      case RunRecord.Standing.Unfinished(var next) ->
          node.put("outcome", "unfinished").put("nextStep", next.id().ordinal());
    }
    return node;
  }

  private static void entry(ArrayNode journal, JournalEntry entry) {
    var node =
        journal
            .addObject()
            .put("sequence", entry.sequence())
            .put("at", entry.at().toString())
            .put("step", entry.event().step().ordinal());
    switch (entry.event()) {
      case Event.Started(_, var before) -> facts(node.put("event", "started"), "before", before);
      case Event.Succeeded(_, var output) ->
          facts(node.put("event", "succeeded"), "output", output);
      case Event.Failed(_, var why) -> node.put("event", "failed").put("why", why);
      case Event.Abandoned(_, var why) -> node.put("event", "abandoned").put("why", why);
      case Event.UndoStarted _ -> node.put("event", "undo-started");
      case Event.Undone _ -> node.put("event", "undone");
      case Event.UndoFailed(_, var why) -> node.put("event", "undo-failed").put("why", why);
    }
  }

  private static void facts(ObjectNode node, String field, Map<String, String> facts) {
    new TreeMap<>(facts).forEach(node.putObject(field)::put);
  }
}
