package dev.clodo.discover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Surroundings;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The facts that checks get with a service. */
class SurroundingsTest {
  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void makeWorkspace() {
    workspace = new Workspace(folder.resolve("workspace"));
  }

  @Test
  void tellsWhichConfiguredPathsExist() {
    workspace.write(
        "app/wrangler.toml",
        """
        name = "app"
        main = "./src/index.ts"
        tsconfig = "../tsconfig.json"
        assets = { directory = "public/" }
        site = { bucket = "gone" }
        [wasm_modules]
        W = "w.wasm"
        [text_blobs]
        T = "gone.txt"
        [[d1_databases]]
        binding = "DB"
        migrations_dir = "sql"
        [[d1_databases]]
        binding = "DEFAULT"
        """);
    workspace.write("app/src/index.ts", "export default {};");
    workspace.write("tsconfig.json", "{}");
    workspace.write("app/public/index.html", "");
    workspace.write("app/w.wasm", "");
    workspace.write("app/sql/0001_a.sql", "select 1;");
    workspace.write("app/sql/0002_b.sql", "select 2;");
    workspace.write("app/migrations/0001_c.sql", "select 3;");
    var facts = facts();
    assertThat(facts.existing())
        .contains(
            workspace.path("app/src/index.ts"),
            workspace.path("tsconfig.json"),
            workspace.path("app/public"),
            workspace.path("app/public/index.html"),
            workspace.path("app/w.wasm"),
            workspace.path("app/sql/0001_a.sql"),
            workspace.path("app/sql/0002_b.sql"),
            workspace.path("app/migrations/0001_c.sql"))
        .doesNotContain(workspace.path("app/gone"), workspace.path("app/gone.txt"));
    assertThat(facts.texts()).containsEntry(workspace.path("app/sql/0002_b.sql"), "select 2;");
  }

  @Test
  void followsImportsFromTheEntryPoint() {
    workspace.write("app/wrangler.toml", "name = \"app\"\nmain = \"src/index.ts\"\n");
    workspace.write(
        "app/src/index.ts",
        """
        import { a } from './a';
        import b from "./b.js";
        import '../../shared/c';
        import lib from 'lib';
        import x from '@/alias';
        import y from '~exact';
        import html from './page.html';
        import type { T } from './types';
        import gone from './gone';
        """);
    workspace.write("app/src/a/index.tsx", "export * from '../deep/d';");
    workspace.write("app/src/b.ts", "import './index';");
    workspace.write("app/src/deep/d.mjs", "");
    workspace.write("app/src/types.ts", "");
    workspace.write("app/src/unused.ts", "");
    workspace.write("app/src/aliased/alias.ts", "");
    workspace.write("app/exact.ts", "");
    workspace.write("app/src/page.html", "<p>");
    workspace.write("shared/c.js", "");
    workspace.write("node_modules/lib/index.js", "");
    workspace.write(
        "app/tsconfig.json",
        """
        { // comment
          "compilerOptions": { "baseUrl": ".",
            "paths": { "@/*": ["./missing/*", "./src/aliased/*"], "~exact": ["exact.ts"] } } }
        """);
    assertThat(facts().texts().keySet())
        .filteredOn(p -> p.toString().matches(".*\\.(ts|tsx|js|mjs|html)"))
        .containsExactlyInAnyOrder(
            workspace.path("app/src/index.ts"),
            workspace.path("app/src/a/index.tsx"),
            workspace.path("app/src/b.ts"),
            workspace.path("app/src/deep/d.mjs"),
            workspace.path("app/src/aliased/alias.ts"),
            workspace.path("app/exact.ts"),
            workspace.path("shared/c.js"));
  }

  @Test
  void readsTheFunctionsOfAPagesProject() {
    workspace.write("wrangler.toml", "name = \"p\"\npages_build_output_dir = \"out\"\n");
    workspace.write("functions/api/[id].ts", "import '../../lib/x';");
    workspace.write("functions/_middleware.js", "");
    workspace.write("lib/x.ts", "");
    assertThat(facts().texts())
        .containsKeys(
            workspace.path("functions/api/[id].ts"),
            workspace.path("functions/_middleware.js"),
            workspace.path("lib/x.ts"));
  }

