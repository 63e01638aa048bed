package dev.clodo.cli;

import dev.clodo.Clodo;
import dev.clodo.model.Selection;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which part of the workspace a command is about. */
final class Part {
  @Option(
      names = "--only",
      paramLabel = "NAME",
      split = ",",
      description =
          "Only these: services, copies, groups or domains, * for any letters. Services and domains"
              + " together mean these services for these domains.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--except",
      paramLabel = "NAME",
      split = ",",
      description = "All but these, named in the same way.")
  private List<String> except = new ArrayList<>();

  @Option(
      names = "--since",
      paramLabel = "REF",
      description = "Only what changed since a commit, tag or branch, and what calls that.")
  private String since = "";

  boolean isAll() {
    return selection().isAll();
  }

  /** As it is typed behind a command. */
  String options() {
    return isAll() ? "" : " " + selection();
  }

  Clodo of(Clodo clodo) {
    return clodo.choosing(selection());
  }

  private Selection selection() {
    return new Selection(only, except, since);
  }
}
