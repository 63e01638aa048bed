package dev.clodo.discover;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which modules a source imports. */
class ImportScannerTest {
  @Test
  void findsEveryWayToImport() {
    assertThat(
            ImportScanner.specifiers(
                """
                import './side';
                import a from "./a";
                import b, { c as d, type E } from './b'
                import * as f from "./f";
                export { g } from './g';
                export * from './h';
                const i = await import('./i');
                const j = require("./j");
                import data from "./data.json" with { type: "json" };
                import(/* webpackChunkName: "x" */ './k').then(() => 1);
                """))
        .containsExactly(
            "./side", "./a", "./b", "./f", "./g", "./h", "./i", "./j", "./data.json", "./k");
  }

  @Test
  void leavesOutWhatOnlyBringsTypes() {
    assertThat(
            ImportScanner.specifiers(
                """
                import type { Env } from './types';
                export type { Other } from "./others";
                import { type Both, value } from './both';
                export type Alias = { a: string }
                const late = require('./late');
                """))
        .containsExactly("./both", "./late");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "// import './no'",
        "/* import './no' */",
        "const s = \"import './no'\";",
        "const t = `import './no'`;",
        "const t = `${'x'} import './no' ${ { a: { b: `}` } } } import './no'`;",
        "const r = /import '.\\/no'/;",
        "const r = /[/'\"]/g; // import './no'",
        "Array.from('./no'); const o = { from: './no', import: './no' };",
        "x.fetch('./no')",
        "const unterminated = 'import",
        "const template = `import './no'",
        "/* import './no'",
        "\\"
      })
  void isNotMisledBy(String source) {
    assertThat(ImportScanner.specifiers(source)).isEmpty();
  }

  @Test
  void goesOnAfterWhatLooksOdd() {
    assertThat(
            ImportScanner.specifiers(
                """
                const half = total / 2; const third = total / 3; import './one';
                const quotes = /["'`]/; import './two';
                const page = <p>don't</p>;
                import './three';
                const t = `a ${b ? `c ${d}` : 'e'} f`; import './four';
                if (x) { y = `}` } import './five';
                """))
        .containsExactly("./one", "./two", "./three", "./four", "./five");
  }

  @Test
  void aMegabyteTakesNoTime() {
    var source = "const a = `${b}` / 2; // x\n".repeat(40_000) + "import './end';";
    assertThat(ImportScanner.specifiers(source)).containsExactly("./end");
    assertThat(ImportScanner.specifiers("`${".repeat(300_000))).isEmpty();
  }
}
