package dev.clodo.discover;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which file of the repository an import means, as wrangler's bundler finds it: relative paths,
 * {@code paths} and {@code baseUrl} of {@code tsconfig.json}, {@code imports} of {@code
 * package.json}, and packages of the repository.
 */
final class ModuleResolver {
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

  /** What wrangler's bundler asks packages for, and what the rest usually offer. */
  private static final List<String> CONDITIONS =
      List.of("workerd", "worker", "browser", "import", "module", "default", "require", "types");

  private static final List<String> MAIN_FIELDS =
      List.of("browser", "module", "main", "source", "types");

  /** Configurations that extend each other in a circle end somewhere. */
  private static final int MAX_EXTENDS = 8;

  private final Facts facts;
  private final Map<String, List<Path>> aliases = new LinkedHashMap<>();
  private Optional<Path> base = Optional.empty();

  ModuleResolver(Facts facts) {
    this.facts = facts;
    var configured = facts.path(facts.settings(), "tsconfig");
    for (Path folder : facts.foldersUp()) {
      var file =
          configured.orElseGet(() -> {
            var plain = folder.resolve("tsconfig.json");
            return facts.isFile(plain) ? plain : folder.resolve("jsconfig.json");
          });
      if (facts.isFile(file)) {
        readPaths(file, MAX_EXTENDS);
        break;
      }
    }
    facts
        .settings()
        .table("alias")
        .ifPresent(t ->
            t.entries()
                .forEach((name, e) -> {
                  if (e.value() instanceof Text(var target, var _) && target.startsWith(".")) {
                    facts.resolve(target).ifPresent(p -> aliases.put(name, List.of(p)));
                  }
                }));
  }

  static boolean isSource(Path file) {
    var name = file.toString();
    return ENDINGS.stream().anyMatch(name::endsWith) && !isTypes(name);
  }

  private static boolean isTypes(String name) {
    return name.endsWith(".d.ts") || name.endsWith(".d.mts") || name.endsWith(".d.cts");
  }

