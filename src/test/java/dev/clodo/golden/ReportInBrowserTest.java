package dev.clodo.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import dev.clodo.fixture.Services;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Service;
import dev.clodo.sandbox.NpmTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Opens the report in a real Chromium, as people do. */
@Tag("slow")
class ReportInBrowserTest {
  /** Where Debian, Ubuntu and Fedora put it; {@code $CHROMIUM} names another. */
  private static final List<Path> BROWSERS =
      Stream.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
          .map(n -> Path.of("/usr/bin", n))
          .toList();

  /** Longer than a busy machine needs to draw a page. */
  private static final double PATIENCE_MS = 30_000;

  private static Playwright playwright;
  private static Browser browser;
  @TempDir private static Path folder;
  private static Path shop;

  private final List<String> complaints = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();
  private @Nullable BrowserContext context;

  @BeforeAll
  static void startTheBrowser() throws IOException {
    System.setProperty("playwright.cli.dir", NpmTools.install().playwright().toString());
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium())
                    // CI runs as root, where Chromium's own sandbox refuses to start.
                    .setArgs(List.of("--no-sandbox"))
                    .setTimeout(PATIENCE_MS));
    shop = Files.writeString(folder.resolve("shop.html"), HtmlReportTest.shop());
  }

  private static Path chromium() {
    var named = System.getenv("CHROMIUM");
    if (named != null) {
      return Path.of(named);
    }
    return BROWSERS.stream()
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "this test needs Chromium: apt-get install chromium, or set CHROMIUM"));
  }

  @AfterAll
  static void stopTheBrowser() {
    if (playwright != null) {
      playwright.close();
    }
  }

  @AfterEach
  void nothingWasComplainedAboutOrAskedForElsewhere() {
    if (context != null) {
      context.close();
    }
    assertThat(complaints).isEmpty();
    assertThat(requests)
        .as("requests")
        .allMatch(r -> r.startsWith("file:") || r.startsWith("data:"));
  }

  @Test
  void findsWhatSomebodySearchesFor() {
    var page = open(shop, 1440, ColorScheme.LIGHT);
    assertThat(page.locator("#count").textContent()).isEqualTo("3 services, 8 findings");

    page.keyboard().press("/");
    page.keyboard().type("stripe");

    waitForCount(page, "1 of 3 services, 1 finding");
    assertThat(visible(page.locator(".svc"))).isEqualTo(1);
    assertThat(page.locator(".f:visible").textContent()).contains("STRIPE_KEY");

    page.keyboard().press("Escape");
    waitForCount(page, "3 services, 8 findings");

    page.fill("#q", "no such thing");
    page.locator("#empty").waitFor();
  }

  @Test
  void filtersBySeverityAndByKind() {
    var page = open(shop, 1440, ColorScheme.LIGHT);

    page.locator(".sev", new Page.LocatorOptions().setHasText("Warning")).click();
    waitForCount(page, "1 of 3 services, 1 finding");
    page.click("#clear");
    page.selectOption("#kind", "cron");
    waitForCount(page, "1 of 3 services, 1 finding");
    page.click("#clear");
    page.locator(".kinds button[data-k=config]").click();
    waitForCount(page, "1 of 3 services, 1 finding");
    page.locator(".kinds button[data-k=config]").click();
    waitForCount(page, "3 services, 8 findings");
  }

  @Test
  void leadsFromAFindingToWhatItIsAboutAndBack() {
    var page = open(shop, 1440, ColorScheme.LIGHT);
    page.locator(".f a[href='#d1/database-not-found']").first().click();

    var cause = page.locator("details[id='d1/database-not-found']");
    assertThat(cause.isVisible()).isTrue();
    cause.locator("summary").click();
    cause.locator("button[data-only]").click();

    waitForCount(page, "1 of 3 services, 1 finding");
  }

  @Test
  void canBeUsedWithoutAMouse() {
    var page = open(shop, 1440, ColorScheme.LIGHT);

    page.keyboard().press("Tab");
    assertThat(focused(page)).contains("Skip to the findings");
    page.keyboard().press("j");
    assertThat(focused(page)).contains("shop-api");
    page.keyboard().press("j");
    assertThat(focused(page)).contains("shop-jobs");
    var open = page.locator(".svc").nth(1).getAttribute("open") != null;
    page.keyboard().press("Enter");
    assertThat(page.locator(".svc").nth(1).getAttribute("open") != null).isNotEqualTo(open);
    assertThat(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
        .as("the focus can be seen")
        .isEqualTo("solid");
    page.keyboard().press("?");
    assertThat(page.locator("#help").isVisible()).isTrue();
    page.locator("#shortcuts").uncheck();
    page.keyboard().press("Escape");
    page.keyboard().press("/");
    assertThat(page.evaluate("document.activeElement.id"))
        .as("shortcuts are off")
        .isNotEqualTo("q");
  }

  @Test
  void isLightOrDarkAsTheSystemOrAsSomebodyChooses() {
    var page = open(shop, 1440, ColorScheme.DARK);
    var dark = background(page);

    page.click("#theme");
    assertThat(background(page)).isNotEqualTo(dark);
    page.reload();
    assertThat(background(page)).as("the choice is kept").isNotEqualTo(dark);
    page.keyboard().press("t");
    assertThat(background(page)).isEqualTo(dark);
  }

  @ParameterizedTest
  @CsvSource({"1440, LIGHT", "1440, DARK", "360, LIGHT", "360, DARK"})
  void fitsTheScreenAndCanBeRead(int width, ColorScheme scheme) {
    var page = open(shop, width, scheme);
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })");

    assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
        .as("nothing to scroll to the side")
        .isLessThanOrEqualTo(width);
    @SuppressWarnings("unchecked")
    var faint = (List<String>) page.evaluate(CONTRAST);
    assertThat(faint).as("text below WCAG AA").isEmpty();
  }

  @Test
  void namesEveryControl() {
    var page = open(shop, 1440, ColorScheme.LIGHT);

    assertThat(
            page.evaluate(
                """
                [...document.querySelectorAll('button, input, select, a')]
                  .filter(e => !(e.getAttribute('aria-label') || e.textContent.trim()
                      || e.labels?.length && [...e.labels].some(l => l.textContent.trim())))
                  .map(e => e.outerHTML)
                """))
        .isEqualTo(List.of());
    assertThat(page.locator("h1").count()).isEqualTo(1);
    assertThat(page.locator("main").count()).isEqualTo(1);
  }

  @Test
  void showsEverythingOnPaper() {
    var page = open(shop, 1440, ColorScheme.LIGHT);
    page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
    page.evaluate("dispatchEvent(new Event('beforeprint'))");

    assertThat(page.locator(".f").count()).isEqualTo(visible(page.locator(".f")));
    assertThat(page.locator(".tools").isVisible()).isFalse();
  }

  @Test
  void canBeReadWithoutItsScript() {
    var page = page(1440, ColorScheme.LIGHT, false);
    page.navigate(shop.toUri().toString());

    assertThat(page.locator(".tools").isVisible()).isFalse();
    page.locator(".svc summary").last().click();
    assertThat(visible(page.locator(".f"))).isPositive();
  }

  @Test
  void staysQuickWithAThousandServices() throws IOException {
    var services = new ArrayList<Service>();
    for (int i = 0; i < 1000; i++) {
      services.add(Services.worker("service-" + i));
    }
    var html = HtmlReportTest.everySeverity(services, Severity.values());
    var page = open(Files.writeString(folder.resolve("large.html"), html), 1440, ColorScheme.LIGHT);
    assertThat(page.locator("#count").textContent()).isEqualTo("1,000 services, 4,000 findings");

    var took =
        (Number)
            page.evaluate(
                """
                () => { const start = performance.now();
                  document.getElementById('kind').value = 'kv';
                  document.getElementById('kind').dispatchEvent(new Event('change'));
                  document.getElementById('q').value = 'service-77';
                  document.getElementById('show').dispatchEvent(new Event('change'));
                  return performance.now() - start; }
                """);

    waitForCount(page, "11 of 1,000 services, 44 findings");
    System.out.printf("filtering 1,000 services twice: %.0f ms%n", took.doubleValue());
    assertThat(took.doubleValue()).isLessThan(2000);
  }

  // -- how the page is looked at ------------------------------------------------------------------

  private Page open(Path file, int width, ColorScheme scheme) {
    var page = page(width, scheme, true);
    page.navigate(file.toUri().toString());
    return page;
  }

  private Page page(int width, ColorScheme scheme, boolean script) {
    context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(width, 900)
                .setColorScheme(scheme)
                .setJavaScriptEnabled(script));
    var page = context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.onConsoleMessage(m -> complaints.add(m.text()));
    page.onPageError(complaints::add);
    page.onRequest(r -> requests.add(r.url()));
    return page;
  }

  private static void waitForCount(Page page, String text) {
    page.locator("#count", new Page.LocatorOptions().setHasText(text)).waitFor();
    assertThat(page.locator("#count").textContent()).isEqualTo(text);
  }

  private static int visible(Locator locator) {
    return (int) locator.all().stream().filter(Locator::isVisible).count();
  }

  private static String focused(Page page) {
    return (String) page.evaluate("document.activeElement.textContent");
  }

  private static String background(Page page) {
    return (String) page.evaluate("getComputedStyle(document.body).backgroundColor");
  }

  /** Texts whose contrast is below 4.5 : 1, by the formula of WCAG 2.2. */
  private static final String CONTRAST =
      """
      () => {
        const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        const rgba = (css) => {
          canvas.clearRect(0, 0, 1, 1);
          canvas.fillStyle = css;
          canvas.fillRect(0, 0, 1, 1);
          return [...canvas.getImageData(0, 0, 1, 1).data];
        };
        const light = ([r, g, b]) => {
          const [x, y, z] = [r, g, b].map((v) => v / 255)
            .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
          return 0.2126 * x + 0.7152 * y + 0.0722 * z;
        };
        const behind = (e) => {
          for (let at = e; at; at = at.parentElement) {
            const color = rgba(getComputedStyle(at).backgroundColor);
            if (color[3] > 200) return color;
          }
          return [255, 255, 255, 255];
        };
        const bad = [];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const e = walker.currentNode.parentElement;
          if (!walker.currentNode.textContent.trim() || !e.checkVisibility()) continue;
          if (e.closest('script, style, .skip, .gone, svg')) continue;
          const [a, b] = [light(rgba(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
          const ratio = (a + 0.05) / (b + 0.05);
          if (ratio < 4.5) bad.push(ratio.toFixed(2) + ' ' + e.className + ': ' + e.textContent.slice(0, 40));
        }
        return [...new Set(bad)];
      }
      """;
}
