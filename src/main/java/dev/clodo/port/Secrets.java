package dev.clodo.port;

import dev.clodo.model.SecretSource;
import java.nio.file.Path;
import java.util.Set;

/**
 * Reads secrets where people keep them. A value is read when it is needed, is given to whoever
 * sends it, and is written nowhere.
 */
public interface Secrets {
  /**
   * A secret's value.
   *
   * @throws UserError when there is none; the message names the source and never a value
   */
  String value(SecretSource source);

  /**
   * A digest that tells whether a value changed and nothing else: it is keyed, and the key stays on
   * this machine.
   */
  String digest(String value);

  /**
   * The keys of a file such as {@code .env}.
   *
   * @throws UserError when it can't be read
   */
  Set<String> keys(Path file);

  /** Where there are no secrets. */
  static Secrets none() {
    return new Secrets() {
      @Override
      public String value(SecretSource source) {
        throw new UserError(UserError.Kind.NOT_READY, "there are no secrets here");
      }

      @Override
      public String digest(String value) {
        throw new UserError(UserError.Kind.NOT_READY, "there are no secrets here");
      }

      @Override
      public Set<String> keys(Path file) {
        throw new UserError(UserError.Kind.NOT_READY, "there are no secrets here");
      }
    };
  }
}
