package dev.clodo.discover;

import java.util.List;

/**
 * Files where they usually are: entries that may have been meant where the configured one is
 * missing, and rules for assets where a build takes them from.
 */
final class UsualPlaces implements FactCollector {
  private static final List<String> ENTRIES =
      List.of(
          "src/index.ts",
          "src/index.js",
          "src/worker.ts",
          "src/worker.js",
          "src/index.tsx",
          "src/index.mjs",
          "src/main.ts",
          "index.ts",
          "index.js",
          "worker.ts",
          "worker.js",
          "workers-site/index.js");

  private static final List<String> RULES =
      List.of("public/_redirects", "static/_redirects", "public/_headers", "static/_headers");

  @Override
  public void collect(Facts facts) {
    if (facts.path(facts.settings(), "main").filter(facts::look).isEmpty()) {
      ENTRIES.forEach(name -> facts.resolve(name).ifPresent(facts::look));
    }
    facts.resolve("worker-configuration.d.ts").ifPresent(facts::text);
    if (facts.settings().table("assets").isPresent()) {
      RULES.forEach(name -> facts.resolve(name).ifPresent(facts::text));
    }
  }
}
