package dev.clodo.assess;

import static dev.clodo.assess.Check.ofStart;

import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import dev.clodo.model.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/**
 * What starting the bundle in workerd told. Cloudflare runs the same program, so what workerd
 * refuses here fails there with code 10021; its words are sorted by the cause that they name.
 */
final class StartChecks {
  private StartChecks() {}

  private static final String FLAGS = "workers/configuration/compatibility-flags/";
  private static final String NODE = "workers/runtime-apis/nodejs/";
  private static final String ERRORS = "workers/observability/errors/";
  private static final String HANDLERS = "workers/runtime-apis/handlers/";
  private static final String GLOBAL_SCOPE = "workers/reference/how-workers-works/";

  private static final Pattern NO_MODULE = Pattern.compile("No such module \"([^\"]+)\"");
  private static final Pattern QUOTED_FLAG =
      Pattern.compile("(?:flag:? |multiple times: )\"?([a-z0-9_]+)\"?");
  private static final Pattern GLOBAL =
      Pattern.compile(
          "ReferenceError: (window|document|localStorage|sessionStorage|XMLHttpRequest|__dirname"
              + "|__filename|require|module|HTMLElement|Element|Node|Image|alert|location) is not"
              + " defined");

  /** Names that programs read to learn how talkative to be, and do without. */
  private static final Pattern HARMLESS =
      Pattern.compile(
          "NODE_.*|npm_.*|NEXT_.*|__NEXT.*|DEBUG|CI|TERM|COLORTERM|FORCE_COLOR|NO_COLOR|LOG_LEVEL"
              + "|TZ|HOME|USER|PATH|PWD|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy|VERCEL.*"
              + "|JEST_.*|VITEST.*|BABEL_.*|READABLE_STREAM|GRACEFUL_FS.*|OTEL_.*");

  static final List<Check> CHECKS =
      List.of(
          refused("compatibility/flag-unknown", Severity.ERROR, FLAGS),
          refused("compatibility/flag-duplicate", Severity.ERROR, FLAGS),
          refused("compatibility/flag-contradictory", Severity.ERROR, FLAGS),
          refused("compatibility/flag-experimental", Severity.ERROR, FLAGS),
          refused("compatibility/nodejs-compat-missing", Severity.ERROR_PROD, NODE),
          refused("compatibility/nodejs-compat-old-date", Severity.ERROR_PROD, NODE),
          refused("compatibility/node-module-needs-date", Severity.ERROR_PROD, NODE),
          refused("runtime-code/external-module-at-runtime", Severity.ERROR, ERRORS),
          refused("runtime-code/global-scope-io", Severity.ERROR, GLOBAL_SCOPE),
          refused("runtime-code/eval", Severity.ERROR, "workers/runtime-apis/web-standards/"),
          refused(
              "runtime-code/browser-or-node-global",
              Severity.ERROR_PROD,
              "workers/runtime-apis/web-standards/"),
          refused("runtime-code/top-level-await-unsettled", Severity.ERROR, ERRORS),
          refused("runtime-code/startup-exception", Severity.ERROR, ERRORS),
          refused("runtime-code/no-event-handlers", Severity.ERROR, HANDLERS),
          ofStart(
              "runtime-code/no-event-handlers",
              Severity.ERROR,
              StopsAt.UPLOAD,
              HANDLERS,
              StartChecks::noHandlers),
          ofStart(
              "runtime-code/handler-misspelled",
              Severity.ERROR_PROD,
              StopsAt.PRODUCTION,
              HANDLERS,
              StartChecks::misspelled));

  private static Check refused(String id, Severity severity, String docs) {
    BiFunction<Case, Start, List<? extends Hit>> look =
        (c, start) ->
            start instanceof Start.Refused refused && cause(c, refused.message()).equals(id)
                ? List.of(told(c, id, severity, refused))
                : List.of();
    return ofStart(
        id,
        severity,
        severity == Severity.ERROR_PROD ? StopsAt.PRODUCTION : StopsAt.UPLOAD,
        docs,
        look);
  }

