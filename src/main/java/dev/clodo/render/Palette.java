package dev.clodo.render;

/** Colours for a terminal. Colour never carries meaning alone: the words say it too. */
public enum Palette {
  /** For files, pipes, CI and NO_COLOR. */
  PLAIN,
  ANSI;

  /** The one with colours, or the one without. */
  public static Palette of(boolean colours) {
    return colours ? ANSI : PLAIN;
  }

  /** Needs somebody to act now. */
  public String bad(String text) {
    return paint("31;1", text);
  }

  /** Needs a look. */
  public String doubtful(String text) {
    return paint("33", text);
  }

  /** Is as it should be. */
  public String good(String text) {
    return paint("32", text);
  }

  /** Stands out. */
  public String strong(String text) {
    return paint("1", text);
  }

  /** Steps back. */
  public String faint(String text) {
    return paint("2", text);
  }

  private String paint(String code, String text) {
    return switch (this) {
      case PLAIN -> text;
      case ANSI -> "\u001b[" + code + "m" + text + "\u001b[0m";
    };
  }
}
