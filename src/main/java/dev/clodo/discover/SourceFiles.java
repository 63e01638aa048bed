package dev.clodo.discover;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.Service;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The source that a deploy bundles: the entry point and what it imports by a relative path or an
 * alias of {@code tsconfig.json}, tests and unused files left out. Packages are not followed.
 */
final class SourceFiles implements FactCollector {
  /** Projects in the wild stay below 200 files of their own. */
  private static final int MAX_FILES = 400;

  /** Characters, in all files together. */
  private static final int MAX_CHARACTERS = 4 << 20;

  /** In the order in which esbuild tries them. */
  private static final List<String> ENDINGS =
      List.of(".tsx", ".ts", ".jsx", ".js", ".mts", ".mjs", ".cts", ".cjs");

  /** TypeScript imports its files under the names that they have once compiled. */
  private static final Map<String, List<String>> COMPILED =
      Map.of(
          ".js", List.of(".ts", ".tsx"),
          ".jsx", List.of(".tsx"),
          ".mjs", List.of(".mts"),
          ".cjs", List.of(".cts"));

  @Override
  public void collect(Facts facts) {
    var open = new ArrayDeque<Path>();
    entryPoint(facts).ifPresent(open::add);
    if (facts.kind() == Service.Kind.PAGES) {
      functions(facts, facts.home().resolve("functions"), open);
    }
    if (open.isEmpty()) {
      return;
    }
    var aliases = aliases(facts);
    var seen = new HashSet<>(open);
    int characters = 0;
    int files = 0;
    while (!open.isEmpty()) {
      var file = open.poll();
      var source = facts.text(file);
      if (source.isEmpty()) {
        continue;
      }
      characters += source.get().length();
      files++;
      if (characters > MAX_CHARACTERS || files >= MAX_FILES) {
        facts.note(
            "The source is too large to be read as a whole; it was read up to " + file + ".");
        return;
      }
      for (String specifier : ImportScanner.specifiers(source.get())) {
        imported(facts, file, specifier, aliases).filter(seen::add).ifPresent(open::add);
      }
    }
  }

  private static Optional<Path> entryPoint(Facts facts) {
    return facts.path(facts.settings(), "main").filter(facts::isFile).filter(SourceFiles::isSource);
  }

  /** Pages builds a Worker from the files of this folder. */
  private static void functions(Facts facts, Path folder, Deque<Path> to) {
    var folders = new ArrayDeque<>(List.of(folder));
    while (!folders.isEmpty() && to.size() < MAX_FILES) {
      for (Path entry : facts.entries(folders.poll())) {
        if (isSource(entry) && facts.isFile(entry)) {
          to.add(entry);
        } else if (facts.isFolder(entry) && !entry.endsWith("node_modules")) {
          folders.add(entry);
        }
      }
    }
  }

  private static boolean isSource(Path file) {
    var name = file.toString();
    return ENDINGS.stream().anyMatch(name::endsWith) && !name.endsWith(".d.ts");
  }

  private static Optional<Path> imported(
      Facts facts, Path from, String specifier, Map<String, List<Path>> aliases) {
    try {
      if (specifier.startsWith("./") || specifier.startsWith("../") || isDots(specifier)) {
        return existing(facts, from.resolveSibling(specifier).normalize());
      }
      return aliased(facts, specifier, aliases);
    } catch (InvalidPathException e) {
      // No file can have that name; the build says so.
      return Optional.empty();
    }
  }

  private static boolean isDots(String specifier) {
    return specifier.equals(".") || specifier.equals("..");
  }

  private static Optional<Path> aliased(
      Facts facts, String specifier, Map<String, List<Path>> aliases) {
    for (Map.Entry<String, List<Path>> alias : aliases.entrySet()) {
      var key = alias.getKey();
      boolean prefix = key.endsWith("*");
      var start = prefix ? key.substring(0, key.length() - 1) : key;
      if (prefix ? !specifier.startsWith(start) : !specifier.equals(start)) {
        continue;
      }
      var rest = specifier.substring(start.length());
      for (Path target : alias.getValue()) {
        var text = target.toString();
        var path =
            text.endsWith("*") ? Path.of(text.substring(0, text.length() - 1) + rest) : target;
        var found = existing(facts, path.normalize());
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Path> existing(Facts facts, Path path) {
    var candidates = new ArrayList<Path>();
    candidates.add(path);
    var text = path.toString();
    ENDINGS.forEach(ending -> candidates.add(Path.of(text + ending)));
    COMPILED.forEach((compiled, sources) -> {
      if (text.endsWith(compiled)) {
        var stem = text.substring(0, text.length() - compiled.length());
        sources.forEach(source -> candidates.add(Path.of(stem + source)));
      }
    });
    ENDINGS.forEach(ending -> candidates.add(path.resolve("index" + ending)));
    return candidates.stream().filter(SourceFiles::isSource).filter(facts::isFile).findFirst();
  }

  /** {@code compilerOptions.paths} of the nearest {@code tsconfig.json}, resolved. */
  private static Map<String, List<Path>> aliases(Facts facts) {
    var aliases = new LinkedHashMap<String, List<Path>>();
    for (Path folder : facts.foldersUp()) {
      var file = facts.path(facts.settings(), "tsconfig").orElse(folder.resolve("tsconfig.json"));
      var text = facts.peek(file);
      if (text.isEmpty()) {
        continue;
      }
      if (JsonReader.read(file, text.get()) instanceof WranglerConfigManager.Reading.Read read) {
        read.file().root().table("compilerOptions").ifPresent(o -> aliases(file, o, aliases));
      }
      break;
    }
    return aliases;
  }

  private static void aliases(
      Path file, ConfigValue.Table options, Map<String, List<Path>> aliases) {
    var base = file.resolveSibling(options.text("baseUrl").orElse("."));
    var paths = options.table("paths");
    if (paths.isEmpty()) {
      return;
    }
    Set<String> keys = paths.get().entries().keySet();
    for (String key : keys) {
      var targets = new ArrayList<Path>();
      for (ConfigValue target : paths.get().items(key)) {
        if (target instanceof ConfigValue.Text t) {
          targets.add(base.resolve(t.value()).normalize());
        }
      }
      aliases.put(key, targets);
    }
  }
}
