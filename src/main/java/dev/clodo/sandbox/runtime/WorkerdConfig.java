package dev.clodo.sandbox.runtime;

import static dev.clodo.sandbox.runtime.Capnp.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The text of a workerd configuration, and the files it embeds.
final class WorkerdConfig {
  private final List<String> services = new ArrayList<>();
  private final List<String> sockets = new ArrayList<>();
  private final List<String> extensions = new ArrayList<>();
  private final Map<String, Path> files = new LinkedHashMap<>();
  private final Map<String, String> texts = new LinkedHashMap<>();

  /// Adds a service.
  ///
  /// @param definition a field of the union, such as `worker = (...)`
  WorkerdConfig service(String name, String definition) {
    services.add("(name = " + text(name) + ", " + definition + ")");
    return this;
  }

  /// Adds a server that requests are sent to over HTTP, with headers that the sender can't change.
  WorkerdConfig external(String name, String address, Map<String, String> headers, boolean proxy) {
    return service(
        name,
        "external = (address = "
            + text(address)
            + ", http = ("
            + (proxy ? "style = proxy, " : "")
            + "cfBlobHeader = \"CF-Blob\", injectRequestHeaders = "
            + headers(headers)
            + "))");
  }

  /// Adds a socket on a free loopback port.
  WorkerdConfig socket(String name, String service) {
    return socket(name, 0, service);
  }

  WorkerdConfig socket(String name, int port, String service) {
    sockets.add(
        "(name = "
            + text(name)
            + ", address = \"127.0.0.1:"
            + port
            + "\", http = (cfBlobHeader = \"CF-Blob\", forwardedProtoHeader = \"X-Forwarded-Proto\"),"
            + " service = "
            + service
            + ")");
    return this;
  }

  /// Adds a module that bindings can be wrapped with; Workers can't import it.
  WorkerdConfig extension(String name, String source) {
    extensions.add(
        "(modules = [(name = "
            + text(name)
            + ", internal = true, esModule = "
            + embedText(source)
            + ")])");
    return this;
  }

  /// Embeds a file's bytes.
  ///
  /// @return the value to write into a definition
  String embed(Path file) {
    var name = "part-" + (files.size() + texts.size());
    files.put(name, file);
    return "embed " + text(name);
  }

  /// Embeds a program of the sandbox's own.
  String embedText(String source) {
    var name = "part-" + (files.size() + texts.size());
    texts.put(name, source);
    return "embed " + text(name);
  }

  Map<String, Path> files() {
    return files;
  }

  Map<String, String> texts() {
    return texts;
  }

  String configText() {
    return "using Workerd = import \"/workerd/workerd.capnp\";\n"
        + "const config :Workerd.Config = (\n  services = [\n    "
        + String.join(",\n    ", services)
        + "\n  ],\n  sockets = [\n    "
        + String.join(",\n    ", sockets)
        + "\n  ],\n  extensions = ["
        + String.join(",\n    ", extensions)
        + "]\n);\n";
  }

  static String headers(Map<String, String> headers) {
    var out = new ArrayList<String>();
    headers.forEach(
        (name, value) -> out.add("(name = " + text(name) + ", value = " + text(value) + ")"));
    return "[" + String.join(", ", out) + "]";
  }
}
