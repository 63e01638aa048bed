package dev.clodo.adapter.wrangler;

import dev.clodo.model.Artifact;
import dev.clodo.model.Bundle;
import dev.clodo.port.StepFailed;
import dev.clodo.port.UserError;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The upload bodies that wrangler built, in files named by their digests, so that a run publishes
 * the very code that its plan was made from, however often it has to be carried on.
 */
final class KeptBuilds {
  private static final String SUFFIX = ".form";

  /** No run stays unfinished for so long; older builds are dropped. */
  private static final Duration KEPT = Duration.ofDays(30);

  /** Workspaces have tens of services; this keeps the last few builds of each. */
  private static final int MOST = 200;

  private final Path folder;
  private final Map<String, SoftReference<Artifact>> loaded = new ConcurrentHashMap<>();

  KeptBuilds(Path folder) {
    this.folder = folder;
  }

  /**
   * Keeps what wrangler wrote; one that is there already stays.
   *
   * @throws UserError when there is no place for it
   */
  void keep(String digest, Path form) {
    try {
      write(digest, form);
    } catch (IOException e) {
      throw new UserError(
          UserError.Kind.ENVIRONMENT,
          "can't write to %s: %s. Clodo keeps there what it releases: make it writable, or run in a folder that is."
              .formatted(folder, e.getMessage()));
    }
  }

  private void write(String digest, Path form) throws IOException {
    Files.createDirectories(folder);
    var kept = file(digest);
    if (Files.isRegularFile(kept)) {
      Files.setLastModifiedTime(kept, FileTime.from(Instant.now()));
      return;
    }
    var fresh = Files.createTempFile(folder, "build", ".tmp");
    Files.copy(form, fresh, StandardCopyOption.REPLACE_EXISTING);
    Files.move(fresh, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    prune();
  }

  /**
   * What was kept under a digest.
   *
   * @throws StepFailed when it is gone, or no longer what it was
   */
  Artifact get(String digest) {
    var reference = loaded.get(digest);
    var known = reference == null ? null : reference.get();
    if (known != null) {
      return known;
    }
    var read = read(digest);
    loaded.put(digest, new SoftReference<>(read));
    return read;
  }

  private Artifact read(String digest) {
    UploadBody body;
    try {
      body = UploadBody.parse(Files.readAllBytes(file(digest)));
      var found = MessageDigest.getInstance("SHA-256");
      body.addTo(found);
      if (!HexFormat.of().formatHex(found.digest()).equals(digest)) {
        throw new StepFailed(
            "%s is no longer what was built when the plan was made; plan again: clodo plan"
                .formatted(file(digest)));
      }
    } catch (IOException e) {
      throw new StepFailed(
          "what was built when the plan was made is gone (%s); plan again: clodo plan"
              .formatted(file(digest)),
          e);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
    return artifact(digest, body);
  }

  private static Artifact artifact(String digest, UploadBody body) {
    var modules = new ArrayList<Bundle.Part>();
    var metadata = "{}";
    for (var part : body.parts()) {
      if (part.name().equals("metadata")) {
        metadata =
            new String(
                part.content().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
      } else {
        modules.add(new Bundle.Part(part.name(), part.type(), part.content()));
      }
    }
    return new Artifact(digest, metadata, modules);
  }

  private Path file(String digest) {
    if (!digest.matches("[0-9a-f]{64}")) {
      throw new StepFailed("no build is named " + digest + "; plan again: clodo plan");
    }
    return folder.resolve(digest + SUFFIX);
  }

  private void prune() throws IOException {
    var oldest = Instant.now().minus(KEPT);
    List<Path> byAge;
    try (var files = Files.list(folder)) {
      byAge =
          files
              .filter(f -> f.toString().endsWith(SUFFIX))
              .sorted(Comparator.comparing(KeptBuilds::modified).reversed())
              .toList();
    }
    for (int i = 0; i < byAge.size(); i++) {
      if (i >= MOST || modified(byAge.get(i)).toInstant().isBefore(oldest)) {
        Files.deleteIfExists(byAge.get(i));
      }
    }
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException gone) {
      // Another process has just dropped it.
      return FileTime.fromMillis(0);
    }
  }
}