  @Test
  void keepsOnlyTheNamesOfLocalSecrets() {
    workspace.write("wrangler.toml", "name = \"a\"");
    workspace.write(
        ".dev.vars",
        """
        # TOKEN=commented
        TOKEN=s3cret
          export KEY = "multi
        bGluZQ==
        line"
        EMPTY=
        """);
    workspace.write(".env.production", "PROD='s3cret'");
    var texts = facts().texts();
    assertThat(texts.get(workspace.path(".dev.vars")))
        .startsWith("TOKEN=\nKEY=\n")
        .endsWith("EMPTY=\n");
    assertThat(texts).containsEntry(workspace.path(".env.production"), "PROD=\n");
    assertThat(texts.toString()).doesNotContain("s3cret", "multi", "==");
  }

  @Test
  void listsStaticFilesWithTheirSizesAndRules() {
    workspace.write("wrangler.toml", "name = \"a\"\nassets = { directory = \"public\" }\n");
    workspace.write("public/index.html", "12345");
    workspace.write("public/.env", "X=1");
    workspace.write("public/_redirects", "/* /index.html 200\n");
    workspace.write("public/.assetsignore", "_worker.js\n");
    workspace.write("public/deep/a.js", "");
    var facts = facts();
    assertThat(facts.sizes())
        .containsEntry(workspace.path("public/index.html"), 5L)
        .containsKeys(workspace.path("public/.env"), workspace.path("public/deep/a.js"));
    assertThat(facts.texts())
        .containsEntry(workspace.path("public/_redirects"), "/* /index.html 200\n")
        .containsKey(workspace.path("public/.assetsignore"))
        .doesNotContainKey(workspace.path("public/index.html"));
  }

  @Test
  void readsThePackageItsLockAndThePipelinesUpToTheRepository() {
    workspace.write("apps/a/wrangler.toml", "name = \"a\"");
    workspace.write("apps/a/package.json", "{\"name\": \"a\"}");
    workspace.write("package.json", "{\"name\": \"root\"}");
    workspace.write("pnpm-lock.yaml", "lockfileVersion: 9");
    workspace.write(".nvmrc", "22");
    workspace.write(".github/workflows/deploy.yml", "on: push");
    workspace.write("node_modules/wrangler/package.json", "{\"version\": \"4.164.0\"}");
    workspace.write("alchemy.run.ts", "");
    var facts = facts();
    assertThat(facts.texts())
        .containsKeys(
            workspace.path("apps/a/package.json"),
            workspace.path("package.json"),
            workspace.path(".nvmrc"),
            workspace.path(".github/workflows/deploy.yml"),
            workspace.path("node_modules/wrangler/package.json"))
        .doesNotContainKey(workspace.path("pnpm-lock.yaml"));
    assertThat(facts.existing())
        .contains(workspace.path("pnpm-lock.yaml"), workspace.path("alchemy.run.ts"));
  }

  @Test
  void theSourceIsBounded() throws Exception {
    workspace.write("wrangler.toml", "name = \"a\"\nmain = \"s0.ts\"\n");
    for (int i = 0; i < 500; i++) {
      workspace.write("s" + i + ".ts", "import './s" + (i + 1) + "';");
    }
    var facts = facts();
    assertThat(facts.texts()).hasSizeBetween(300, 410);
    assertThat(facts.notes()).anyMatch(n -> n.contains("too large"));
    workspace.write("s0.ts", "import './big';");
    Files.writeString(workspace.path("big.ts"), "x".repeat(3 << 20));
    assertThat(facts().texts()).doesNotContainKey(workspace.path("big.ts"));
  }

  @Test
  void oddPathsAreNoCrash() {
    workspace.write(
        "wrangler.json",
        """
        {"name": "a", "main": "a\\u0000b", "assets": {"directory": ""}, "site": {"bucket": 5},
         "tsconfig": "/", "pages_build_output_dir": null, "wasm_modules": {"W": 1},
         "d1_databases": [{"binding": "D", "migrations_dir": "\\u0000"}]}
        """);
    assertThat(facts().existing()).contains(workspace.path("wrangler.json"));
  }

  private Surroundings facts() {
    return workspace.only().surroundings();
  }
}
