package dev.clodo.cli;

import dev.clodo.Exit;
import dev.clodo.Failed;
import dev.clodo.model.Assessment;
import dev.clodo.model.FailOn;
import dev.clodo.model.Stage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.Stack;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

final class AssessCommand implements Callable<Integer> {
  /** Services; with fewer, asking again takes less time than anybody notices. */
  private static final int WORTH_REMEMBERING = 20;

  private final Session session;
  private final Target target = new Target();
  private final Part part = new Part();
  private boolean offline;
  private List<Wanted> formats = List.of();
  private @Nullable String output;

  /** A word behind {@code --report} is a file when it looks like one, else a path to assess. */
  private @Nullable String report;

  private FailOn failOn = FailOn.ERROR;
  private boolean build;
  private boolean run;
  private boolean fix;
  private boolean dryRun;
  private boolean yes;
  private List<Path> paths = List.of();

  AssessCommand(Session session) {
    this.session = session;
  }

  private Set<Stage> stages() {
    var stages = EnumSet.of(Stage.STATIC);
    if (!offline) {
      stages.add(Stage.ONLINE);
    }
    if (build || run) {
      stages.add(Stage.BUILD);
    }
    if (run) {
      stages.add(Stage.RUN);
    }
    return stages;
  }

  /** What may be typed. */
  CommandSpec spec() {
    return Syntax.of(
            this,
            "assess",
            "Find what is missing or wrong before a deploy, each with file, line and remedy. Changes"
                + " nothing unless --fix is given.")
        .with(target)
        .with(part)
        .flag("--offline", "Look at the files only, ask nobody.", on -> offline = on)
        .values(
            Wanted.class,
            new Wanted.Converter(),
            "--format",
            "FORMAT[=FILE]",
            "text, json, sarif, junit, markdown, github or html; may be repeated, each other one with"
                + " a file.",
            all -> formats = all)
        .text(
            "--output, -o",
            "FILE",
            "Write to this file instead of standard output.",
            typed -> output = typed)
        .taking(
            new ReportFile(),
            "--report",
            "FILE.html",
            "Write a report to open in a browser: into .clodo/reports, or this file, which ends in"
                + " .html.",
            typed -> report = typed)
        .value(
            FailOn.class,
            "--fail-on",
            "WEIGHT",
            "error",
            "What makes the exit code 2: error, warning or never (${DEFAULT-VALUE}).",
            typed -> failOn = typed)
        .flag(
            "--build",
            "Let the project's wrangler build each Worker too, without sending it. The project's own"
                + " build command runs.",
            on -> build = on)
        .flag(
            "--run",
            "Start each built Worker too, for a moment, in the project's own workerd: exceptions at"
                + " start-up, missing handlers and classes. Includes --build.",
            on -> run = on)
        .flag(
            "--fix",
            "Edit the files where a remedy is an edit: what is certain by itself, the rest one by one"
                + " on a terminal. Comments, order and line ends stay.",
            on -> fix = on)
        .flag("--dry-run", "With --fix: show the patch, write nothing.", on -> dryRun = on)
        .flag("--yes, -y", "With --fix: ask nothing, make what is certain only.", on -> yes = on)
        .arguments(
            Path.class,
            "PATH",
            "Folders or configuration files; without any, the current folder.",
            all -> paths = all)
        .examples(
            "  clodo assess                          this folder, with the account if there is a token",
            "  clodo assess --offline services/api   one project, by its files alone",
            "  clodo assess -e production --json     for a program",
            "  clodo assess --format github --format sarif=clodo.sarif",
            "                                        for a CI job",
            "  clodo assess --run                    build and start each Worker as well",
            "  clodo assess --fix --dry-run          the patch that would mend what is certain",
            "  clodo assess --fix                    mend it, and ask about the rest",
            "",
            "Exit codes: 0 ready, 2 not ready.")
        .spec();
  }

