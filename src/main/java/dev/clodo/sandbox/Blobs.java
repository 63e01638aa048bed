package dev.clodo.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Files named by the SHA-256 of their content: modules and assets, each stored once.
final class Blobs {
  private final Path folder;

  Blobs(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /// Stores the bytes and returns their name.
  String put(byte[] content) {
    var name = sha256(content);
    var file = file(name);
    if (Files.exists(file)) {
      return name;
    }
    try {
      Files.createDirectories(folder.resolve(name.substring(0, 2)));
      var partial = Files.createTempFile(folder, "blob", ".partial");
      Files.write(partial, content);
      // A file under its final name is always whole, whenever the process ends.
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return name;
  }

  byte[] get(String name) {
    try {
      return Files.readAllBytes(file(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path file(String name) {
    return folder.resolve(name.substring(0, 2)).resolve(name);
  }

  static String sha256(byte[] content) {
    return digest("SHA-256", content);
  }

  static String md5(byte[] content) {
    return digest("MD5", content);
  }

  private static String digest(String algorithm, byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
