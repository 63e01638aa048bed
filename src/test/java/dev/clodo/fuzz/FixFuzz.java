package dev.clodo.fuzz;

import dev.clodo.Clodo;
import dev.clodo.Main;
import dev.clodo.Watcher;
import dev.clodo.discover.WranglerConfigManager;
import dev.clodo.discover.WranglerConfigManager.Reading;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;

/**
 * Any configuration that can be read is mended as {@code assess --fix} would, and has to be
 * readable afterwards. The first byte chooses the format, and whether edits that need a yes get it.
 * {@code bench/fuzz/run} mutates by coverage.
 */
public final class FixFuzz {
  private static final Path FOLDER = Fuzzed.folder();
  private static final Clodo CLODO = Main.connect(FOLDER, EnvironmentName.TOP_LEVEL, Map.of());
  private static final EnumSet<Stage> BY_READING = EnumSet.of(Stage.STATIC);
  private static final int TOML = 1;
  private static final int YES_TO_ALL = 2;

  static {
    TomlFuzz.class.getClassLoader().setPackageAssertionStatus("org.tomlj", false);
  }

  private FixFuzz() {}

  /** Jazzer's entry, found by its name. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length > 1) {
      Fuzzed.within(() -> mend(data));
    }
  }

  private static void mend(byte[] data) throws IOException {
    boolean toml = (data[0] & TOML) != 0;
    boolean yes = (data[0] & YES_TO_ALL) != 0;
    var file = FOLDER.resolve(toml ? "wrangler.toml" : "wrangler.jsonc");
    var text = new String(data, 1, data.length - 1, StandardCharsets.UTF_8);
    if (!(read(file, text) instanceof Reading.Read)) {
      return;
    }
    Files.deleteIfExists(FOLDER.resolve(toml ? "wrangler.jsonc" : "wrangler.toml"));
    Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    for (var patch : CLODO.fix(BY_READING, Watcher.silent(), _ -> yes).patches()) {
      if (!(read(patch.file(), patch.after()) instanceof Reading.Read)) {
        throw new AssertionError("broken: " + patch.after());
      }
    }
  }

  private static Reading read(Path file, String text) {
    return new WranglerConfigManager().parse(file, text);
  }
}
