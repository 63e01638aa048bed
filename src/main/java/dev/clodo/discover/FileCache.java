package dev.clodo.discover;

import dev.clodo.code.SourceScanner;
import dev.clodo.model.ConfigValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The file system as seen by one discovery: every path is looked at once and every text read once,
 * however many services share it, and whichever threads ask.
 */
final class FileCache {
  /** More entries than a folder that people keep by hand. */
  private static final int MAX_ENTRIES = 2_000;

  /** What is at a path. */
  enum Kind {
    ABSENT,
    FILE,
    FOLDER,
    /** A pipe, device or socket: there, and not to be read. */
    OTHER
  }

  /** What decides how a source is read. */
  private record Source(String ending, String text) {}

  private final Map<Source, SourceScanner.Scan> scans = new ConcurrentHashMap<>();
  private final Map<Path, Map<String, Path>> packages = new ConcurrentHashMap<>();
  private final Map<Path, Kind> kinds = new ConcurrentHashMap<>();
  private final Map<Path, Optional<String>> texts = new ConcurrentHashMap<>();
  private final Map<Path, Optional<ConfigValue>> documents = new ConcurrentHashMap<>();
  private final Map<Path, Map<String, String>> parts = new ConcurrentHashMap<>();
  private final Map<Path, List<Path>> entries = new ConcurrentHashMap<>();
  private final Map<Path, List<String>> tracked = new ConcurrentHashMap<>();
  private final Set<Path> looked = ConcurrentHashMap.newKeySet();
  private final Map<Path, String> changed;

  /**
   * @param changed texts that stand for those of these files
   */
  FileCache(Map<Path, String> changed) {
    this.changed = Map.copyOf(changed);
    changed.keySet().forEach(f -> kinds.put(f, Kind.FILE));
    changed.forEach((f, t) -> texts.put(f, Optional.of(t)));
  }

  /** A text that stands for that of a file. */
  Optional<String> changed(Path file) {
    return Optional.ofNullable(changed.get(file));
  }

  /** Notes that something at a path was looked at in another way than through this cache. */
  void looked(Path path) {
    looked.add(path);
  }

  /** Every path that was looked at: with what is there unchanged, everything found is the same. */
  Set<Path> looked() {
    var all = new HashSet<>(looked);
    all.addAll(kinds.keySet());
    all.addAll(entries.keySet());
    all.addAll(tracked.keySet());
    return all;
  }

  /** Follows links. What can't be looked at counts as absent. */
  Kind kind(Path path) {
    return kinds.computeIfAbsent(path, FileCache::lookAt);
  }

  boolean isFile(Path path) {
    return kind(path) == Kind.FILE;
  }

  boolean isFolder(Path path) {
    return kind(path) == Kind.FOLDER;
  }

  /** The text of a small file; empty when there is none or it is none. */
  Optional<String> text(Path file) {
    return texts.computeIfAbsent(
        file,
        f ->
            isFile(f) && SmallFile.read(f) instanceof SmallFile.Content content
                ? Optional.of(content.text())
                : Optional.empty());
  }

  /**
   * What a small YAML, JSON or TOML file says; empty when there is none or it can't be understood.
   */
  Optional<ConfigValue> document(Path file) {
    return documents.computeIfAbsent(file, f -> text(f).flatMap(t -> parse(f, t)));
  }

  /** What is made of a small file's text, once for all services; nothing when there is none. */
  Map<String, String> parts(Path file, Function<String, Map<String, String>> make) {
    return parts.computeIfAbsent(file, f -> text(f).map(make).orElse(Map.of()));
  }

  private static Optional<ConfigValue> parse(Path file, String text) {
    var name = file.toString();
    if (name.endsWith(".yml") || name.endsWith(".yaml")) {
      return YamlReader.read(file, text);
    }
    if (name.endsWith(".toml")) {
      return TomlReader.read(file, text) instanceof WranglerConfigManager.Reading.Read read
          ? Optional.of(read.file().root())
          : Optional.empty();
    }
    return name.endsWith(".json") || name.endsWith(".jsonc")
        ? JsonReader.value(file, text)
        : Optional.empty();
  }

  /** What the syntax of a source tells. Files of the same text are read once. */
  SourceScanner.Scan scan(Path file, String text) {
    var name = String.valueOf(file.getFileName());
    var key = new Source(name.substring(name.lastIndexOf('.') + 1), text);
    return scans.computeIfAbsent(key, _ -> SourceScanner.scan(name, text));
  }

  /** The folders of a repository's packages, by their names. */
  Map<String, Path> packages(Path root) {
    return packages.computeIfAbsent(root, r -> PackageFolders.of(this, r));
  }

  /** The files named like local secrets that a repository's index tracks, relative to it. */
  List<String> trackedSecretFiles(Path index) {
    return tracked.computeIfAbsent(
        index,
        i ->
            GitIndex.tracked(
                i,
                path ->
                    LocalSecretNames.isNamedLikeSecrets(
                        path.substring(path.lastIndexOf('/') + 1))));
  }

  /** What lies directly in a folder, sorted; nothing when it can't be read. */
  List<Path> entries(Path folder) {
    return entries.computeIfAbsent(folder, FileCache::list);
  }

  private static List<Path> list(Path folder) {
    var found = new ArrayList<Path>();
    try (var stream = Files.newDirectoryStream(folder)) {
      for (Path entry : stream) {
        if (found.size() == MAX_ENTRIES) {
          break;
        }
        found.add(entry);
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      // A folder that can't be read is reported by the search if it could hold a service; for
      // everything else it is as good as empty.
      return List.of();
    }
    Collections.sort(found);
    return List.copyOf(found);
  }

  private static Kind lookAt(Path path) {
    try {
      // Most of what is looked for is absent, and an exception for each costs more than the look.
      var attributes =
          path.getFileSystem().provider().readAttributesIfExists(path, BasicFileAttributes.class);
      if (attributes == null) {
        return Kind.ABSENT;
      }
      if (attributes.isRegularFile()) {
        return Kind.FILE;
      }
      return attributes.isDirectory() ? Kind.FOLDER : Kind.OTHER;
    } catch (IOException e) {
      return Kind.ABSENT;
    }
  }
}
