package dev.clodo.model;

/**
 * Where the value of a secret comes from, when it is sent. The value itself is no part of any plan,
 * record or message.
 */
public sealed interface SecretSource {
  /** A variable of the environment. */
  record Variable(String name) implements SecretSource {
    public Variable {
      Text.required("name of a variable", name);
    }
  }

  /**
   * A line {@code KEY=value} of a file such as {@code .env}.
   *
   * @param path as written, relative to the file that names it
   */
  record Line(String path, String key) implements SecretSource {
    public Line {
      Text.required("path of a file", path);
      Text.required("key in a file", key);
    }
  }

  /** What a command prints, without the line's end: a password manager's. */
  record Command(String line) implements SecretSource {
    public Command {
      Text.required("command", line);
    }
  }
}
