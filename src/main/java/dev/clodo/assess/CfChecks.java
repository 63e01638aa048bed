package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;
import static dev.clodo.assess.Check.workspaceAdvice;

import dev.clodo.assess.Packages.Version;
import dev.clodo.assess.Pipelines.Command;
import dev.clodo.model.ConfigValue.Flag;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Projects that use Cloudflare's other command line tool, {@code cf}. */
final class CfChecks {
  private CfChecks() {}

  private static final String MIGRATE = "cf/wrangler/migrate/";

  static final List<Check> CHECKS =
      List.of(
          errorProd("cf/unmigrated-project", "cf/wrangler/", CfChecks::unmigrated),
          error("cf/migration-incomplete", StopsAt.BUILD, MIGRATE, CfChecks::incomplete),
          warning("cf/two-sources-of-truth", "cf/wrangler/", CfChecks::twoSources),
          error("cf/toolchain-too-old", StopsAt.BUILD, "cf/get-started/", CfChecks::tooOld),
          error("cf/prebuilt-mode-mismatch", StopsAt.BUILD, "cf/ci/", CfChecks::otherMode),
          errorProd("cf/config-not-committed", "cf/ci/", CfChecks::notCommitted),
          error("cf/do-exports-missing-on-switch", StopsAt.UPLOAD, MIGRATE, CfChecks::classes),
          workspaceAdvice("cf/destructive-exit-zero", "cf/ci/", CfChecks::aborted));

  private static final Set<String> LAUNCHERS = Set.of("npx", "pnpm", "yarn", "bunx", "bun", "npm");
  private static final Set<String> BUILDING = Set.of("build", "deploy", "dev");

  /**
   * The arguments of a call of {@code cf}; empty for other commands. Another tool has the same
   * name, so the package has to be declared or launched by name.
   */
  private static Optional<List<String>> arguments(Command command, boolean declared) {
    var words = command.words();
    boolean launched = words.size() > 1 && LAUNCHERS.contains(words.getFirst());
    int at = launched ? 1 : 0;
    while (launched && at < words.size() - 1 && words.get(at).matches("exec|dlx|x|--|-y|--yes")) {
      at++;
    }
    if (!words.get(at).matches("cf(?:@.*)?") || (!launched && !declared)) {
      return Optional.empty();
    }
    return Optional.of(words.subList(at + 1, words.size()));
  }

  private static boolean isDeclared(Case c) {
    return Packages.declared(c.around()).contains("cf");
  }

  private record Called(List<String> arguments, Command command, boolean inPipeline) {
    String verb() {
      return arguments.isEmpty() ? "" : arguments.getFirst();
    }
  }

  /** The calls that act on a service. */
  private static List<Called> calls(Case c) {
    var runs = c.evidence().pipelines().runs().getOrDefault(c.service().home(), List.of());
    if (runs.isEmpty()) {
      return List.of();
    }
    var all = new ArrayList<Called>();
    boolean declared = isDeclared(c);
    for (var run : runs) {
      arguments(run.command(), declared)
          .ifPresent(a -> all.add(new Called(a, run.command(), run.inPipeline())));
    }
    return all;
  }

  private static Optional<String> config(Case c) {
    return Optional.ofNullable(
        c.around().texts().get(c.service().home().resolve("cloudflare.config.ts")));
  }

  private static List<? extends Hit> unmigrated(Case c) {
    if (config(c).isPresent()) {
      return List.of();
    }
    return calls(c).stream()
        .filter(call -> BUILDING.contains(call.verb()) && !call.inPipeline)
        .limit(1)
        .map(call ->
            new Hit.Fault(
                "cf",
                call.command.at(),
                "cf "
                    + call.verb()
                    + " takes cloudflare.config.ts, which this project does not have. It stops, or"
                    + " configures the project by itself and deploys without your bindings.",
                new Remedy.Command("npx cf migrate", c.service().home())))
        .toList();
  }

