package dev.clodo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The HTML reports of a workspace, in {@code .clodo/reports}: each named by its time, the newest
 * also as {@code latest.html}. Git is told to ignore them.
 */
final class Reports {
  /** Enough to look back on; a report of a large workspace has some megabytes. */
  private static final int KEPT = 20;

  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss'Z.html'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Path folder;

  Reports(Path workspace) {
    this.folder = workspace.resolve(".clodo").resolve("reports");
  }

  /** Adds a report, and forgets the oldest; where the newest one now lies. */
  Path add(String html, Instant at) throws IOException {
    Files.createDirectories(folder);
    var ignored = folder.resolve(".gitignore");
    if (!Files.exists(ignored)) {
      Files.writeString(ignored, "*\n");
    }
    Files.writeString(folder.resolve(NAME.format(at)), html);
    var latest = folder.resolve("latest.html");
    Files.writeString(latest, html);
    for (var old : old()) {
      Files.deleteIfExists(old);
    }
    return latest;
  }

  private List<Path> old() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.getFileName().toString().matches("\\d{4}-\\d\\d-\\d\\dT[\\d-]+Z\\.html"))
          .sorted(Comparator.comparing((Path f) -> f.getFileName().toString()).reversed())
          .skip(KEPT)
          .toList();
    }
  }
}
