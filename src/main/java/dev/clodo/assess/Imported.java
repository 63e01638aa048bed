package dev.clodo.assess;

import dev.clodo.model.Location;
import dev.clodo.model.SourceFacts.Form;
import java.util.ArrayList;
import java.util.List;

/**
 * A module that a source file loads.
 *
 * @param at where its name stands
 * @param isOptional whether it is loaded while running, or inside a try, so that the code may do
 *     without
 */
record Imported(String module, Location at, boolean isOptional) {
  /** Of all source files of a service; imports of types alone are left out. */
  static List<Imported> of(Case c) {
    var all = new ArrayList<Imported>();
    c.code()
        .eachFile((path, facts) -> {
          for (var i : facts.imports()) {
            if (i.form() != Form.TYPES) {
              all.add(
                  new Imported(
                      i.specifier(), i.at().in(path), i.form() == Form.DYNAMIC || !i.sure()));
            }
          }
        });
    return all;
  }
}
