package dev.clodo.discover;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Walks a workspace and picks, folder by folder, the configuration that wrangler would. */
final class ProjectSearch {
  /** The first that is a file wins. */
  private static final List<String> NAMES =
      List.of("wrangler.json", "wrangler.jsonc", "wrangler.toml");

  private static final Path REDIRECT = Path.of(".wrangler", "deploy", "config.json");

  /** A walk that meets more has been started in the wrong place, such as a home folder. */
  private static final int MAX_FOLDERS = 200_000;

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
          "template",
          "templates",
          "example",
          "examples",
          "backup",
          "backups");

  private final FileCache files;
  private final List<Project> projects = new ArrayList<>();
  private final List<Inventory.Unreadable> unreadable = new ArrayList<>();

  ProjectSearch(FileCache files) {
    this.files = files;
  }

  List<Project> projects() {
    return projects;
  }

  List<Inventory.Unreadable> unreadable() {
    return unreadable;
  }

  void from(Path start) {
    switch (files.kind(start)) {
      case FOLDER -> {
        walk(start);
        if (projects.isEmpty() && unreadable.isEmpty()) {
          upward(start);
        }
      }
      case FILE, OTHER -> {
        var home = start.getParent();
        projects.add(new Project.Plain(home == null ? start : home, start));
      }
      case ABSENT -> {}
    }
  }

  /**
   * wrangler's search from inside a project. Each name is searched to the root before the next one,
   * so a far JSON beats a near TOML.
   */
  private void upward(Path start) {
    var written =
        NAMES.stream()
            .flatMap(name ->
                folderUpWith(start, Path.of(name)).stream()
                    .map(folder -> new Project.Plain(folder, folder.resolve(name))))
            .findFirst();
    var redirected = folderUpWith(start, REDIRECT);
    if (redirected.isEmpty()) {
      written.ifPresent(projects::add);
      return;
    }
    var home = redirected.get();
    var redirect = home.resolve(REDIRECT);
    if (written.isPresent() && !written.get().home().equals(home)) {
      badRedirect(
          Location.startOf(redirect),
          "It lies beside no configuration, and wrangler refuses it for "
              + written.get().config()
              + ". Remove it, or run in the folder that you want to deploy.");
      return;
    }
    generated(home, redirect);
  }

  private Optional<Path> folderUpWith(Path start, Path name) {
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (files.isFile(folder.resolve(name))) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  /**
   * Links to folders are not followed: what they lead to is found in its own place, or is outside.
   */
  private void walk(Path root) {
    var open = new ArrayDeque<Path>();
    open.push(root);
    int folders = 0;
    while (!open.isEmpty()) {
      var folder = open.pop();
      if (++folders > MAX_FOLDERS) {
        unreadable.add(
            new Inventory.Unreadable(
                Location.startOf(root),
                Inventory.Unreadable.Reason.TOO_LARGE,
                "There are more than %,d folders below it. Name the project's own folder."
                    .formatted(MAX_FOLDERS)));
        return;
      }
      var names = new HashSet<String>();
      files.looked(folder);
      try (var entries = Files.newDirectoryStream(folder)) {
        for (Path entry : entries) {
          var name = entry.getFileName().toString();
          names.add(name);
          if (isSearched(name) && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            open.push(entry);
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        unreadable.add(unreadableFolder(folder, e));
      }
      at(folder, names);
    }
  }

  private static boolean isSearched(String name) {
    return !name.startsWith(".") && !SKIPPED.contains(name) && !NAMES.contains(name);
  }

  private static Inventory.Unreadable unreadableFolder(Path folder, Exception e) {
    boolean denied = e instanceof AccessDeniedException;
    return new Inventory.Unreadable(
        Location.startOf(folder),
        denied ? Inventory.Unreadable.Reason.NO_PERMISSION : Inventory.Unreadable.Reason.NOT_A_FILE,
        denied
            ? "The folder can't be read. Give yourself permission: chmod u+rx " + folder
            : "The folder can't be read (" + e.getClass().getSimpleName() + ").");
  }

  private void at(Path folder, Set<String> names) {
    var redirect = folder.resolve(REDIRECT);
    if (names.contains(".wrangler") && files.isFile(redirect)) {
      generated(folder, redirect);
      return;
    }
    var present = NAMES.stream().filter(names::contains).map(folder::resolve).toList();
    // wrangler passes over a folder or pipe of that name. If there is nothing else, reading it says
    // what is wrong.
    present.stream()
        .filter(files::isFile)
        .findFirst()
        .or(() -> present.stream().findFirst())
        .ifPresent(config -> projects.add(new Project.Plain(folder, config)));
    if (present.isEmpty() && names.contains("package.json")) {
      scripted(folder);
    }
  }

  /** Configurations of other names, which only a deploy script of the package leads to. */
  private void scripted(Path folder) {
    var manifest = folder.resolve("package.json");
    files
        .text(manifest)
        .filter(text -> text.contains("wrangler"))
        .ifPresent(text -> {
          if (JsonReader.read(manifest, text) instanceof WranglerConfigManager.Reading.Read read) {
            read.file().root().table("scripts").stream()
                .flatMap(scripts -> scripts.entries().values().stream())
                .flatMap(script -> configOf(script.value()).stream())
                .map(name -> folder.resolve(name).normalize())
                .distinct()
                .filter(files::isFile)
                .forEach(config -> projects.add(new Project.Plain(folder, config)));
          }
        });
  }

  /** The file that {@code wrangler deploy --config FILE} or {@code -c FILE} names. */
  private static Optional<Path> configOf(ConfigValue script) {
    if (!(script instanceof ConfigValue.Text text)) {
      return Optional.empty();
    }
    var words = List.of(text.value().strip().split("\\s+"));
    int deploy = words.indexOf("deploy");
    if (deploy < 1 || !words.get(deploy - 1).endsWith("wrangler")) {
      return Optional.empty();
    }
    for (int i = deploy + 1; i < words.size(); i++) {
      var word = words.get(i);
      try {
        if ((word.equals("--config") || word.equals("-c")) && i + 1 < words.size()) {
          return Optional.of(Path.of(words.get(i + 1)));
        }
        if (word.startsWith("--config=")) {
          return Optional.of(Path.of(word.substring("--config=".length())));
        }
      } catch (InvalidPathException e) {
        // The script can't work on this system; there is no such file.
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** Follows a redirect, which is relative to its own file. */
  private void generated(Path home, Path redirect) {
    switch (new WranglerConfigManager().read(redirect)) {
      case WranglerConfigManager.Reading.Refused refused ->
          refused.problems().forEach(p -> badRedirect(p.at(), p.message()));
      case WranglerConfigManager.Reading.Read read -> {
        var root = read.file().root();
        var named = root.text("configPath").orElse("");
        if (named.isEmpty()) {
          badRedirect(
              root.locationOf("configPath"),
              "It has no configPath, which wrangler demands. Build the project again, or remove it.");
          return;
        }
        try {
          var config = redirect.resolveSibling(named).normalize();
          if (files.kind(config) == FileCache.Kind.ABSENT) {
            badRedirect(
                root.locationOf("configPath"),
                "It leads to "
                    + config
                    + ", which does not exist. Build the project again, or remove it: rm "
                    + redirect);
            return;
          }
          projects.add(new Project.Generated(home, config, redirect));
        } catch (InvalidPathException e) {
          badRedirect(root.locationOf("configPath"), "Its configPath is no path. Build again.");
        }
      }
    }
  }

  private void badRedirect(Location at, String message) {
    unreadable.add(new Inventory.Unreadable(at, Inventory.Unreadable.Reason.BAD_REDIRECT, message));
  }
}
