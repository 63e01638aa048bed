package dev.clodo.adapter.wrangler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.port.StepFailed;
import dev.clodo.port.TryLater;
import dev.clodo.port.Unreachable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The texts are what wrangler 4.164.0 printed and wrote when it was refused in these ways. */
class ComplaintTest {
  private static final WranglerCommand UPLOAD =
      new WranglerCommand(
          List.of("versions", "upload"), Map.of(), Path.of("/w"), Duration.ofMinutes(1));

  private static final String SESSION =
      """
      {"type":"wrangler-session","version":1,"wrangler_version":"4.164.0"}
      """;

  @Test
  void repeatsCloudflaresOwnWordsWithoutWranglersAdvice() {
    var e =
        exception(
            """
            \u001B[31m✘ \u001B[41;31m[\u001B[41;97mERROR\u001B[41;31m]\u001B[0m \u001B[1mA request to the Cloudflare API (/accounts/0123456789abcdef0123456789abcdef/workers/scripts/tiny/versions) failed.\u001B[0m

              Uncaught SyntaxError: x [code: 10021]
             \s
              If you think this is a bug, please open an issue at: \u001B[4mhttps://github.com/cloudflare/workers-sdk/issues/new/choose\u001B[0m


            """,
            """
            {"type":"command-failed","version":1,"code":10021,"message":"A request to the Cloudflare API (/accounts/0123456789abcdef0123456789abcdef/workers/scripts/tiny/versions) failed."}
            """);

    assertThat(e)
        .isInstanceOf(StepFailed.class)
        .hasMessage(
            "wrangler versions upload failed for api: A request to the Cloudflare API"
                + " (/accounts/0123456789abcdef0123456789abcdef/workers/scripts/tiny/versions)"
                + " failed. Uncaught SyntaxError: x [code: 10021]");
  }

  @Test
  void takesTheFirstErrorWhereWranglerWritesTheOneOfItsOwnEnquiry() {
    var e =
        exception(
            """
            ✘ [ERROR] A request to the Cloudflare API (/accounts/abc/workers/services/tiny) failed.

              Authentication error [code: 10000]


            ✘ [ERROR] A request to the Cloudflare API (/user/tokens/verify) failed.

              no route [code: 7003]
            """,
            """
            {"type":"command-failed","version":1,"code":7003,"message":"A request to the Cloudflare API (/user/tokens/verify) failed."}
            """);

    assertThat(e)
        .isInstanceOf(StepFailed.class)
        .hasMessageContaining("Authentication error [code: 10000]")
        .hasMessageContaining("Workers Scripts:Edit")
        .hasMessageNotContaining("7003");
  }

  @Test
  void doesNotClaimThatNothingHappenedAfterALostConnection() {
    assertThat(
            exception(
                """
                ▲ [WARNING] A fetch request failed, likely due to a connectivity issue.

                  Common causes:
                    - No internet connection or network connectivity problems


                ✘ [ERROR] fetch failed
                """,
                "{\"type\":\"command-failed\",\"version\":1,\"message\":\"fetch failed\"}"))
        .isInstanceOf(Unreachable.class)
        .hasMessageContaining("no clear answer");
  }

  @Test
  void doesNotClaimThatNothingHappenedAfterAnAnswerThatIsNoJson() {
    assertThat(
            exception(
                """
                ✘ [ERROR] Received a malformed response from the API

                  <html>bad gateway</html>
                  POST /accounts/abc/workers/scripts/tiny/versions -> 502 Bad Gateway
                """,
                ""))
        .isInstanceOf(Unreachable.class)
        .hasMessageContaining("502 Bad Gateway");
  }

  @Test
  void doesNotClaimThatNothingHappenedAfterAServerError() {
    assertThat(exception(failed("workers/scripts/tiny/versions", "unknown", 10013), ""))
        .isInstanceOf(Unreachable.class);
  }

  @Test
  void triesLaterWhenTheServerErrorMetOnlyWranglersFirstQuestion() {
    assertThat(exception(failed("workers/services/tiny", "unknown", 10013), ""))
        .isInstanceOf(TryLater.class);
  }

  @Test
  void triesLaterWhenThrottledAndAsLateAsTold() {
    assertThat(
            exception(
                failed("workers/scripts/tiny/versions", "Please wait", 971),
                "{\"type\":\"command-failed\",\"version\":1,\"code\":971,\"retry_after_ms\":7000}"))
        .isInstanceOfSatisfying(
            TryLater.class, e -> assertThat(e.after()).isEqualTo(Duration.ofSeconds(7)));
  }

  @Test
  void tellsAProcessThatWasKilledFromOneThatFailed() {
    var ran = new Ran(Ran.End.GONE, -1, "", "", List.of());

    assertThat(Complaint.of(ran, Set.of()).asException(UPLOAD, "api"))
        .isInstanceOf(Unreachable.class)
        .hasMessageContaining("its process was gone");
  }

  @Test
  void fallsBackToTheOutputFileAndToTheLastLine() {
    assertThat(
            exception(
                "", "{\"type\":\"command-failed\",\"version\":1,\"message\":\"From the file.\"}"))
        .hasMessageContaining("From the file.");
    assertThat(exception("Error: out of memory\n", ""))
        .hasMessageContaining("Error: out of memory");
  }

  @Test
  void showsNoSecret() {
    var ran =
        new Ran(Ran.End.BY_ITSELF, 1, "", "✘ [ERROR] bad header Bearer tok_secret\n", List.of());

    assertThat(Complaint.of(ran, Set.of("tok_secret")).said()).isEqualTo("bad header Bearer ***");
  }

  @Test
  void readsTheMigrationsThatWereApplied() {
    var printed =
        """
        Migrations to be applied:
        ┌───────────────┐
        │ name          │
        ├───────────────┤
        │ 0001_init.sql │
        └───────────────┘
        ┌───────────────┬────────┐
        │ name          │ status │
        ├───────────────┼────────┤
        │ 0001_init.sql │ ✅     │
        ├───────────────┼────────┤
        │ 0002_more.sql │ 🕒️    │
        └───────────────┴────────┘
        ┌───────────────┬────────┐
        │ name          │ status │
        ├───────────────┼────────┤
        │ 0001_init.sql │ ✅     │
        ├───────────────┼────────┤
        │ 0002_more.sql │ ✅     │
        └───────────────┴────────┘
        """;

    assertThat(WranglerAdapter.appliedIn(printed))
        .containsExactly("0001_init.sql", "0002_more.sql");
    assertThat(WranglerAdapter.appliedIn("✅ No migrations to apply!")).isEmpty();
  }

  @Test
  void leavesOutALineOfTheOutputFileThatWasCutOff() {
    assertThat(WranglerProcess.OutputFile.parse(SESSION + "{\"type\":\"version-upl")).hasSize(1);
  }

  private static String failed(String path, String message, int code) {
    return """
    ✘ [ERROR] A request to the Cloudflare API (/accounts/abc/%s) failed.

      %s [code: %d]
    """
        .formatted(path, message, code);
  }

  private static RuntimeException exception(String err, String entries) {
    var ran =
        new Ran(
            Ran.End.BY_ITSELF,
            1,
            "",
            WranglerProcess.plain(err),
            WranglerProcess.OutputFile.parse(SESSION + entries));
    return Complaint.of(ran, Set.of()).asException(UPLOAD, "api");
  }
}
