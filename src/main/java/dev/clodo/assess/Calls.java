package dev.clodo.assess;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** How a project's scripts and pipelines call wrangler. */
final class Calls {
  private Calls() {}

  /**
   * One call.
   *
   * @param arguments what stands behind {@code wrangler}
   * @param script the name of the script in package.json; empty in a pipeline
   * @param at where the text with the call starts
   * @param whole the text it stands in, as the file writes it where that is certain; else empty
   */
  record Call(String arguments, String script, Location at, String whole) {
    boolean isInPipeline() {
      return script.isEmpty();
    }

    /** Whether it begins with these words. */
    boolean is(String command) {
      return arguments.equals(command) || arguments.startsWith(command + " ");
    }

    boolean has(String flag) {
      return Pattern.compile("(?:^|\\s)" + Pattern.quote(flag) + "(?:[\\s=]|$)")
          .matcher(arguments)
          .find();
    }

    /** The value of {@code --flag value} or {@code --flag=value}. */
    Optional<String> value(String flag) {
      var m =
          Pattern.compile("(?:^|\\s)" + Pattern.quote(flag) + "[\\s=]+[\"']?([^\\s\"']+)")
              .matcher(arguments);
      return m.find() ? Optional.of(m.group(1)) : Optional.empty();
    }

    /** The first word behind the command that is no flag: the folder of {@code pages deploy}. */
    Optional<String> argument() {
      var words = arguments.split("\\s+");
      return words.length > 2 && !words[2].startsWith("-")
          ? Optional.of(words[2])
          : Optional.empty();
    }

    /** Whether it brings something to production, as far as its surroundings tell. */
    boolean isMeantForProduction() {
      return isInPipeline() || !LOCAL_SCRIPT.matcher(script).find();
    }

    /** Writes other arguments; an edit where the file's text is known. */
    Remedy rewritten(String other) {
      return whole.isEmpty()
          ? new Remedy.Advice("Write: wrangler " + other)
          : new Remedy.Edit(at, whole, whole.replace(arguments, other));
    }
  }

  private static final Pattern LOCAL_SCRIPT =
      Pattern.compile("(?:^|[:_.-])(?:dev|test|tests|local|seed|start|e2e|preview|setup)");

  /** Texts of a pipeline that name things and run nothing. */
  private static final Set<String> NOT_RUN =
      Set.of("name", "uses", "if", "description", "id", "on", "key", "path");

  private static final Pattern CALL =
      Pattern.compile(
          "^(?:[A-Z_][A-Z0-9_]*=\\S*\\s+)*(?:(?:npx|pnpx|bunx|pnpm|yarn|npm|bun|deno|exec|dlx|run|x|"
              + "-y|--yes|--|cross-env|dotenv|-e|task)\\s+)*wrangler(?:@\\S+)?\\s+(.+)$");

  /** The calls that concern a service: of its own package, and of the repository's pipelines. */
  static List<Call> of(Case c) {
    var home = c.service().home();
    var calls = new ArrayList<Call>();
    if (c.around().documents().get(home.resolve("package.json")) instanceof Table manifest) {
      manifest.table("scripts").ifPresent(scripts -> scripts(scripts, calls));
    }
    calls.addAll(c.evidence().pipelineCalls().getOrDefault(home, List.of()));
    return calls;
  }

  /** The calls of all pipelines, by the folder that they are made in. */
  static Map<Path, List<Call>> inPipelines(Inventory inventory) {
    var pipelines = new TreeMap<Path, ConfigValue>();
    for (var service : inventory.services()) {
      service
          .surroundings()
          .documents()
          .forEach((file, document) -> {
            if (isPipeline(file)) {
              pipelines.put(file, document);
            }
          });
    }
    var calls = new HashMap<Path, List<Call>>();
    pipelines.forEach((file, document) -> {
      var root = rootOf(file);
      pipeline(document, root, root, "", calls);
    });
    return calls;
  }

  /** Whether a file tells a service for continuous integration what to do. */
  static boolean isPipeline(Path file) {
    var name = file.getFileName() == null ? "" : file.getFileName().toString();
    return ToolchainChecks.isWorkflow(file) || (name.endsWith(".yml") && !name.startsWith("pnpm-"));
  }

