package dev.clodo.discover;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import dev.clodo.model.Service;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Reads wrangler configurations, TOML, JSON and JSONC, and resolves them for an environment as
 * wrangler does. Every key and value keeps the place where it is written.
 */
public final class WranglerConfigManager {
  /**
   * A configuration as written.
   *
   * @param notes what is odd about it though wrangler takes it, a sentence each
   */
  public record ConfigFile(Path path, ConfigValue.Table root, List<String> notes) {
    public ConfigFile {
      notes = List.copyOf(notes);
    }

    /** The named environments, in the order in which they are written. */
    public List<EnvironmentName> environments() {
      return root.table("env").stream()
          .flatMap(env -> env.entries().keySet().stream())
          .map(EnvironmentName::new)
          .toList();
    }

    /** A Pages project names its build output; a Worker does not. */
    public Service.Kind kind() {
      return root.get("pages_build_output_dir").isPresent()
          ? Service.Kind.PAGES
          : Service.Kind.WORKER;
    }
  }

  /** A place that has to be mended before the file can be read, and how. */
  public record Problem(Location at, String message) {}

  /** What came of reading a file. */
  public sealed interface Reading {
    record Read(ConfigFile file) implements Reading {}

    /** It can't be read, or is not valid TOML or JSON; at least one problem. */
    record Refused(Inventory.Unreadable.Reason reason, List<Problem> problems) implements Reading {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  /** What a configuration means in one environment. */
  public sealed interface Resolution {
    /**
     * @param settings the keys that take effect, without {@code env}; positions as written
     * @param notes what wrangler would warn about while resolving, a sentence each
     */
    record Resolved(ConfigValue.Table settings, List<String> notes) implements Resolution {
      public Resolved {
        notes = List.copyOf(notes);
      }

      /** The name with the environment's suffix; empty when the file names nothing. */
      public Optional<String> name() {
        return settings.text("name").filter(n -> !n.isBlank());
      }
    }

    /** wrangler refuses this environment. */
    record UnknownEnvironment(Problem problem) implements Resolution {}
  }

  /** Reads a configuration file. Whatever it turns out to be, the answer comes soon. */
  public Reading read(Path file) {
    return switch (SmallFile.read(file)) {
      case SmallFile.Content content -> parse(file, content.text());
      case SmallFile.Unread unread ->
          new Reading.Refused(
              unread.reason(), List.of(new Problem(Location.startOf(file), unread.message())));
    };
  }

  /**
   * Reads a configuration from its text. The file's ending decides the format: {@code .toml}, else
   * JSON with comments. A byte order mark is skipped and not counted.
   */
  public Reading parse(Path file, String text) {
    var content = text.startsWith("\uFEFF") ? text.substring(1) : text;
    return file.toString().endsWith(".toml")
        ? TomlReader.read(file, content)
        : JsonReader.read(file, content);
  }

  /** The configuration as wrangler deploys it with {@code --env}. */
  public Resolution resolve(ConfigFile file, EnvironmentName environment) {
    var root = file.root();
    if (environment.isTopLevel()) {
      return new Resolution.Resolved(without(root, "env"), List.of());
    }
    var env = root.get("env").flatMap(WranglerConfigManager::asTable);
    var named = env.flatMap(e -> e.get(environment.value()));
    if (named.isPresent() && named.get() instanceof ConfigValue.Table own) {
      return new Resolution.Resolved(inherit(root, own, environment), List.of());
    }
    if (named.isPresent()) {
      var at = named.get().at();
      var kind = named.get().kind();
      return new Resolution.UnknownEnvironment(
          new Problem(
              at,
              "env."
                  + environment
                  + " is a "
                  + kind
                  + ". Make it a table of settings, or remove it."));
    }
    if (file.kind() == Service.Kind.PAGES) {
      return new Resolution.Resolved(without(root, "env"), List.of());
    }
    if (env.isPresent()) {
      return new Resolution.UnknownEnvironment(
          new Problem(root.locationOf("env"), unknown(file, environment)));
    }
    return new Resolution.Resolved(
        renamed(without(root, "env"), environment),
        List.of(
            "The configuration has no environments; wrangler deploys its top level under the name"
                + " with -"
                + environment
                + " appended."));
  }

