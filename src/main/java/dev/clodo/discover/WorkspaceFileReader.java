package dev.clodo.discover;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Inventory.Unreadable;
import dev.clodo.model.Location;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code clodo.yaml}, or {@code clodo.json}. Only what Clodo knows is taken: an unknown key
 * would be a setting that does nothing.
 */
final class WorkspaceFileReader {
  static final List<String> NAMES = List.of("clodo.yaml", "clodo.yml", "clodo.json");

  private final Path file;
  private final List<Unreadable> problems = new ArrayList<>();

  private WorkspaceFileReader(Path file) {
    this.file = file;
  }

  /** What the file says, as far as it can be read, and what is wrong with it. */
  record Reading(Workspace file, List<Unreadable> problems) {
    Reading {
      problems = List.copyOf(problems);
    }
  }

  /** The file of the folder, or of the nearest one above it in the same repository. */
  static Reading find(FileCache files, Path start) {
    boolean inRepository = repository(files, start).isPresent();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      for (var name : NAMES) {
        var file = folder.resolve(name);
        if (files.isFile(file)) {
          return new WorkspaceFileReader(file).read(files.text(file));
        }
      }
      if (!inRepository || isRepository(files, folder)) {
        break;
      }
    }
    return new Reading(Workspace.none(), List.of());
  }

  private static Optional<Path> repository(FileCache files, Path start) {
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (isRepository(files, folder)) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  private static boolean isRepository(FileCache files, Path folder) {
    return files.kind(folder.resolve(".git")) != FileCache.Kind.ABSENT;
  }

  private Reading read(Optional<String> text) {
    if (text.isEmpty()) {
      wrong(Location.startOf(file), "The file can't be read: too large, or no permission.");
      return new Reading(Workspace.none(), problems);
    }
    var root = YamlReader.read(file, text.get(), this::wrong);
    if (root.isEmpty() || root.get() instanceof ConfigValue.Nothing) {
      return new Reading(Workspace.none(), problems);
    }
    var builder = Workspace.builder();
    table("", root.get(), Set.of("assess")).flatMap(t -> t.get("assess")).stream()
        .flatMap(a -> table("assess", a, Set.of("ignore")).stream())
        .flatMap(a -> a.get("ignore").stream())
        .flatMap(list -> ignored(list).stream())
        .forEach(builder::ignore);
    return new Reading(builder.build(), problems);
  }

  private List<Workspace.Ignored> ignored(ConfigValue value) {
    if (!(value instanceof ConfigValue.Sequence list)) {
      wrong(value.at(), "assess.ignore has to be a list, each item with check: GROUP/NAME.");
      return List.of();
    }
    var ignored = new ArrayList<Workspace.Ignored>();
    for (var item : list.items()) {
      table("assess.ignore[]", item, Set.of("check", "service", "environment", "reason"))
          .flatMap(this::ignored)
          .ifPresent(ignored::add);
    }
    return ignored;
  }

  private Optional<Workspace.Ignored> ignored(Table item) {
    for (var entry : item.entries().entrySet()) {
      if (!(entry.getValue().value() instanceof ConfigValue.Text)) {
        wrong(
            entry.getValue().value().at(),
            "assess.ignore[]."
                + entry.getKey()
                + " has to be a string, but is a "
                + entry.getValue().value().kind()
                + ".");
        return Optional.empty();
      }
    }
    var check = item.text("check");
    if (check.isEmpty()) {
      wrong(item.at(), "It says nothing without check: GROUP/NAME, the id of a check.");
      return Optional.empty();
    }
    return Optional.of(
        new Workspace.Ignored(
            check.get(),
            item.text("service").map(s -> Set.of(new ServiceName(s))).orElse(Set.of()),
            item.text("environment").map(e -> Set.of(new EnvironmentName(e))).orElse(Set.of()),
            item.text("reason").orElse(""),
            item.get("check").orElse(item).at()));
  }

  /** A table of known keys only. */
  private Optional<Table> table(String path, ConfigValue value, Set<String> known) {
    if (!(value instanceof Table table)) {
      wrong(
          value.at(),
          (path.isEmpty() ? "The file" : path)
              + " has to be a table, but is a "
              + value.kind()
              + ".");
      return Optional.empty();
    }
    table
        .entries()
        .forEach((key, entry) -> {
          if (!known.contains(key)) {
            wrong(
                entry.keyAt(),
                "There is no setting "
                    + (path.isEmpty() ? "" : path + ".")
                    + key
                    + nearest(key, known)
                    + " Known here: "
                    + String.join(", ", known.stream().sorted().toList())
                    + ".");
          }
        });
    return Optional.of(table);
  }

  private static String nearest(String written, Set<String> known) {
    return known.stream()
        .filter(k -> edits(written, k) <= 2)
        .min(Comparator.comparingInt(k -> edits(written, k)))
        .map(k -> "; did you mean " + k + "?")
        .orElse(".");
  }

  /** Levenshtein distance. */
  private static int edits(String a, String b) {
    var above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      var row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(Math.min(row[j - 1], above[j]) + 1, changed);
      }
      above = row;
    }
    return above[b.length()];
  }

  private void wrong(Location at, String message) {
    problems.add(new Unreadable(at, Unreadable.Reason.WORKSPACE, message));
  }
}
