package dev.clodo.model;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What came of starting a bundle in workerd, with stand-ins for everything it is bound to. */
public sealed interface Start {
  /**
   * It started.
   *
   * @param exports what the entry exports, by name; {@code default} among them
   * @param handlers the events that its default export, or its listeners, take
   * @param cpu the least processor time that a start took, workerd's own included
   */
  record Up(Map<String, Export> exports, Set<String> handlers, Duration cpu) implements Start {
    public Up {
      exports = Map.copyOf(exports);
      handlers = Set.copyOf(handlers);
    }
  }

  /**
   * workerd refused it, as Cloudflare would.
   *
   * @param message in workerd's words, the stack left out
   * @param at the place in the source where the exception came from
   * @param unset names that the code read while starting and that have no value here: with the real
   *     values it may have started
   */
  record Refused(String message, Optional<Location> at, Set<String> unset) implements Start {
    public Refused {
      unset = Set.copyOf(unset);
    }
  }

  /** It had not started when it was ended. */
  record Overdue(Duration after) implements Start {}

  /**
   * An export of the entry.
   *
   * @param base the class of the platform that it extends
   * @param members the methods that it or a class it extends has
   */
  record Export(Kind kind, Base base, Set<String> members) {
    public Export {
      members = Set.copyOf(members);
    }
  }

  /** What an export is. */
  enum Kind {
    CLASS,
    FUNCTION,
    OBJECT,
    OTHER
  }

  /** A class of {@code cloudflare:workers}. */
  enum Base {
    NONE,
    DURABLE_OBJECT,
    WORKER_ENTRYPOINT,
    WORKFLOW_ENTRYPOINT
  }
}
