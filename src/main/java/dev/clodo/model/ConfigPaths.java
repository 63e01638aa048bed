package dev.clodo.model;

import dev.clodo.model.ConfigValue.Entry;
import dev.clodo.model.ConfigValue.Sequence;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.function.UnaryOperator;

/**
 * The keys of a wrangler configuration whose values are paths relative to the file, so that a
 * configuration can mean the same in another folder. wrangler takes some of them (the folder of the
 * build command, the schemas of {@code unsafe.capnp}) relative to where it runs, and finds a
 * TypeScript configuration only when it runs where the file lies, so it has to run there. The keys
 * are those of wrangler 4.164.0.
 */
public final class ConfigPaths {
  private final Path from;
  private final Path to;

  private ConfigPaths(Path from, Path to) {
    this.from = from;
    this.to = to;
  }

  /**
   * The settings as they have to be written in another folder.
   *
   * @param from the folder that their paths are relative to
   * @param to the folder that they shall be relative to
   */
  public static Table moved(Table settings, Path from, Path to) {
    return from.equals(to) ? settings : new ConfigPaths(from, to).moved(settings);
  }

  private Table moved(Table settings) {
    var entries = new LinkedHashMap<String, Entry>();
    settings
        .entries()
        .forEach((key, entry) -> entries.put(key, with(entry, moved(key, entry.value()))));
    return new Table(entries, settings.at());
  }

  private ConfigValue moved(String key, ConfigValue value) {
    return switch (key) {
      case "main", "tsconfig", "base_dir", "pages_build_output_dir" -> path(value);
      case "assets" -> in(value, "directory");
      case "site" -> in(in(value, "bucket"), "entry-point");
      case "build" -> build(value);
      case "wasm_modules", "text_blobs", "data_blobs" -> all(value);
      case "alias" -> eachOf(value, this::relative);
      case "d1_databases" -> items(value, this::database);
      case "containers" -> items(value, this::container);
      case "unsafe" -> table(value, "capnp", c -> in(in(c, "base_path"), "compiled_schema"));
      default -> value;
    };
  }

  /** A command runs where wrangler does, unless a folder is said. */
  private ConfigValue build(ConfigValue value) {
    if (!(value instanceof Table build)) {
      return value;
    }
    var entries = new LinkedHashMap<>(build.entries());
    if (entries.containsKey("command")) {
      entries.putIfAbsent("cwd", new Entry(build.at(), new Text(".", build.at())));
    }
    return table(
        in(new Table(entries, build.at()), "cwd"),
        "watch_dir",
        dirs -> dirs instanceof Sequence ? items(dirs, this::path) : path(dirs));
  }

  /** The folder of migrations has a usual place beside the file. */
  private ConfigValue database(ConfigValue value) {
    if (!(value instanceof Table database)) {
      return value;
    }
    var entries = new LinkedHashMap<>(database.entries());
    entries.putIfAbsent(
        "migrations_dir", new Entry(database.at(), new Text("migrations", database.at())));
    return in(in(new Table(entries, database.at()), "migrations_dir"), "migrations_pattern");
  }

  private ConfigValue container(ConfigValue value) {
    var moved = in(table(value, "image", this::image), "image_build_context");
    moved = table(moved, "configuration", c -> table(c, "image", this::image));
    return table(
        moved, "images", images -> eachOf(images, i -> in(in(i, "dockerfile"), "build_context")));
  }

  /** A Dockerfile, or an image in a registry, which wrangler takes only with its tag. */
  private ConfigValue image(ConfigValue value) {
    return value instanceof Text(var text, _) && !text.contains(":") ? path(value) : value;
  }

  /** A module's name is no path. */
  private ConfigValue relative(ConfigValue value) {
    return value instanceof Text(var text, _) && text.startsWith(".") ? path(value) : value;
  }

  private ConfigValue all(ConfigValue value) {
    return eachOf(value, this::path);
  }

  private ConfigValue path(ConfigValue value) {
    if (!(value instanceof Text(var text, var at)) || text.isEmpty()) {
      return value;
    }
    try {
      var path = Path.of(text);
      if (path.isAbsolute()) {
        return value;
      }
      var moved = to.relativize(from.resolve(path).normalize()).toString().replace('\\', '/');
      return new Text(moved.isEmpty() ? "." : moved, at);
    } catch (IllegalArgumentException noPath) {
      // wrangler will say what is wrong with it; on another drive nothing is relative.
      return value;
    }
  }

  private ConfigValue in(ConfigValue value, String key) {
    return table(value, key, this::path);
  }

  private static ConfigValue table(
      ConfigValue value, String key, UnaryOperator<ConfigValue> change) {
    if (!(value instanceof Table table) || table.get(key).isEmpty()) {
      return value;
    }
    var entries = new LinkedHashMap<>(table.entries());
    entries.computeIfPresent(key, (_, entry) -> with(entry, change.apply(entry.value())));
    return new Table(entries, table.at());
  }

  private static ConfigValue eachOf(ConfigValue value, UnaryOperator<ConfigValue> change) {
    if (!(value instanceof Table table)) {
      return value;
    }
    var entries = new LinkedHashMap<String, Entry>();
    table.entries().forEach((key, e) -> entries.put(key, with(e, change.apply(e.value()))));
    return new Table(entries, table.at());
  }

  private static ConfigValue items(ConfigValue value, UnaryOperator<ConfigValue> change) {
    return value instanceof Sequence(var items, var at)
        ? new Sequence(items.stream().map(change).toList(), at)
        : value;
  }

  // Told apart by identity: what does not change is shared, not copied.
  @SuppressWarnings("ReferenceEquality")
  private static Entry with(Entry entry, ConfigValue value) {
    return value == entry.value() ? entry : new Entry(entry.keyAt(), value);
  }
}
