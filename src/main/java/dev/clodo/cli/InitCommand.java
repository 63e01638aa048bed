package dev.clodo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.clodo.Exit;
import dev.clodo.Failed;
import dev.clodo.Starter;
import dev.clodo.Starter.Draft;
import dev.clodo.model.EnvironmentName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

final class InitCommand implements Callable<Integer> {
  private final Session session;

  enum Ci {
    GITHUB,
    NONE
  }

  private boolean hook;
  private @Nullable Ci ci;
  private boolean baseline;
  private boolean yes;
  private boolean force;
  private boolean dryRun;
  private @Nullable Path path;

  InitCommand(Session session) {
    this.session = session;
  }

  /** What became of a file. */
  private record Told(Draft draft, String outcome) {}

  /** What may be typed. */
  CommandSpec spec() {
    return Syntax.of(
            this,
            "init",
            "Start to use Clodo in a workspace: find its services, write clodo.yaml and, if wanted, a"
                + " pre-commit hook and a CI job that run clodo assess.",
            "Each file is shown before it is written. One that exists stays as it is, unless you say"
                + " otherwise.")
        .flag("--hook", "Add a pre-commit hook.", on -> hook = on)
        .value(Ci.class, "--ci", "KIND", "Add a CI job: github, or none.", typed -> ci = typed)
        .flag(
            "--baseline",
            "Leave out the warnings that there are today, so that only new ones show.",
            on -> baseline = on)
        .flag(
            "--yes, -y",
            "Ask nothing: write clodo.yaml, and what the other options name.",
            on -> yes = on)
        .flag("--force", "Replace files that exist.", on -> force = on)
        .flag("--dry-run", "Show the files, write nothing.", on -> dryRun = on)
        .argument(
            Path.class,
            "PATH",
            "The workspace; without it the current folder.",
            typed -> path = typed)
        .examples(
            "  clodo init                            ask for everything",
            "  clodo init --yes --hook --ci github   ask nothing: for scripts",
            "  clodo init --dry-run --ci github      only show",
            "",
            "Wrangler's own command of this name: clodo wrangler init",
            "Exit codes: 0 done, 1 nobody can be asked here (use --yes), 2 there are no services, 30 a"
                + " file can't be written.")
        .spec();
  }

  @Override
  public Integer call() {
    var terminal = session.host().terminal();
    boolean asks = !yes && !dryRun && terminal.in() && terminal.out() && !session.json();
    if (!asks && !yes && !dryRun) {
      throw Failed.usage(
          "nobody can be asked here. Say what you want: clodo init --yes [--hook] [--ci github]");
    }
    var here = session.host().folder();
    var folder = path == null ? here : here.resolve(path);
    try (var clodo = session.open(folder, EnvironmentName.TOP_LEVEL)) {
      return run(clodo.starter(), asks);
    }
  }

  private int run(Starter starter, boolean asks) {
    if (starter.inventory().services().isEmpty()) {
      throw new Failed(
          Exit.NOT_READY,
          "no wrangler configuration in "
              + starter.inventory().root()
              + " or below it. Make a project first: npm create cloudflare");
    }
    // What can't be done is said before anything is written.
    var hooked = hook ? Optional.of(starter.hook()) : Optional.<Draft>empty();
    session.line("Services:");
    starter.services().forEach(s -> session.line("  " + s));
    if (starter.errors() > 0) {
      session.line(starter.errors() + " errors stand in the way of a deploy: clodo assess");
    }
    int warnings = starter.accepted().size();
    boolean leave =
        baseline
            || (asks
                && warnings > 0
                && agrees(
                    "Leave out the warnings that there are today (" + warnings + ")?", false));
    var told = new ArrayList<Told>();
    told.add(offer(starter, starter.settings(leave), asks));
    if (hooked.isPresent()) {
      told.add(offer(starter, hooked.get(), asks));
    } else if (asks && agrees("Assess before each commit (a hook of git)?", false)) {
      told.add(offer(starter, starter.hook(), asks));
    }
    boolean github =
        ci == null
            ? asks && agrees("Assess each change at GitHub (a workflow)?", false)
            : ci == Ci.GITHUB;
    if (github) {
      told.add(offer(starter, starter.github(), asks));
    }
    if (session.json()) {
      session.host().out().println(json(starter, told).toPrettyString());
    } else {
      session.line(dryRun ? "Nothing was written." : "Next: clodo assess");
    }
    return Exit.DONE.code();
  }

  private Told offer(Starter starter, Draft draft, boolean asks) {
    if (draft.isThere()) {
      session.line("\n" + draft.path() + " is there already.");
      return new Told(draft, "there");
    }
    var palette = session.palette();
    session.line("\n" + palette.strong((draft.exists() ? "Change " : "New file ") + draft.path()));
    draft.text().lines().forEach(l -> session.line(palette.faint("  | ") + l));
    if (dryRun) {
      return new Told(draft, "shown");
    }
    boolean appends = draft.exists() && draft.text().startsWith(draft.before());
    boolean wanted =
        asks
            ? agrees(draft.exists() ? "It exists. Change it?" : "Write it?", !draft.exists())
            : !draft.exists() || force;
    if (!wanted) {
      session.line(
          asks
              ? "Left as it is."
              : "It exists and stays as it is; --force "
                  + (appends ? "adds to it." : "replaces it."));
      return new Told(draft, "left");
    }
    starter.write(draft);
    session.line("Written.");
    return new Told(draft, "written");
  }

  private boolean agrees(String question, boolean otherwise) {
    var answer =
        session
            .host()
            .ask(question + (otherwise ? " [Y/n] " : " [y/N] "))
            .orElse("n")
            .strip()
            .toLowerCase(Locale.ROOT);
    return answer.isEmpty() ? otherwise : answer.equals("y") || answer.equals("yes");
  }

  private static JsonNode json(Starter starter, List<Told> told) {
    var json = JsonNodeFactory.instance.objectNode().put("schema", "clodo.init/1");
    var services = json.putArray("services");
    starter.inventory().services().forEach(s -> services.add(s.name().value()));
    json.put("errors", starter.errors());
    json.put("warnings", starter.accepted().size());
    var files = json.putArray("files");
    for (var one : told) {
      files
          .addObject()
          .put("file", one.draft().path().toString().replace('\\', '/'))
          .put("outcome", one.outcome())
          .put("text", one.draft().text());
    }
    return json;
  }
}
