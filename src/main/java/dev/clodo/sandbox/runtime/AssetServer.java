package dev.clodo.sandbox.runtime;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Serves the static assets of versions as the platform does: `html_handling`,
/// `not_found_handling`, `run_worker_first`, `_redirects` and `_headers`.
final class AssetServer {

  /// From this compatibility date on a browser's navigation is answered by `not_found_handling`
  /// instead of the Worker.
  private static final String NAVIGATION_DATE = "2025-04-01";

  private final Map<String, AssetRules> rules = new ConcurrentHashMap<>();

  /// A request for an asset.
  ///
  /// @param target path and query
  record Ask(String method, String host, String target, HttpHead head) {
    String path() {
      int query = target.indexOf('?');
      return query < 0 ? target : target.substring(0, query);
    }

    String query() {
      int query = target.indexOf('?');
      return query < 0 ? "" : target.substring(query);
    }
  }

  /// What to send, before `_headers` and conditions.
  private sealed interface Found {
    record File(AssetSet.Asset asset, int status) implements Found {}

    record Elsewhere(String place, int status) implements Found {}
  }

  /// The answer to a visitor's request, or nothing when the version's Worker has to answer.
  Optional<Reply> beforeWorker(ScriptVersion version, Ask ask) throws IOException {
    var assets = version.assets();
    boolean hasWorker = !(version.code() instanceof Code.AssetsOnly);
    if (!hasWorker) {
      return Optional.of(answer(version, ask));
    }
    if (assets.isEmpty() || !reads(ask) || workerFirst(assets, ask.path())) {
      return Optional.empty();
    }
    // Paths listed for the Worker say that the others are the assets' to answer, even with 404.
    boolean own = !assets.runWorkerFirst().isEmpty() || (navigates(ask) && prefersAssets(version));
    var found = find(version, ask, own);
    return found.isEmpty() ? Optional.empty() : Optional.of(reply(version, ask, found.get()));
  }

  /// The answer of the assets alone, as their binding gives it.
  Reply answer(ScriptVersion version, Ask ask) throws IOException {
    var found = find(version, ask, true);
    if (found.isEmpty()) {
      return Reply.text(404, "");
    }
    if (!reads(ask)) {
      return Reply.empty(405).with("Allow", "GET, HEAD");
    }
    return reply(version, ask, found.get());
  }

  private static boolean reads(Ask ask) {
    return ask.method().equals("GET") || ask.method().equals("HEAD");
  }

  private static boolean navigates(Ask ask) {
    return ask.head().get("Sec-Fetch-Mode").equals("navigate");
  }

  private static boolean prefersAssets(ScriptVersion version) {
    return !version.compatibilityFlags().contains("assets_navigation_has_no_effect")
        && (version.compatibilityFlags().contains("assets_navigation_prefers_asset_serving")
            || version.compatibilityDate().compareTo(NAVIGATION_DATE) >= 0);
  }

  private static boolean workerFirst(AssetSet assets, String path) {
    boolean listed = false;
    for (var pattern : assets.runWorkerFirst()) {
      if (pattern.startsWith("!")) {
        if (glob(pattern.substring(1), path)) {
          return false;
        }
      } else {
        listed |= glob(pattern, path);
      }
    }
    return listed;
  }

  private static boolean glob(String pattern, String path) {
    return Pattern.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q"), path);
  }

  private Optional<Found> find(ScriptVersion version, Ask ask, boolean evenIfMissing) {
    var path = ask.path();
    var onward = rules(version).redirect(ask.host(), path);
    if (onward.isPresent()) {
      if (onward.get().status() != 200) {
        return Optional.of(
            new Found.Elsewhere(
                withQuery(onward.get().place(), ask.query()), onward.get().status()));
      }
      path = onward.get().place();
    }
    var assets = version.assets();
    var file = decode(path);
    var exact = Optional.ofNullable(assets.files().get(file));
    if (exact.isPresent()
        && (!file.endsWith(".html") || assets.htmlHandling() == AssetSet.HtmlHandling.NONE)) {
      return Optional.of(new Found.File(exact.get(), 200));
    }
    for (var candidate : candidates(file, assets.htmlHandling())) {
      var asset = assets.files().get(candidate);
      if (asset != null) {
        var address = address(candidate, assets.htmlHandling());
        // Another file may be what that address stands for.
        boolean owns =
            candidates(address, assets.htmlHandling()).stream()
                .filter(assets.files()::containsKey)
                .findFirst()
                .filter(candidate::equals)
                .isPresent();
        return Optional.of(
            address.equals(file) || !owns
                ? new Found.File(asset, 200)
                : new Found.Elsewhere(encode(address) + ask.query(), 307));
      }
    }
    return evenIfMissing ? missing(assets, file) : Optional.empty();
  }