  private static List<? extends Hit> notCommitted(Case c) {
    boolean ignored =
        c.text(".gitignore")
            .orElse("")
            .lines()
            .anyMatch(l -> l.strip().matches("/?cloudflare\\.config\\.ts"));
    if (config(c).isPresent() && !ignored) {
      return List.of();
    }
    return calls(c).stream()
        .filter(call -> BUILDING.contains(call.verb()) && call.inPipeline)
        .limit(1)
        .map(call ->
            new Hit.Fault(
                "cf",
                call.command.at(),
                "The pipeline runs cf "
                    + call.verb()
                    + " without a committed cloudflare.config.ts: there, cf configures the project by"
                    + " itself and does not ask.",
                new Remedy.Command("npx cf init .", c.service().home())))
        .toList();
  }

  private static final String TODO = "TODO(@cloudflare)";

  private static List<? extends Hit> incomplete(Case c) {
    var text = config(c);
    if (text.isEmpty()) {
      return List.of();
    }
    int at = text.get().indexOf(TODO);
    if (at < 0) {
      at = text.get().indexOf("Migration incomplete");
    }
    if (at < 0) {
      return List.of();
    }
    var before = text.get().substring(0, at);
    int line = (int) before.chars().filter(ch -> ch == '\n').count() + 1;
    return List.of(
        new Hit.Fault(
            "cloudflare.config.ts",
            new Location(
                c.service().home().resolve("cloudflare.config.ts"),
                line,
                at - before.lastIndexOf('\n')),
            "The migration to cf is not finished. cf stops until each of its notes is resolved.",
            new Remedy.Advice("Resolve the notes, and delete the throw at the end.")));
  }

  private static List<? extends Hit> twoSources(Case c) {
    boolean cf = calls(c).stream().anyMatch(call -> call.verb().equals("deploy"));
    var wrangler = c.calls().stream().filter(WranglerCall::deploysWorker).findFirst();
    return config(c).isEmpty() || !cf || wrangler.isEmpty()
        ? List.of()
        : List.of(
            new Hit.Fault(
                "cf",
                wrangler.get().at(),
                "The project is deployed with cf, from cloudflare.config.ts, and with wrangler, from "
                    + c.service().config().getFileName()
                    + ": the bindings of the two drift apart.",
                new Remedy.Advice("Deploy with one of the two.")));
  }

  private static List<? extends Hit> tooOld(Case c) {
    if (config(c).isEmpty()
        || calls(c).stream().noneMatch(call -> BUILDING.contains(call.verb()))) {
      return List.of();
    }
    var node = Packages.needed("node", "cf");
    var wrangler = Packages.needed("wrangler", "cf");
    var hits = new ArrayList<Hit>();
    Packages.installedWrangler(c)
        .filter(v -> v.compareTo(wrangler) < 0)
        .ifPresent(v ->
            hits.add(
                new Hit.Fault(
                    "wrangler",
                    Location.startOf(c.service().home().resolve("cloudflare.config.ts")),
                    "cf needs wrangler " + wrangler + " or newer; " + v + " is installed.",
                    new Remedy.Command(
                        "npm install --save-dev wrangler@latest", c.service().home()))));
    c.around()
        .texts()
        .forEach((path, text) -> {
          var name = String.valueOf(path.getFileName());
          if (name.equals(".nvmrc") || name.equals(".node-version")) {
            Version.of(text.strip())
                .filter(v ->
                    v.major() < node.major()
                        || (text.strip().matches("v?\\d+\\.\\d+\\.\\d+") && v.compareTo(node) < 0))
                .ifPresent(v ->
                    hits.add(
                        new Hit.Fault(
                            "node",
                            Location.startOf(path),
                            "cf needs Node "
                                + node
                                + " or newer; "
                                + name
                                + " pins "
                                + text.strip()
                                + ".",
                            new Remedy.Edit(
                                Location.startOf(path),
                                text.strip(),
                                String.valueOf(node.major())))));
          }
        });
    return hits;
  }

