package dev.clodo.discover;

import dev.clodo.code.SourceScanner;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Service;
import dev.clodo.model.Sources;
import dev.clodo.model.Surroundings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The facts found around one configuration so far, and the bounded way to find more. */
final class Facts {
  private final FileCache files;
  private final Path home;
  private final WranglerConfigManager.ConfigFile config;
  private final ConfigValue.Table settings;
  private final Path root;
  private final Set<Path> existing = new LinkedHashSet<>();
  private final Map<Path, String> texts = new LinkedHashMap<>();
  private final Map<Path, ConfigValue> documents = new LinkedHashMap<>();
  private final Map<Path, Long> sizes = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();
  private Sources sources = Sources.none();

  Facts(
      FileCache files,
      Path home,
      WranglerConfigManager.ConfigFile config,
      ConfigValue.Table settings,
      Path workspace) {
    this.files = files;
    this.home = home;
    this.config = config;
    this.settings = settings;
    this.root = rootOf(home, workspace);
  }

  Path home() {
    return home;
  }

  /** The repository the project is in, else the workspace, else the project itself. */
  Path root() {
    return root;
  }

  /** From the project's folder up to {@link #root}, nearest first. */
  List<Path> foldersUp() {
    var folders = new ArrayList<Path>();
    for (Path folder = home; folder != null; folder = folder.getParent()) {
      folders.add(folder);
      if (folder.equals(root)) {
        break;
      }
    }
    return folders;
  }

  /** The file that the settings come from. */
  Path config() {
    return config.path();
  }

  /** Whether a build wrote the configuration, so that people edit another one. */
  boolean isGenerated() {
    return !home.equals(config.path().getParent());
  }

  Service.Kind kind() {
    return config.kind();
  }

  ConfigValue.Table settings() {
    return settings;
  }

  /**
   * A path as the configuration writes it, relative to its file; empty when the system has no such
   * path.
   */
  Optional<Path> resolve(String configured) {
    try {
      return Optional.of(config.path().resolveSibling(configured).normalize());
    } catch (InvalidPathException e) {
      // Nothing can exist there, which is what the absence from the facts says.
      return Optional.empty();
    }
  }

  /** As {@link #resolve}, for the string under a key. */
  Optional<Path> path(ConfigValue.Table table, String key) {
    return table.text(key).flatMap(this::resolve);
  }

  /** Notes whether a path exists, and says so. */
  boolean look(Path path) {
    if (files.kind(path) == FileCache.Kind.ABSENT) {
      return false;
    }
    existing.add(path);
    return true;
  }

  boolean isFile(Path path) {
    return files.isFile(path);
  }

  boolean isFolder(Path path) {
    return files.isFolder(path);
  }

  /** Notes what lies directly in a folder, and lists it. */
  List<Path> entries(Path folder) {
    return entries(folder, Integer.MAX_VALUE);
  }

  /** As {@link #entries(Path)}, the first ones by name only. */
  List<Path> entries(Path folder, int atMost) {
    var all = files.entries(folder);
    var entries = all.subList(0, Math.min(atMost, all.size()));
    existing.addAll(entries);
    return entries;
  }

  /** Keeps the text of a small file for checks, if there is one. */
  Optional<String> text(Path file) {
    var text = peek(file);
    text.ifPresent(t -> texts.put(file, t));
    return text;
  }

  /** Keeps the text of a small YAML or JSON file, and what it says where that can be read. */
  Optional<ConfigValue> document(Path file) {
    text(file);
    var document = files.document(file);
    document.ifPresent(d -> documents.put(file, d));
    return document;
  }

  /** Reads a small file without keeping its text for checks. */
  Optional<String> peek(Path file) {
    return look(file) ? files.text(file) : Optional.empty();
  }

  /** What is made of a file's text, once for all services. */
  Map<String, String> parts(Path file, Function<String, Map<String, String>> make) {
    return files.parts(file, make);
  }

  /** Keeps something derived from a file in place of its text. */
  void keep(Path file, String text) {
    texts.put(file, text);
  }

  /** The files named like local secrets that a repository's index tracks. */
  List<String> trackedSecretFiles(Path index) {
    return files.trackedSecretFiles(index);
  }

  /** Notes that a folder was looked into in another way than by {@link #entries}. */
  void looked(Path folder) {
    files.looked(folder);
  }

  /** Notes a file and its size in bytes. */
  void size(Path file, long bytes) {
    files.looked(file);
    existing.add(file);
    sizes.put(file, bytes);
  }

  /** What the syntax of a source file tells, read once however many services share it. */
  Optional<SourceScanner.Scan> scan(Path file) {
    return text(file).map(text -> files.scan(file, text));
  }

  /** As {@link #scan}, for a file that is not bundled and whose text no check asks for. */
  Optional<SourceScanner.Scan> glance(Path file) {
    return peek(file).map(text -> files.scan(file, text));
  }

  /** The folders of the repository's packages, by their names. */
  Map<String, Path> packages() {
    return files.packages(root);
  }

  /** Reads a JSON file for discovery itself. */
  Optional<ConfigValue.Table> json(Path file) {
    return look(file)
        ? files
            .document(file)
            .filter(ConfigValue.Table.class::isInstance)
            .map(ConfigValue.Table.class::cast)
        : Optional.empty();
  }

  void sources(Sources found) {
    sources = found;
  }

  void note(String sentence) {
    notes.add(sentence);
  }

  Surroundings surroundings() {
    return new Surroundings(existing, texts, documents, sizes, sources, notes);
  }

  private Path rootOf(Path project, Path workspace) {
    for (Path folder = project; folder != null; folder = folder.getParent()) {
      // A file in a worktree or submodule, a folder elsewhere.
      if (files.kind(folder.resolve(".git")) != FileCache.Kind.ABSENT) {
        return folder;
      }
    }
    return project.startsWith(workspace) ? workspace : project;
  }
}
