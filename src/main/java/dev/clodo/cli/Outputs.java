package dev.clodo.cli;

import dev.clodo.Checks;
import dev.clodo.Failed;
import dev.clodo.cli.Wanted.Format;
import dev.clodo.model.Assessment;
import dev.clodo.model.Explanation;
import dev.clodo.model.FailOn;
import dev.clodo.model.Finding;
import dev.clodo.render.AssessmentMarkdown;
import dev.clodo.render.GitHubAnnotations;
import dev.clodo.render.HtmlReport;
import dev.clodo.render.JUnitXml;
import dev.clodo.render.Palette;
import dev.clodo.render.SarifLog;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes assessments in the formats that were asked for, to standard output and to files. */
final class Outputs {
  private final Session session;
  private final FailOn failOn;

  Outputs(Session session, FailOn failOn) {
    this.session = session;
    this.failOn = failOn;
  }

  /**
   * What to write, from what was typed. Whatever has no file goes to standard output, and there is
   * room for one there; when nothing does, people get text.
   *
   * @param output the file of the one that names none
   */
  static List<Wanted> wanted(List<Wanted> formats, Optional<String> output, boolean json) {
    var wanted = new ArrayList<>(formats);
    if (json && formats.stream().noneMatch(w -> w.format() == Format.JSON)) {
      wanted.add(new Wanted(Format.JSON, Optional.empty()));
    }
    var loose = wanted.stream().filter(Outputs::isForStandardOutput).toList();
    if (loose.size() > 1) {
      var names = loose.stream().map(Wanted::name).collect(Collectors.joining(" and "));
      throw Failed.usage(
          names
              + " can't both go to standard output: --format "
              + loose.getLast().name()
              + "=FILE");
    }
    if (output.isPresent()) {
      var one = loose.isEmpty() ? new Wanted(Format.TEXT, Optional.empty()) : loose.getFirst();
      wanted.remove(one);
      wanted.add(new Wanted(one.format(), output));
    }
    if (wanted.stream().noneMatch(Outputs::isForStandardOutput)) {
      wanted.add(new Wanted(Format.TEXT, Optional.empty()));
    }
    return wanted;
  }

  /** A report is a file, always. */
  static boolean isForStandardOutput(Wanted wanted) {
    return wanted.file().isEmpty() && wanted.format() != Format.HTML;
  }

  /**
   * Writes everything that is wanted; files first, since a reader of the output may look at them.
   */
  void write(List<Assessment> assessments, List<Wanted> wanted) {
    for (var one : wanted) {
      if (one.format() == Format.HTML) {
        report(assessments, one.file());
      } else {
        one.file().ifPresent(f -> save(path(f), text(one.format(), assessments, Palette.PLAIN)));
      }
    }
    for (var one : wanted) {
      if (isForStandardOutput(one)) {
        session.host().out().print(text(one.format(), assessments, session.palette()));
      }
    }
  }

  /** What standard output gets in this format. */
  String text(Format format, List<Assessment> assessments) {
    return text(format, assessments, session.palette());
  }

  private String text(Format format, List<Assessment> assessments, Palette palette) {
    return switch (format) {
      case TEXT -> new View.Assessments(assessments).text(palette, session.verbose());
      case JSON -> new View.Assessments(assessments).json().toPrettyString() + "\n";
      case SARIF ->
          SarifLog.of(assessments, explanations(assessments), base(), session.host().version())
                  .toPrettyString()
              + "\n";
      case JUNIT -> JUnitXml.of(assessments, failOn, base());
      case MARKDOWN -> AssessmentMarkdown.of(assessments, base());
      case GITHUB -> GitHubAnnotations.of(assessments, base());
      case HTML -> throw new IllegalArgumentException("a report is about one workspace");
    };
  }

  /** Into the file, or to where the workspace keeps its reports. */
  private void report(List<Assessment> assessments, Optional<String> file) {
    if (file.isPresent() && assessments.size() > 1) {
      throw Failed.usage(
          "a report is about one workspace: leave out " + file.get() + ", or all paths but one");
    }
    var now = session.host().time().instant();
    for (var assessment : assessments) {
      var explanations = explanations(List.of(assessment));
      var html = HtmlReport.of(assessment, explanations, session.host().version(), now);
      if (file.isPresent()) {
        save(path(file.get()), html);
      } else {
        var root = assessment.inventory().root();
        try {
          session.host().err().println("Report: " + new Reports(root).add(html, now));
        } catch (IOException e) {
          throw Failed.usage(
              "can't write a report into "
                  + root
                  + ": "
                  + e.getMessage()
                  + ". Name a file: --report FILE.html");
        }
      }
    }
  }

  private static List<Explanation> explanations(List<Assessment> assessments) {
    return Checks.of(
        assessments.stream()
            .flatMap(a -> a.findings().stream())
            .map(Finding::check)
            .collect(Collectors.toSet()));
  }

  /** The root of the repository, which CI services see paths from; else the current folder. */
  private Path base() {
    var here = session.host().folder().toAbsolutePath().normalize();
    for (var folder = here; folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve(".git"))) {
        return folder;
      }
    }
    return here;
  }

  private Path path(String typed) {
    try {
      return session.host().folder().resolve(typed);
    } catch (InvalidPathException e) {
      throw Failed.usage(typed + " is no path of a file: " + e.getReason());
    }
  }

  private static void save(Path file, String text) {
    try {
      var folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(file, text);
    } catch (AccessDeniedException e) {
      throw Failed.usage("may not write " + file + ". Choose another file.");
    } catch (IOException e) {
      throw Failed.usage("can't write " + file + ": " + e.getMessage());
    }
  }
}