  private static List<? extends Hit> otherMode(Case c) {
    var output =
        c.around()
            .documents()
            .get(c.service().home().resolve(Path.of(".cloudflare", "output", "v0", "config.json")));
    if (!(output instanceof Table built)) {
      return List.of();
    }
    var context = built.table("buildContext");
    var recorded = context.flatMap(t -> t.text("mode")).orElse("");
    boolean preview =
        context
            .flatMap(t -> t.get("isPreview"))
            .filter(v -> v instanceof Flag f && f.value())
            .isPresent();
    var hits = new ArrayList<Hit>();
    for (var call : calls(c)) {
      if (!call.verb().equals("deploy") || !call.arguments.contains("--prebuilt")) {
        continue;
      }
      int at = call.arguments.indexOf("--mode");
      var mode =
          at >= 0 && at + 1 < call.arguments.size()
              ? call.arguments.get(at + 1)
              : call.arguments.stream()
                  .filter(a -> a.startsWith("--mode="))
                  .map(a -> a.substring("--mode=".length()))
                  .findFirst()
                  .orElse("");
      if (preview || (!mode.isEmpty() && !mode.equals(recorded) && !mode.contains("$"))) {
        hits.add(
            new Hit.Fault(
                "cf",
                call.command.at(),
                preview
                    ? "What was built is a preview, which cf deploy --prebuilt refuses."
                    : "cf deploy --prebuilt asks for the mode \""
                        + mode
                        + "\", and it was built "
                        + (recorded.isEmpty() ? "without a mode" : "for \"" + recorded + "\"")
                        + ". It stops.",
                new Remedy.Advice(
                    preview
                        ? "Build for production first."
                        : recorded.isEmpty() ? "Remove --mode." : "Use --mode " + recorded + ".")));
      }
    }
    return hits;
  }

  /** Classes that live, by the configuration of wrangler, and that the new one never names. */
  private static List<? extends Hit> classes(Case c) {
    var text = config(c);
    if (text.isEmpty() || calls(c).stream().noneMatch(call -> call.verb().equals("deploy"))) {
      return List.of();
    }
    var live = new HashSet<String>();
    for (var migration : c.settings().tables("migrations")) {
      for (var key : List.of("new_classes", "new_sqlite_classes")) {
        names(migration, key, live);
      }
      var gone = new HashSet<String>();
      names(migration, "deleted_classes", gone);
      live.removeAll(gone);
      for (var renamed : migration.tables("renamed_classes")) {
        renamed.text("from").ifPresent(live::remove);
        renamed.text("to").ifPresent(live::add);
      }
    }
    return live.stream()
        .sorted()
        .filter(name ->
            !Pattern.compile("\\b" + Pattern.quote(name) + "\\b").matcher(text.get()).find())
        .map(name ->
            new Hit.Fault(
                name,
                Location.startOf(c.service().home().resolve("cloudflare.config.ts")),
                "The live class \""
                    + name
                    + "\" is not among the exports of cloudflare.config.ts. Cloudflare refuses the"
                    + " deploy.",
                new Remedy.Advice(
                    "Add "
                        + name
                        + ": exports.durableObject({ storage: \"sqlite\" }), with the"
                        + " storage that it has.")))
        .toList();
  }

  private static void names(Table table, String key, Set<String> to) {
    table
        .items(key)
        .forEach(v -> {
          if (v instanceof Text(var name, var _)) {
            to.add(name);
          }
        });
  }

  private static List<? extends Hit> aborted(Evidence evidence) {
    boolean declared =
        evidence.inventory().services().stream()
            .anyMatch(s -> Packages.declared(s.surroundings()).contains("cf"));
    var hits = new ArrayList<Hit>();
    for (var job : evidence.pipelines().jobs()) {
      for (var command : job.commands()) {
        arguments(command, declared)
            .filter(a -> a.contains("delete") && !a.contains("--force"))
            .ifPresent(a ->
                hits.add(
                    new Hit.Fault(
                        "cf " + String.join(" ", a),
                        command.at(),
                        "Without a terminal this deletes nothing: cf prints \"Aborted.\" and ends with"
                            + " 0, and the steps behind it go on.",
                        new Remedy.Advice("Add --force, once you are sure."))));
      }
    }
    return hits;
  }
}
