package dev.clodo.discover;

import dev.clodo.model.ConfigValue;

/** Which of the paths that the settings name exist. */
final class ConfiguredPaths implements FactCollector {
  @Override
  public void collect(Facts facts) {
    var settings = facts.settings();
    look(facts, settings, "main");
    look(facts, settings, "tsconfig");
    look(facts, settings, "base_dir");
    look(facts, settings, "pages_build_output_dir");
    settings.table("assets").ifPresent(t -> look(facts, t, "directory"));
    settings.table("site").ifPresent(t -> look(facts, t, "bucket"));
  }

  private static void look(Facts facts, ConfigValue.Table table, String key) {
    table.text(key).flatMap(facts::resolve).ifPresent(facts::look);
  }
}
