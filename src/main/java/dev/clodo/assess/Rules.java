package dev.clodo.assess;

import dev.clodo.model.ConfigValue.Date;
import dev.clodo.model.ConfigValue.Flag;
import dev.clodo.model.ConfigValue.Numeric;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Remedy;

/** The rules that all others are made of. */
final class Rules {
  static final Rule ANYTHING = (path, value, sink) -> {};

  static final Rule STRING =
      (path, value, sink) -> {
        if (value instanceof Date date) {
          sink.wrong(
              "config/toml-date",
              value.at(),
              path,
              sink.full(path) + " is a bare TOML date, but has to be a string.",
              new Remedy.Edit(value.at(), date.written(), "\"" + date.written() + "\"").certain());
        } else if (!(value instanceof Text)) {
          sink.type(path, value, "a string");
        }
      };

  static final Rule FLAG =
      (path, value, sink) -> {
        if (value instanceof Text(var text, var at)
            && (text.equals("true") || text.equals("false"))) {
          sink.wrong(
              Rule.TYPE,
              at,
              path,
              sink.full(path) + " has to be a boolean, but is a string.",
              new Remedy.Edit(at, "\"" + text + "\"", text).certain());
        } else if (!(value instanceof Flag)) {
          sink.type(path, value, "a boolean (true or false)");
        }
      };

  static final Rule NUMBER =
      (path, value, sink) -> {
        if (value instanceof Text(var text, var at) && text.matches("-?[0-9]{1,12}")) {
          sink.wrong(
              Rule.TYPE,
              at,
              path,
              sink.full(path) + " has to be a number, but is a string.",
              new Remedy.Edit(at, "\"" + text + "\"", text).certain());
        } else if (!(value instanceof Numeric)) {
          sink.type(path, value, "a number");
        }
      };

  static final Rule STRINGS = Rule.listOf(STRING);

  private Rules() {}
}
