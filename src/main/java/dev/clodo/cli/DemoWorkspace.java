package dev.clodo.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** A copy of the example that the demo may change. */
record DemoWorkspace(Path folder) {
  private static final Set<String> LEFT_OUT = Set.of("node_modules", ".wrangler", ".clodo");

  static DemoWorkspace copyOf(Path example, Path folder) {
    try (var files = Files.walk(example)) {
      for (var file : files.toList()) {
        var relative = example.relativize(file);
        if (LEFT_OUT.stream().anyMatch(n -> ("/" + relative + "/").contains("/" + n + "/"))) {
          continue;
        }
        var copy = folder.resolve(relative.toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
      return new DemoWorkspace(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("can't copy " + example + " to " + folder, e);
    }
  }

  /** Replaces text in a file; it must be there. */
  void edit(String file, String before, String after) {
    var path = folder.resolve(file);
    try {
      var text = Files.readString(path);
      if (!text.contains(before)) {
        throw new Demo.NotAsSaid(file + " does not contain " + before);
      }
      Files.writeString(path, text.replace(before, after));
    } catch (IOException e) {
      throw new UncheckedIOException("can't edit " + path, e);
    }
  }

  /** Removes the folder and everything in it. */
  static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (var file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't remove " + folder, e);
    }
  }
}
