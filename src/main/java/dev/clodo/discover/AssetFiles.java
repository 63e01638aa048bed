package dev.clodo.discover;

import dev.clodo.model.Service;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.regex.Pattern;

/**
 * The static files that would be uploaded, with their sizes, and the rules that stand among them.
 */
final class AssetFiles implements FactCollector {
  /**
   * One more than a Worker may have on the free plan, as Cloudflare's limits page says on 20
   * November 2026; what comes after it is not looked at.
   */
  private static final int MAX_FILES = 20_001;

  /** Stands in place of a size where a link leads back to a folder that it lies in. */
  private static final long LOOP = -1;

  /** Deeper folders are not made by people; links among folders can make any depth. */
  private static final int MAX_DEPTH = 64;

  /** Enough to find out whether a folder holds Pages Functions. */
  private static final int MAX_FUNCTIONS = 20;

  @Override
  public void collect(Facts facts) {
    functions(facts);
    var settings = facts.settings();
    settings
        .table("assets")
        .flatMap(t -> facts.path(t, "directory"))
        .ifPresent(folder -> files(facts, folder));
    facts.path(settings, "pages_build_output_dir").ifPresent(folder -> files(facts, folder));
  }

  /** A Worker with assets alone does not run what lies in a folder for Pages Functions. */
  private static void functions(Facts facts) {
    var folder = facts.home().resolve("functions");
    if (facts.kind() != Service.Kind.WORKER
        || facts.settings().get("assets").isEmpty()
        || facts.settings().get("main").isPresent()
        || !facts.isFolder(folder)) {
      return;
    }
    boolean answers =
        facts.entries(folder, MAX_FUNCTIONS).stream()
            .filter(f -> f.toString().matches(".*\\.[jt]sx?"))
            .flatMap(f -> facts.peek(f).stream())
            .anyMatch(text -> ON_REQUEST.matcher(text).find());
    if (answers) {
      facts.keep(folder, "onRequest");
    }
  }

  private static final Pattern ON_REQUEST =
      Pattern.compile(
          "export\\s+(?:(?:async\\s+)?function|const|let|var)\\s+onRequest(?:Get|Post|Put|Delete|Patch|Head|Options)?\\b");

  private static void files(Facts facts, Path folder) {
    for (String name : new String[] {"_redirects", "_headers", "_routes.json", ".assetsignore"}) {
      facts.text(folder.resolve(name));
    }
    if (!facts.isFolder(folder)) {
      return;
    }
    var counter = new Counter(facts);
    try {
      Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, counter);
    } catch (IOException e) {
      facts.note("The assets in " + folder + " can't be read completely.");
    }
    if (counter.files >= MAX_FILES) {
      facts.note("There are more than " + (MAX_FILES - 1) + " files in " + folder + ".");
    }
  }

  private static final class Counter extends SimpleFileVisitor<Path> {
    private final Facts facts;
    private int files;
    private int folders;

    Counter(Facts facts) {
      this.facts = facts;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      facts.size(file, attributes.size());
      files++;
      return files < MAX_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      facts.looked(folder);
      folders++;
      return folders < MAX_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      if (e instanceof FileSystemLoopException) {
        facts.size(file, LOOP);
        return FileVisitResult.CONTINUE;
      }
      facts.looked(file);
      facts.note("The asset " + file + " can't be read.");
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(
        Path folder, @org.jspecify.annotations.Nullable IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }
}
