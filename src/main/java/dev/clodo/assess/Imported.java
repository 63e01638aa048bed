package dev.clodo.assess;

import dev.clodo.model.Location;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A module that a source file loads.
 *
 * @param isOptional whether it is loaded while running, or inside a try, so that the code may do
 *     without
 */
record Imported(String module, Location at, boolean isOptional) {
  private static final Pattern STATEMENT =
      Pattern.compile(
          "(?<![\\w$.])(?:import|export)\\b(?!\\s*(?:type\\s+[\\w${*]|\\())(?:[^;'\"`()=]*?\\bfrom)?\\s*(['\"])");
  private static final Pattern CALL =
      Pattern.compile("(?<![\\w$.])(?:import|require)\\s*\\(\\s*(['\"])");

  /** What a file loads, in the order of its text; imports of types alone are left out. */
  static List<Imported> in(Path file, String text) {
    var code = JsText.of(text);
    var all = new ArrayList<Imported>();
    for (var pattern : List.of(STATEMENT, CALL)) {
      var m = pattern.matcher(code.bare());
      while (m.find()) {
        int start = m.start(1) + 1;
        int end = code.bare().indexOf(m.group(1), start);
        if (end > start) {
          boolean dynamic = pattern == CALL && text.startsWith("import", m.start());
          all.add(
              new Imported(
                  text.substring(start, end),
                  code.location(file, m.start(1)),
                  dynamic || (pattern == CALL && code.isInTry(m.start()))));
        }
      }
    }
    return all;
  }

  /** Of all source files of a service. */
  static List<Imported> of(Case c) {
    var all = new ArrayList<Imported>();
    c.around()
        .texts()
        .forEach((path, text) -> {
          if (CodeUse.isSource(path)) {
            all.addAll(in(path, text));
          }
        });
    return all;
  }
}