  /** The check that a refusal belongs to. */
  private static String cause(Case c, String message) {
    if (message.contains("No event handlers were registered")) {
      return "runtime-code/no-event-handlers";
    }
    if (message.contains("No such compatibility flag")) {
      return "compatibility/flag-unknown";
    }
    if (message.contains("Compatibility flag specified multiple times")) {
      return "compatibility/flag-duplicate";
    }
    if (message.contains("mutually contradictory")) {
      return "compatibility/flag-contradictory";
    }
    if (message.contains("compatibility flag") && message.contains("experimental")) {
      return "compatibility/flag-experimental";
    }
    var module = NO_MODULE.matcher(message);
    if (module.find()) {
      return module.group(1).startsWith("node:")
          ? nodeModule(c)
          : "runtime-code/external-module-at-runtime";
    }
    if (message.contains("Disallowed operation called within global scope")) {
      return "runtime-code/global-scope-io";
    }
    if (message.contains("Code generation from strings disallowed")) {
      return "runtime-code/eval";
    }
    if (message.contains("Top-level await in module is unsettled")) {
      return "runtime-code/top-level-await-unsettled";
    }
    if (GLOBAL.matcher(message).find()) {
      return "runtime-code/browser-or-node-global";
    }
    return "runtime-code/startup-exception";
  }

  /** The first date from which nodejs_compat brings all of Node's modules (Cloudflare, 2026-11). */
  private static final String NODE_V2 = "2024-09-23";

  /** The first date on which nodejs_compat is on by itself (Cloudflare, 2026-11). */
  private static final String NODE_BY_DEFAULT = "2026-08-04";

  private static String nodeModule(Case c) {
    var date = c.settings().text("compatibility_date").orElse("");
    var flags =
        c.settings().items("compatibility_flags").stream()
            .filter(Text.class::isInstance)
            .map(v -> ((Text) v).value())
            .toList();
    boolean on =
        flags.contains("nodejs_compat")
            || flags.contains("nodejs_compat_v2")
            || (date.compareTo(NODE_BY_DEFAULT) >= 0 && !flags.contains("no_nodejs_compat"));
    if (!on) {
      return "compatibility/nodejs-compat-missing";
    }
    return date.compareTo(NODE_V2) < 0 && !flags.contains("nodejs_compat_v2")
        ? "compatibility/nodejs-compat-old-date"
        : "compatibility/node-module-needs-date";
  }

  private static Hit told(Case c, String id, Severity severity, Start.Refused refused) {
    var unset = new TreeSet<String>();
    refused.unset().stream().filter(n -> !HARMLESS.matcher(n).matches()).forEach(unset::add);
    boolean isFlag = id.startsWith("compatibility/flag-");
    // Of all refusals only an exception can come from a value that is missing here.
    boolean doubt = id.equals("runtime-code/startup-exception") && !unset.isEmpty();
    var at = refused.at().orElseGet(() -> isFlag ? flagPlace(c, refused.message()) : c.at("main"));
    return new Hit.Symptom(
        doubt ? Severity.WARNING : severity,
        new Hit.Fault(
            isFlag ? "compatibility_flags" : "",
            at,
            "The Worker does not start: "
                + Words.sentence(refused.message().replaceFirst("^Uncaught ", ""))
                + (doubt
                    ? " While starting it read "
                        + String.join(", ", unset.stream().limit(4).toList())
                        + ", which has no value here; with the real one it may start."
                    : " The upload fails with code 10021."),
            remedy(id)));
  }

  private static Location flagPlace(Case c, String message) {
    var match = QUOTED_FLAG.matcher(message);
    var flags = c.settings().items("compatibility_flags");
    if (match.find()) {
      for (var flag : flags) {
        if (flag instanceof Text(var value, var at) && value.equals(match.group(1))) {
          return at;
        }
      }
    }
    return c.at("compatibility_flags");
  }

