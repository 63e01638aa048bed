package dev.clodo.model;

import java.util.List;
import java.util.Map;

/**
 * A built Worker with what a runtime needs to start it.
 *
 * @param main the name of the module that is entered
 * @param isModule whether it is written as modules, or as a script that listens to events
 * @param compatibilityDate empty where none is set
 * @param texts values of plain text bindings by name
 * @param json values of JSON bindings by name
 * @param others the kinds of all other bindings by name, as Cloudflare's API calls them
 * @param sourceMap of the main module, as JSON with the sources as absolute paths; empty where
 *     there is none
 */
public record Bundle(
    String main,
    boolean isModule,
    List<Part> parts,
    String compatibilityDate,
    List<String> compatibilityFlags,
    Map<String, String> texts,
    Map<String, String> json,
    Map<String, String> others,
    String sourceMap) {
  /**
   * A module.
   *
   * @param type its media type
   * @param content a character a byte, so that binary modules stay whole
   */
  public record Part(String name, String type, String content) {}

  public Bundle {
    parts = List.copyOf(parts);
    compatibilityFlags = List.copyOf(compatibilityFlags);
    texts = Map.copyOf(texts);
    json = Map.copyOf(json);
    others = Map.copyOf(others);
  }
}
