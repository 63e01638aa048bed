package dev.clodo.discover;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a key of the configuration reaches a named environment. Observed from wrangler 4.164.0 on 20
 * November 2026: its configuration schema and what it deploys. A key that wrangler does not know
 * counts only where it is written.
 */
enum Inheritance {
  /** The environment's value, else the one at the top level. */
  INHERITED,
  /** Only the environment's own value. */
  OWN,
  /** Only the value at the top level, for every environment. */
  TOP_LEVEL;

  private static final Set<String> INHERITED_KEYS =
      Set.of(
          "access",
          "account_id",
          "assets",
          "base_dir",
          "build",
          "cache",
          "compatibility_date",
          "compatibility_flags",
          "compliance_region",
          "exports",
          "find_additional_modules",
          "first_party_worker",
          "jsx_factory",
          "jsx_fragment",
          "keep_names",
          "limits",
          "logfwdr",
          "logpush",
          "main",
          "migrations",
          "minify",
          "name",
          "no_bundle",
          "observability",
          "placement",
          "preserve_file_names",
          "preview_urls",
          "previews",
          "python_modules",
          "route",
          "routes",
          "rules",
          "triggers",
          "tsconfig",
          "upload_source_maps",
          "workers_dev");

  private static final Set<String> TOP_LEVEL_KEYS =
      Set.of(
          "$schema",
          "addresses",
          "alias",
          "data_blobs",
          "dependencies_instrumentation",
          "dev",
          "keep_vars",
          "pages_build_output_dir",
          "send_metrics",
          "site",
          "text_blobs",
          "wasm_modules");

  private static final Map<String, Inheritance> BY_KEY =
      Stream.concat(
              INHERITED_KEYS.stream().map(k -> Map.entry(k, INHERITED)),
              TOP_LEVEL_KEYS.stream().map(k -> Map.entry(k, TOP_LEVEL)))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  static Inheritance of(String key) {
    return BY_KEY.getOrDefault(key, OWN);
  }
}
