package dev.clodo.assess;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Sequence;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** What the triggers and conditions of a workflow of GitHub Actions mean. */
final class Workflows {
  private Workflows() {}

  /** The events that start it. YAML 1.1 took the key {@code on} for a truth; 1.2 does not. */
  static Set<String> events(Pipelines.Job job) {
    var events = new LinkedHashSet<String>();
    var on = job.workflow().get("on");
    if (on.isEmpty()) {
      return events;
    }
    switch (on.get()) {
      case Text(var event, var _) -> events.add(event);
      case Sequence(var items, var _) ->
          items.forEach(i -> {
            if (i instanceof Text(var event, var _)) {
              events.add(event);
            }
          });
      case Table table -> events.addAll(table.entries().keySet());
      default -> {}
    }
    return events;
  }

  /** Whether a push to the main branch starts the job, as far as its file shows. */
  static boolean isForMainBranch(Pipelines.Job job) {
    if (!job.isGitHub() || !events(job).contains("push")) {
      return false;
    }
    var condition = job.table().text("if").orElse("");
    if (condition.contains("pull_request") || condition.contains("!=")) {
      return false;
    }
    var push = job.workflow().table("on").flatMap(on -> on.table("push"));
    var branches = push.map(p -> p.items("branches")).orElse(java.util.List.of());
    return branches.isEmpty()
        ? push.flatMap(p -> p.get("tags")).isEmpty()
        : branches.stream()
            .anyMatch(b ->
                b instanceof Text(var name, var _)
                    && Set.of("main", "master", "production", "prod", "trunk").contains(name));
  }

  /** The text of a condition of a job or step; empty when there is none. */
  static String condition(Table table) {
    Optional<ConfigValue> condition = table.get("if");
    return condition.isPresent() && condition.get() instanceof Text(var text, var _) ? text : "";
  }
}
