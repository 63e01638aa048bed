package dev.clodo.discover;

import java.nio.file.Path;
import java.util.List;

/**
 * The configuration as written, and what lies in the project's folder and in those above it: other
 * wrangler configurations, the package and its lock, the versions of the tools.
 */
final class ProjectFiles implements FactCollector {
  /** Every service of a workspace gets these facts, so a root with many folders must not count. */
  private static final int MAX_AT_ROOT = 200;

  private static final List<String> CONFIGURATIONS =
      List.of("wrangler.json", "wrangler.jsonc", "wrangler.toml");

  private static final List<String> LOOKED_AT =
      List.of(
          "wrangler.json",
          "wrangler.jsonc",
          "wrangler.toml",
          "package-lock.json",
          "npm-shrinkwrap.json",
          "pnpm-lock.yaml",
          "yarn.lock",
          "bun.lock",
          "bun.lockb",
          "node_modules",
          ".pnp.cjs",
          ".git");

  private static final List<String> READ =
      List.of("pnpm-workspace.yaml", ".gitignore", ".nvmrc", ".node-version", ".tool-versions");

  @Override
  public void collect(Facts facts) {
    facts.text(facts.config());
    facts.entries(facts.home());
    facts.entries(facts.root(), MAX_AT_ROOT);
    facts.text(facts.home().resolve(".wrangler/deploy/config.json"));
    if (facts.isGenerated()) {
      CONFIGURATIONS.forEach(name -> facts.document(facts.home().resolve(name)));
    }
    for (Path folder : facts.foldersUp()) {
      LOOKED_AT.forEach(name -> facts.look(folder.resolve(name)));
      READ.forEach(name -> facts.text(folder.resolve(name)));
      facts.document(folder.resolve("package.json"));
      facts.document(folder.resolve("node_modules/wrangler/package.json"));
      facts.document(folder.resolve("node_modules/workerd/package.json"));
    }
  }
}
