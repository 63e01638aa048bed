package dev.clodo;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** The answer of something that is done beside other work; waited for where it is needed. */
final class Later<T> {
  private final FutureTask<T> task;

  private Later(FutureTask<T> task) {
    this.task = task;
  }

  /** Begins at once, on a thread that does not keep the process alive. */
  static <T> Later<T> of(Supplier<T> work) {
    var task = new FutureTask<T>(work::get);
    // The work may read what a process says, which would hold a virtual thread's carrier.
    Thread.ofPlatform().daemon().start(task);
    return new Later<>(task);
  }

  /** The answer; throws what the work threw. */
  T get() {
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }
}
