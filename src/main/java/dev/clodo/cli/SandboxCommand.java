package dev.clodo.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.Exit;
import dev.clodo.sandbox.SandboxDaemon.Running;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "sandbox",
    description =
        "A local Cloudflare that runs real workerd: deploy to it, ask it, break it, without an"
            + " account.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  clodo sandbox start                    starts it and says how to use it",
      "  eval \"$(clodo sandbox start --env)\"    from now on this shell's wrangler uses it",
      "  clodo --sandbox deploy                 or one command at a time",
      "  clodo sandbox stop",
      "",
      "What is deployed there stays until it is reset; it lies in $CLODO_SANDBOX_HOME, else"
          + " ~/.clodo/sandbox."
    })
final class SandboxCommand implements Callable<Integer> {
  private final Session session;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  SandboxCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    CommandLine.usage(spec.commandLine(), session.host().out());
    return Exit.USAGE.code();
  }

  @Command(
      name = "start",
      description = "Start it in the background; one that runs already is left alone.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  clodo sandbox start --api-port 8787 --edge-port 8788",
        "  eval \"$(clodo sandbox start --env)\""
      })
  int start(
      @Option(names = "--env", description = "Print only lines that a shell can evaluate.")
          boolean environment,
      @Option(
              names = "--api-port",
              paramLabel = "PORT",
              defaultValue = "0",
              description = "The API's port; any free one without it.")
          int apiPort,
      @Option(
              names = "--edge-port",
              paramLabel = "PORT",
              defaultValue = "0",
              description = "The port where the Workers answer; any free one without it.")
          int edgePort,
      @Option(
              names = "--allow-host",
              paramLabel = "HOST",
              description = "A host that Workers may reach; all are refused otherwise. * is any.")
          List<String> hosts) {
    var access = SandboxAccess.of(session);
    var running = access.start(apiPort, edgePort, hosts == null ? List.of() : hosts);
    if (session.json()) {
      session.host().out().println(described(running).toPrettyString());
      return Exit.DONE.code();
    }
    if (!environment) {
      session.line("The sandbox runs (process %d).".formatted(running.pid()));
      session.line("  API      " + running.apiUrl());
      session.line("  Workers  " + running.edgeUrl() + ", with their host in the Host header");
      session.line("\nFor this shell:");
    }
    var indent = environment ? "" : "  ";
    session.line(indent + export("CLOUDFLARE_API_BASE_URL", quoted(running.apiUrl())));
    // The token stays in its file: what is printed ends up in logs.
    session.line(
        indent
            + export(
                "CLOUDFLARE_API_TOKEN",
                "\"$(cat " + quoted(running.tokenFile().toString()) + ")\""));
    session.line(indent + export("CLOUDFLARE_ACCOUNT_ID", quoted(running.accountId())));
    session.line(indent + export("CLODO_EDGE", quoted(running.edgeUrl())));
    return Exit.DONE.code();
  }

  @Command(name = "status", description = "Say whether it runs, and where.")
  int status() {
    var running = SandboxAccess.of(session).status();
    if (session.json()) {
      var node = running.map(SandboxCommand::described).orElseGet(SandboxCommand::stopped);
      session.host().out().println(node.toPrettyString());
    } else {
      session.line(
          running
              .map(r ->
                  "runs: process %d, API %s, Workers %s"
                      .formatted(r.pid(), r.apiUrl(), r.edgeUrl()))
              .orElse("does not run: clodo sandbox start"));
    }
    return (running.isPresent() ? Exit.DONE : Exit.NOTHING_TO_DO).code();
  }

  @Command(name = "stop", description = "End it and its processes; what is deployed stays.")
  int stop() {
    boolean ran = SandboxAccess.of(session).stop();
    say(ran ? "stopped" : "not-running", ran ? "Stopped." : "It was not running.");
    return Exit.DONE.code();
  }

  @Command(name = "reset", description = "Empty its account: Workers, databases, everything.")
  int reset() {
    SandboxAccess.of(session).reset();
    say("empty", "The sandbox is empty.");
    return Exit.DONE.code();
  }

  private void say(String state, String text) {
    if (session.json()) {
      session.host().out().println(base(state).toPrettyString());
    } else {
      session.line(text);
    }
  }

  private static ObjectNode described(Running running) {
    return base("running")
        .put("pid", running.pid())
        .put("apiUrl", running.apiUrl())
        .put("edgeUrl", running.edgeUrl())
        .put("accountId", running.accountId())
        .put("tokenFile", running.tokenFile().toString());
  }

  private static ObjectNode stopped() {
    return base("stopped");
  }

  private static ObjectNode base(String state) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("schema", "clodo.sandbox/1")
        .put("state", state);
  }

  private static String export(String name, String value) {
    return "export " + name + "=" + value;
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