  private static Optional<Found> missing(AssetSet assets, String file) {
    return switch (assets.notFoundHandling()) {
      case NONE -> Optional.empty();
      case SINGLE_PAGE_APPLICATION ->
          Optional.ofNullable(assets.files().get("/index.html"))
              .map(asset -> new Found.File(asset, 200));
      case PAGE_404 -> {
        for (int slash = file.lastIndexOf('/'); slash >= 0; ) {
          var page = assets.files().get(file.substring(0, slash) + "/404.html");
          if (page != null) {
            yield Optional.of(new Found.File(page, 404));
          }
          slash = slash == 0 ? -1 : file.lastIndexOf('/', slash - 1);
        }
        yield Optional.empty();
      }
    };
  }

  /// HTML files that a path may stand for, best first.
  private static List<String> candidates(String path, AssetSet.HtmlHandling handling) {
    if (handling == AssetSet.HtmlHandling.NONE) {
      return List.of();
    }
    if (path.endsWith(".html")) {
      return List.of(path);
    }
    if (path.endsWith("/")) {
      var base = path.substring(0, path.length() - 1);
      return List.of(base + "/index.html", base + ".html");
    }
    return List.of(path + ".html", path + "/index.html");
  }

  /// The one address of an HTML file; the others redirect to it.
  private static String address(String file, AssetSet.HtmlHandling handling) {
    boolean index = file.endsWith("/index.html");
    var base = file.substring(0, file.length() - (index ? "/index.html" : ".html").length());
    if (index && base.isEmpty()) {
      return "/";
    }
    return switch (handling) {
      case AUTO_TRAILING_SLASH -> index ? base + "/" : base;
      case FORCE_TRAILING_SLASH -> base + "/";
      case DROP_TRAILING_SLASH -> base;
      case NONE -> file;
    };
  }

  private Reply reply(ScriptVersion version, Ask ask, Found found) throws IOException {
    return switch (found) {
      case Found.Elsewhere(String place, int status) -> Reply.empty(status).with("Location", place);
      case Found.File(AssetSet.Asset asset, int status) -> {
        var tag = "\"" + asset.hash() + "\"";
        boolean unchanged = status == 200 && matches(ask.head().get("If-None-Match"), tag);
        var reply =
            unchanged
                ? Reply.empty(304)
                : Reply.of(status, Map.of(), Files.readAllBytes(asset.content()));
        if (!asset.contentType().isEmpty()) {
          reply.head().set("Content-Type", asset.contentType());
        }
        reply.head().set("ETag", tag);
        reply.head().set("Cache-Control", "public, max-age=0, must-revalidate");
        reply.head().set("CF-Cache-Status", "HIT");
        rules(version).apply(ask.host(), ask.path(), reply.head());
        yield reply;
      }
    };
  }

  private static boolean matches(String condition, String tag) {
    for (var each : condition.split(",", -1)) {
      var wanted = each.strip();
      if (wanted.equals(tag) || wanted.equals("W/" + tag) || wanted.equals("*")) {
        return true;
      }
    }
    return false;
  }

  private AssetRules rules(ScriptVersion version) {
    return rules.computeIfAbsent(version.versionId(), id -> AssetRules.of(version.assets()));
  }

  private static String withQuery(String place, String query) {
    return place.contains("?") ? place : place + query;
  }

  private static String decode(String path) {
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return path;
    }
  }

  private static String encode(String path) {
    return URLEncoder.encode(path, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("%2F", "/")
        .replace("%7E", "~")
        .replace("%40", "@");
  }
}