  private static Path rootOf(Path pipeline) {
    var folder = pipeline.getParent();
    if (folder == null) {
      return Path.of("");
    }
    boolean isNested = folder.endsWith(".github/workflows") || folder.endsWith(".circleci");
    for (int up = folder.endsWith(".github/workflows") ? 2 : 1; isNested && up > 0; up--) {
      folder = folder.getParent() == null ? folder : folder.getParent();
    }
    return folder;
  }

  private static void scripts(Table scripts, List<Call> calls) {
    scripts
        .entries()
        .forEach((name, entry) -> {
          if (entry.value() instanceof Text(var line, var at)) {
            // What needs no escape stands in the file as it is.
            var whole = line.matches("[^\"\\\\\\p{Cntrl}]*") ? "\"" + line + "\"" : "";
            shell(line).forEach(arguments -> calls.add(new Call(arguments, name, at, whole)));
          }
        });
  }

  private static final Pattern CHANGE_OF_FOLDER =
      Pattern.compile("^\\s*cd\\s+([^\\s&;]+)\\s*(?:&&|;|\\n)");

  private static void pipeline(
      ConfigValue value, Path root, Path folder, String key, Map<Path, List<Call>> calls) {
    switch (value) {
      case Table table -> {
        var own = workingFolder(table, root, folder);
        var uses = table.text("uses").orElse("");
        for (var entry : table.entries().entrySet()) {
          if (uses.contains("wrangler-action") && entry.getKey().equals("with")) {
            action(entry.getValue().value(), root, own, calls);
          } else if (!NOT_RUN.contains(entry.getKey())) {
            pipeline(entry.getValue().value(), root, own, entry.getKey(), calls);
          }
        }
      }
      case ConfigValue.Sequence sequence ->
          sequence.items().forEach(i -> pipeline(i, root, folder, key, calls));
      case Text(var text, var at) -> {
        var here = folder;
        var cd = CHANGE_OF_FOLDER.matcher(text);
        if (cd.find()) {
          here = below(folder, cd.group(1)).orElse(folder);
        }
        for (var arguments : shell(text)) {
          add(calls, here, new Call(arguments, "", at, ""));
        }
      }
      case ConfigValue.Numeric _,
          ConfigValue.Flag _,
          ConfigValue.Nothing _,
          ConfigValue.Date _ -> {}
    }
  }

  /** Cloudflare's action runs its {@code command}, line by line, and deploys without one. */
  private static void action(
      ConfigValue with, Path root, Path folder, Map<Path, List<Call>> calls) {
    if (with instanceof Table inputs) {
      var where = inputs.text("workingDirectory").flatMap(w -> below(root, w)).orElse(folder);
      Case.word(inputs, "command")
          .ifPresentOrElse(
              command ->
                  command
                      .value()
                      .lines()
                      .map(String::strip)
                      .filter(l -> !l.isEmpty())
                      .forEach(l -> add(calls, where, new Call(l, "", command.at(), ""))),
              () -> add(calls, where, new Call("deploy", "", inputs.at(), "")));
    }
  }

  private static void add(Map<Path, List<Call>> calls, Path folder, Call call) {
    calls.computeIfAbsent(folder, _ -> new ArrayList<>()).add(call);
  }

  private static Path workingFolder(Table table, Path root, Path folder) {
    return table
        .text("working-directory")
        .or(() ->
            table
                .table("defaults")
                .flatMap(d -> d.table("run"))
                .flatMap(r -> r.text("working-directory")))
        .flatMap(w -> below(root, w))
        .orElse(folder);
  }

  private static Optional<Path> below(Path folder, String path) {
    try {
      return path.contains("$") ? Optional.empty() : Optional.of(folder.resolve(path).normalize());
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** The arguments of wrangler in lines for a shell. */
  private static List<String> shell(String text) {
    if (!text.contains("wrangler")) {
      return List.of();
    }
    var found = new ArrayList<String>();
    for (var line : text.replaceAll("\\\\\\r?\\n\\s*", " ").split("\\n", -1)) {
      if (line.strip().startsWith("#")) {
        continue;
      }
      for (var command : line.split("&&|\\|\\||;|\\|", -1)) {
        var m = CALL.matcher(command.strip());
        if (m.matches()) {
          found.add(m.group(1).strip());
        }
      }
    }
    return found;
  }
}
