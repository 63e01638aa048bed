package dev.clodo.cli;

import dev.clodo.Clodo;
import dev.clodo.model.EnvironmentName;
import java.nio.file.Path;

/** Which environment of the workspace a command is about. */
final class Target implements Syntax.Shared {
  private EnvironmentName environment = EnvironmentName.TOP_LEVEL;
  private String profile = "";

  @Override
  public void addTo(Syntax syntax) {
    syntax
        .text(
            "--environment, -e",
            "NAME",
            "The named environment of the wrangler configurations; without it their top level.",
            this::environment)
        .text(
            "--profile",
            "NAME",
            "The profile of clodo.yaml: which waves, ladder and health checks.",
            typed -> profile = typed);
  }

  private void environment(String name) {
    environment = new EnvironmentName(name);
  }

  EnvironmentName environment() {
    return environment;
  }

  /** What was chosen, as it is typed behind a command. */
  String options() {
    return (environment.isTopLevel() ? "" : " -e " + environment.value())
        + (profile.isEmpty() ? "" : " --profile " + profile);
  }

  /** The Java API for the folder that the command was typed in. */
  Clodo open(Session session) {
    return open(session, session.host().folder());
  }

  /** The same for another folder. */
  Clodo open(Session session, Path folder) {
    var clodo = session.open(folder, environment);
    return profile.isEmpty() ? clodo : clodo.inProfile(profile);
  }

  /** Whether what is found depends on nothing but the environment. */
  boolean isPlain() {
    return profile.isEmpty();
  }
}
