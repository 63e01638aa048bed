package dev.clodo.record;

import java.util.Map;

/**
 * How far one step of a run has come. {@code facts} are what the journal knows of it: what was
 * noted before, and what came out.
 */
public sealed interface Progress {
  record Untouched() implements Progress {}

  /** Written down as started; whether its effect has happened is not known. */
  record Running(Map<String, String> facts) implements Progress {}

  record Succeeded(Map<String, String> facts) implements Progress {}

  /** Failed itself, or was left when another step had failed. */
  record Failed(Map<String, String> facts, String why) implements Progress {}

  /** Written down as being taken back; {@code was} tells what is taken back. */
  record TakingBack(Progress was) implements Progress {}

  record TakenBack(Progress was) implements Progress {}

  /** Could not be taken back; a person is needed. */
  record NotTakenBack(Progress was, String why) implements Progress {}

  /** What the journal knows of the step. */
  default Map<String, String> facts() {
    return switch (this) {
      case Untouched() -> Map.of();
      case Running(var facts) -> facts;
      case Succeeded(var facts) -> facts;
      case Failed(var facts, _) -> facts;
      case TakingBack(var was) -> was.facts();
      case TakenBack(var was) -> was.facts();
      case NotTakenBack(var was, _) -> was.facts();
    };
  }
}
