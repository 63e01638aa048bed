package dev.clodo.discover;

import dev.clodo.model.ConfigValue;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The packages of a monorepo, as npm, yarn, pnpm and bun are told of them. */
final class PackageFolders {
  /** Far more packages than repositories have. */
  private static final int MAX_FOLDERS = 5_000;

  private PackageFolders() {}

  /** Folders by the name that their package.json gives; empty for a repository of one package. */
  static Map<String, Path> of(FileCache files, Path root) {
    var found = new HashMap<String, Path>();
    int[] budget = {MAX_FOLDERS};
    for (String pattern : patterns(files, root)) {
      if (!pattern.startsWith("!")) {
        folders(files, root, List.of(pattern.split("/")), found, budget);
      }
    }
    return found;
  }

  private static List<String> patterns(FileCache files, Path root) {
    var patterns = new ArrayList<String>();
    var manifest = root.resolve("package.json");
    table(files, manifest)
        .ifPresent(m ->
            add(
                m.table("workspaces")
                    .map(w -> w.items("packages"))
                    .orElseGet(() -> m.items("workspaces")),
                patterns));
    table(files, root.resolve("pnpm-workspace.yaml"))
        .ifPresent(w -> add(w.items("packages"), patterns));
    return patterns;
  }

  private static void add(List<ConfigValue> items, List<String> patterns) {
    for (ConfigValue item : items) {
      if (item instanceof ConfigValue.Text(var text, var _)) {
        patterns.add(text);
      }
    }
  }

  private static Optional<ConfigValue.Table> table(FileCache files, Path file) {
    return files
        .document(file)
        .filter(ConfigValue.Table.class::isInstance)
        .map(ConfigValue.Table.class::cast);
  }

  private static void folders(
      FileCache files, Path folder, List<String> parts, Map<String, Path> found, int[] budget) {
    if (budget[0]-- <= 0) {
      return;
    }
    if (parts.isEmpty()) {
      table(files, folder.resolve("package.json"))
          .flatMap(m -> m.text("name"))
          .ifPresent(name -> found.putIfAbsent(name, folder));
      return;
    }
    var part = parts.getFirst();
    var rest = parts.subList(1, parts.size());
    if (part.isEmpty() || part.equals(".")) {
      folders(files, folder, rest, found, budget);
      return;
    }
    if (part.equals("**")) {
      folders(files, folder, rest, found, budget);
      for (Path entry : files.entries(folder)) {
        if (isOwn(entry) && files.isFolder(entry)) {
          folders(files, entry, parts, found, budget);
        }
      }
      return;
    }
    if (part.contains("*")) {
      var form = Pattern.compile(Pattern.quote(part).replace("*", "\\E.*\\Q"));
      for (Path entry : files.entries(folder)) {
        if (isOwn(entry)
            && form.matcher(entry.getFileName().toString()).matches()
            && files.isFolder(entry)) {
          folders(files, entry, rest, found, budget);
        }
      }
      return;
    }
    try {
      var next = folder.resolve(part).normalize();
      if (files.isFolder(next)) {
        folders(files, next, rest, found, budget);
      }
    } catch (InvalidPathException e) {
      // No folder can have that name.
    }
  }

  private static boolean isOwn(Path entry) {
    var name = String.valueOf(entry.getFileName());
    return !name.equals("node_modules") && !name.startsWith(".");
  }
}
