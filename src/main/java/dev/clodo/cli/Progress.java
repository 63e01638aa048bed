package dev.clodo.cli;

import dev.clodo.render.Palette;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lines of work as it is done. At a terminal a picture of what is being done now stands below them
 * and its seconds count; elsewhere only finished lines are written.
 */
final class Progress implements AutoCloseable {
  private static final long TICK_MILLIS = 200;

  /** To the start of the line, and away with it and all below. */
  private static final String ERASE = "\r\u001b[J";

  /** Nothing counts below this, so that fast steps do not flicker. */
  private static final Duration WORTH_COUNTING = Duration.ofSeconds(1);

  /** Draws what is being done now; every line without a break. */
  interface Picture {
    /**
     * @param columns 0 when it is not known how wide the terminal is
     * @param rows 0 when it is not known how high it is
     */
    List<String> at(long nanos, int columns, int rows, Palette palette);
  }

  private static final Picture NOTHING = (_, _, _, _) -> List.of();

  private final PrintStream out;
  private final boolean live;
  private final Supplier<Host.Terminal> terminal;
  private final Palette palette;
  private final ScheduledExecutorService ticker;
  private Picture picture = NOTHING;
  private List<String> drawn = List.of();

  /**
   * @param live whether the output is a terminal that can go up and erase
   * @param terminal tells its size anew whenever it is asked
   */
  Progress(PrintStream out, boolean live, Supplier<Host.Terminal> terminal, Palette palette) {
    this.out = out;
    this.live = live;
    this.terminal = terminal;
    this.palette = palette;
    this.ticker =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("clodo-progress").factory());
    if (live) {
      var _ =
          ticker.scheduleAtFixedRate(this::draw, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Whether a picture can be seen. */
  boolean isLive() {
    return live;
  }

  /** What is being done from now on. */
  void busy(String what) {
    long since = System.nanoTime();
    show(
        (now, columns, _, colours) -> List.of(colours.faint(counting(what, now - since, columns))));
  }

  /**
   * What is being done, as a picture; drawn on this object's lock, so that whoever changes what it
   * shows holds the lock too.
   */
  synchronized void show(Picture shown) {
    erase();
    picture = shown;
    draw();
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
    picture = NOTHING;
  }

  private synchronized void draw() {
    if (!live) {
      return;
    }
    var size = terminal.get();
    var next = picture.at(System.nanoTime(), size.columns(), size.rows(), palette);
    if (next.isEmpty() && drawn.isEmpty()) {
      return;
    }
    out.print(erasing(size.columns()) + String.join("\n", next));
    out.flush();
    drawn = List.copyOf(next);
  }

  private void erase() {
    if (live && !drawn.isEmpty()) {
      out.print(erasing(terminal.get().columns()));
      out.flush();
      drawn = List.of();
    }
  }

  private String erasing(int columns) {
    int up = drawn.isEmpty() ? 0 : height(drawn, columns) - 1;
    return (up > 0 ? "\u001b[" + up + "A" : "") + ERASE;
  }

  /** How many rows lines take; those of a terminal made narrower meanwhile are wrapped. */
  static int height(List<String> lines, int columns) {
    int rows = 0;
    for (var line : lines) {
      int letters = line.replaceAll("\u001b\\[[0-9;]*m", "").length();
      rows += columns <= 0 ? 1 : Math.max(1, Math.ceilDiv(letters, columns));
    }
    return rows;
  }

  private static String counting(String what, long nanos, int columns) {
    var elapsed = Duration.ofNanos(nanos);
    var seconds = elapsed.compareTo(WORTH_COUNTING) < 0 ? "" : "  " + elapsed.toSeconds() + " s";
    var room = Math.max(20, columns - 4 - seconds.length());
    var shown = what.length() > room ? what.substring(0, room - 1) + "…" : what;
    return "  " + shown + seconds;
  }

  @Override
  public synchronized void close() {
    idle();
    ticker.shutdownNow();
  }
}
