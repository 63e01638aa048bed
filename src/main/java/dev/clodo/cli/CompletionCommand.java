package dev.clodo.cli;

import dev.clodo.Exit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

final class CompletionCommand implements Callable<Integer> {
  private final Session session;

  enum Shell {
    BASH,
    ZSH,
    FISH
  }

  private Shell shell = Shell.BASH;

  CompletionCommand(Session session) {
    this.session = session;
  }

  /** What may be typed. */
  CommandSpec spec() {
    return Syntax.of(
            this,
            "completion",
            "Print a script that completes clodo's commands and options in a shell.")
        .required(Shell.class, "SHELL", "bash, zsh or fish.", typed -> shell = typed)
        .examples(
            "  bash   echo 'source <(clodo completion bash)' >> ~/.bashrc",
            "  zsh    echo 'source <(clodo completion zsh)' >> ~/.zshrc",
            "  fish   clodo completion fish > ~/.config/fish/completions/clodo.fish")
        .spec();
  }

  @Override
  public Integer call() {
    var whole = Commands.all(session);
    // Wrangler's own completion knows what stands behind these words.
    WranglersCommands.read().passing().forEach(w -> whole.addSubcommand(w, passedOn()));
    session
        .host()
        .out()
        .print(
            switch (shell) {
              case BASH -> AutoComplete.bash("clodo", whole);
              // picocli's script loads zsh's own emulation of bash completion.
              case ZSH ->
                  "autoload -U +X compinit && compinit -u\n" + AutoComplete.bash("clodo", whole);
              case FISH -> fish(whole);
            });
    return Exit.DONE.code();
  }

  private static CommandSpec passedOn() {
    var spec = CommandSpec.create();
    spec.usageMessage().description("wrangler's");
    return spec;
  }

  private static String fish(CommandLine root) {
    var lines = new ArrayList<String>();
    lines.add("# clodo's commands and options for fish");
    lines.add("complete -c clodo -f");
    options(lines, root.getCommandSpec(), "");
    root.getSubcommands()
        .forEach((name, command) -> {
          lines.add(
              "complete -c clodo -n __fish_use_subcommand -a "
                  + name
                  + " -d "
                  + quoted(first(command)));
          var inside = "-n '__fish_seen_subcommand_from " + name + "' ";
          options(lines, command.getCommandSpec(), inside);
          command
              .getSubcommands()
              .forEach((sub, c) ->
                  lines.add(
                      "complete -c clodo " + inside + "-a " + sub + " -d " + quoted(first(c))));
        });
    return String.join("\n", lines) + "\n";
  }

  private static void options(List<String> lines, CommandSpec spec, String condition) {
    for (var option : spec.options()) {
      if (option.inherited() && !condition.isEmpty()) {
        continue;
      }
      var line = new StringBuilder("complete -c clodo ").append(condition);
      for (var name : option.names()) {
        line.append(name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1))
            .append(' ');
      }
      if (option.arity().max() > 0) {
        line.append("-r ");
      }
      var description = option.description().length == 0 ? "" : option.description()[0];
      lines.add(line.append("-d ").append(quoted(description)).toString());
    }
  }

  private static String first(CommandLine command) {
    var description = command.getCommandSpec().usageMessage().description();
    return description.length == 0 ? "" : description[0];
  }

  private static String quoted(String text) {
    return "'" + String.format(Locale.ROOT, text).replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
