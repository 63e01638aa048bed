package dev.clodo.adapter.wrangler;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.Set;
import java.util.TreeMap;

/** The static assets of a service, as far as they decide whether a release changes anything. */
record AssetFolder(Path folder) {
  /**
   * Never served, and partly rewritten by each build. All else counts, even what {@code
   * .assetsignore} leaves out: at worst an unchanged service is released once more.
   */
  private static final Set<String> LEFT_OUT = Set.of("node_modules", ".git", ".wrangler", ".clodo");

  void addTo(MessageDigest digest) throws IOException {
    if (!Files.isDirectory(folder)) {
      UploadBody.add(digest, "no assets");
      return;
    }
    var files = new TreeMap<String, Path>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            var name = dir.getFileName();
            return name != null && !dir.equals(folder) && LEFT_OUT.contains(name.toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (Files.isRegularFile(file)) {
              files.put(folder.relativize(file).toString().replace('\\', '/'), file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    for (var entry : files.entrySet()) {
      UploadBody.add(digest, entry.getKey());
      UploadBody.add(digest, Files.readAllBytes(entry.getValue()));
    }
  }
}
