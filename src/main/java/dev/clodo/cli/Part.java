package dev.clodo.cli;

import dev.clodo.Clodo;
import dev.clodo.model.Selection;
import java.util.ArrayList;
import java.util.List;

/** Which part of the workspace a command is about. */
final class Part implements Syntax.Shared {
  private List<String> only = new ArrayList<>();
  private List<String> except = new ArrayList<>();
  private String since = "";

  @Override
  public void addTo(Syntax syntax) {
    syntax
        .list(
            "--only",
            "NAME",
            "Only these: services, copies, groups or domains, * for any letters. Services and domains"
                + " together mean these services for these domains.",
            all -> only = all)
        .list("--except", "NAME", "All but these, named in the same way.", all -> except = all)
        .text(
            "--since",
            "REF",
            "Only what changed since a commit, tag or branch, and what calls that.",
            typed -> since = typed);
  }

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
