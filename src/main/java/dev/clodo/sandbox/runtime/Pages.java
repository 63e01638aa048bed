package dev.clodo.sandbox.runtime;

/// Answers that come from the edge itself.
final class Pages {
  private Pages() {}

  /// An exception that a Worker did not catch, in the platform's short form.
  static Reply exception(String versionId) {
    return Reply.text(500, "error code: 1101\n").with(Edge.VERSION, versionId);
  }

  /// Nobody answers for a host.
  static String nothingHere(String host) {
    return """
    <!DOCTYPE html>
    <html><head><title>Nothing here yet</title></head>
    <body><h1>There is nothing here yet</h1>
    <p>No Worker of this sandbox answers for <code>%s</code>.</p>
    <p>error code: 1042</p></body></html>
    """
        .formatted(host.replace("&", "&amp;").replace("<", "&lt;"));
  }

  static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 201 -> "Created";
      case 204 -> "No Content";
      case 206 -> "Partial Content";
      case 301 -> "Moved Permanently";
      case 302 -> "Found";
      case 303 -> "See Other";
      case 304 -> "Not Modified";
      case 307 -> "Temporary Redirect";
      case 308 -> "Permanent Redirect";
      case 400 -> "Bad Request";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 500 -> "Internal Server Error";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> "Status " + status;
    };
  }
}
