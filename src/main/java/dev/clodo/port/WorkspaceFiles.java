package dev.clodo.port;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Writes files of a workspace, and none outside it: a link that leads out is refused. A file is
 * written whole or not at all.
 *
 * <p>Every method throws {@link UserError} with what to do when the file can't be written: it is
 * outside, read-only, no file, or no longer what was read.
 */
public interface WorkspaceFiles {
  /** A file's text; empty when there is none. */
  Optional<String> read(Path file);

  /** Whether anything is there. */
  boolean exists(Path path);

  boolean isFolder(Path path);

  /**
   * Writes another text to a file that still has the one expected; its permissions stay.
   *
   * @param root the workspace: the real file lies in it
   */
  void replace(Path root, Path file, String expected, String text);

  /**
   * Writes a file that does not exist yet, with the folders on the way.
   *
   * @param executable whether it is a program, such as a hook
   */
  void create(Path root, Path file, String text, boolean executable);
}
