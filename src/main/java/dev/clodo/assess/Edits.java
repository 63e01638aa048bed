package dev.clodo.assess;

import dev.clodo.mend.Document;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import dev.clodo.model.Service;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Remedies that are edits of one service's configuration, in the way the file is written: TOML or
 * JSON, its line ends, its indentation, its trailing commas.
 *
 * <p>A value is a string, a boolean, a number ({@link Integer}, {@link Long}, {@link
 * java.math.BigDecimal}), a list of values, or a map of strings to values. Every edit is a likely
 * one until {@link Remedy#certain} says that it needs no question. Where the file has no plain
 * place for it, the remedy is the same in words.
 */
final class Edits {
  private final Service service;
  private final Optional<Document> document;

  private Edits(Service service, Optional<Document> document) {
    this.service = service;
    this.document = document;
  }

  static Edits of(Service service) {
    return new Edits(
        service,
        isGenerated(service)
            ? Optional.empty()
            : Optional.ofNullable(service.surroundings().texts().get(service.config()))
                .map(t -> Document.of(service.config(), t)));
  }

  /** Another value where one starts. */
  Remedy replace(Location value, Object with) {
    return or(document.flatMap(d -> d.replace(value, with)), "Write " + with + " there.");
  }

  /** Another name for the key that starts at a place. */
  Remedy rename(Location key, String name) {
    return or(document.flatMap(d -> d.rename(key, name)), "Call it \"" + name + "\".");
  }

  /** Takes away the entry or item that starts at a place: the key of an entry, not its value. */
  Remedy remove(Location at) {
    return or(document.flatMap(d -> d.remove(at)), "Remove it.");
  }

  /** A setting of the environment that is assessed. */
  Remedy add(String key, Object value) {
    return add(layer(), key, value);
  }

  /** A setting that every environment inherits. */
  Remedy addTopLevel(String key, Object value) {
    return add(List.of(), key, value);
  }

  /** A setting of the table at a path of keys from the root; tables on the way are made. */
  Remedy add(List<String> path, String key, Object value) {
    return or(
        document.flatMap(d -> d.add(path, key, value)),
        "Add \"" + key + "\": " + value + words(path) + ".");
  }

  /** A setting of a table: of an item of an array, for example. */
  Remedy add(Table table, String key, Object value) {
    if (table.equals(service.written())) {
      return addTopLevel(key, value);
    }
    if (table.equals(service.settings())) {
      return add(key, value);
    }
    return or(
        document.flatMap(d -> d.add(table.at(), key, value)),
        "Add \"" + key + "\": " + value + " there.");
  }

  /** An item of an array of the environment that is assessed: a binding, for example. */
  Remedy append(String key, Object item) {
    return append(Stream.concat(layer().stream(), Stream.of(key)).toList(), item);
  }

  /** An item of the array at a path of keys from the root; what lacks on the way is made. */
  Remedy append(List<String> path, Object item) {
    return or(
        document.flatMap(d -> d.append(path, item)), "Add " + words(item) + words(path) + ".");
  }

  /**
   * The same remedy, if its edit can be made: a check knows a value, the file writes it in quotes
   * of its own. An edit of a place where something else stands becomes words.
   */
  Remedy settled(Remedy remedy) {
    if (!(remedy instanceof Remedy.Edit edit) || !edit.at().file().equals(service.config())) {
      return remedy;
    }
    if (isGenerated(service)) {
      return or(Optional.empty(), words(edit));
    }
    return document.isEmpty() ? remedy : or(document.get().settle(edit), words(edit));
  }

  private List<String> layer() {
    var environment = service.environment();
    return environment.isTopLevel() ? List.of() : List.of("env", environment.value());
  }

  private Remedy or(Optional<Remedy.Edit> edit, String words) {
    if (edit.isPresent()) {
      return edit.get();
    }
    return new Remedy.Advice(
        isGenerated(service)
            ? words + " The file is generated: change what it is generated from" + source() + "."
            : words);
  }

  private static boolean isGenerated(Service service) {
    var keys = service.written().entries().keySet();
    return keys.contains("definedEnvironments") && keys.contains("topLevelName");
  }

  private String source() {
    return service
        .written()
        .text("userConfigPath")
        .map(p -> ", " + p.substring(p.lastIndexOf('/') + 1))
        .orElse("");
  }

  private static String words(Remedy.Edit edit) {
    var text = edit.text().strip();
    return edit.instead().isEmpty()
        ? "Add " + text + "."
        : text.isEmpty()
            ? "Remove " + edit.instead().strip() + "."
            : "Replace " + edit.instead() + " by " + text + ".";
  }

  private static String words(List<String> path) {
    return path.isEmpty() ? "" : " to \"" + String.join(".", path) + "\"";
  }

  private static String words(Object item) {
    return item instanceof Map<?, ?> map
        ? map.entrySet().stream()
            .map(e -> e.getKey() + ": " + e.getValue())
            .reduce((a, b) -> a + ", " + b)
            .orElse("an entry")
        : "\"" + item + "\"";
  }
}
