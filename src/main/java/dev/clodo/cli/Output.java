package dev.clodo.cli;

import java.io.PrintStream;

/** Lines for people. */
final class Output {
  private final PrintStream out;
  private final Paint paint;

  Output(Host host, Paint paint) {
    this.out = host.out();
    this.paint = paint;
  }

  Paint paint() {
    return paint;
  }

  void line(String text) {
    out.println(text);
  }

  void blank() {
    out.println();
  }

  void heading(String text) {
    out.println();
    out.println(paint.bold(text));
  }

  /** Text of several lines, each moved in by two spaces. */
  void block(String text) {
    text.stripTrailing().lines().forEach(l -> out.println(l.isEmpty() ? l : "  " + l));
  }
}
