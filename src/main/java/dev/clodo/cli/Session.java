package dev.clodo.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.Clodo;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Spent;
import dev.clodo.render.Palette;
import dev.clodo.render.SpentText;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

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

  /** The environment variables that commands see; with {@code --sandbox} they name the sandbox. */
  Map<String, String> variables() {
    if (!sandbox) {
      return host.environment();
    }
    var variables = new HashMap<>(host.environment());
    variables.putAll(SandboxAccess.of(this).exports());
    return variables;
  }

  Clodo open(Path folder, EnvironmentName environment) {
    return host.open(folder, environment, variables());
  }

  /** Prints an answer, as text or as JSON. */
  void show(View view) {
    if (json) {
      host.out().println(view.json().toPrettyString());
    } else {
      host.out().print(view.text(palette(), verbose));
    }
  }

  /** Prints an answer, and what asking Cloudflare for it has cost. */
  void show(View view, Spent spent) {
    if (!json) {
      host.out().print(view.text(palette(), verbose));
      tell(spent);
    } else if (view.json() instanceof ObjectNode answer) {
      host.out().println(answer.set("spent", SpentText.json(spent)).toPrettyString());
    }
  }

  /** Says to people what asking Cloudflare has cost. */
  void tell(Spent spent) {
    var text = SpentText.of(spent);
    if (!text.isEmpty()) {
      line(palette().faint(text));
    }
  }

  /** A line for people; programs get none. */
  void line(String text) {
    if (!json) {
      host.out().println(text);
    }
  }

  /** Lines of work while it is done; close it before anything else is printed. */
  Progress progress() {
    var terminal = host.terminal();
    boolean dumb = "dumb".equals(host.environment().get("TERM"));
    boolean live = terminal.out() && !dumb && !json;
    var progress = new Progress(host.out(), live, host::terminal, palette());
    if (live) {
      // Otherwise the shell would write its prompt behind what was being done.
      host.atTheEnd(progress::idle);
    }
    return progress;
  }

  /** Colour for people at a terminal who have not declined it. */
  Palette palette() {
    var declined =
        noColor
            || !host.environment().getOrDefault("NO_COLOR", "").isEmpty()
            || "dumb".equals(host.environment().get("TERM"));
    return Palette.of(host.terminal().out() && !declined);
  }
}
