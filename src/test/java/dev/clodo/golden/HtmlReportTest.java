package dev.clodo.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.Checks;
import dev.clodo.fixture.Services;
import dev.clodo.model.Account;
import dev.clodo.model.Assessment;
import dev.clodo.model.CheckId;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Scope;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Finding.Verdict;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import dev.clodo.model.Service;
import dev.clodo.model.Stage;
import dev.clodo.render.HtmlReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HtmlReportTest {
  private static final Path ROOT = Path.of("/workspace");
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final int FIVE_MEGABYTES = 5_000_000;

  @Test
  void tellsTheStoryOfTheShop() throws IOException {
    var html = shop();

    assertThat(html)
        .contains(
            "<title>Not ready: workspace – Clodo</title>",
            "aria-label=\"Score: 40 of 100\"",
            "7 errors, 1 warning; the errors block a deploy.",
            "api/wrangler.toml:8:15",
            "npx wrangler secret put STRIPE_KEY",
            "2026-11-20 12:00:00 UTC");
  }

  @Test
  void needsNothingButItself() throws IOException {
    var html = shop();

    assertThat(html)
        .doesNotContainPattern(
            "(?i)<(link|img|script|iframe|object|embed)[^>]+(src|href)=\"(?!data:)");
    assertThat(html).doesNotContain("@import").doesNotContainPattern("url\\((?!#)");
    assertThat(html).doesNotContain(" style=\"").doesNotContainPattern("\\son[a-z]+=\"");
  }

  @Test
  void allowsItsOwnStyleAndScriptOnly() throws Exception {
    var html = shop();

    for (var element : List.of("style", "script")) {
      var text = between(html, "<" + element + ">", "</" + element + ">");
      var digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      assertThat(html)
          .contains(element + "-src 'sha256-" + Base64.getEncoder().encodeToString(digest) + "'");
    }
    assertThat(html).contains("default-src 'none'");
  }

  @Test
  void letsNoTextBecomeMarkup() {
    var nasty = "</script><script>alert(1)</script><img src=x onerror=\"alert(2)\"> & 'q' \u0000";
    var service = Services.worker(nasty.replace("/", "_").replace("\u0000", ""));
    var at = new Location(ROOT.resolve("<b>/wrangler.toml"), 1, 1);
    var html =
        html(
            List.of(service),
            finding(service, Severity.ERROR, at, nasty, new Remedy.Advice(nasty)),
            finding(service, Severity.WARNING, at, nasty, new Remedy.Command(nasty, ROOT)),
            finding(service, Severity.ADVICE, at, nasty, new Remedy.Edit(at, nasty, nasty)));

    assertThat(html.split("<script", -1)).hasSize(2);
    assertThat(html)
        .doesNotContain("<img")
        .doesNotContain("<b>/")
        .contains("&lt;img src=x onerror=");
  }

  @Test
  void staysSmallWithAThousandServices() {
    var services = IntStream.range(0, 1000).mapToObj(i -> Services.worker("service-" + i)).toList();

    var html = everySeverity(services, Severity.values());

    assertThat(html.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(FIVE_MEGABYTES);
    assertThat(html.split("class=\"card svc\"", -1)).hasSize(1001);
  }

  /** A report in which each service has a finding of each of these severities. */
  static String everySeverity(List<Service> services, Severity... severities) {
    var findings = new ArrayList<Finding>();
    for (var service : services) {
      var at = new Location(service.config(), 12, 3);
      var message = "The id of KV namespace \"SESSIONS\" has to have 32 digits. ".repeat(2);
      var command = new Remedy.Command("npx wrangler kv namespace create X", service.home());
      for (var severity : severities) {
        findings.add(finding(service, severity, at, message, command));
      }
    }
    return html(services, findings.toArray(Finding[]::new));
  }

  /** Each letter is a finding: Error, Production, Warning, Advice; a word is a service. */
  @ParameterizedTest
  @CsvSource({
    "-, 100",
    "A, 99",
    "W, 95",
    "WWA -, 95",
    "WWWWWWWWWWWWWWWWWWWWWW, 0",
    "E, 49",
    "P - - - - - - -, 49",
    "EEE, 25",
    "EEEEEE, 0"
  })
  void scoresAsItSays(String found, int score) {
    var services = new ArrayList<Service>();
    var findings = new ArrayList<Finding>();
    for (var word : found.split(" ")) {
      var service = Services.worker("s" + services.size());
      services.add(service);
      for (char letter : word.replace("-", "").toCharArray()) {
        var severity =
            Arrays.stream(Severity.values())
                .filter(s -> "EPWA".charAt(List.of(Severity.values()).indexOf(s)) == letter)
                .findFirst()
                .orElseThrow();
        findings.add(
            finding(service, severity, Location.startOf(ROOT), "x", new Remedy.Advice("y")));
      }
    }

    assertThat(html(services, findings.toArray(Finding[]::new)))
        .contains("aria-label=\"Score: " + score + " of 100\"");
  }

  @Test
  void givesEachElementAnIdOfItsOwn() throws IOException {
    var ids =
        Pattern.compile(" id=\"([^\"]+)\"").matcher(shop()).results().map(m -> m.group(1)).toList();

    assertThat(ids).doesNotHaveDuplicates().contains("main", "q", "list", "help");
  }

  static String shop() throws IOException {
    var story = Path.of("src/test/resources/golden/shop-that-is-not-ready");
    var facts = new ObjectMapper().readTree(story.resolve("account.json").toFile());
    return html(AssessmentStoriesTest.assess(story.resolve("workspace"), facts));
  }

  private static String html(List<Service> services, Finding... findings) {
    var inventory = new Inventory(ROOT, services, List.of(), List.of());
    return html(
        new Assessment(
            inventory,
            Account.unseen("no"),
            List.of(findings),
            findings.length,
            0,
            Set.of(Stage.STATIC)));
  }

  private static String html(Assessment assessment) {
    var checks = assessment.findings().stream().map(Finding::check).collect(Collectors.toSet());
    return HtmlReport.of(assessment, Checks.of(checks), "1.2.3", NOON);
  }

  private static Finding finding(
      Service service, Severity severity, Location at, String message, Remedy remedy) {
    return new Finding(
        new CheckId("kv/id-malformed"),
        severity,
        Verdict.FAIL,
        StopsAt.NONE,
        new Scope.OfService(service.name(), service.environment()),
        at,
        message,
        message,
        remedy,
        "https://example.com/");
  }

  private static String between(String text, String from, String to) {
    int start = text.indexOf(from) + from.length();
    return text.substring(start, text.indexOf(to, start));
  }
}
