package dev.clodo.sandbox.runtime;

import java.util.Locale;

/// Host and path of a request.
///
/// @param target path and query
record Visit(String authority, String host, String path, String target) {
  static Visit of(HttpHead request) {
    var authority = request.has(Edge.HOST) ? request.get(Edge.HOST) : request.get("Host");
    var path = request.target();
    if (path.startsWith("http://") || path.startsWith("https://")) {
      int slash = path.indexOf('/', path.indexOf("//") + 2);
      path = slash < 0 ? "/" : path.substring(slash);
    }
    int query = path.indexOf('?');
    int port = authority.lastIndexOf(':');
    boolean hasPort = port > authority.lastIndexOf(']');
    return new Visit(
        authority,
        (hasPort ? authority.substring(0, port) : authority).toLowerCase(Locale.ROOT),
        query < 0 ? path : path.substring(0, query),
        path);
  }
}
