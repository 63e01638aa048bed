package dev.clodo.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;

/** The commands by name, each built when it is needed. */
final class Commands {
  static final String COMPLETION = "completion";

  /** In the order in which people meet them. */
  private static final List<String> NAMES =
      List.of(
          "assess",
          "explain",
          "plan",
          "deploy",
          "resume",
          "rollback",
          "status",
          "history",
          "orchestrate",
          "init",
          "doctor",
          "docs",
          "wrangler",
          "sandbox",
          "demo",
          COMPLETION);

  private Commands() {}

  static boolean known(String name) {
    return NAMES.contains(name);
  }

  static List<String> names() {
    return NAMES;
  }

  /** The root with every command. */
  static CommandLine all(Session session) {
    var line = root(session);
    NAMES.forEach(n -> command(n, session).ifPresent(c -> line.addSubcommand(n, c)));
    return line;
  }

  /** The root with one command, or with none. */
  static CommandLine only(String name, Session session) {
    var line = root(session);
    command(name, session).ifPresent(c -> line.addSubcommand(name, c));
    return line;
  }

  private static Optional<Object> command(String name, Session session) {
    return switch (name) {
      case "assess" -> Optional.of(new AssessCommand(session).spec());
      case "explain" -> Optional.of(new ExplainCommand(session).spec());
      case "plan" -> Optional.of(new PlanCommand(session).spec());
      case "deploy" -> Optional.of(new DeployCommand(session).spec());
      case "resume" -> Optional.of(new ResumeCommand(session).spec());
      case "rollback" -> Optional.of(new RollbackCommand(session).spec());
      case "status" -> Optional.of(new StatusCommand(session).spec());
      case "history" -> Optional.of(new HistoryCommand(session).spec());
      case "orchestrate" -> Optional.of(orchestrate(session));
      case "init" -> Optional.of(new InitCommand(session).spec());
      case "doctor" -> Optional.of(new DoctorCommand(session).spec());
      case "docs" -> Optional.of(new DocsCommand(session).spec());
      case "sandbox" -> Optional.of(new SandboxCommand(session));
      case "demo" -> Optional.of(new DemoCommand(session).spec());
      case "wrangler" -> Optional.of(new WranglerCommand(session).spec());
      case COMPLETION -> Optional.of(new CompletionCommand(session).spec());
      default -> Optional.empty();
    };
  }

  static String version(Host host) {
    return "clodo " + host.version();
  }

  private static CommandLine root(Session session) {
    var line = new CommandLine(new RootCommand(session).spec());
    line.getCommandSpec()
        .version(version(session.host()))
        .addOption(
            OptionSpec.builder("--help", "-h")
                .usageHelp(true)
                .scopeType(ScopeType.INHERIT)
                .description("Show this help.")
                .build())
        .addOption(
            OptionSpec.builder("--version")
                .versionHelp(true)
                .description("Print the version.")
                .build());
    return line;
  }

  private static CommandLine orchestrate(Session session) {
    var line = new CommandLine(new OrchestrateCommand(session).spec());
    for (var name : OrchestrateCommand.COMMANDS) {
      command(name, session).ifPresent(c -> line.addSubcommand(name, c));
    }
    return line;
  }
}
