package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Remark;
import dev.clodo.model.Suppressed;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody does not want to see is not shown, and counted. */
class SuppressionTest {
  private static final String ID = "config/type-mismatch";

  @TempDir Path folder;

  private Assessed toml(String lines) {
    return Assessed.in(folder)
        .file(
            "wrangler.toml",
            "name = \"api\"\nmain = \"src/index.ts\"\ncompatibility_date = \"2026-11-01\"\n"
                + lines)
        .file("src/index.ts", "export default { fetch: () => new Response() };");
  }

  private Assessed json(String lines) {
    return Assessed.in(folder)
        .file(
            "wrangler.jsonc",
            "{ \"name\": \"api\", \"main\": \"src/index.ts\","
                + " \"compatibility_date\": \"2026-11-01\",\n"
                + lines
                + "\n}")
        .file("src/index.ts", "export default { fetch: () => new Response() };");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "minify = \"true\" # clodo-ignore config/type-mismatch",
        "# clodo-ignore config/type-mismatch\nminify = \"true\"",
        "# see the wiki; clodo-ignore kv/id-malformed , config/type-mismatch -- why\nminify = \"true\"",
      })
  void leavesOutWhatACommentNamesInToml(String lines) {
    var workspace = toml(lines + "\n");
    assertThat(workspace.checks()).isEmpty();
    var assessment = workspace.assessment();
    assertThat(assessment.suppressed())
        .singleElement()
        .satisfies(s -> assertThat(s.finding().check().value()).isEqualTo(ID));
    assertThat(assessment.remarks()).isEmpty();
    assertThat(assessment.ready()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"minify\": \"true\" // clodo-ignore config/type-mismatch: later",
        "\"minify\": \"true\" /* clodo-ignore config/type-mismatch */",
        "/* clodo-ignore config/type-mismatch */\n\"minify\": \"true\"",
      })
  void leavesOutWhatACommentNamesInJson(String lines) {
    assertThat(json(lines).checks()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "workers_dev = true # clodo-ignore config/type-mismatch\nminify = \"true\"",
        "# clodo-ignore config/type-mismatch\n\nminify = \"true\"",
        "minify = \"true\" # clodo-ignore kv/id-malformed",
        "minify = \"true\" # clodo ignore config/type-mismatch",
      })
  void showsWhatTheCommentDoesNotMean(String lines) {
    assertThat(toml(lines + "\n").checks()).contains(ID);
  }

  @Test
  void keepsTheReason() {
    assertThat(
            toml("# clodo-ignore config/type-mismatch -- the old CI\nminify = \"true\"\n")
                .assessment()
                .suppressed())
        .extracting(Suppressed::reason)
        .containsExactly("the old CI");
  }

  @Test
  void leavesOutWhatTheWorkspaceLists() {
    var w =
        toml("minify = \"true\"\n[env.staging]\n")
            .file(
                "clodo.yaml",
                """
                assess:
                  ignore:
                    - check: config/type-mismatch
                      service: api-staging
                      environment: staging
                      reason: not there yet
                """);
    assertThat(w.checks()).contains(ID);
    assertThat(w.environment("staging").assessment().suppressed())
        .extracting(Suppressed::reason)
        .containsExactly("not there yet");
  }

  @Test
  void asksWhichCheckWasMeant() {
    var w =
        toml("# clodo-ignore config/type-mismach\nminify = true\n")
            .file("clodo.yaml", "assess: { ignore: [{ check: kv/id-malfomed, service: ap }] }\n");
    assertThat(w.assessment().remarks())
        .extracting(Remark::message)
        .containsExactly(
            "There is no check \"kv/id-malfomed\"; did you mean \"kv/id-malformed\"?",
            "There is no service \"ap\"; did you mean \"api\"?",
            "There is no check \"config/type-mismach\"; did you mean \"config/type-mismatch\"?");
  }

  @Test
  void refusesWhatItDoesNotKnowWithThePlace() {
    var w =
        toml("")
            .file(
                "clodo.yaml",
                """
                asses: {}
                assess:
                  ignore:
                    - chek: kv/id-malformed
                    - check: [1]
                  ignore: nothing
                """);
    assertThat(w.assessment().inventory().unreadable())
        .extracting(u -> u.at().line() + ":" + u.at().column() + " " + u.message())
        .containsExactly(
            "1:1 There is no setting asses; did you mean assess? Known here: assess, domain-defaults, domains, environments, groups, health, profiles, release, secrets, services.",
            "6:3 The key ignore is written twice.",
            "6:11 assess.ignore has to be a list, but is \"nothing\".");
    assertThat(w.assessment().ready()).isFalse();
  }

  @Test
  void saysWhereTheFileBreaksOff() {
    var w = toml("").file("clodo.yaml", "assess:\n  ignore: [\n");
    assertThat(w.assessment().inventory().unreadable())
        .singleElement()
        .satisfies(u -> assertThat(u.at().line()).isEqualTo(3));
    assertThat(toml("").file("clodo.yaml", "# nothing yet\n").checks()).isEmpty();
  }
}
