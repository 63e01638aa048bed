package dev.clodo.model;

import java.util.function.Function;

/** What looking at the account told: an answer, or honestly none. A refusal is never "missing". */
public sealed interface Looked<T> {
  record Known<T>(T value) implements Looked<T> {}

  /**
   * @param why what stood in the way, a sentence
   * @param permission the token permission that would answer it; empty when that is not the reason
   */
  record Unknown<T>(String why, String permission) implements Looked<T> {}

  default <R> Looked<R> map(Function<? super T, ? extends R> f) {
    return switch (this) {
      case Known<T>(var value) -> new Known<>(f.apply(value));
      case Unknown<T>(var why, var permission) -> new Unknown<>(why, permission);
    };
  }
}
