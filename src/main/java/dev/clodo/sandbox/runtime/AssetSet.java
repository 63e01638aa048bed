package dev.clodo.sandbox.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The static files of a version and how they are served.
///
/// @param files by path, which starts with a slash: `/index.html`
/// @param runWorkerFirst path patterns that the Worker answers before assets are tried; `!` in
///   front excludes; `run_worker_first: true` is the pattern `/*`
/// @param redirects text of `_redirects`, empty for none
/// @param headers text of `_headers`, empty for none
public record AssetSet(
    Map<String, Asset> files,
    HtmlHandling htmlHandling,
    NotFoundHandling notFoundHandling,
    List<String> runWorkerFirst,
    String redirects,
    String headers) {

  public AssetSet {
    files = Map.copyOf(files);
    runWorkerFirst = List.copyOf(runWorkerFirst);
  }

  /// A version without assets.
  public static AssetSet none() {
    return new AssetSet(
        Map.of(), HtmlHandling.AUTO_TRAILING_SLASH, NotFoundHandling.NONE, List.of(), "", "");
  }

  public boolean isEmpty() {
    return files.isEmpty();
  }

  /// One static file.
  ///
  /// @param hash the upload's content hash, served as the entity tag
  /// @param contentType an empty text to serve it without a content type
  /// @param size in bytes
  public record Asset(String hash, String contentType, long size, Path content) {}

  /// How paths of HTML files are written; the names are wrangler's `html_handling`.
  public enum HtmlHandling {
    AUTO_TRAILING_SLASH,
    FORCE_TRAILING_SLASH,
    DROP_TRAILING_SLASH,
    NONE
  }

  /// What answers when no file matches; the names are wrangler's `not_found_handling`.
  public enum NotFoundHandling {
    NONE,
    PAGE_404,
    SINGLE_PAGE_APPLICATION
  }
}
