package dev.clodo.cli;

import java.util.List;
import java.util.function.Supplier;

/**
 * What Ctrl-C does while a run is carried out: first nothing new begins, and what is under way
 * comes to its end; then everything is left as it stands. Before a run and after it Ctrl-C ends
 * Clodo as it ends any program.
 */
final class Stopping {
  private static final int MOST = 5;

  private final Session session;
  private final Progress progress;
  private final Thread worker = Thread.currentThread();
  private Runnable restore = () -> {};
  private int heard;

  /** Made on the thread that carries out the run. */
  Stopping(Session session, Progress progress) {
    this.session = session;
    this.progress = progress;
  }

  /**
   * The run begins.
   *
   * @param underWay tells what has to be waited for
   */
  synchronized void armed(Supplier<List<String>> underWay) {
    restore.run();
    restore = session.host().onInterrupt(() -> heard(underWay.get()));
  }

  /** The run is over, or what is left of it needs no care. */
  synchronized void disarmed() {
    restore.run();
    restore = () -> {};
  }

  private synchronized void heard(List<String> underWay) {
    heard++;
    if (heard == 1) {
      say("Stopping: nothing new begins. Ctrl-C again stops at once.");
      underWay.stream().limit(MOST).forEach(step -> say("  waiting for " + step));
      if (underWay.size() > MOST) {
        say("  and for " + (underWay.size() - MOST) + " more");
      }
    } else {
      say("Stopping at once.");
      // A third time is for when even that hangs: then it ends as any program does.
      disarmed();
    }
    worker.interrupt();
  }

  private void say(String text) {
    if (session.json()) {
      session.host().err().println(text);
    } else {
      progress.line(text);
    }
  }
}
