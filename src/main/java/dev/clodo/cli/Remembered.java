package dev.clodo.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * What an assessment of files has answered, for as long as everything that it looked at is as it
 * was: each path is compared by kind, size, inode, and the times of its last change, of which the
 * system sets one by itself. What changed less than two seconds before the answer was begun might
 * change again unseen, so nothing is kept then; git treats its index the same way.
 *
 * <p>What does not come from files (the question, the version, the day, variables) belongs to the
 * name of the file. A file that is damaged, or of another version, is no answer.
 */
final class Remembered {
  private static final Duration UNSEEN = Duration.ofSeconds(2);

  /** Workspaces or questions; an answer for 5,000 services has some megabytes. */
  private static final int KEPT = 16;

  private static final int MAGIC = 0xC10D0A01;

  /** Nothing is there. No file has this stamp but by a chance of one to 2^64. */
  private static final long ABSENT = 0;

  /** What was said, and how it ended. */
  record Answer(int exit, String output) {}

  private final Path folder;
  private final Path file;

  /**
   * @param folder where answers are kept
   * @param question a digest of all that the answer depends on beside files
   */
  Remembered(Path folder, String question) {
    this.folder = folder;
    this.file = folder.resolve(question);
  }

  /** The answer, if it would be the same today. */
  Optional<Answer> answer() {
    try {
      return Files.isRegularFile(file) ? read(Files.readAllBytes(file)) : Optional.empty();
    } catch (IOException | RuntimeException e) {
      // It only saves time. Whatever is wrong with it, the question can be answered without.
      return Optional.empty();
    }
  }

  /**
   * Keeps an answer.
   *
   * @param looked all that it depends on, whether it is there or not
   * @param began when the first of them was looked at
   */
  void keep(Answer answer, Set<Path> looked, Instant began) {
    try {
      var paths = looked.stream().map(Path::toString).sorted().toArray(String[]::new);
      var latest = began.minus(UNSEEN);
      var stamps = new long[paths.length];
      boolean settled =
          IntStream.range(0, paths.length)
              .parallel()
              .allMatch(i -> {
                var seen = Stamp.of(Path.of(paths[i]));
                stamps[i] = seen.value();
                return seen.last().isBefore(latest);
              });
      if (settled) {
        write(answer, paths, stamps);
      }
    } catch (IOException | RuntimeException e) {
      // A folder that can't be written to, or a system without these times: nothing is kept.
    }
  }

  /** A number that changes with the file, and when that was last. */
  private record Stamp(long value, Instant last) {
    private static final Stamp NONE = new Stamp(ABSENT, Instant.MIN);

    static Stamp of(Path path) {
      try {
        var provider = path.getFileSystem().provider();
        if (provider.readAttributesIfExists(path, BasicFileAttributes.class) == null) {
          // A link that leads nowhere is absent too, and its target may come to be.
          return NONE;
        }
        var seen = Files.readAttributes(path, "unix:size,lastModifiedTime,ctime,ino,mode,dev");
        var changed = (FileTime) attribute(seen, "ctime");
        var modified = (FileTime) attribute(seen, "lastModifiedTime");
        return new Stamp(
            mixed(seen, changed, modified),
            changed.compareTo(modified) > 0 ? changed.toInstant() : modified.toInstant());
      } catch (IOException e) {
        // Gone between two looks, or not to be seen: never the same as anything.
        return new Stamp(System.nanoTime() | 1, Instant.MAX);
      }
    }

    private static long mixed(Map<String, Object> seen, FileTime changed, FileTime modified) {
      long mixed = 0xCBF29CE484222325L;
      for (long part :
          new long[] {
            number(seen, "size"),
            number(seen, "ino"),
            number(seen, "dev"),
            number(seen, "mode"),
            nanos(changed),
            nanos(modified)
          }) {
        // A multiplication of odd numbers loses nothing, and the shift spreads what it gains.
        mixed = (mixed ^ part) * 0x9E3779B97F4A7C15L;
        mixed ^= mixed >>> 29;
      }
      return mixed == ABSENT ? 1 : mixed;
    }

    private static long nanos(FileTime time) {
      var instant = time.toInstant();
      return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }

    private static long number(Map<String, Object> seen, String name) {
      return ((Number) attribute(seen, name)).longValue();
    }

    private static Object attribute(Map<String, Object> seen, String name) {
      var value = seen.get(name);
      if (value == null) {
        throw new IllegalStateException("asked for " + name + " and not told");
      }
      return value;
    }
  }

  private static Optional<Answer> read(byte[] bytes) throws IOException {
    int body = bytes.length - Long.BYTES;
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (body <= 0 || in.readInt() != MAGIC || checksum(bytes, body) != ending(bytes, body)) {
        return Optional.empty();
      }
      int exit = in.readInt();
      var output = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
      int count = in.readInt();
      var paths = new String[count];
      var stamps = new long[count];
      var before = "";
      for (int i = 0; i < count; i++) {
        before = before.substring(0, in.readInt()) + in.readUTF();
        paths[i] = before;
        stamps[i] = in.readLong();
      }
      boolean same =
          IntStream.range(0, count)
              .parallel()
              .allMatch(i -> Stamp.of(Path.of(paths[i])).value() == stamps[i]);
      return same ? Optional.of(new Answer(exit, output)) : Optional.empty();
    }
  }

  private static long checksum(byte[] bytes, int count) {
    var crc = new CRC32();
    crc.update(bytes, 0, count);
    return crc.getValue();
  }

  private static long ending(byte[] bytes, int at) throws IOException {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes, at, Long.BYTES))) {
      return in.readLong();
    }
  }

  /** Paths are sorted, and each tells only where it differs from the one before. */
  private void write(Answer answer, String[] paths, long[] stamps) throws IOException {
    var bytes = new ByteArrayOutputStream(1 << 20);
    try (var out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeInt(answer.exit());
      var output = answer.output().getBytes(StandardCharsets.UTF_8);
      out.writeInt(output.length);
      out.write(output);
      out.writeInt(paths.length);
      var before = "";
      for (int i = 0; i < paths.length; i++) {
        int shared = Math.max(0, Arrays.mismatch(before.toCharArray(), paths[i].toCharArray()));
        out.writeInt(shared);
        out.writeUTF(paths[i].substring(shared));
        out.writeLong(stamps[i]);
        before = paths[i];
      }
      out.flush();
      out.writeLong(checksum(bytes.toByteArray(), bytes.size()));
    }
    Files.createDirectories(folder);
    var fresh = Files.createTempFile(folder, "new", "");
    Files.write(fresh, bytes.toByteArray());
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forgetOldest();
  }

  private void forgetOldest() throws IOException {
    List<Path> old;
    try (Stream<Path> all = Files.list(folder)) {
      old =
          all.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS))
              .sorted(Comparator.comparing(Remembered::written).reversed())
              .skip(KEPT)
              .toList();
    }
    for (var each : old) {
      Files.deleteIfExists(each);
    }
  }

  private static FileTime written(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      // Another process has just forgotten it.
      return FileTime.fromMillis(0);
    }
  }
}
