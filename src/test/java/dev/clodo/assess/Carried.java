package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Assessment;
import dev.clodo.model.Finding;
import dev.clodo.model.Remedy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A remedy that is a command, carried out as a person would, on the workspace it was found in. */
final class Carried {
  private static final int MINUTES = 4;

  private final Finding finding;
  private final Remedy.Command command;
  private final Supplier<Assessment> again;
  private String output = "";

  private Carried(Finding finding, Remedy.Command command, Supplier<Assessment> again) {
    this.finding = finding;
    this.command = command;
    this.again = again;
  }

  /**
   * Finds the one remedy of a check.
   *
   * @param kind of which kind its command has to be
   * @param assess asks the assessment, now and again afterwards
   */
  static Carried of(CommandKind kind, String check, Supplier<Assessment> assess) {
    var assessment = assess.get();
    var found = failing(assessment, check);
    assertThat(found).as("%s in %s", check, assessment.findings()).hasSize(1);
    var remedy = found.getFirst().remedy();
    assertThat(remedy).isInstanceOf(Remedy.Command.class);
    var command = (Remedy.Command) remedy;
    assertThat(CommandKind.of(command.line())).as(command.line()).isEqualTo(kind);
    return new Carried(found.getFirst(), command, assess);
  }

  /**
   * Types the command in the folder that the remedy names.
   *
   * @param variables all that it gets
   * @param input what it is told
   */
  Carried typed(Map<String, String> variables, String input)
      throws IOException, InterruptedException {
    return typed(command.line(), variables, input);
  }

  /** As {@link #typed(Map, String)}, with something typed behind it in the same shell. */
  Carried typed(String line, Map<String, String> variables, String input)
      throws IOException, InterruptedException {
    var said = Files.createTempFile("said", ".txt");
    var given = Files.createTempFile("given", ".txt");
    try {
      Files.writeString(given, input);
      var builder =
          new ProcessBuilder("sh", "-c", line)
              .directory(command.in().toFile())
              .redirectInput(given.toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile());
      builder.environment().clear();
      builder.environment().putAll(variables);
      var process = builder.start();
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new IOException("it does not end: " + line);
      }
      output = Files.readString(said, StandardCharsets.UTF_8);
      assertThat(process.exitValue()).as("%s\n%s", line, output).isZero();
      return this;
    } finally {
      Files.delete(said);
      Files.delete(given);
    }
  }

  String line() {
    return command.line();
  }

  String output() {
    return output;
  }

  /** Puts what the command has said where the finding points: the one match of a pattern. */
  Carried written(Path file, String instead, String pattern) throws IOException {
    var match = java.util.regex.Pattern.compile(pattern).matcher(output);
    assertThat(match.find()).as("%s in\n%s", pattern, output).isTrue();
    Files.writeString(file, Files.readString(file).replace(instead, match.group(1)));
    return this;
  }

  /** The check passes now. */
  void passes() {
    assertThat(failing(again.get(), finding.check().value()))
        .as("after %s:\n%s", command.line(), output)
        .isEmpty();
  }

  private static List<Finding> failing(Assessment assessment, String check) {
    return assessment.findings().stream()
        .filter(f -> f.verdict() == Finding.Verdict.FAIL && f.check().value().equals(check))
        .toList();
  }
}
