package dev.clodo.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What applying a service's triggers changes.
 *
 * @param wanted all that the configuration wants
 * @param found what was live when the plan was made, as far as it could be seen
 * @param added what is wanted and not there, or there with other settings
 * @param removed what is there and goes away
 * @param taken hosts that another Worker has now, with its name
 * @param guarded of these kinds nothing may have been added since the plan was made
 */
public record TriggerChange(
    List<Trigger> wanted,
    List<Trigger> found,
    List<Trigger> added,
    List<Trigger> removed,
    List<String> taken,
    Set<Trigger.Kind> guarded) {
  public TriggerChange {
    wanted = wanted.stream().sorted().toList();
    found = found.stream().sorted().toList();
    added = added.stream().sorted().toList();
    removed = removed.stream().sorted().toList();
    taken = taken.stream().sorted().toList();
    guarded = Set.copyOf(guarded);
  }

  /** Nothing is known: whatever the configuration says is applied. */
  public static TriggerChange unknown() {
    return new TriggerChange(List.of(), List.of(), List.of(), List.of(), List.of(), Set.of());
  }

  /** Whether the plan compared anything. */
  public boolean isKnown() {
    return !wanted.isEmpty();
  }

  /** The kinds of which anything changes. */
  public Set<Trigger.Kind> kinds() {
    var kinds = new TreeSet<Trigger.Kind>();
    added.forEach(t -> kinds.add(t.kind()));
    removed.forEach(t -> kinds.add(t.kind()));
    return kinds;
  }

  /** Those of a kind that are wanted. */
  public List<Trigger> wanted(Trigger.Kind kind) {
    return wanted.stream().filter(t -> t.kind() == kind).toList();
  }

  /** Of what is live now, what the plan knew nothing of and applying would remove. */
  public List<Trigger> strangers(List<Trigger> live) {
    var strangers = new ArrayList<Trigger>();
    for (var trigger : live) {
      boolean isKnown =
          found.stream().anyMatch(trigger::isSameAs)
              || wanted.stream().anyMatch(trigger::isSameAs)
              || removed.stream().anyMatch(trigger::isSameAs);
      if (guarded.contains(trigger.kind()) && !isKnown) {
        strangers.add(trigger);
      }
    }
    return strangers;
  }
}
