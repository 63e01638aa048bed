package dev.clodo.discover;

import dev.clodo.model.ConfigValue;
import java.nio.file.Path;

/** Which of the paths that the settings name exist, and the migrations of each D1 database. */
final class ConfiguredPaths implements FactCollector {
  @Override
  public void collect(Facts facts) {
    var settings = facts.settings();
    look(facts, settings, "main");
    look(facts, settings, "tsconfig");
    look(facts, settings, "base_dir");
    look(facts, settings, "pages_build_output_dir");
    settings.table("assets").ifPresent(t -> look(facts, t, "directory"));
    settings.table("build").ifPresent(t -> look(facts, t, "cwd"));
    settings
        .table("site")
        .ifPresent(site -> {
          look(facts, site, "bucket");
          look(facts, site, "entry-point");
        });
    for (String key : new String[] {"wasm_modules", "text_blobs", "data_blobs"}) {
      settings
          .table(key)
          .ifPresent(files -> files.entries().keySet().forEach(k -> look(facts, files, k)));
    }
    for (ConfigValue.Table container : settings.tables("containers")) {
      look(facts, container, "image");
      look(facts, container, "image_build_context");
    }
    for (ConfigValue.Table database : settings.tables("d1_databases")) {
      facts
          .resolve(database.text("migrations_dir").orElse("migrations"))
          .filter(facts::look)
          .ifPresent(folder -> migrations(facts, folder));
    }
  }

  private static void migrations(Facts facts, Path folder) {
    for (Path entry : facts.entries(folder)) {
      if (entry.toString().endsWith(".sql")) {
        facts.text(entry);
      }
    }
  }

  private static void look(Facts facts, ConfigValue.Table table, String key) {
    facts.path(table, key).ifPresent(facts::look);
  }
}
