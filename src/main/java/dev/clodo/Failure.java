package dev.clodo;

import dev.clodo.execute.Stopped;
import dev.clodo.port.DataBridge.LeaseHeld;
import dev.clodo.port.DataBridge.LeaseLost;
import dev.clodo.port.StepFailed;
import dev.clodo.port.TryLater;
import dev.clodo.port.Unreachable;
import dev.clodo.port.UserError;
import java.util.Objects;

/** What an exception means to the people who called: who must act, and a message to read. */
public record Failure(Exit exit, String message) {
  /** Sorts an exception; what is not one of the ports' own is a mistake of Clodo's. */
  public static Failure of(Throwable thrown) {
    var message =
        Objects.requireNonNullElse(thrown.getMessage(), thrown.getClass().getSimpleName());
    return switch (thrown) {
      case UserError e ->
          switch (e.kind()) {
            case USAGE -> new Failure(Exit.USAGE, message);
            case NOT_READY -> new Failure(Exit.NOT_READY, message);
            case ENVIRONMENT -> new Failure(Exit.ENVIRONMENT, message);
          };
      case Failed e -> new Failure(e.exit(), message);
      case LeaseHeld e -> new Failure(Exit.WAITING, message);
      case LeaseLost e -> new Failure(Exit.WAITING, message);
      case Stopped e -> new Failure(Exit.INTERRUPTED, message);
      case StepFailed e -> new Failure(Exit.ENVIRONMENT, message);
      case TryLater e -> new Failure(Exit.ENVIRONMENT, message);
      case Unreachable e -> new Failure(Exit.ENVIRONMENT, message);
      default -> new Failure(Exit.BUG, message);
    };
  }
}
