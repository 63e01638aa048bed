package dev.clodo.testing;

import dev.clodo.model.ServiceName;
import java.time.Duration;

/** Decides what becomes of each call to a {@link SimulatedAccount}. */
@FunctionalInterface
public interface Faults {
  /** Everything works. */
  Faults NONE = _ -> new Fate.Happens();

  Fate fate(Call call);

  /** A call that is about to be made; {@code subject} is the service or database it concerns. */
  record Call(Kind kind, String subject) {
    /** What a call can do. */
    public enum Kind {
      /** Reads the account. */
      LOOK,
      /** Changes the account. */
      CHANGE,
      /** Requests a service, as its users do. */
      REQUEST
    }

    public boolean concerns(ServiceName service) {
      return subject.equals(service.value());
    }
  }

  /** What becomes of a call. */
  sealed interface Fate {
    record Happens() implements Fate {}

    /** The caller gets an exception; whether and when a change happens is told apart. */
    record Fails(RuntimeException how, Effect effect) implements Fate {}

    /** A request is answered with this status, whatever the version says. */
    record Answers(int status) implements Fate {}

    /** A request is answered by the first version of the split, whatever was asked for. */
    record AnswersFromBaseline() implements Fate {}
  }

  /** What becomes of a change whose call fails. */
  sealed interface Effect {
    record Never() implements Effect {}

    record AtOnce() implements Effect {}

    /** The change happens when this much time has passed. */
    record After(Duration delay) implements Effect {}
  }
}
