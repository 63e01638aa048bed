package dev.clodo.sandbox;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// The folder of a sandbox. One sandbox at a time uses it, and only its owner can read it, since it
/// holds the secrets of the Workers.
final class Home implements AutoCloseable {
  private static final String LOCK = "lock";

  private final Path folder;
  private final FileChannel channel;

  private Home(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /// @throws IOException if the folder can't be written, or another sandbox uses it
  static Home open(Path folder) throws IOException {
    Files.createDirectories(folder);
    restrict(folder, "rwx------");
    var channel =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!locked(channel)) {
      channel.close();
      throw new IOException("another sandbox uses " + folder);
    }
    return new Home(folder, channel);
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      // The lock ends with the process, however that ends.
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /// The sandbox's API token, made at the first start.
  String token() throws IOException {
    var file = tokenFile(folder);
    if (!Files.exists(file)) {
      writePrivately(file, Ids.token());
    }
    return Files.readString(file).strip();
  }

  static Path tokenFile(Path folder) {
    return folder.resolve("token");
  }

  /// Writes a file that only its owner can read, at no moment in another state.
  static void writePrivately(Path file, String text) throws IOException {
    var partial = file.resolveSibling(file.getFileName() + ".partial");
    Files.deleteIfExists(partial);
    Files.createFile(partial);
    restrict(partial, "rw-------");
    Files.writeString(partial, text);
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void restrict(Path path, String permissions) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
