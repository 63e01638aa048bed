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
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Reads wrangler configurations, TOML, JSON and JSONC, and resolves them for an environment as
 * wrangler does. Every key and value keeps the place where it is written.
 */
public final class WranglerConfigManager {
  /** The environment that a Pages project's production branch gets. */
  private static final EnvironmentName PRODUCTION = new EnvironmentName("production");

  /** Lines; beyond them a conflict is reported as the parser sees it. */
  private static final int MAX_LINES_SEARCHED = 20_000;

  /** A key, an equals sign and a quote, which no JSON line has. */
  private static final Predicate<String> TOML_LINE =
      Pattern.compile("^\\s*[A-Za-z_]+\\s*=\\s*[\"'\\[{]").asPredicate();

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
    boolean toml = file.toString().endsWith(".toml");
    var reading = toml ? TomlReader.read(file, content) : JsonReader.read(file, content);
    return switch (reading) {
      case Reading.Read read -> read;
      case Reading.Refused refused ->
          rootCause(file, content, toml)
              .<Reading>map(p -> new Reading.Refused(refused.reason(), List.of(p)))
              .orElse(refused);
    };
  }

  /** One mistake that makes many: what to mend in place of all that the parser stumbles over. */
  private static Optional<Problem> rootCause(Path file, String text, boolean toml) {
    int line = 1;
    for (String written : text.lines().limit(MAX_LINES_SEARCHED).toList()) {
      if (written.startsWith("<<<<<<< ")) {
        return Optional.of(
            new Problem(
                new Location(file, line, 1),
                "A merge conflict was left here. Choose one side and remove the lines with <<<<<<<,"
                    + " ======= and >>>>>>>."));
      }
      line++;
    }
    boolean braces = text.stripLeading().startsWith("{");
    if (toml && braces) {
      return Optional.of(
          new Problem(
              Location.startOf(file), "This is JSON in a TOML file. Call it wrangler.jsonc."));
    }
    if (!toml && !braces && text.lines().anyMatch(TOML_LINE)) {
      return Optional.of(
          new Problem(
              Location.startOf(file), "This is TOML in a JSON file. Call it wrangler.toml."));
    }
    return Optional.empty();
  }

  /** The configuration as wrangler deploys it with {@code --env}. */
  public Resolution resolve(ConfigFile file, EnvironmentName environment) {
    var root = file.root();
    if (environment.isTopLevel()) {
      return new Resolution.Resolved(topLevel(root), List.of());
    }
    var env = root.get("env").flatMap(WranglerConfigManager::asTable);
    var named = env.flatMap(e -> e.get(environment.value()));
    if (named.isPresent() && named.get() instanceof ConfigValue.Table own) {
      return new Resolution.Resolved(
          inherit(renamed(topLevel(root), environment), withoutEmpty(own)), List.of());
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
      return new Resolution.Resolved(topLevel(root), List.of());
    }
    if (env.isPresent()) {
      return new Resolution.UnknownEnvironment(
          new Problem(root.locationOf("env"), unknown(file, environment)));
    }
    return new Resolution.Resolved(
        renamed(topLevel(root), environment),
        List.of(
            "The configuration has no environments; wrangler deploys its top level under the name"
                + " with -"
                + environment
                + " appended."));
  }

  /**
   * The configuration as a release of an environment gets it. For a Worker that is {@link
   * #resolve}; {@code wrangler pages deploy} knows no {@code --env}, gives a project its name
   * without a suffix, and its production branch {@code env.production} where there is one.
   */
  Resolution resolveReleased(ConfigFile file, EnvironmentName environment) {
    if (file.kind() != Service.Kind.PAGES) {
      return resolve(file, environment);
    }
    var wanted = environment.isTopLevel() ? PRODUCTION : environment;
    var root = topLevel(file.root());
    return new Resolution.Resolved(
        file.root()
            .table("env")
            .flatMap(env -> env.get(wanted.value()))
            .flatMap(WranglerConfigManager::asTable)
            .map(own -> inherit(root, withoutEmpty(own)))
            .orElse(root),
        List.of());
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

  private static ConfigValue.Table topLevel(ConfigValue.Table root) {
    return withoutEmpty(without(root, "env"));
  }

  private static ConfigValue.Table inherit(ConfigValue.Table root, ConfigValue.Table own) {
    var entries = new LinkedHashMap<String, ConfigValue.Entry>();
    root.entries()
        .forEach((key, entry) -> {
          if (Inheritance.of(key) != Inheritance.OWN) {
            entries.put(key, entry);
          }
        });
    own.entries()
        .forEach((key, entry) -> {
          if (Inheritance.of(key) != Inheritance.TOP_LEVEL) {
            entries.put(key, entry);
          }
        });
    return new ConfigValue.Table(entries, own.at());
  }

  /** wrangler takes an empty account or route for none. */
  private static ConfigValue.Table withoutEmpty(ConfigValue.Table table) {
    var result = table;
    for (String key : List.of("account_id", "route")) {
      if (table.text(key).filter(String::isEmpty).isPresent()) {
        result = without(result, key);
      }
    }
    return result;
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
