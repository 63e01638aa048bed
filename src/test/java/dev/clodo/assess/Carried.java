package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.mend.Mending;
import dev.clodo.model.Assessment;
import dev.clodo.model.Finding;
import dev.clodo.model.Remedy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Does what the remedy of a check says, as a person would, until the check passes. */
final class Carried {
  private static final int MINUTES = 4;

  /** A command, then the edit that its answer allows. */
  private static final int MOST_STEPS = 3;

  private final Supplier<Assessment> assess;
  private final Map<String, String> variables;
  private final List<String> done = new ArrayList<>();

  /**
   * @param assess asks the assessment, each time anew
   * @param variables all that a command gets
   */
  Carried(Supplier<Assessment> assess, Map<String, String> variables) {
    this.assess = assess;
    this.variables = Map.copyOf(variables);
  }

  /** Carries out a story whose input is there. */
  void mends(Story<?> story) throws IOException, InterruptedException {
    assertThat(CommandKind.of(command(story).line())).isEqualTo(story.kind());
    for (int step = 0; step < MOST_STEPS && !failing(story).isEmpty(); step++) {
      switch (failing(story).getFirst().remedy()) {
        case Remedy.Command command -> typed(command.line(), command.in());
        case Remedy.Edit edit -> write(edit);
        case Remedy.Advice(var text) -> throw new AssertionError("only words: " + text);
      }
    }
    assertThat(failing(story)).as("after %s", done).isEmpty();
  }

  /** The one remedy of the check. */
  Remedy.Command command(Story<?> story) {
    var found = failing(story);
    assertThat(found).as("%s in %s", story, assess.get().findings()).hasSize(1);
    assertThat(found.getFirst().remedy()).isInstanceOf(Remedy.Command.class);
    return (Remedy.Command) found.getFirst().remedy();
  }

  /** What a line of a shell says. Whatever it asks for is a value. */
  String typed(String line, Path in) throws IOException, InterruptedException {
    var said = Files.createTempFile("said", ".txt");
    var given = Files.createTempFile("given", ".txt");
    try {
      Files.writeString(given, "a value\n");
      var builder =
          new ProcessBuilder("sh", "-c", line)
              .directory(in.toFile())
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
      var output = Files.readString(said, StandardCharsets.UTF_8);
      assertThat(process.exitValue()).as("%s\n%s", line, output).isZero();
      done.add(line + "\n" + output);
      return output;
    } finally {
      Files.delete(said);
      Files.delete(given);
    }
  }

  private void write(Remedy.Edit edit) throws IOException {
    var file = edit.at().file();
    var mended = Mending.of(file, Files.readString(file), List.of(edit));
    assertThat(mended.left()).isEmpty();
    Files.writeString(file, mended.text());
    done.add(edit.toString());
  }

  private List<Finding> failing(Story<?> story) {
    return assess.get().findings().stream()
        .filter(f -> f.verdict() == Finding.Verdict.FAIL && f.check().value().equals(story.check()))
        .toList();
  }
}
