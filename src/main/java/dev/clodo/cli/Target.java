package dev.clodo.cli;

import dev.clodo.Clodo;
import dev.clodo.model.EnvironmentName;
import picocli.CommandLine.Option;

/** Which environment of the workspace a command is about. */
final class Target {
  private EnvironmentName environment = EnvironmentName.TOP_LEVEL;

  @Option(
      names = {"--environment", "-e"},
      paramLabel = "NAME",
      description =
          "The named environment of the wrangler configurations; without it their top level.")
  void environment(String name) {
    environment = new EnvironmentName(name);
  }

  EnvironmentName environment() {
    return environment;
  }

  /** The Java API for the folder that the command was typed in. */
  Clodo open(Session session) {
    return session.open(session.host().folder(), environment);
  }
}
