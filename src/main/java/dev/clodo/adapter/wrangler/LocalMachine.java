package dev.clodo.adapter.wrangler;

import dev.clodo.model.Checkup.Line;
import dev.clodo.port.Machine;
import dev.clodo.port.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The machine that Clodo runs on. */
public final class LocalMachine implements Machine {
  /** Names whose values are no secrets and explain surprises. */
  private static final List<String> SHOWN =
      List.of(
          "CLODO_EDGE",
          "CLODO_SANDBOX_HOME",
          "CLODO_CACHE",
          "CLODO_TOOLS",
          "CLODO_SETTLE_MS",
          "CLODO_PACE",
          "CLODO_WARM",
          "CLODO_BUILD_MEMORY",
          "CLODO_PASS_ENV",
          "CLOUDFLARE_API_BASE_URL",
          "CF_API_BASE_URL",
          "CLOUDFLARE_ENV",
          "WRANGLER_API_ENVIRONMENT",
          "HTTPS_PROXY",
          "CI");

  private final Toolchain toolchain;
  private final Map<String, String> environment;

  /**
   * @param environment the variables that wrangler gets too
   */
  public LocalMachine(Toolchain toolchain, Map<String, String> environment) {
    this.toolchain = toolchain;
    this.environment = Map.copyOf(environment);
  }

  @Override
  public List<Line> look(Path workspace) {
    var lines = new ArrayList<Line>();
    lines.add(
        Line.good(
            "Java",
            System.getProperty("java.version", "unknown")
                + " in "
                + System.getProperty("java.home", "unknown")));
    lines.addAll(tools(workspace));
    lines.add(variables());
    lines.add(state(workspace));
    return lines;
  }

  private List<Line> tools(Path workspace) {
    try {
      var tools = toolchain.atHand(workspace);
      if (tools.isEmpty()) {
        return List.of(
            Line.note(
                "wrangler",
                "not installed yet: "
                    + Toolchain.PINNED_WRANGLER
                    + " and a Node for it come into "
                    + toolchain.cache()
                    + " when they are needed",
                "npm install --save-dev wrangler@4"));
      }
      var found = tools.get();
      return List.of(
          Line.good("Node", toolchain.nodeVersion(found) + " in " + found.node()),
          Line.good(
              "wrangler",
              found.version()
                  + (found.origin() == Tools.Origin.PROJECT
                      ? ", the project's own, in "
                      : ", Clodo's, in ")
                  + found.wrangler()),
          warm(found, workspace));
    } catch (UserError e) {
      return List.of(Line.problem("wrangler", String.valueOf(e.getMessage()), ""));
    }
  }

  /** Which way commands are run is found out as a deploy finds it out: by loading wrangler. */
  private Line warm(Tools tools, Path workspace) {
    if (!WarmRunner.isOn(environment)) {
      return Line.note(
          "warm wrangler", "off (" + WarmRunner.SWITCH + "): a process for each command", "");
    }
    var scripts = new Scripts(toolchain);
    try (var runner = new WarmRunner(scripts, new WranglerProcess(scripts))) {
      var folder = Files.isDirectory(workspace) ? workspace : workspace.resolveSibling("");
      var why = runner.whyNot(tools, new WranglerCommands(environment).any(folder));
      return why.map(w ->
              Line.note(
                  "warm wrangler",
                  "not with this wrangler (" + w + "): a process for each command, which is slower",
                  "npm install --save-dev wrangler@4"))
          .orElseGet(() -> Line.good("warm wrangler", "loaded once for all commands of a run"));
    }
  }

  private Line variables() {
    var set = new TreeMap<String, String>();
    SHOWN.forEach(name -> {
      var value = environment.getOrDefault(name, "");
      if (!value.isBlank()) {
        set.put(name, withoutPassword(value));
      }
    });
    if (set.isEmpty()) {
      return Line.good("variables", "none that changes anything");
    }
    var text = new StringBuilder();
    set.forEach((name, value) ->
        text.append(text.isEmpty() ? "" : ", ").append(name).append('=').append(value));
    boolean elsewhere = set.keySet().stream().anyMatch(n -> n.endsWith("API_BASE_URL"));
    return elsewhere || set.containsKey("CLODO_EDGE")
        ? Line.note("variables", text + ": this is not Cloudflare itself", "")
        : Line.good("variables", text.toString());
  }

  private static String withoutPassword(String value) {
    return value.replaceAll("//[^/@]*@", "//***@");
  }

  private static Line state(Path workspace) {
    var folder = workspace.resolve(".clodo");
    var file = folder.resolve("state.db");
    try {
      if (!Files.exists(file)) {
        return Line.good("state", "none yet; the first deploy makes " + file);
      }
      return Files.isWritable(file) && Files.isWritable(folder)
          ? Line.good("state", file + ", " + Files.size(file) + " bytes")
          : Line.problem("state", file + " can't be written", "chmod u+w " + folder + " " + file);
    } catch (IOException e) {
      return Line.problem("state", file + " can't be read", "ls -l " + file);
    }
  }
}
