package dev.clodo.cli;

/** Terminal colours, or none. Colour repeats what the words say and never carries meaning alone. */
record Paint(boolean on) {
  String bold(String text) {
    return in("1", text);
  }

  String good(String text) {
    return in("32", text);
  }

  String bad(String text) {
    return in("31", text);
  }

  String warn(String text) {
    return in("33", text);
  }

  String dim(String text) {
    return in("2", text);
  }

  private String in(String code, String text) {
    return on ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
