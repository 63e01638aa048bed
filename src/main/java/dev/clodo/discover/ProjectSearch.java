package dev.clodo.discover;

import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Walks a workspace and picks, folder by folder, the configuration that wrangler would. */
final class ProjectSearch {
  /** The first that exists wins. */
  private static final List<String> NAMES =
      List.of("wrangler.json", "wrangler.jsonc", "wrangler.toml");

  /**
   * Folders that hold dependencies, build output or material that is not deployed. They count only
   * below the folder given: who names one of them wants it searched.
   */
  private static final Set<String> SKIPPED =
      Set.of(
          "node_modules",
          "bower_components",
          "dist",
          "build",
          "out",
          "coverage",
          "test",
          "tests",
          "__tests__",
          "fixtures",
          "__fixtures__",
          "e2e",
          "templates",
          "examples");

  private final List<Inventory.Unreadable> unreadable = new ArrayList<>();

  List<Inventory.Unreadable> unreadable() {
    return unreadable;
  }

  List<Project> from(Path start) {
    if (!Files.isDirectory(start)) {
      return Files.exists(start, LinkOption.NOFOLLOW_LINKS) ? List.of(projectOf(start)) : List.of();
    }
    var below = walk(start);
    return below.isEmpty() && unreadable.isEmpty()
        ? upward(start).map(ProjectSearch::projectOf).stream().toList()
        : below;
  }

  private static Project projectOf(Path config) {
    var home = config.getParent();
    return new Project(home == null ? config : home, config);
  }

  /** Each name is searched to the root before the next one, so a far JSON beats a near TOML. */
  private static Optional<Path> upward(Path start) {
    for (String name : NAMES) {
      for (Path folder = start; folder != null; folder = folder.getParent()) {
        var file = folder.resolve(name);
        if (Files.isRegularFile(file)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  private List<Project> walk(Path root) {
    var projects = new ArrayList<Project>();
    var open = new ArrayDeque<Path>();
    open.push(root);
    while (!open.isEmpty()) {
      var folder = open.pop();
      var configs = new ArrayList<Path>();
      try (var entries = Files.newDirectoryStream(folder)) {
        for (Path entry : entries) {
          var name = entry.getFileName().toString();
          if (NAMES.contains(name)) {
            configs.add(entry);
          } else if (!name.startsWith(".")
              && !SKIPPED.contains(name)
              && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            open.push(entry);
          }
        }
      } catch (IOException e) {
        unreadable.add(
            new Inventory.Unreadable(
                Location.startOf(folder),
                Inventory.Unreadable.Reason.NO_PERMISSION,
                "The folder can't be read. Give yourself permission: chmod u+rx " + folder));
      }
      configs.stream()
          .min(Comparator.comparingInt(f -> NAMES.indexOf(f.getFileName().toString())))
          .ifPresent(config -> projects.add(new Project(folder, config)));
    }
    return projects;
  }
}
