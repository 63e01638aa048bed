package dev.clodo.assess;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import dev.clodo.model.Service;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What continuous integration runs and what the scripts of {@code package.json} run: GitHub Actions
 * and GitLab CI, each file read once for all services.
 *
 * @param jobs of all pipelines
 * @param scripts the commands in the scripts of each {@code package.json}, those of packages left
 *     out
 * @param calls the calls of wrangler in both, by the configuration that they name or the folder
 *     that they run in
 * @param runs the commands of both, by the folder that they run in, where that is known
 */
record Pipelines(
    List<Job> jobs,
    List<Script> scripts,
    Map<Path, List<WranglerCall>> calls,
    Map<Path, List<Run>> runs) {

  /** A command, and whether a pipeline or a script runs it. */
  record Run(Command command, boolean inPipeline) {}

  /**
   * One job of a pipeline.
   *
   * @param file the pipeline
   * @param text the whole file as it is written; empty when that is not kept
   * @param workflow the whole file
   * @param table the job's own part of it
   * @param commands of all steps
   * @param calls of wrangler among them
   */
  record Job(
      Path file,
      String text,
      String name,
      Table workflow,
      Table table,
      Location at,
      List<Step> steps,
      List<Command> commands,
      List<WranglerCall> calls) {
    static Job of(
        Path file,
        String text,
        String name,
        Table workflow,
        Table table,
        Location at,
        List<Step> steps) {
      var commands = steps.stream().flatMap(s -> s.commands().stream()).toList();
      var calls = commands.stream().flatMap(c -> WranglerCall.of(c).stream()).toList();
      return new Job(file, text, name, workflow, table, at, steps, commands, calls);
    }

    boolean isGitHub() {
      return isWorkflow(file);
    }

    /** The calls of wrangler that put something online. */
    List<WranglerCall> deploys() {
      return calls().stream().filter(WranglerCall::deploys).toList();
    }
  }

  /**
   * One step.
   *
   * @param action the action it uses; empty for a step of commands
   * @param commands in their order; scripts of {@code package.json} are replaced by what they run
   */
  record Step(Table table, Location at, Optional<Action> action, List<Command> commands) {}

  /**
   * An action with its inputs.
   *
   * @param version what follows the {@code @}
   */
  record Action(String name, String version, Location at, Table with) {
    boolean isWrangler() {
      return name.equals("cloudflare/wrangler-action");
    }
  }

  /**
   * One command.
   *
   * @param env variables that are set for it where it is written, by name; values as written
   * @param folder where it runs; empty when that is not known
   * @param at the line that it is written in
   */
  record Command(List<String> words, Map<String, String> env, Optional<Path> folder, Location at) {
    String line() {
      return String.join(" ", words);
    }
  }

  /** A script of a {@code package.json}. */
  record Script(Path manifest, String name, Location at, String text, List<Command> commands) {}

  static final Pipelines NONE = new Pipelines(List.of(), List.of(), Map.of(), Map.of());

  static boolean isWorkflow(Path path) {
    return path.toString().replace('\\', '/').matches(".*/\\.github/workflows/[^/]+\\.ya?ml");
  }

  static Pipelines of(Inventory inventory) {
    var documents = new LinkedHashMap<Path, Table>();
    var texts = new LinkedHashMap<Path, String>();
    for (var service : inventory.services()) {
      service
          .surroundings()
          .documents()
          .forEach((path, value) -> {
            if (value instanceof Table table) {
              documents.put(path, table);
              var text = service.surroundings().texts().get(path);
              if (text != null) {
                texts.put(path, text);
              }
            }
          });
    }
    return documents.isEmpty() ? NONE : new Reader(documents, texts).read();
  }

  /** The calls of wrangler in the scripts and pipelines that act on a service. */
  List<WranglerCall> callsFor(Service service) {
    var all = new ArrayList<>(calls.getOrDefault(service.home(), List.of()));
    all.addAll(calls.getOrDefault(service.config(), List.of()));
    return all;
  }

  private static Map<Path, List<WranglerCall>> calls(List<Job> jobs, List<Script> scripts) {
    var all = new ArrayList<WranglerCall>();
    scripts.forEach(s -> s.commands.forEach(c -> WranglerCall.of(c).ifPresent(all::add)));
    jobs.forEach(j -> all.addAll(j.calls));
    var calls = new LinkedHashMap<Path, List<WranglerCall>>();
    for (var call : all) {
      call.target().ifPresent(t -> calls.computeIfAbsent(t, _ -> new ArrayList<>()).add(call));
    }
    return calls;
  }

  private static Map<Path, List<Run>> runs(List<Job> jobs, List<Script> scripts) {
    var all = new ArrayList<Run>();
    scripts.forEach(s -> s.commands.forEach(c -> all.add(new Run(c, false))));
    jobs.forEach(j -> j.commands.forEach(c -> all.add(new Run(c, true))));
    var runs = new LinkedHashMap<Path, List<Run>>();
    for (var run : all) {
      run.command.folder().ifPresent(f -> runs.computeIfAbsent(f, _ -> new ArrayList<>()).add(run));
    }
    return runs;
  }

  private static final class Reader {
    /** Scripts that call scripts, at most so deep. */
    private static final int MAX_DEPTH = 5;

    private final Map<Path, Table> documents;
    private final Map<Path, String> texts;

    Reader(Map<Path, Table> documents, Map<Path, String> texts) {
      this.documents = documents;
      this.texts = texts;
    }

    Pipelines read() {
      var jobs = new ArrayList<Job>();
      var scripts = new ArrayList<Script>();
      documents.forEach((path, table) -> {
        if (isWorkflow(path)) {
          github(path, table, jobs);
        } else if (path.endsWith(".gitlab-ci.yml")) {
          gitlab(path, table, jobs);
        } else if (Packages.isManifest(path)) {
          table.table("scripts").ifPresent(all -> scripts(path, all, scripts));
        }
      });
      return new Pipelines(
          List.copyOf(jobs), List.copyOf(scripts), calls(jobs, scripts), runs(jobs, scripts));
    }

    private void scripts(Path manifest, Table all, List<Script> to) {
      all.entries()
          .forEach((name, entry) -> {
            if (entry.value() instanceof Text(var text, var at)) {
              var folder = Optional.ofNullable(manifest.getParent());
              var commands = commands(text, at, folder, Map.of(), 0);
              to.add(new Script(manifest, name, at, text, commands));
            }
          });
    }

    private void github(Path file, Table workflow, List<Job> jobs) {
      // .github/workflows/NAME.yml
      var root = Optional.ofNullable(file.getParent()).map(Path::getParent).map(Path::getParent);
      workflow
          .table("jobs")
          .ifPresent(all ->
              all.entries()
                  .forEach((name, entry) -> {
                    if (entry.value() instanceof Table job) {
                      var steps = new ArrayList<Step>();
                      var env = new LinkedHashMap<String, String>();
                      env(workflow, "env", env);
                      env(job, "env", env);
                      var usual =
                          workingDirectory(job).or(() -> workingDirectory(workflow)).orElse("");
                      for (var step : job.tables("steps")) {
                        steps.add(step(step, root, usual, env));
                      }
                      jobs.add(
                          Job.of(
                              file,
                              texts.getOrDefault(file, ""),
                              name,
                              workflow,
                              job,
                              entry.keyAt(),
                              steps));
                    }
                  }));
    }

    private static Optional<String> workingDirectory(Table table) {
      return table
          .table("defaults")
          .flatMap(d -> d.table("run"))
          .flatMap(r -> r.text("working-directory"));
    }

    private static void env(Table table, String key, Map<String, String> to) {
      table
          .table(key)
          .ifPresent(t -> t.entries().forEach((name, e) -> to.put(name, written(e.value()))));
    }

    private static String written(ConfigValue value) {
      return switch (value) {
        case Text(var text, var _) -> text;
        case ConfigValue.Numeric(var number, var _) -> number.toPlainString();
        case ConfigValue.Flag(var flag, var _) -> String.valueOf(flag);
        default -> "";
      };
    }

    private Step step(Table step, Optional<Path> root, String usual, Map<String, String> outer) {
      var env = new LinkedHashMap<>(outer);
      env(step, "env", env);
      if (step.get("uses").orElse(step) instanceof Text(var uses, var at)) {
        int sign = uses.indexOf('@');
        var with = step.table("with").orElse(new Table(Map.of(), at));
        var action =
            new Action(
                sign < 0 ? uses : uses.substring(0, sign),
                sign < 0 ? "" : uses.substring(sign + 1),
                at,
                with);
        var commands =
            action.isWrangler() ? wranglerAction(with, root, env, at) : List.<Command>of();
        return new Step(step, step.at(), Optional.of(action), commands);
      }
      var folder = below(root, step.text("working-directory").orElse(usual));
      var commands =
          step.get("run").orElse(step) instanceof Text(var run, var at)
              ? commands(run, at, folder, env, 0)
              : List.<Command>of();
      return new Step(step, step.at(), Optional.empty(), commands);
    }

    /** The action runs {@code deploy} unless it is told otherwise. */
    private List<Command> wranglerAction(
        Table with, Optional<Path> root, Map<String, String> env, Location uses) {
      var folder = below(root, with.text("workingDirectory").orElse(""));
      var commands = new ArrayList<Command>();
      if (with.get("preCommands").orElse(with) instanceof Text(var text, var at)) {
        commands.addAll(commands(text, at, folder, env, 0));
      }
      if (with.get("command").orElse(with) instanceof Text(var text, var at)) {
        for (var command : commands(text, at, folder, env, 0)) {
          var words = new ArrayList<>(List.of("wrangler"));
          words.addAll(command.words);
          commands.add(new Command(words, command.env, command.folder, command.at));
        }
      } else {
        commands.add(new Command(List.of("wrangler", "deploy"), env, folder, uses));
      }
      if (with.get("postCommands").orElse(with) instanceof Text(var text, var at)) {
        commands.addAll(commands(text, at, folder, env, 0));
      }
      return commands;
    }

    /** Names that GitLab gives a meaning, so that they are no jobs. */
    private static final List<String> NO_JOBS =
        List.of(
            "stages",
            "variables",
            "include",
            "default",
            "workflow",
            "image",
            "services",
            "cache",
            "before_script",
            "after_script",
            "pages");

    private void gitlab(Path file, Table pipeline, List<Job> jobs) {
      var root = Optional.ofNullable(file.getParent());
      pipeline
          .entries()
          .forEach((name, entry) -> {
            if (!NO_JOBS.contains(name)
                && !name.startsWith(".")
                && entry.value() instanceof Table job) {
              var env = new LinkedHashMap<String, String>();
              env(pipeline, "variables", env);
              env(job, "variables", env);
              // All lines run in one shell, so a change of folder stays.
              var lines = new ArrayList<Text>();
              var before = job.get("before_script").isPresent() ? job : pipeline;
              lines(before.items("before_script"), lines);
              lines(job.items("script"), lines);
              var commands = new ArrayList<Command>();
              Optional<Path> folder = root;
              for (var line : lines) {
                var part = commands(line.value(), line.at(), folder, env, 0);
                commands.addAll(part);
                folder = folderAfter(line.value(), folder);
              }
              var step = new Step(job, entry.keyAt(), Optional.empty(), commands);
              jobs.add(
                  Job.of(
                      file,
                      texts.getOrDefault(file, ""),
                      name,
                      pipeline,
                      job,
                      entry.keyAt(),
                      List.of(step)));
            }
          });
    }

    private static void lines(List<ConfigValue> items, List<Text> to) {
      for (var item : items) {
        if (item instanceof Text text) {
          to.add(text);
        } else if (item instanceof ConfigValue.Sequence list) {
          lines(list.items(), to);
        }
      }
    }

    private static Optional<Path> folderAfter(String text, Optional<Path> folder) {
      var m = Pattern.compile("^cd\\s+([^\\s;&|]+)\\s*$").matcher(text.strip());
      return m.matches() ? below(folder, m.group(1)) : folder;
    }

    private static Optional<Path> below(Optional<Path> folder, String path) {
      if (path.isEmpty() || path.equals(".")) {
        return folder;
      }
      // What is known only while running can't be followed.
      if (path.contains("$") || path.startsWith("~") || path.indexOf('\0') >= 0) {
        return Optional.empty();
      }
      return folder.map(f -> f.resolve(path.replace("\"", "").replace("'", "")).normalize());
    }

    /** Simple commands of a shell text, with the folder and variables that hold for each. */
    private List<Command> commands(
        String text, Location at, Optional<Path> start, Map<String, String> outer, int depth) {
      var all = new ArrayList<Command>();
      var folder = start;
      var env = new LinkedHashMap<>(outer);
      var first = firstLine(text, at);
      int lineNumber = 0;
      for (var line : text.split("\n", -1)) {
        var place =
            new Location(
                at.file(), first.line() + lineNumber, lineNumber == 0 ? first.column() : 1);
        lineNumber++;
        for (var words : Shell.commands(line)) {
          var own = new LinkedHashMap<>(env);
          var rest = Shell.withoutAssignments(words, own);
          if (rest.isEmpty()) {
            env.putAll(own);
            continue;
          }
          if (rest.getFirst().equals("export")) {
            Shell.withoutAssignments(rest.subList(1, rest.size()), env);
            continue;
          }
          if (rest.getFirst().equals("cd") && rest.size() == 2) {
            folder = below(folder, rest.get(1));
            continue;
          }
          var script = script(rest, folder);
          if (script.isPresent() && depth < MAX_DEPTH) {
            var found = script.get();
            var called =
                commands(found.value.value(), found.value.at(), found.folder, own, depth + 1);
            // It is reported where it is written; the place of the script is as good.
            all.addAll(called);
            if (called.isEmpty()) {
              all.add(new Command(rest, own, folder, place));
            }
          } else {
            all.add(new Command(rest, own, folder, place));
          }
        }
      }
      return all;
    }

    /** The text of a block of YAML starts in the line after its sign. */
    private Location firstLine(String text, Location at) {
      var source = texts.get(at.file());
      if (source == null || !text.contains("\n")) {
        return at;
      }
      var lines = source.split("\n", at.line() + 1);
      var line = at.line() <= lines.length ? lines[at.line() - 1] : "";
      boolean block =
          line.length() >= at.column() && "|>".indexOf(line.charAt(at.column() - 1)) >= 0;
      return block ? new Location(at.file(), at.line() + 1, 1) : at;
    }

    private record Found(Text value, Optional<Path> folder) {}

    /** The script that {@code npm run NAME} and its kin run, when its text is known. */
    private Optional<Found> script(List<String> words, Optional<Path> folder) {
      if (words.size() < 2 || folder.isEmpty()) {
        return Optional.empty();
      }
      var manager = words.getFirst();
      if (!List.of("npm", "pnpm", "yarn", "bun").contains(manager)) {
        return Optional.empty();
      }
      var home = folder.get();
      var plain = new ArrayList<String>();
      for (int i = 1; i < words.size(); i++) {
        var word = words.get(i);
        if (List.of("--prefix", "--cwd", "-C", "--dir").contains(word) && i + 1 < words.size()) {
          home = home.resolve(words.get(++i)).normalize();
        } else if (List.of("--filter", "-F", "--workspace", "-w", "-r", "--recursive", "workspace")
            .contains(word)) {
          return Optional.empty();
        } else if (word.equals("--")) {
          break;
        } else if (!word.startsWith("-")) {
          plain.add(word);
        }
      }
      boolean run = !plain.isEmpty() && plain.getFirst().startsWith("run");
      if (plain.isEmpty() || (run && plain.size() < 2) || (!run && manager.equals("npm"))) {
        return Optional.empty();
      }
      var name = run ? plain.get(1) : plain.getFirst();
      // pnpm has a command of its own called deploy.
      if (!run && manager.equals("pnpm") && name.equals("deploy")) {
        return Optional.empty();
      }
      var at = home;
      return Optional.ofNullable(documents.get(home.resolve("package.json")))
          .flatMap(t -> t.table("scripts"))
          .flatMap(t -> t.get(name))
          .filter(Text.class::isInstance)
          .map(v -> new Found((Text) v, Optional.of(at)));
    }
  }
}
