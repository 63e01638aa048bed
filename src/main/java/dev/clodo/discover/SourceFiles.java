package dev.clodo.discover;

import dev.clodo.code.SourceScanner.Scan;
import dev.clodo.model.Service;
import dev.clodo.model.SourceFacts;
import dev.clodo.model.Sources;
import dev.clodo.model.Sources.Source;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The source that a deploy bundles: the entry point and what it imports by relative paths, aliases
 * and the repository's own packages; tests and unused files left out. Installed packages are not
 * followed.
 */
final class SourceFiles implements FactCollector {
  /** Projects in the wild stay below 200 files of their own. */
  private static final int MAX_FILES = 400;

  /** Characters, in all files together. */
  private static final int MAX_CHARACTERS = 4 << 20;

  @Override
  public void collect(Facts facts) {
    var entry = entryPoint(facts);
    var open = new ArrayDeque<Path>();
    entry.ifPresent(open::add);
    if (facts.kind() == Service.Kind.PAGES) {
      functions(facts, facts.home().resolve("functions"), open);
    }
    if (!open.isEmpty()) {
      facts.sources(new Walk(facts, open).sources(entry));
    }
  }

  /** Follows imports from the files that are bundled anyway. */
  private static final class Walk {
    private final Facts facts;
    private final ModuleResolver resolver;
    private final Deque<Path> open;
    private final Set<Path> seen;
    private final Set<Path> types = new LinkedHashSet<>();
    private final Map<Path, Source> files = new LinkedHashMap<>();
    private final List<String> gaps = new ArrayList<>();
    private int characters;

    Walk(Facts facts, Deque<Path> open) {
      this.facts = facts;
      this.resolver = new ModuleResolver(facts);
      this.open = open;
      this.seen = new HashSet<>(open);
    }

    Sources sources(Optional<Path> entry) {
      while (!open.isEmpty()) {
        read(open.poll());
        if (characters > MAX_CHARACTERS || files.size() >= MAX_FILES) {
          var note =
              "The source is too large to be read as a whole; "
                  + files.size()
                  + " files were read.";
          facts.note(note);
          gaps.add(note);
          break;
        }
      }
      types.stream().filter(t -> !files.containsKey(t)).limit(MAX_FILES).forEach(this::readTypes);
      return new Sources(entry, files, gaps);
    }

    private void read(Path file) {
      var scan = facts.scan(file);
      if (scan.isEmpty()) {
        gaps.add(file.getFileName() + " can't be read.");
        return;
      }
      characters += facts.peek(file).map(String::length).orElse(0);
      switch (scan.get()) {
        case Scan.Facts(var found) -> follow(file, found);
        case Scan.Unread(var why) -> {
          var note = file.getFileName() + " was not scanned: " + why + ".";
          facts.note(note);
          gaps.add(note);
        }
      }
    }

    private void follow(Path file, SourceFacts found) {
      var meant = new HashMap<String, Path>();
      for (var imported : found.imports()) {
        var target = resolver.find(file, imported.specifier());
        if (target.isEmpty()) {
          if (imported.form() != SourceFacts.Form.TYPES && isOwn(imported.specifier())) {
            gaps.add(imported.specifier() + " was not found from " + file.getFileName() + ".");
          }
          continue;
        }
        meant.put(imported.specifier(), target.get());
        if (imported.form() == SourceFacts.Form.TYPES || !ModuleResolver.isSource(target.get())) {
          types.add(target.get());
        } else if (seen.add(target.get())) {
          open.add(target.get());
        }
      }
      files.put(file, new Source(found, meant, false));
    }

    private boolean isOwn(String specifier) {
      return (specifier.startsWith(".")
              && !specifier.contains("?")
              && ModuleResolver.isCode(specifier))
          || resolver.isOwnPackage(specifier);
    }

    private void readTypes(Path file) {
      // What wrangler generates from the configuration and .dev.vars says nothing about the code.
      if (!file.endsWith("worker-configuration.d.ts")
          && facts.glance(file).orElse(null) instanceof Scan.Facts(var found)) {
        files.put(file, new Source(found, Map.of(), true));
      }
    }
  }

  private static Optional<Path> entryPoint(Facts facts) {
    return facts
        .path(facts.settings(), "main")
        .filter(facts::isFile)
        .filter(ModuleResolver::isSource);
  }

  /** Pages builds a Worker from the files of this folder. */
  private static void functions(Facts facts, Path folder, Deque<Path> to) {
    var folders = new ArrayDeque<>(List.of(folder));
    while (!folders.isEmpty() && to.size() < MAX_FILES) {
      for (Path entry : facts.entries(folders.poll())) {
        if (ModuleResolver.isSource(entry) && facts.isFile(entry)) {
          to.add(entry);
        } else if (facts.isFolder(entry) && !entry.endsWith("node_modules")) {
          folders.add(entry);
        }
      }
    }
  }
}
