package dev.clodo.cli;

import dev.clodo.render.Palette;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Lines of work as it is done. At a terminal the line of what is being done now stands last and its
 * seconds count; elsewhere only finished lines are written.
 */
final class Progress implements AutoCloseable {
  private static final long TICK_MILLIS = 200;
  private static final String ERASE = "\r\u001b[K";

  /** Nothing counts below this, so that fast steps do not flicker. */
  private static final Duration WORTH_COUNTING = Duration.ofSeconds(1);

  private final PrintStream out;
  private final boolean live;
  private final int columns;
  private final Palette palette;
  private final ScheduledExecutorService ticker;
  private String busy = "";
  private long since;

  Progress(PrintStream out, boolean live, int columns, Palette palette) {
    this.out = out;
    this.live = live;
    this.columns = columns;
    this.palette = palette;
    this.ticker =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("clodo-progress").factory());
    if (live) {
      var _ =
          ticker.scheduleAtFixedRate(this::draw, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** What is being done from now on. */
  synchronized void busy(String what) {
    busy = what;
    since = System.nanoTime();
    draw();
  }

  /** How long the present work has taken. */
  synchronized Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - since);
  }

  /** A line that stays. */
  synchronized void line(String text) {
    erase();
    out.println(text);
    draw();
  }

  /** The present work is over. */
  synchronized void idle() {
    erase();
    busy = "";
  }

  private synchronized void draw() {
    if (!live || busy.isEmpty()) {
      return;
    }
    var elapsed = elapsed();
    var seconds = elapsed.compareTo(WORTH_COUNTING) < 0 ? "" : "  " + elapsed.toSeconds() + " s";
    var room = Math.max(20, columns - 4 - seconds.length());
    var shown = busy.length() > room ? busy.substring(0, room - 1) + "…" : busy;
    out.print(ERASE + palette.faint("  " + shown + seconds));
    out.flush();
  }

  private void erase() {
    if (live && !busy.isEmpty()) {
      out.print(ERASE);
      out.flush();
    }
  }

  @Override
  public synchronized void close() {
    idle();
    ticker.shutdownNow();
  }
}