  /**
   * A configuration that a build tool has written. It has no environments; the one it was built for
   * must be the one wanted, if any is.
   */
  public Resolution resolveGenerated(ConfigFile file, EnvironmentName environment) {
    var root = file.root();
    if (!file.environments().isEmpty()) {
      return new Resolution.UnknownEnvironment(
          new Problem(
              root.locationOf("env"),
              "A generated configuration can't have environments. Build the project again with a"
                  + " newer build tool."));
    }
    var built = root.text("targetEnvironment").orElse("");
    boolean other = !built.isEmpty() && !built.equals(environment.value());
    if (!environment.isTopLevel() && other && file.kind() == Service.Kind.WORKER) {
      return new Resolution.UnknownEnvironment(
          new Problem(
              root.locationOf("targetEnvironment"),
              "It was built for the environment "
                  + built
                  + ". Build it for "
                  + environment
                  + ": CLOUDFLARE_ENV="
                  + environment
                  + " npm run build"));
    }
    return new Resolution.Resolved(
        root,
        built.isEmpty() ? List.of() : List.of("It was built for the environment " + built + "."));
  }

  private static String unknown(ConfigFile file, EnvironmentName environment) {
    var names = file.environments().stream().map(EnvironmentName::value).toList();
    if (names.isEmpty()) {
      return "There is no environment "
          + environment
          + ": env is empty. Add a section env."
          + environment
          + ".";
    }
    return "There is no environment "
        + environment
        + ". Use one of "
        + String.join(", ", names)
        + ", or add a section env."
        + environment
        + ".";
  }

  private static ConfigValue.Table inherit(
      ConfigValue.Table root, ConfigValue.Table own, EnvironmentName environment) {
    var entries = new LinkedHashMap<String, ConfigValue.Entry>();
    var inherited = renamed(root, environment);
    inherited
        .entries()
        .forEach((key, entry) -> {
          if (Inheritance.of(key) != Inheritance.OWN && isSet(key, entry.value())) {
            entries.put(key, entry);
          }
        });
    own.entries()
        .forEach((key, entry) -> {
          boolean counts = isSet(key, entry.value()) || !entries.containsKey(key);
          if (counts && Inheritance.of(key) != Inheritance.TOP_LEVEL) {
            entries.put(key, entry);
          }
        });
    return new ConfigValue.Table(entries, own.at());
  }

  /** JSON's null counts as absent; so do an empty account and an empty route. */
  private static boolean isSet(String key, ConfigValue value) {
    return switch (value) {
      case ConfigValue.Nothing _ -> false;
      case ConfigValue.Text text ->
          !text.value().isEmpty() || !(key.equals("account_id") || key.equals("route"));
      case ConfigValue.Numeric _,
          ConfigValue.Flag _,
          ConfigValue.Date _,
          ConfigValue.Sequence _,
          ConfigValue.Table _ ->
          true;
    };
  }

  private static ConfigValue.Table renamed(ConfigValue.Table table, EnvironmentName environment) {
    if (!(table.get("name").orElse(table) instanceof ConfigValue.Text name)
        || name.value().isEmpty()) {
      return without(table, "name");
    }
    var entries = new LinkedHashMap<>(table.entries());
    entries.computeIfPresent(
        "name",
        (_, entry) ->
            new ConfigValue.Entry(
                entry.keyAt(),
                new ConfigValue.Text(name.value() + "-" + environment.value(), name.at())));
    return new ConfigValue.Table(entries, table.at());
  }

  private static ConfigValue.Table without(ConfigValue.Table table, String key) {
    if (!table.entries().containsKey(key)) {
      return table;
    }
    var entries = new LinkedHashMap<>(table.entries());
    entries.remove(key);
    return new ConfigValue.Table(entries, table.at());
  }

  private static Optional<ConfigValue.Table> asTable(ConfigValue value) {
    return value instanceof ConfigValue.Table table ? Optional.of(table) : Optional.empty();
  }
}
