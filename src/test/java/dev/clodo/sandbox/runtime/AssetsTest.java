package dev.clodo.sandbox.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.sandbox.runtime.AssetSet.HtmlHandling;
import dev.clodo.sandbox.runtime.AssetSet.NotFoundHandling;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class AssetsTest {

  private static final String WORKER =
      "export default { async fetch(r, env) { const u = new URL(r.url); return u.pathname ==="
          + " '/api/page' ? env.ASSETS.fetch('https://x/page') : new Response('worker ' +"
          + " u.pathname); } };";

  @TempDir static Path folder;
  private static LocalCloud cloud;

  @BeforeAll
  static void open() {
    cloud = new LocalCloud(folder);
  }

  @AfterAll
  static void close() {
    cloud.close();
  }

  private static AssetSet files(
      HtmlHandling html,
      NotFoundHandling missing,
      List<String> workerFirst,
      String redirects,
      String headers) {
    var files = new LinkedHashMap<String, AssetSet.Asset>();
    for (var path :
        List.of(
            "/index.html",
            "/page.html",
            "/dir/index.html",
            "/404.html",
            "/dir/404.html",
            "/style.css",
            "/a b.txt")) {
      var bytes = ("file " + path).getBytes(StandardCharsets.UTF_8);
      files.put(
          path,
          new AssetSet.Asset(
              "h" + Integer.toHexString(path.hashCode()),
              path.endsWith(".css") ? "text/css" : "text/html; charset=utf-8",
              bytes.length,
              cloud.blob(bytes)));
    }
    return new AssetSet(files, html, missing, workerFirst, redirects, headers);
  }

  private static void deploy(String script, AssetSet assets, boolean worker) {
    if (worker) {
      var _ =
          cloud
              .script(script, WORKER)
              .bind(new BindingSpec.Assets("ASSETS"))
              .assets(assets)
              .deploy();
    } else {
      var _ = cloud.draft(script).assets(assets).deploy();
    }
  }

  /// Status, then the place of a redirect or the text.
  private static String see(String script, String path) {
    var answer = cloud.get(script, path);
    return answer.status()
        + " "
        + (answer.head().has("Location") ? answer.head().get("Location") : answer.text());
  }

  @Test
  void htmlHandlingGivesEachPageOneAddress() {
    deploy(
        "auto",
        files(HtmlHandling.AUTO_TRAILING_SLASH, NotFoundHandling.NONE, List.of(), "", ""),
        false);
    assertThat(see("auto", "/")).isEqualTo("200 file /index.html");
    assertThat(see("auto", "/index.html?q=1")).isEqualTo("307 /?q=1");
    assertThat(see("auto", "/index")).isEqualTo("307 /");
    assertThat(see("auto", "/page")).isEqualTo("200 file /page.html");
    assertThat(see("auto", "/page.html")).isEqualTo("307 /page");
    assertThat(see("auto", "/page/")).isEqualTo("307 /page");
    assertThat(see("auto", "/dir/")).isEqualTo("200 file /dir/index.html");
    assertThat(see("auto", "/dir")).isEqualTo("307 /dir/");
    assertThat(see("auto", "/a%20b.txt")).isEqualTo("200 file /a b.txt");
    assertThat(see("auto", "/nothing")).isEqualTo("404 ");

    deploy(
        "force",
        files(HtmlHandling.FORCE_TRAILING_SLASH, NotFoundHandling.NONE, List.of(), "", ""),
        false);
    assertThat(see("force", "/page")).isEqualTo("307 /page/");
    assertThat(see("force", "/page/")).isEqualTo("200 file /page.html");

    deploy(
        "drop",
        files(HtmlHandling.DROP_TRAILING_SLASH, NotFoundHandling.NONE, List.of(), "", ""),
        false);
    assertThat(see("drop", "/dir")).isEqualTo("200 file /dir/index.html");
    assertThat(see("drop", "/dir/")).isEqualTo("307 /dir");

    deploy("none", files(HtmlHandling.NONE, NotFoundHandling.NONE, List.of(), "", ""), false);
    assertThat(see("none", "/page.html")).isEqualTo("200 file /page.html");
    assertThat(see("none", "/page")).isEqualTo("404 ");
  }

  @Test
  void notFoundHandlingAnswersWhatIsMissing() {
    deploy(
        "pages",
        files(HtmlHandling.AUTO_TRAILING_SLASH, NotFoundHandling.PAGE_404, List.of(), "", ""),
        false);
    assertThat(see("pages", "/no")).isEqualTo("404 file /404.html");
    assertThat(see("pages", "/dir/no/deeper")).isEqualTo("404 file /dir/404.html");

    deploy(
        "spa",
        files(
            HtmlHandling.AUTO_TRAILING_SLASH,
            NotFoundHandling.SINGLE_PAGE_APPLICATION,
            List.of(),
            "",
            ""),
        true);
    assertThat(see("spa", "/some/route")).isEqualTo("200 worker /some/route");
    assertThat(
            cloud
                .send("GET", "spa", "/some/route", Map.of("Sec-Fetch-Mode", "navigate"), "")
                .text())
        .isEqualTo("file /index.html");
  }

  @Test
  void assetsComeFirstAndTheWorkerAnswersTheRest() {
    deploy(
        "mixed",
        files(HtmlHandling.AUTO_TRAILING_SLASH, NotFoundHandling.NONE, List.of(), "", ""),
        true);
    assertThat(see("mixed", "/style.css")).isEqualTo("200 file /style.css");
    assertThat(see("mixed", "/other")).isEqualTo("200 worker /other");
    assertThat(cloud.send("POST", "mixed", "/style.css", Map.of(), "x").text())
        .isEqualTo("worker /style.css");
    assertThat(see("mixed", "/api/page")).isEqualTo("200 file /page.html");
  }

  @Test
  void workerComesFirstWhereItIsListed() {
    deploy(
        "first",
        files(
            HtmlHandling.AUTO_TRAILING_SLASH,
            NotFoundHandling.NONE,
            List.of("/*", "!/style.css"),
            "",
            ""),
        true);
    assertThat(see("first", "/page")).isEqualTo("200 worker /page");
    assertThat(see("first", "/style.css")).isEqualTo("200 file /style.css");
  }

  @Test
  void redirectsAndHeadersFilesAreHonoured() {
    deploy(
        "rules",
        files(
            HtmlHandling.AUTO_TRAILING_SLASH,
            NotFoundHandling.NONE,
            List.of(),
            """
            # comment
            /old/:name /new/:name 301
            /blog/* https://blog.example.com/:splat
            /alias /page 200
            """,
            """
            /*
              X-Everywhere: yes
              Cache-Control: no-store
            /page
              X-Page: :none
              ! ETag
            """),
        false);
    assertThat(see("rules", "/old/x?q=1")).isEqualTo("301 /new/x?q=1");
    assertThat(see("rules", "/blog/a/b")).isEqualTo("302 https://blog.example.com/a/b");
    assertThat(see("rules", "/alias")).isEqualTo("200 file /page.html");
    var page = cloud.get("rules", "/page");
    assertThat(page.head().get("X-Everywhere")).isEqualTo("yes");
    assertThat(page.head().get("Cache-Control")).isEqualTo("no-store");
    assertThat(page.head().has("ETag")).isFalse();
  }

  @Test
  void assetsHaveEntityTagsAndTypes() {
    deploy(
        "tags",
        files(HtmlHandling.AUTO_TRAILING_SLASH, NotFoundHandling.NONE, List.of(), "", ""),
        false);
    var css = cloud.get("tags", "/style.css");
    assertThat(css.head().get("Content-Type")).isEqualTo("text/css");
    assertThat(css.version()).isNotEmpty();
    var again =
        cloud.send(
            "GET", "tags", "/style.css", Map.of("If-None-Match", css.head().get("ETag")), "");
    assertThat(again.status()).isEqualTo(304);
  }

  @Test
  void serviceBindingsMeetTheAssetsOfTheCalleeToo() {
    deploy(
        "site",
        files(HtmlHandling.AUTO_TRAILING_SLASH, NotFoundHandling.NONE, List.of(), "", ""),
        true);
    deploy(
        "static",
        files(HtmlHandling.AUTO_TRAILING_SLASH, NotFoundHandling.NONE, List.of(), "", ""),
        false);
    var _ =
        cloud
            .script(
                "visitor",
                "export default { async fetch(r, env) { const t = []; for (const [s, p] of"
                    + " [['SITE','page'],['SITE','else'],['STATIC','style.css']]) t.push(await"
                    + " (await env[s].fetch('https://x/' + p)).text()); return new"
                    + " Response(t.join('|')); } };")
            .bind(
                new BindingSpec.Service("SITE", "site", "", "{}"),
                new BindingSpec.Service("STATIC", "static", "", "{}"))
            .deploy();
    assertThat(cloud.get("visitor", "/").text())
        .isEqualTo("file /page.html|worker /else|file /style.css");
  }
}
