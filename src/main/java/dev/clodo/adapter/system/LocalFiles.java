package dev.clodo.adapter.system;

import dev.clodo.port.UserError;
import dev.clodo.port.WorkspaceFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Files of this machine. A text goes into a new file beside the old one, which then takes its
 * place: whoever reads meanwhile sees the one or the other.
 */
public final class LocalFiles implements WorkspaceFiles {
  @Override
  public Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw refused(file, "can't be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public boolean isFolder(Path path) {
    return Files.isDirectory(path);
  }

  @Override
  public void replace(Path root, Path file, String expected, String text) {
    try {
      var real = within(root, file);
      if (!Files.isRegularFile(real)) {
        throw refused(file, "is no file");
      }
      var permissions = permissions(real);
      if (!Files.isWritable(real)
          || (!permissions.isEmpty() && permissions.stream().noneMatch(LocalFiles::writes))) {
        throw refused(file, "is read-only. Give yourself permission: chmod u+w " + file);
      }
      // Bytes that are no UTF-8 would be lost in a text: the file is then not what was read.
      if (!Arrays.equals(Files.readAllBytes(real), expected.getBytes(StandardCharsets.UTF_8))) {
        throw refused(file, "has changed meanwhile, or is not UTF-8. Try again");
      }
      put(real, text, permissions);
    } catch (IOException e) {
      throw refused(file, "can't be written (" + e.getClass().getSimpleName() + ")");
    }
  }

  private static boolean writes(PosixFilePermission permission) {
    return permission == PosixFilePermission.OWNER_WRITE
        || permission == PosixFilePermission.GROUP_WRITE
        || permission == PosixFilePermission.OTHERS_WRITE;
  }

  @Override
  public void create(Path root, Path file, String text, boolean executable) {
    try {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw refused(file, "exists already");
      }
      var folder = file.toAbsolutePath().normalize().getParent();
      var existing = folder;
      while (existing != null && !Files.exists(existing)) {
        existing = existing.getParent();
      }
      if (existing == null || folder == null || !within(root, existing, file)) {
        throw outside(root, file);
      }
      Files.createDirectories(folder);
      // A new file gets the permissions that the system gives, and those of a program if it is one.
      Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      var permissions = permissions(file);
      if (executable && !permissions.isEmpty()) {
        permissions.add(PosixFilePermission.OWNER_EXECUTE);
        permissions.add(PosixFilePermission.GROUP_EXECUTE);
        permissions.add(PosixFilePermission.OTHERS_EXECUTE);
        Files.setPosixFilePermissions(file, permissions);
      }
    } catch (IOException e) {
      throw refused(file, "can't be written (" + e.getClass().getSimpleName() + ")");
    }
  }

  /** The file itself, whatever links lead to it. */
  private static Path within(Path root, Path file) throws IOException {
    if (!within(root, file, file)) {
      throw outside(root, file);
    }
    return file.toRealPath();
  }

  private static boolean within(Path root, Path existing, Path file) throws IOException {
    var inside = file.toAbsolutePath().normalize().startsWith(root.toAbsolutePath().normalize());
    return inside && existing.toRealPath().startsWith(root.toRealPath());
  }

  private static void put(Path real, String text, Set<PosixFilePermission> permissions)
      throws IOException {
    var folder = real.getParent();
    var fresh = Files.createTempFile(folder, "." + real.getFileName(), ".clodo");
    try {
      Files.writeString(fresh, text);
      if (!permissions.isEmpty()) {
        Files.setPosixFilePermissions(fresh, permissions);
      }
      try (var channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      try {
        Files.move(fresh, real, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        // Some network file systems can't; the window is then as long as one rename.
        Files.move(fresh, real, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Empty where the file system knows none. */
  private static Set<PosixFilePermission> permissions(Path file) throws IOException {
    try {
      return new HashSet<>(Files.getPosixFilePermissions(file));
    } catch (UnsupportedOperationException e) {
      return Set.of();
    }
  }

  private static UserError outside(Path root, Path file) {
    return refused(file, "lies outside " + root + "; nothing is written there");
  }

  private static UserError refused(Path file, String why) {
    return new UserError(UserError.Kind.ENVIRONMENT, file + " " + why + ".");
  }
}
