package dev.clodo.plan;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.Memory;
import dev.clodo.model.Service;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Static files whose names change with their content. Each version serves only its own, so a page
 * of one version that asks another version for them gets none.
 */
public final class AssetSkew {
  /** A part of eight or more letters and digits before the ending, as bundlers write. */
  private static final Pattern HASHED =
      Pattern.compile(".*[._-]([0-9A-Za-z_-]{8,})\\.[0-9a-z]{2,5}(?:\\.map)?");

  private static final Pattern DIGIT = Pattern.compile("[0-9]");

  /** More names than this tell nothing more, and would only fill the store. */
  private static final int MOST = 5000;

  private AssetSkew() {}

  /** The files of a service whose names carry a hash, relative to the folder, in order. */
  public static List<String> hashed(Service service) {
    var folder =
        service
            .settings()
            .table("assets")
            .flatMap(a -> a.text("directory"))
            .map(d -> service.config().resolveSibling(d).normalize());
    if (folder.isEmpty()) {
      return List.of();
    }
    var names = new TreeSet<String>();
    for (var file : service.surroundings().sizes().keySet()) {
      if (file.startsWith(folder.get())) {
        var name = folder.get().relativize(file).toString().replace('\\', '/');
        if (isHashed(name)) {
          names.add(name);
        }
      }
    }
    return names.stream().limit(MOST).toList();
  }

  static boolean isHashed(String name) {
    var matcher = HASHED.matcher(name);
    return matcher.matches() && DIGIT.matcher(matcher.group(1)).find();
  }

  /** What goes away although pages of the version before name it; at most a sentence. */
  static List<String> notes(Service service, Memory memory) {
    var before = memory.of(Memory.assets(service.target())).orElse("");
    if (before.isEmpty()) {
      return List.of();
    }
    var gone = new TreeSet<>(before.lines().toList());
    hashed(service).forEach(gone::remove);
    if (gone.isEmpty()) {
      return List.of();
    }
    boolean isApp =
        service
            .settings()
            .table("assets")
            .flatMap(a -> a.get("not_found_handling"))
            .filter(v ->
                v instanceof ConfigValue.Text(var how, _) && how.equals("single-page-application"))
            .isPresent();
    return List.of(
        "%s that pages of the version before name %s (%s): to a page that is open now, and while both versions serve, the new one answers with %s; keep the old files in the folder for one more release"
            .formatted(
                gone.size() == 1 ? "a file" : gone.size() + " files",
                gone.size() == 1 ? "goes away" : "go away",
                shown(gone),
                isApp ? "index.html in their place" : "404"));
  }

  private static String shown(SortedSet<String> gone) {
    return gone.size() == 1
        ? gone.first()
        : "%s and %d more".formatted(gone.first(), gone.size() - 1);
  }
}