  @Override
  public Integer call() {
    var wanted = Outputs.wanted(formats(), Optional.ofNullable(output), session.json());
    if (wanted.contains(new Wanted(Wanted.Format.JSON, Optional.empty()))) {
      session.json(true);
    }
    var here = session.host().folder();
    var folders = paths.isEmpty() ? List.of(here) : paths.stream().map(here::resolve).toList();
    if (fix) {
      return fixed(folders, wanted);
    }
    if (dryRun || yes) {
      throw Failed.usage((dryRun ? "--dry-run" : "--yes") + " goes with --fix");
    }
    boolean byFiles = stages().equals(Set.of(Stage.STATIC)) && part.isAll() && target.isPlain();
    if (byFiles && folders.size() == 1 && isPlain(wanted)) {
      return files(folders.getFirst(), wanted);
    }
    var assessments = new ArrayList<Assessment>();
    for (var folder : folders) {
      try (var clodo = target.open(session, folder)) {
        try (var progress = session.progress()) {
          assessments.add(part.of(clodo).assess(stages(), new Building(progress)));
        }
      }
    }
    return told(assessments, wanted);
  }

  /** One answer on standard output and nothing else. */
  private static boolean isPlain(List<Wanted> wanted) {
    return wanted.size() == 1 && Outputs.isForStandardOutput(wanted.getFirst());
  }

  /** By files alone the answer stays the same until one of them changes. */
  private int files(Path folder, List<Wanted> wanted) {
    var format = wanted.getFirst().name();
    var how = List.of(format, failOn, session.palette(), session.verbose());
    var memory = Question.of(session, folder, target.environment(), how);
    var known = memory.flatMap(Remembered::answer);
    if (known.isPresent()) {
      session.host().out().print(known.get().output());
      return known.get().exit();
    }
    var began = session.host().time().instant();
    var looked = new HashSet<Path>();
    List<Assessment> assessments;
    try (var clodo = target.open(session, folder)) {
      assessments = List.of(clodo.assessFiles(looked::addAll));
    }
    var output = new Outputs(session, failOn).text(wanted.getFirst().format(), assessments);
    session.host().out().print(output);
    int exit = exit(assessments);
    boolean worth = assessments.getFirst().inventory().services().size() >= WORTH_REMEMBERING;
    if (worth && looked.stream().noneMatch(AssessCommand::isProgram)) {
      memory.ifPresent(m -> m.keep(new Remembered.Answer(exit, output), looked, began));
    }
    return exit;
  }

  /** A workspace's file that is a program looks at what it likes, so its answer is none to keep. */
  private static boolean isProgram(Path path) {
    return String.valueOf(path.getFileName()).startsWith("clodo.config.") && Files.exists(path);
  }

  private int fixed(List<Path> folders, List<Wanted> wanted) {
    var fix = new Fix(session, dryRun, yes);
    var all = new ArrayList<Fix.Done>();
    for (var folder : folders) {
      try (var clodo = target.open(session, folder)) {
        var done = fix.run(clodo, stages());
        all.add(done);
        if (!session.json()) {
          session.host().out().print(fix.text(done));
        }
      }
    }
    var assessments = all.stream().map(Fix.Done::after).toList();
    if (session.json()) {
      session.host().out().println(fix.json(all).toPrettyString());
      return exit(assessments);
    }
    if (dryRun) {
      return exit(assessments);
    }
    session.line("");
    return told(assessments, wanted);
  }

  private int told(List<Assessment> assessments, List<Wanted> wanted) {
    new Outputs(session, failOn).write(assessments, wanted);
    return exit(assessments);
  }

  private int exit(List<Assessment> assessments) {
    boolean fails = assessments.stream().anyMatch(failOn::by);
    return (fails ? Exit.NOT_READY : Exit.DONE).code();
  }

  private List<Wanted> formats() {
    if (report == null) {
      return formats;
    }
    var all = new ArrayList<>(formats);
    all.add(new Wanted(Wanted.Format.HTML, Optional.of(report).filter(f -> !f.isEmpty())));
    return all;
  }

  @SuppressWarnings("JdkObsolete") // picocli hands over a Stack
  private static final class ReportFile implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> typed, ArgSpec option, CommandSpec command) {
      var file =
          !typed.isEmpty() && typed.peek().toLowerCase(Locale.ROOT).endsWith(".html")
              ? typed.pop()
              : "";
      option.setValue(file);
    }
  }
}
