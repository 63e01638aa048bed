package dev.clodo.cli;

import dev.clodo.Checks;
import dev.clodo.Exit;
import dev.clodo.Failed;
import dev.clodo.cli.View.Explained.Detail;
import dev.clodo.model.CheckId;
import dev.clodo.model.Explanation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

final class ExplainCommand implements Callable<Integer> {
  private final Session session;
  private boolean list;
  private List<String> names = List.of();

  ExplainCommand(Session session) {
    this.session = session;
  }

  /** What may be typed. */
  CommandSpec spec() {
    return Syntax.of(
            this,
            "explain",
            "Say what a check is about: what goes wrong, how it is seen, how to mend it.")
        .flag("--list", "Only list them, a line each.", on -> list = on)
        .arguments(
            String.class,
            "CHECK",
            "The id of a check as findings name it, or a group; without any, all of them.",
            all -> names = all)
        .examples(
            "  clodo explain d1/database-id-malformed       one check",
            "  clodo explain d1                      the checks of a group",
            "  clodo explain                         every check")
        .spec();
  }

  @Override
  public Integer call() {
    var found = new ArrayList<Explanation>();
    var detail = names.isEmpty() || list ? Detail.ID : Detail.WHOLE;
    if (names.isEmpty()) {
      found.addAll(Checks.all());
    }
    for (var name : names) {
      if (name.contains("/")) {
        found.add(one(name));
      } else {
        found.addAll(group(name));
        detail = list ? Detail.ID : Detail.SENTENCE;
      }
    }
    session.show(new View.Explained(found, detail));
    return Exit.DONE.code();
  }

  private static Explanation one(String name) {
    var found =
        name.matches("[a-z0-9-]+/[a-z0-9-]+")
            ? Checks.find(new CheckId(name))
            : Optional.<Explanation>empty();
    return found.orElseThrow(() -> unknown(name));
  }

  private static List<Explanation> group(String name) {
    var group = Checks.ofGroup(name);
    if (group.isEmpty()) {
      throw unknown(name);
    }
    return group;
  }

  private static Failed unknown(String name) {
    var ids = Checks.all().stream().map(e -> e.check().value()).toList();
    var groups = Checks.all().stream().map(Explanation::group).distinct().toList();
    var near = new ArrayList<>(ids.stream().filter(id -> id.endsWith("/" + name)).toList());
    if (near.isEmpty()) {
      near.addAll(Similar.to(name, name.contains("/") ? ids : groups));
    }
    var hint = near.isEmpty() ? "" : " Did you mean " + String.join(" or ", near) + "?";
    return Failed.usage(
        "there is no check " + name + "." + hint + "\nThose there are: clodo explain --list");
  }
}
