package dev.clodo.cli;

import dev.clodo.model.EnvironmentName;
import java.util.Map;
import java.util.Optional;

/** One invocation: the host, what the global options chose, and the means to answer. */
final class Session {
  private final Host host;
  private boolean json;
  private boolean verbose;
  private boolean noColor;
  private boolean sandbox;

  Session(Host host) {
    this.host = host;
  }

  void json(boolean on) {
    json = on;
  }

  void verbose(boolean on) {
    verbose = on;
  }

  void noColor(boolean on) {
    noColor = on;
  }

  void sandbox(boolean on) {
    sandbox = on;
  }

  Host host() {
    return host;
  }

  boolean json() {
    return json;
  }

  boolean verbose() {
    return verbose;
  }

  boolean usesSandbox() {
    return sandbox;
  }

  /** The environment variables that commands see; with {@code --sandbox} they name the sandbox. */
  Map<String, String> variables() {
    return host.environment();
  }

  Output output() {
    return new Output(host, paint());
  }

  /** Colour for people at a terminal who have not declined it. */
  Paint paint() {
    var declined =
        noColor
            || !host.environment().getOrDefault("NO_COLOR", "").isEmpty()
            || "dumb".equals(host.environment().get("TERM"));
    return new Paint(host.terminal().out() && !declined);
  }

  static EnvironmentName environment(Optional<String> name) {
    return name.map(EnvironmentName::new).orElse(EnvironmentName.TOP_LEVEL);
  }
}
