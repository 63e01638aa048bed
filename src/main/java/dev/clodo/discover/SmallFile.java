package dev.clodo.discover;

import dev.clodo.model.Inventory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HexFormat;

/**
 * Reads a file that ought to be small, whatever it turns out to be: never hangs, never fills
 * memory.
 */
sealed interface SmallFile {
  /** Bytes. Real configurations stay below 20,000; this leaves room for generated ones. */
  int MAX_BYTES = 1 << 20;

  /** Bytes that are no UTF-8 become U+FFFD, as they do for wrangler. */
  record Content(String text) implements SmallFile {}

  record Unread(Inventory.Unreadable.Reason reason, String message) implements SmallFile {}

  static SmallFile read(Path file) {
    return read(file, MAX_BYTES);
  }

  /** One of at most so many bytes. */
  static SmallFile read(Path file, int most) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      // A pipe or device would block or never end.
      if (!attributes.isRegularFile()) {
        return new Unread(
            Inventory.Unreadable.Reason.NOT_A_FILE,
            "This is no file but a "
                + (attributes.isDirectory() ? "folder" : "pipe or device")
                + ". Replace it by a file, or remove it.");
      }
      if (attributes.size() > most) {
        return tooLarge(attributes.size(), most);
      }
      try (var in = Files.newInputStream(file)) {
        var bytes = in.readNBytes(most + 1);
        return bytes.length > most ? tooLarge(bytes.length, most) : decode(bytes);
      }
    } catch (AccessDeniedException e) {
      return new Unread(
          Inventory.Unreadable.Reason.NO_PERMISSION,
          "The file can't be read. Give yourself permission: chmod u+r " + file);
    } catch (IOException e) {
      return new Unread(
          Inventory.Unreadable.Reason.NOT_A_FILE,
          "The file can't be read (" + e.getClass().getSimpleName() + "). Check that it exists.");
    }
  }

  private static SmallFile decode(byte[] bytes) {
    var start = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 4));
    for (Mark mark : Mark.values()) {
      if (start.startsWith(mark.hex)) {
        return new Unread(
            Inventory.Unreadable.Reason.MALFORMED,
            "The file is encoded as " + mark.encoding + ". Save it as UTF-8.");
      }
    }
    return new Content(new String(bytes, StandardCharsets.UTF_8));
  }

  /** The byte order marks that wrangler refuses, longest first: one starts like another. */
  enum Mark {
    UTF_32_BIG("UTF-32 BE", "0000feff"),
    UTF_32_LITTLE("UTF-32 LE", "fffe0000"),
    UTF_16_BIG("UTF-16 BE", "feff"),
    UTF_16_LITTLE("UTF-16 LE", "fffe");

    private final String encoding;
    private final String hex;

    Mark(String encoding, String hex) {
      this.encoding = encoding;
      this.hex = hex;
    }
  }

  private static SmallFile tooLarge(long bytes, int most) {
    return new Unread(
        Inventory.Unreadable.Reason.TOO_LARGE,
        "The file has more than %,d bytes (%,d). Check that it is a configuration."
            .formatted(most, bytes));
  }
}
