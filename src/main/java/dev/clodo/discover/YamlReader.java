package dev.clodo.discover;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.Location;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * YAML to {@link ConfigValue}: the pipelines of continuous integration. Anchors, aliases and merge
 * keys are resolved. Of several documents in a file the first counts.
 */
final class YamlReader {
  /** Values that a file may grow to through its aliases; pipelines have some hundreds. */
  private static final int MAX_VALUES = 50_000;

  /** Of a file of Clodo's own, which may name 10,000 domains. */
  private static final int MAX_OWN_VALUES = 2_000_000;

  /** Levels; what is nested deeper is not written by hand. */
  private static final int MAX_DEPTH = 60;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder().setAllowDuplicateKeys(true).setAllowRecursiveKeys(false).build();

  private final Path file;
  private final IdentityHashMap<Node, ConfigValue> done = new IdentityHashMap<>();
  private final Set<Node> open = new HashSet<>();
  private int values;
  private int most = MAX_VALUES;

  private YamlReader(Path file) {
    this.file = file;
  }

  /** What the text says; empty when it is no YAML, or grows without bounds. */
  static Optional<ConfigValue> read(Path file, String text) {
    try {
      for (Node document : new Compose(SETTINGS).composeAllFromString(text)) {
        return Optional.of(new YamlReader(file).value(document, 0));
      }
      return Optional.empty();
    } catch (YamlEngineException | TooMuch e) {
      // A broken pipeline is for its own service to report; nothing can be said of it here.
      return Optional.empty();
    }
  }

  /**
   * The same, with what is wrong: broken syntax, or a key that is written twice.
   *
   * @param problem takes each problem with its place
   * @return empty when it can't be understood
   */
  static Optional<ConfigValue> read(Path file, String text, BiConsumer<Location, String> problem) {
    try {
      for (Node document : new Compose(SETTINGS).composeAllFromString(text)) {
        var reader = new YamlReader(file);
        reader.most = MAX_OWN_VALUES;
        reader.twice(document, problem);
        return Optional.of(reader.value(document, 0));
      }
      return Optional.empty();
    } catch (MarkedYamlEngineException e) {
      var at =
          e.getProblemMark()
              .map(m -> new Location(file, m.getLine() + 1, m.getColumn() + 1))
              .orElse(Location.startOf(file));
      problem.accept(at, "This is no YAML: " + e.getProblem() + ".");
    } catch (YamlEngineException | TooMuch e) {
      problem.accept(Location.startOf(file), "This is no YAML that can be read.");
    }
    return Optional.empty();
  }

  private void twice(Node node, BiConsumer<Location, String> problem) {
    if (!open.add(node)) {
      return;
    }
    if (node instanceof MappingNode mapping) {
      var names = new HashSet<String>();
      for (var tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode key && !names.add(key.getValue())) {
          problem.accept(at(key), "The key " + key.getValue() + " is written twice.");
        }
        twice(tuple.getValueNode(), problem);
      }
    } else if (node instanceof SequenceNode list) {
      list.getValue().forEach(n -> twice(n, problem));
    }
    open.remove(node);
  }

  /** The file says more than a pipeline does. */
  private static final class TooMuch extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private ConfigValue value(Node node, int depth) {
    var known = done.get(node);
    if (known != null) {
      values += size(known);
      check(depth);
      return known;
    }
    values++;
    check(depth);
    if (!open.add(node)) {
      throw new TooMuch();
    }
    var value =
        switch (node) {
          case ScalarNode scalar -> scalar(scalar);
          case SequenceNode list -> {
            var items = new ArrayList<ConfigValue>();
            for (var item : list.getValue()) {
              items.add(value(item, depth + 1));
            }
            yield new ConfigValue.Sequence(items, at(list));
          }
          case MappingNode mapping -> table(mapping, depth);
          default -> new ConfigValue.Nothing(at(node));
        };
    open.remove(node);
    done.put(node, value);
    return value;
  }

  private void check(int depth) {
    if (values > most || depth > MAX_DEPTH) {
      throw new TooMuch();
    }
  }

  private static int size(ConfigValue value) {
    return switch (value) {
      case ConfigValue.Table table ->
          1 + table.entries().values().stream().mapToInt(e -> size(e.value())).sum();
      case ConfigValue.Sequence list -> 1 + list.items().stream().mapToInt(YamlReader::size).sum();
      default -> 1;
    };
  }

  private ConfigValue.Table table(MappingNode node, int depth) {
    var entries = new LinkedHashMap<String, ConfigValue.Entry>();
    var merged = new ArrayList<ConfigValue>();
    for (var tuple : node.getValue()) {
      var value = value(tuple.getValueNode(), depth + 1);
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        if (key.getValue().equals("<<")) {
          merged.add(value);
        } else {
          entries.put(key.getValue(), new ConfigValue.Entry(at(key), value));
        }
      }
    }
    for (var value : merged) {
      var sources = value instanceof ConfigValue.Sequence list ? list.items() : List.of(value);
      for (var source : sources) {
        if (source instanceof ConfigValue.Table table) {
          table.entries().forEach(entries::putIfAbsent);
        }
      }
    }
    return new ConfigValue.Table(entries, at(node));
  }

  private ConfigValue scalar(ScalarNode node) {
    var text = node.getValue();
    var at = at(node);
    var tag = node.getTag();
    if (tag.equals(Tag.NULL)) {
      return new ConfigValue.Nothing(at);
    }
    if (tag.equals(Tag.BOOL)) {
      return new ConfigValue.Flag(text.equalsIgnoreCase("true"), at);
    }
    // A version such as 22.10 keeps its zero as a decimal; hexadecimals and infinities stay text.
    if ((tag.equals(Tag.INT) || tag.equals(Tag.FLOAT))
        && text.matches("-?[0-9]{1,18}(\\.[0-9]{1,9})?")) {
      return new ConfigValue.Numeric(new BigDecimal(text), at);
    }
    return new ConfigValue.Text(text, at);
  }

  /** The text of a block starts in the line after its sign. */
  private Location at(Node node) {
    var mark = node.getStartMark();
    return mark.map(m -> new Location(file, m.getLine() + 1, m.getColumn() + 1))
        .orElse(Location.startOf(file));
  }
}
