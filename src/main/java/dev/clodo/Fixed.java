package dev.clodo;

import dev.clodo.mend.Document;
import dev.clodo.mend.UnifiedDiff;
import dev.clodo.model.Assessment;
import dev.clodo.model.Finding;
import java.nio.file.Path;
import java.util.List;

/**
 * What mending a workspace's files comes to.
 *
 * @param before the assessment that the edits come from
 * @param after the assessment with the edits made
 * @param patches the files that get another text
 * @param made findings that the patches mend
 * @param open findings that an edit would mend and that were not chosen
 * @param refused findings whose edit can't be made, each with the reason
 */
public record Fixed(
    Assessment before,
    Assessment after,
    List<Patch> patches,
    List<Finding> made,
    List<Finding> open,
    List<Refused> refused) {
  public Fixed {
    patches = List.copyOf(patches);
    made = List.copyOf(made);
    open = List.copyOf(open);
    refused = List.copyOf(refused);
  }

  /** A file with its text before and after. */
  public record Patch(Path file, String before, String after) {
    /**
     * The difference as {@code diff -u} prints it; values of variables are not shown.
     *
     * @param root what the file's name is relative to
     */
    public List<String> diff(Path root) {
      var name = relative(root);
      boolean config = name.matches(".*\\.(?:toml|jsonc?)");
      return config
          ? UnifiedDiff.of(
              name, Document.of(file, before).masked(), Document.of(file, after).masked())
          : UnifiedDiff.of(name, before, after);
    }

    private String relative(Path root) {
      return (file.startsWith(root) && !file.equals(root) ? root.relativize(file) : file)
          .toString()
          .replace('\\', '/');
    }
  }

  /**
   * What became of the patches.
   *
   * @param made findings that are mended in the files
   * @param failed what was not written or was taken back, and why; a sentence for each file
   */
  public record Written(List<Finding> made, List<String> failed) {
    public Written {
      made = List.copyOf(made);
      failed = List.copyOf(failed);
    }
  }

  /** A finding whose edit was not made, and why. */
  public record Refused(Finding finding, String why) {}

  /** Says which edits are wanted that are not certain. */
  @FunctionalInterface
  public interface Choice {
    boolean make(Finding finding);

    /** Only what is certain. */
    static Choice certainOnly() {
      return _ -> false;
    }
  }
}
