package dev.clodo.adapter.workerd;

import static dev.clodo.adapter.workerd.Capnp.text;

import dev.clodo.model.Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a bundle and the configuration that starts it into a folder. Whatever it is bound to is a
 * stand-in: values are real where they are known, resources lead to a network that allows nothing.
 */
final class StartConfig {
  /** The platform's behaviour before compatibility dates (its documentation, 2026-11). */
  private static final String NO_DATE = "2021-11-02";

  private static final String MAIN = "main";
  private static final String IDLE = "idle";
  private static final String NOWHERE = "nowhere";

  private final Path folder;
  private final String mark;
  private int files;

  /**
   * @param mark stands before what Clodo's own parts say, and in no program
   */
  StartConfig(Path folder, String mark) {
    this.folder = folder;
    this.mark = mark;
  }

  /** The file to give to workerd. */
  Path write(Bundle bundle, String date) throws IOException {
    var main = bundle.isModule() ? modules(bundle) : script(bundle);
    var services = new ArrayList<String>();
    services.add(
        "(name = \"main\", worker = (\n    "
            + main
            + ",\n    compatibilityDate = "
            + text(date.isEmpty() ? NO_DATE : date)
            + ",\n    compatibilityFlags = ["
            + String.join(", ", bundle.compatibilityFlags().stream().map(Capnp::text).toList())
            + "],\n    bindings = ["
            + String.join(",\n      ", bindings(bundle))
            + "],\n    globalOutbound = \"nowhere\", cacheApiOutbound = \"nowhere\"))");
    services.add(
        "(name = \"idle\", worker = (modules = [(name = \"idle.js\", esModule = "
            + embed(program("idle.js"))
            + ")], compatibilityDate = \"2025-01-01\"))");
    services.add("(name = \"nowhere\", network = (allow = []))");
    var config = folder.resolve("config.capnp");
    Files.writeString(
        config,
        "using Workerd = import \"/workerd/workerd.capnp\";\n"
            + "const config :Workerd.Config = (services = [\n  "
            + String.join(",\n  ", services)
            + "\n]);\n");
    return config;
  }

  /** Which of the services is asked. */
  static String asked(Bundle bundle) {
    return bundle.isModule() ? MAIN : IDLE;
  }

  private String modules(Bundle bundle) throws IOException {
    var modules = new ArrayList<String>();
    modules.add(module("clodo-entry.js", "esModule", program("entry.js", bundle.main())));
    modules.add(module("clodo-watch.js", "esModule", program("watch.js")));
    for (var part : bundle.parts()) {
      var kind = kind(part.type());
      if (!kind.isEmpty()) {
        modules.add(
            module(part.name(), kind, part.content().getBytes(StandardCharsets.ISO_8859_1)));
      }
    }
    return "modules = [\n      " + String.join(",\n      ", modules) + "]";
  }

  private String module(String name, String kind, byte[] content) throws IOException {
    return "(name = " + text(name) + ", " + kind + " = " + embed(content) + ")";
  }

  /** The events it listens to are kept in front of it, on its first line, and said behind it. */
  private String script(Bundle bundle) throws IOException {
    var code =
        bundle.parts().stream()
            .filter(p -> p.name().equals(bundle.main()))
            .findFirst()
            .map(Bundle.Part::content)
            .orElse("");
    var before =
        "const clodoEvents = []; { const original = globalThis.addEventListener;"
            + " globalThis.addEventListener = function (type, ...rest) {"
            + " clodoEvents.push(String(type)); return original.call(globalThis, type, ...rest);"
            + " }; } ";
    var after = "\n;console.log(\"" + mark + " events \" + clodoEvents.join(\",\"));\n";
    return "serviceWorkerScript = "
        + embed((before + code + after).getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The field that holds a module of this media type; empty for what is no module. */
  static String kind(String type) {
    return switch (type.replaceFirst(";.*", "").strip()) {
      case "application/javascript+module" -> "esModule";
      case "application/javascript", "text/javascript" -> "commonJsModule";
      case "application/wasm" -> "wasm";
      case "application/json" -> "json";
      case "application/source-map" -> "";
      default -> type.startsWith("text/") ? "text" : "data";
    };
  }

  private static List<String> bindings(Bundle bundle) {
    Map<String, String> all = new TreeMap<>();
    bundle.texts().forEach((name, value) -> all.put(name, "text = " + text(value)));
    bundle.json().forEach((name, value) -> all.put(name, "json = " + text(value)));
    bundle.others().forEach((name, kind) -> all.put(name, standIn(kind, bundle.isModule())));
    return all.entrySet().stream()
        .map(e -> "(name = " + text(e.getKey()) + ", " + e.getValue() + ")")
        .toList();
  }

  private static String standIn(String kind, boolean isModule) {
    var service = text(NOWHERE);
    return switch (kind) {
      case "kv_namespace" -> "kvNamespace = " + service;
      case "r2_bucket" -> "r2Bucket = " + service;
      case "queue" -> "queue = " + service;
      case "analytics_engine" -> "analyticsEngine = " + service;
      // workerd wraps bindings for modules only.
      case "d1", "d1_database" ->
          isModule
              ? "wrapped = (moduleName = \"cloudflare-internal:d1-api\", innerBindings = [(name ="
                  + " \"fetcher\", service = "
                  + service
                  + ")])"
              : "service = " + service;
      case "version_metadata" -> "json = \"{\\\"id\\\":\\\"\\\",\\\"tag\\\":\\\"\\\"}\"";
      default -> "service = " + service;
    };
  }

  private byte[] program(String name) throws IOException {
    return program(name, "");
  }

  private byte[] program(String name, String main) throws IOException {
    try (InputStream stream = StartConfig.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("the jar lacks " + name);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .replace("CLODO_MARK", mark)
          .replace("CLODO_MAIN", main)
          .getBytes(StandardCharsets.UTF_8);
    }
  }

  /** Content in a file of its own: names of modules are no names of files. */
  private String embed(byte[] content) throws IOException {
    var file = "part-" + files++;
    Files.write(folder.resolve(file), content);
    return "embed " + text(file);
  }
}
