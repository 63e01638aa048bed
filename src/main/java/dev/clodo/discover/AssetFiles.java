package dev.clodo.discover;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The static files that would be uploaded, with their sizes, and the rules that stand among them.
 */
final class AssetFiles implements FactCollector {
  /**
   * One more than a Worker may have on the free plan, as Cloudflare's limits page says on 20
   * November 2026; what comes after it is not looked at.
   */
  private static final int MAX_FILES = 20_001;

  @Override
  public void collect(Facts facts) {
    var settings = facts.settings();
    settings
        .table("assets")
        .flatMap(t -> facts.path(t, "directory"))
        .ifPresent(folder -> files(facts, folder));
    facts.path(settings, "pages_build_output_dir").ifPresent(folder -> files(facts, folder));
  }

  private static void files(Facts facts, Path folder) {
    for (String name : new String[] {"_redirects", "_headers", "_routes.json", ".assetsignore"}) {
      facts.text(folder.resolve(name));
    }
    if (!facts.isFolder(folder)) {
      return;
    }
    var counter = new Counter(facts);
    try {
      Files.walkFileTree(folder, counter);
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
    public FileVisitResult visitFileFailed(Path file, IOException e) {
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
