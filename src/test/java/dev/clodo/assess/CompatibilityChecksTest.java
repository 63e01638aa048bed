package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Remedy;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompatibilityChecksTest {
  @TempDir Path folder;

  private Assessed worker(String date, String flags, String code) {
    return Assessed.in(folder)
        .file(
            "wrangler.toml",
            """
            name = "api"
            main = "src/index.ts"
            compatibility_date = "%s"
            compatibility_flags = [%s]
            [vars]
            MODE = "fast"
            """
                .formatted(date, flags))
        .file("src/index.ts", code + "\nexport default { fetch: () => new Response() };\n");
  }

  private Assessed flags(String flags) {
    return worker("2026-07-01", flags, "");
  }

  @Test
  void namesTheFlagThatWasMeant() {
    var finding = flags("\"nodejs_compt\"").only("compatibility/flag-unknown");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.message()).contains("nodejs_compat");
    assertThat(finding.remedy())
        .isEqualTo(new Remedy.Edit(finding.where(), "\"nodejs_compt\"", "\"nodejs_compat\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NODEJS_COMPAT", "nodejs-compat"})
  void knowsFlagsOnlyInTheirOwnLetters(String flag) {
    assertThat(flags("\"" + flag + "\"").only("compatibility/flag-unknown").blocks()).isTrue();
  }

  @Test
  void onlyWarnsOfAFlagThatMayBeNewerThanItsTable() {
    var finding = flags("\"quantum_fetch_semantics\"").only("compatibility/flag-unknown");
    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
  }

  @Test
  void findsFlagsThatContradictEachOther() {
    var finding =
        flags("\"global_navigator\", \"no_global_navigator\"")
            .only("compatibility/flag-contradictory");
    assertThat(finding.blocks()).isTrue();
    assertThat(finding.subject()).isEqualTo("no_global_navigator");
  }

  @Test
  void refusesAnExperimentalFlag() {
    assertThat(flags("\"unsafe_module\"").only("compatibility/flag-experimental").blocks())
        .isTrue();
  }

  @Test
  void findsBothFormsOfNodeAtOnce() {
    var workspace = flags("\"nodejs_compat\", \"nodejs_compat_v2\"");
    assertThat(workspace.only("compatibility/nodejs-compat-both").blocks()).isTrue();
  }

  @Test
  void advisesToRemoveAFlagThatTheDateImplies() {
    var workspace = worker("2026-08-04", "\"nodejs_compat\"", "");
    assertThat(workspace.only("compatibility/flag-redundant").severity())
        .isEqualTo(Severity.ADVICE);
    assertThat(worker("2026-08-03", "\"nodejs_compat\"", "").of("compatibility/flag-redundant"))
        .isEmpty();
  }

  @Test
  void warnsWhereTheInstalledRuntimeDoesNotStartWithARedundantFlag() {
    var workspace =
        worker("2026-08-04", "\"nodejs_compat\"", "")
            .file("node_modules/workerd/package.json", "{\"version\": \"1.20260810.0\"}");
    assertThat(workspace.only("compatibility/flag-redundant").severity())
        .isEqualTo(Severity.WARNING);
  }

  @Test
  void saysWhatADateOfYearsAgoKeepsOff() {
    var finding = worker("2024-11-19", "", "").only("compatibility/date-old");
    assertThat(finding.severity()).isEqualTo(Severity.ADVICE);
    assertThat(finding.message()).contains("changes of the runtime");
    assertThat(worker("2024-11-20", "", "").of("compatibility/date-old")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "import { readFile } from 'node:fs' | `` | true",
        "import fs from 'fs' | `` | true",
        "const { Buffer } = require('node:buffer') | `` | true",
        "import { readFile } from 'node:fs' | nodejs_compat | false",
        "import { AsyncLocalStorage } from 'node:async_hooks' | nodejs_als | false",
        "import type { Readable } from 'node:stream' | `` | false",
        "import { connect } from 'cloudflare:sockets' | `` | false",
        "// import fs from 'node:fs'@const x = 1 | `` | false"
      })
  void findsNodeModulesWithoutTheFlagThatBringsThem(String code, String flag, boolean found) {
    var flags = flag == null || flag.isEmpty() ? "" : "\"" + flag + "\"";
    assertThat(
            worker("2026-07-01", flags, code + ";")
                .checks()
                .contains("compatibility/nodejs-compat-missing"))
        .isEqualTo(found);
  }

  @Test
  void writesTheFlagThatNodeNeedsBesideTheOthers() {
    var finding =
        worker("2026-07-01", "\"global_navigator\"", "import 'node:fs';")
            .only("compatibility/nodejs-compat-missing");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(finding.remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class,
            e -> {
              assertThat(e.text()).contains("\"nodejs_compat\"");
              assertThat(e.at().line()).isEqualTo(4);
            });
  }

  @Test
  void onlyWarnsOfANodeModuleThatTheCodeCanDoWithout() {
    var finding =
        worker("2026-07-01", "", "export const load = () => import('node:fs');")
            .only("compatibility/nodejs-compat-missing");
    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
  }

  @Test
  void needsNoFlagForNodeSinceTheDayItIsOnByItself() {
    assertThat(worker("2026-08-04", "", "import 'node:fs';").checks())
        .doesNotContain("compatibility/nodejs-compat-missing");
  }

  @Test
  void findsModulesThatTheFirstFormOfNodeLacks() {
    var old = worker("2024-09-22", "\"nodejs_compat\"", "import 'node:fs';\nimport 'node:path';");
    var finding = old.only("compatibility/nodejs-compat-old-date");
    assertThat(finding.subject()).isEqualTo("node:fs");
    assertThat(finding.remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class, e -> assertThat(e.text()).isEqualTo("\"2024-09-23\""));
  }

  @Test
  void advisesAFlagForAModuleThatIsOnlyAStandIn() {
    var finding =
        worker("2025-01-01", "\"nodejs_compat\"", "import 'node:http';")
            .only("compatibility/node-module-needs-date");
    assertThat(finding.severity()).isEqualTo(Severity.ADVICE);
    assertThat(finding.message()).contains("2025-08-15", "enable_nodejs_http_modules");
    assertThat(
            worker("2025-08-15", "\"nodejs_compat\"", "import 'node:http';")
                .of("compatibility/node-module-needs-date"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "2025-03-31 | nodejs_compat | const m = process.env.MODE | true",
        "2025-04-01 | nodejs_compat | const m = process.env.MODE | false",
        "2025-03-31 | nodejs_compat | const m = process.env.MODE ?? 'slow' | false",
        "2025-03-31 | nodejs_compat | const m = process.env.OTHER | false",
        "2025-03-31 | nodejs_compat_populate_process_env | const m = process.env.MODE | false"
      })
  void findsVariablesThatProcessEnvDoesNotHave(
      String date, String flag, String code, boolean found) {
    assertThat(
            worker(date, "\"" + flag + "\"", code + ";")
                .checks()
                .contains("compatibility/process-env-empty"))
        .isEqualTo(found);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "2024-11-10 | const f = () => fetch('https://a.dev', { cache: 'no-store' }) | true",
        "2024-11-11 | const f = () => fetch('https://a.dev', { cache: 'no-store' }) | false",
        "2024-11-10 | const o = { cache: 'memory' } | false",
        "2025-05-04 | const r = new FinalizationRegistry(() => {}) | true",
        "2025-11-16 | const f = (ctx) => ctx.exports.Counter | true",
        "2025-11-17 | const f = (ctx) => ctx.exports.Counter | false"
      })
  void findsFeaturesThatCameLater(String date, String code, boolean found) {
    assertThat(worker(date, "", code + ";").checks().contains("compatibility/feature-needs-date"))
        .isEqualTo(found);
  }

  @Test
  void knowsWhatAnotherFlagImplies() {
    var table = CompatibilityTable.get();
    var node = Set.of("nodejs_compat");
    assertThat(table.isOn("enable_nodejs_fs_module", node, LocalDate.of(2025, 9, 14))).isFalse();
    assertThat(table.isOn("enable_nodejs_fs_module", node, LocalDate.of(2025, 9, 15))).isTrue();
    assertThat(table.isOn("enable_nodejs_http_server_modules", node, LocalDate.of(2025, 9, 1)))
        .isTrue();
    assertThat(
            table.isOn(
                "enable_nodejs_fs_module",
                Set.of("nodejs_compat", "disable_nodejs_fs_module"),
                LocalDate.of(2026, 1, 1)))
        .isFalse();
  }

  @Test
  void findsNothingInAWorkerOfToday() {
    assertThat(worker("2026-11-01", "", "import 'node:fs';").assessment().findings())
        .filteredOn(Finding::blocks)
        .isEmpty();
  }
}