  /** Whether a specifier can mean source: no ending, or that of one. */
  static boolean isCode(String specifier) {
    var name = specifier.substring(specifier.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    return dot <= 0 || ENDINGS.contains(name.substring(dot)) || name.length() - dot > 6;
  }

  /** Whether a specifier means a package of the repository. */
  boolean isOwnPackage(String specifier) {
    return facts.packages().containsKey(packageName(specifier));
  }

  private static String packageName(String specifier) {
    int slash = specifier.indexOf('/');
    if (slash > 0 && specifier.startsWith("@")) {
      slash = specifier.indexOf('/', slash + 1);
    }
    return slash < 0 ? specifier : specifier.substring(0, slash);
  }

  /** The file that an import means; empty when none of the repository. */
  Optional<Path> find(Path from, String specifier) {
    try {
      if (specifier.startsWith("./")
          || specifier.startsWith("../")
          || specifier.equals(".")
          || specifier.equals("..")) {
        return existing(from.resolveSibling(specifier).normalize());
      }
      if (specifier.isEmpty() || specifier.contains(":") || specifier.startsWith("/")) {
        return Optional.empty();
      }
      var aliased = aliased(specifier);
      if (aliased.isPresent()) {
        return aliased;
      }
      if (specifier.startsWith("#")) {
        return imported(from, specifier);
      }
      var own = facts.packages().get(packageName(specifier));
      if (own != null) {
        return ofPackage(own, specifier.substring(packageName(specifier).length()));
      }
      return base.map(b -> b.resolve(specifier).normalize())
          .filter(p -> facts.isFolder(p) || specifier.contains("/"))
          .flatMap(this::existing);
    } catch (InvalidPathException e) {
      // No file can have that name; the build says so.
      return Optional.empty();
    }
  }

  private Optional<Path> aliased(String specifier) {
    for (Map.Entry<String, List<Path>> alias : aliases.entrySet()) {
      var found = matched(alias.getKey(), specifier);
      if (found.isEmpty()) {
        continue;
      }
      for (Path target : alias.getValue()) {
        var path = existing(Path.of(target.toString().replace("*", found.get())).normalize());
        if (path.isPresent()) {
          return path;
        }
      }
    }
    return Optional.empty();
  }

  /** What a pattern's star stands for in a name; empty when the name does not match. */
  private static Optional<String> matched(String pattern, String name) {
    int star = pattern.indexOf('*');
    if (star < 0) {
      return pattern.equals(name) ? Optional.of("") : Optional.empty();
    }
    var start = pattern.substring(0, star);
    var end = pattern.substring(star + 1);
    return name.length() >= start.length() + end.length()
            && name.startsWith(start)
            && name.endsWith(end)
        ? Optional.of(name.substring(start.length(), name.length() - end.length()))
        : Optional.empty();
  }

  /** {@code imports} of the nearest package.json. */
  private Optional<Path> imported(Path from, String specifier) {
    for (Path folder = from.getParent();
        folder != null && folder.startsWith(facts.root());
        folder = folder.getParent()) {
      var manifest = facts.json(folder.resolve("package.json"));
      if (manifest.isPresent()) {
        return manifest.get().table("imports").flatMap(t -> target(t, specifier)).stream()
            .map(folder::resolve)
            .flatMap(p -> existing(p.normalize()).stream())
            .findFirst();
      }
    }
    return Optional.empty();
  }

  private Optional<Path> ofPackage(Path folder, String subpath) {
    var manifest = facts.json(folder.resolve("package.json"));
    if (manifest.isEmpty()) {
      return Optional.empty();
    }
    var candidates = new ArrayList<String>();
    var exports = manifest.get().get("exports");
    if (exports.isPresent()) {
      var name = "." + subpath;
      boolean isMap =
          exports.get() instanceof Table t
              && t.entries().keySet().stream().anyMatch(k -> k.startsWith("."));
      if (isMap && exports.get() instanceof Table t) {
        target(t, name).ifPresent(candidates::add);
      } else if (subpath.isEmpty()) {
        condition(exports.get()).ifPresent(candidates::add);
      }
    } else if (subpath.isEmpty()) {
      MAIN_FIELDS.forEach(f -> manifest.get().text(f).ifPresent(candidates::add));
    } else {
      candidates.add(subpath.substring(1));
    }
    if (subpath.isEmpty()) {
      // What is not built yet is usually made from these.
      candidates.add("src/index");
      candidates.add("index");
    }
    for (String candidate : candidates) {
      var found = existing(folder.resolve(candidate).normalize());
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> target(Table map, String name) {
    var exact = map.get(name);
    if (exact.isPresent()) {
      return condition(exact.get());
    }
    for (String pattern : map.entries().keySet()) {
      var star = pattern.contains("*") ? matched(pattern, name) : Optional.<String>empty();
      if (star.isPresent()) {
        return map.get(pattern)
            .flatMap(ModuleResolver::condition)
            .map(t -> t.replace("*", star.get()));
      }
    }
    return Optional.empty();
  }

  /** The path that the first fitting condition names. */
  private static Optional<String> condition(ConfigValue value) {
    var v = value;
    for (int depth = 0; depth < 5; depth++) {
      if (v instanceof Text(var path, var _)) {
        return Optional.of(path);
      }
      if (!(v instanceof Table table)) {
        return Optional.empty();
      }
      var next = CONDITIONS.stream().flatMap(c -> table.get(c).stream()).findFirst();
      if (next.isEmpty()) {
        return Optional.empty();
      }
      v = next.get();
    }
    return Optional.empty();
  }

  private Optional<Path> existing(Path path) {
    var text = path.toString();
    if (facts.isFile(path)) {
      return isSource(path) || isTypes(text) ? Optional.of(path) : Optional.empty();
    }
    for (String ending : ENDINGS) {
      var file = Path.of(text + ending);
      if (facts.isFile(file)) {
        return Optional.of(file);
      }
    }
    for (Map.Entry<String, List<String>> compiled : COMPILED.entrySet()) {
      if (text.endsWith(compiled.getKey())) {
        var stem = text.substring(0, text.length() - compiled.getKey().length());
        for (String source : compiled.getValue()) {
          var file = Path.of(stem + source);
          if (facts.isFile(file)) {
            return Optional.of(file);
          }
        }
      }
    }
    if (facts.isFolder(path)) {
      for (String ending : ENDINGS) {
        var file = path.resolve("index" + ending);
        if (facts.isFile(file)) {
          return Optional.of(file);
        }
      }
    }
    var declared = Path.of(text + ".d.ts");
    return facts.isFile(declared) ? Optional.of(declared) : Optional.empty();
  }

  /** {@code compilerOptions.paths} and {@code baseUrl}, of a file or of what it extends. */
  private void readPaths(Path file, int left) {
    var root = facts.json(file);
    if (root.isEmpty() || left == 0) {
      return;
    }
    var options = root.get().table("compilerOptions");
    var paths = options.flatMap(o -> o.table("paths"));
    var url = options.flatMap(o -> o.text("baseUrl")).map(b -> file.resolveSibling(b).normalize());
    if (base.isEmpty()) {
      base = url;
    }
    if (paths.isPresent() && aliases.isEmpty()) {
      var from = url.orElse(file.toAbsolutePath().getParent());
      for (String key : paths.get().entries().keySet()) {
        var targets = new ArrayList<Path>();
        for (ConfigValue target : paths.get().items(key)) {
          if (target instanceof Text(var text, var _) && from != null) {
            targets.add(from.resolve(text).normalize());
          }
        }
        aliases.put(key, targets);
      }
    }
    root.get()
        .text("extends")
        .filter(e -> e.startsWith("."))
        .map(e -> file.resolveSibling(e).normalize())
        .map(p -> p.toString().endsWith(".json") ? p : Path.of(p + ".json"))
        .ifPresent(p -> readPaths(p, left - 1));
  }
}
