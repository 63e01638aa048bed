package dev.clodo.model;

/**
 * What the compact constructors of this room share: refusing nonsense with a message that names it.
 */
final class Text {
  private Text() {}

  static String required(String what, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(what + " must not be blank");
    }
    return value;
  }
}
