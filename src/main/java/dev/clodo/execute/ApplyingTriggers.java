package dev.clodo.execute;

import static java.util.stream.Collectors.joining;

import dev.clodo.model.Memory;
import dev.clodo.model.Step;
import dev.clodo.model.Trigger;
import java.util.List;
import java.util.Map;

/**
 * Applies triggers: of a domain's copy through the API, else through wrangler. Either replaces
 * whole lists, so what somebody has added since the plan was made stops it.
 */
record ApplyingTriggers(World world, Step.ApplyTriggers step) implements Effect {
  @Override
  public Sight look() {
    if (!step.change().guarded().isEmpty()) {
      var live = world.cloudflare().triggers(step.target(), step.change().guarded());
      var strangers = step.change().strangers(live);
      if (!strangers.isEmpty()) {
        return new Sight.InTheWay(
            "somebody added to %s since the plan was made: %s; plan again: clodo plan"
                .formatted(
                    step.target().service(),
                    strangers.stream().map(Trigger::toString).collect(joining(", "))));
      }
    }
    return new Sight.Missing(this::applied);
  }

  private Map<String, String> applied() {
    if (step.change().isKnown() && !step.target().copy().domain().isShared()) {
      world.cloudflare().applyTriggers(step.target(), step.change());
    } else {
      world.wrangler().applyTriggers(step.target());
    }
    return Map.of();
  }

  @Override
  public Map<String, String> facts(Map<String, String> output) {
    return facts(step, step.change().wanted());
  }

  /** What is remembered of triggers that were applied. */
  static Map<String, String> facts(Step step, List<Trigger> applied) {
    return applied.isEmpty()
        ? Map.of()
        : Map.of(Memory.triggers(step.target()), Trigger.written(applied));
  }
}
