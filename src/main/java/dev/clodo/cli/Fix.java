package dev.clodo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.Clodo;
import dev.clodo.Fixed;
import dev.clodo.Watcher;
import dev.clodo.model.Assessment;
import dev.clodo.model.Finding;
import dev.clodo.model.Remedy;
import dev.clodo.model.Stage;
import dev.clodo.render.AssessmentJson;
import dev.clodo.render.Palette;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** {@code assess --fix}: makes the edits that remedies are, and says what is left to do. */
final class Fix {
  private final Session session;
  private final boolean dryRun;
  private final boolean yes;
  private boolean asksNoMore;

  Fix(Session session, boolean dryRun, boolean yes) {
    this.session = session;
    this.dryRun = dryRun;
    this.yes = yes;
  }

  /** What was mended, and the assessment that it leaves. */
  record Done(Fixed fixed, List<Finding> made, List<String> failed, Assessment after) {}

  Done run(Clodo clodo, Set<Stage> stages) {
    var fixed = clodo.fix(stages, Watcher.silent(), this::wants);
    if (dryRun || fixed.patches().isEmpty()) {
      return new Done(fixed, fixed.made(), List.of(), dryRun ? fixed.before() : fixed.after());
    }
    var written = clodo.write(fixed);
    var after = clodo.assess(stages, Watcher.silent());
    return new Done(fixed, written.made(), written.failed(), after);
  }

  /** Asks somebody at a terminal; without one, or with {@code --yes}, only what is certain. */
  private boolean wants(Finding finding) {
    var terminal = session.host().terminal();
    if (yes || asksNoMore || dryRun || session.json() || !terminal.in() || !terminal.out()) {
      return false;
    }
    var palette = session.palette();
    var out = session.host().out();
    out.println(palette.strong(finding.check().value()) + "  " + finding.where());
    out.println("  " + finding.message());
    out.println("  " + change((Remedy.Edit) finding.remedy(), palette));
    while (true) {
      var answer = session.host().ask("  Make this change? [y/N/q] ");
      switch (answer.orElse("q").strip().toLowerCase(Locale.ROOT)) {
        case "y", "yes" -> {
          return true;
        }
        case "", "n", "no" -> {
          return false;
        }
        case "q", "quit" -> {
          asksNoMore = true;
          return false;
        }
        default -> out.println("  y makes it, n leaves it, q leaves all that follow.");
      }
    }
  }

  private static String change(Remedy.Edit edit, Palette palette) {
    var old = edit.instead().strip();
    var fresh = edit.text().strip();
    return (old.isEmpty() ? "" : palette.bad("- " + old.replaceAll("\\s*\\R\\s*", " ")) + "  ")
        + (fresh.isEmpty() ? "" : palette.good("+ " + fresh.replaceAll("\\s*\\R\\s*", " ")));
  }

  /** The patch and what is left, for people. */
  String text(Done done) {
    var palette = session.palette();
    var fixed = done.fixed();
    var root = fixed.before().inventory().root();
    var out = new ArrayList<String>();
    if (dryRun || session.verbose()) {
      for (var patch : fixed.patches()) {
        patch.diff(root).forEach(l -> out.add(coloured(l, palette)));
      }
    }
    done.failed().forEach(f -> out.add(palette.bad("not written: ") + f));
    for (var finding : done.made()) {
      out.add(
          palette.good(dryRun ? "would fix " : "fixed ")
              + finding.check()
              + "  "
              + relative(root, finding));
    }
    for (var refused : fixed.refused()) {
      out.add(
          palette.doubtful("not fixed ")
              + refused.finding().check()
              + "  "
              + relative(root, refused.finding())
              + ": "
              + refused.why());
    }
    if (!fixed.open().isEmpty()) {
      out.add(
          (yes ? "Left to decide" : "Left to decide (clodo assess --fix asks, on a terminal)")
              + ":");
      fixed
          .open()
          .forEach(f ->
              out.add(
                  "  "
                      + f.check()
                      + "  "
                      + relative(root, f)
                      + "  "
                      + change((Remedy.Edit) f.remedy(), palette)));
    }
    var commands = commands(fixed);
    if (!commands.isEmpty()) {
      out.add("Next commands:");
      commands.forEach(c -> out.add("  " + inFolder(root, c)));
    }
    if (fixed.patches().isEmpty()) {
      out.add(0, "Nothing to fix by itself.");
    }
    return String.join("\n", out) + "\n";
  }

  private static String inFolder(Path root, Remedy.Command command) {
    var folder = name(root, command.in());
    return command.line() + (folder.isEmpty() ? "" : "  (in " + folder + ")");
  }

  /** What a person has to type, each line once. */
  private static List<Remedy.Command> commands(Fixed fixed) {
    return fixed.after().findings().stream()
        .map(Finding::remedy)
        .filter(Remedy.Command.class::isInstance)
        .map(Remedy.Command.class::cast)
        .distinct()
        .toList();
  }

  private static String coloured(String line, Palette palette) {
    if (line.startsWith("+++") || line.startsWith("---")) {
      return palette.strong(line);
    }
    return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
      case '+' -> palette.good(line);
      case '-' -> palette.bad(line);
      case '@', '\\' -> palette.faint(line);
      default -> line;
    };
  }

  private static String relative(Path root, Finding finding) {
    var at = finding.where();
    return name(root, at.file()) + ":" + at.line() + ":" + at.column();
  }

  private static String name(Path root, Path path) {
    return (path.startsWith(root) && !path.equals(root)
            ? root.relativize(path)
            : path.equals(root) ? Path.of("") : path)
        .toString()
        .replace('\\', '/');
  }

  /** The shape {@code clodo.fix/1} of docs/json.md. */
  JsonNode json(List<Done> all) {
    var root = JsonNodeFactory.instance.objectNode().put("schema", "clodo.fix/1");
    root.put("dryRun", dryRun);
    var made = root.putArray("made");
    var open = root.putArray("open");
    var refused = root.putArray("refused");
    var failed = root.putArray("failed");
    var commands = root.putArray("commands");
    var files = root.putArray("files");
    var assessments = root.putArray("assessments");
    for (var done : all) {
      var fixed = done.fixed();
      var folder = fixed.before().inventory().root();
      done.made().forEach(f -> finding(made, folder, f));
      fixed.open().forEach(f -> finding(open, folder, f));
      fixed.refused().forEach(r -> finding(refused, folder, r.finding()).put("why", r.why()));
      done.failed().forEach(failed::add);
      commands(fixed)
          .forEach(
              c -> commands.addObject().put("command", c.line()).put("in", name(folder, c.in())));
      fixed
          .patches()
          .forEach(p ->
              files
                  .addObject()
                  .put("file", name(folder, p.file()))
                  .put("diff", String.join("\n", p.diff(folder)) + "\n"));
      assessments.add(AssessmentJson.of(done.after()));
    }
    return root;
  }

  private static ObjectNode finding(ArrayNode to, Path root, Finding finding) {
    return to.addObject()
        .put("check", finding.check().value())
        .put("file", name(root, finding.where().file()))
        .put("line", finding.where().line())
        .put("subject", finding.subject())
        .put("message", finding.message());
  }
}