  private static Remedy remedy(String id) {
    return new Remedy.Advice(
        switch (id) {
          case "compatibility/flag-unknown" -> "Correct the flag's name, or remove it.";
          case "compatibility/flag-duplicate" -> "Name the flag once.";
          case "compatibility/flag-contradictory" -> "Remove one of the two flags.";
          case "compatibility/flag-experimental" -> "Remove the flag: production refuses it.";
          case "compatibility/nodejs-compat-missing" -> "Add nodejs_compat to compatibility_flags.";
          case "compatibility/nodejs-compat-old-date" ->
              "Raise compatibility_date to 2024-09-23 or later.";
          case "compatibility/node-module-needs-date" ->
              "Raise compatibility_date: newer dates bring more of Node's modules.";
          case "runtime-code/external-module-at-runtime" ->
              "Let the module be bundled: no external, no name put together at run time.";
          case "runtime-code/global-scope-io" ->
              "Move it into a handler, or do it when it is first needed.";
          case "runtime-code/no-event-handlers" ->
              "Export a handler: export default { async fetch(request, env, ctx) { … } }";
          case "runtime-code/eval" -> "Replace the library that makes code from strings.";
          case "runtime-code/browser-or-node-global" ->
              "Use the Web APIs that Workers have, or ask first with typeof.";
          case "runtime-code/top-level-await-unsettled" ->
              "Await nothing at the top level that needs input or output.";
          default -> "Mend the code at that place; try it with: npx wrangler dev";
        });
  }

  private static final Set<String> KNOWN =
      Set.of("fetch", "scheduled", "queue", "email", "tail", "trace", "tailStream", "connect");

  /** What people write for a handler that has another name. */
  private static final Map<String, String> MEANT =
      Map.of(
          "onRequest", "fetch",
          "handler", "fetch",
          "handle", "fetch",
          "handleRequest", "fetch",
          "schedule", "scheduled",
          "queues", "queue");

  private static boolean doesNothing(Start.Up up) {
    return up.handlers().isEmpty()
        && up.exports().values().stream().noneMatch(e -> e.base() != Start.Base.NONE);
  }

  private static List<? extends Hit> noHandlers(Case c, Start start) {
    if (!(start instanceof Start.Up up) || !doesNothing(up) || nearMiss(up).isPresent()) {
      return List.of();
    }
    return List.of(
        new Hit.Symptom(
            Severity.ERROR,
            new Hit.Fault(
                "",
                c.at("main"),
                "The Worker has no handler: its default export takes no event. The upload fails with"
                    + " code 10068.",
                new Remedy.Advice(
                    "Export one: export default { async fetch(request, env, ctx) { … } }"))));
  }

  /** The name that is written, and the one that is meant. */
  private record Miss(String written, String meant) {}

  private static Optional<Miss> nearMiss(Start.Up up) {
    var export = up.exports().get("default");
    if (export == null || !up.handlers().isEmpty() || export.base() != Start.Base.NONE) {
      return Optional.empty();
    }
    if (export.kind() == Start.Kind.FUNCTION) {
      return Optional.of(new Miss("a function", "fetch"));
    }
    var misses = new ArrayList<Miss>();
    for (var member : new TreeSet<>(export.members())) {
      Optional.ofNullable(MEANT.get(member))
          .or(() -> Similar.to(member, KNOWN))
          .ifPresent(meant -> misses.add(new Miss("\"" + member + "\"", meant)));
    }
    return misses.stream().findFirst();
  }

  private static List<? extends Hit> misspelled(Case c, Start start) {
    if (!(start instanceof Start.Up up)) {
      return List.of();
    }
    return nearMiss(up).stream()
        .map(miss ->
            new Hit.Symptom(
                Severity.ERROR_PROD,
                new Hit.Fault(
                    miss.meant(),
                    c.at("main"),
                    "The default export has "
                        + (miss.written().startsWith("\"")
                            ? "a handler " + miss.written()
                            : "no handler, it is " + miss.written())
                        + "; Cloudflare calls \""
                        + miss.meant()
                        + "\". Every request fails.",
                    new Remedy.Advice(
                        "Write export default { async " + miss.meant() + "(…) { … } }."))))
        .toList();
  }
}
