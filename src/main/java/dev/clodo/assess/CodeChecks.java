package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;

import dev.clodo.assess.CodeUse.Answer;
import dev.clodo.assess.CodeUse.Exported;
import dev.clodo.model.ConfigValue.Flag;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import dev.clodo.model.Service;
import dev.clodo.model.SourceFacts;
import dev.clodo.model.SourceFacts.Form;
import dev.clodo.model.SourceFacts.Member;
import dev.clodo.model.SourceFacts.Touch;
import dev.clodo.model.SourceFacts.Value;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the source tells about its own failing, before it is built or started. What only a start can
 * tell is in {@link StartChecks}; what was claimed here about workerd was tried with workerd.
 */
final class CodeChecks {
  private CodeChecks() {}

  private static final String ERRORS = "workers/observability/errors/";
  private static final String HANDLERS = "workers/runtime-apis/handlers/";
  private static final String PRACTICES = "workers/best-practices/workers-best-practices/";

  static final List<Check> CHECKS =
      List.of(
          error("runtime-code/no-event-handlers", StopsAt.UPLOAD, HANDLERS, CodeChecks::noHandlers),
          errorProd("runtime-code/handler-misspelled", HANDLERS, CodeChecks::misspelled),
          error(
              "runtime-code/global-scope-io",
              StopsAt.UPLOAD,
              "workers/reference/how-workers-works/",
              CodeChecks::globalScope),
          error(
              "runtime-code/eval",
              StopsAt.UPLOAD,
              "workers/runtime-apis/web-standards/",
              CodeChecks::eval),
          errorProd(
              "runtime-code/browser-or-node-global",
              "workers/runtime-apis/web-standards/",
              CodeChecks::browserGlobal),
          errorProd(
              "runtime-code/ctx-destructured",
              "workers/runtime-apis/context/",
              CodeChecks::detached),
          errorProd(
              "runtime-code/service-worker-globals-in-module",
              "workers/reference/migrate-to-module-workers/",
              CodeChecks::globals),
          error(
              "runtime-code/entrypoint-export-missing",
              StopsAt.BUILD,
              "workflows/build/workers-api/",
              CodeChecks::workflowMissing),
          errorProd("runtime-code/same-zone-fetch", ERRORS, CodeChecks::sameZone),
          errorProd("runtime-code/db-client-in-global-scope", ERRORS, CodeChecks::globalClient),
          error(
              "runtime-code/native-addon",
              StopsAt.BUILD,
              "workers/runtime-apis/nodejs/",
              CodeChecks::nativeAddon),
          advice("runtime-code/floating-promise", PRACTICES, CodeChecks::floating),
          advice("runtime-code/global-mutable-state", PRACTICES, CodeChecks::shared),
          advice("runtime-code/rest-api-instead-of-binding", PRACTICES, CodeChecks::restApi),
          advice(
              "runtime-code/generated-types-stale",
              "workers/wrangler/commands/#types",
              CodeChecks::staleTypes));

  private static boolean isWorker(Case c) {
    return c.service().kind() == Service.Kind.WORKER && c.code().isDecisive();
  }

  // ---- handlers ------------------------------------------------------------------------------

  private static final Set<String> EVENTS =
      Set.of(
          "fetch", "scheduled", "queue", "email", "tail", "trace", "tailStream", "connect", "test");

  /** What people write for a handler that has another name. */
  private static final Map<String, String> MEANT =
      Map.of(
          "onRequest", "fetch",
          "handler", "fetch",
          "handle", "fetch",
          "handleRequest", "fetch",
          "schedule", "scheduled",
          "queues", "queue");

  /** The default export, where it is an object whose members are all known and no event's. */
  private static Optional<Map<String, Member>> deaf(Case c) {
    if (!isWorker(c)
        || !(c.code().exported("default") instanceof Exported.Is(Value.Members m, Location _))
        || m.open()
        // An empty one is a file that nobody has begun, as far as reading can tell.
        || m.members().isEmpty()
        || m.members().keySet().stream().anyMatch(EVENTS::contains)) {
      return Optional.empty();
    }
    return Optional.of(m.members());
  }

  private static Optional<Map.Entry<String, Member>> nearMiss(Map<String, Member> members) {
    return members.entrySet().stream()
        .filter(e -> e.getValue().callable() && meant(e.getKey()).isPresent())
        .min(Map.Entry.comparingByKey());
  }

  private static Optional<String> meant(String written) {
    return Optional.ofNullable(MEANT.get(written)).or(() -> Similar.to(written, EVENTS));
  }

  private static boolean exportsClass(Case c) {
    boolean[] found = {false};
    c.code()
        .eachFile((_, facts) ->
            found[0] |=
                !facts.listeners().isEmpty()
                    || facts.exports().stream()
                        .filter(e -> !e.name().equals("default"))
                        .anyMatch(e ->
                            e.value() instanceof Value.ClassOf
                                || e.value() instanceof Value.Imported
                                || e.value() instanceof Value.Unclear
                                || e.value() instanceof Value.Made));
    return found[0];
  }

  private static List<? extends Hit> noHandlers(Case c) {
    if (!isWorker(c) || c.code().sources().entry().isEmpty()) {
      return List.of();
    }
    var at = Location.startOf(c.code().sources().entry().get());
    var members = deaf(c);
    boolean nothing =
        members.isPresent()
            ? nearMiss(members.get()).isEmpty()
            : c.code().exported("default") instanceof Exported.Absent
                && c.code().isComplete()
                && !mentionsExports(c)
                && !c.around().texts().getOrDefault(c.code().sources().entry().get(), "").isBlank();
    if (!nothing || exportsClass(c)) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "",
            c.code().exported("default") instanceof Exported.Is(var _, var place) ? place : at,
            "The Worker has no handler: "
                + (members.isPresent()
                    ? "its default export takes no event"
                    : "nothing is exported as default, and nothing listens to events")
                + ". The upload fails with code 10068.",
            new Remedy.Advice(
                "Export one: export default { async fetch(request, env, ctx) { … } }")));
  }

  /** Old formats put their exports or listeners where the syntax does not show them. */
  private static boolean mentionsExports(Case c) {
    boolean[] found = {false};
    c.code()
        .eachFile((path, facts) -> {
          var text = c.around().texts().getOrDefault(path, "");
          found[0] |=
              text.contains("addEventListener")
                  || text.contains("module.exports")
                  || text.contains("exports.")
                  || facts.exports().stream().anyMatch(e -> e.name().equals("*"));
        });
    return found[0];
  }

  private static List<? extends Hit> misspelled(Case c) {
    if (!isWorker(c)) {
      return List.of();
    }
    if (c.code().exported("default") instanceof Exported.Is(Value.Function _, var at)) {
      return List.of(
          new Hit.Fault(
              "fetch",
              at,
              "The default export is a function. Cloudflare calls the method \"fetch\" of an"
                  + " object: every request fails.",
              new Remedy.Advice("Write export default { async fetch(request, env, ctx) { … } }.")));
    }
    return deaf(c).flatMap(CodeChecks::nearMiss).stream()
        .map(miss -> {
          var meant = meant(miss.getKey()).orElse("fetch");
          var entry =
              c.code().exported("default") instanceof Exported.Is(var _, var at)
                  ? at.file()
                  : c.folder();
          return new Hit.Fault(
              meant,
              miss.getValue().at().in(entry),
              "The default export has a handler \""
                  + miss.getKey()
                  + "\"; Cloudflare calls \""
                  + meant
                  + "\". Every request fails.",
              new Remedy.Advice("Rename \"" + miss.getKey() + "\" to \"" + meant + "\"."));
        })
        .toList();
  }

  private static List<? extends Hit> workflowMissing(Case c) {
    if (!isWorker(c) || !c.code().isComplete()) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("workflows")) {
      var name = Case.word(t, "class_name");
      if (name.isPresent()
          && t.get("script_name").isEmpty()
          && c.code().exportsClass(name.get().value()) == Answer.NO) {
        hits.add(
            new Hit.Fault(
                name.get().value(),
                name.get().at(),
                "The entry does not export the class \""
                    + name.get().value()
                    + "\", which a workflow names. wrangler deploy stops.",
                new Remedy.Advice(
                    "Export it from "
                        + c.settings().text("main").orElse("the entry")
                        + ", or correct class_name.")));
      }
    }
    return hits;
  }

  // ---- at the start --------------------------------------------------------------------------

  /**
   * Calls that workerd refuses outside of a request, by the module they come from. Awaiting fetch
   * is treated apart: without an await it only fails later.
   */
  private static final Map<String, Set<String>> NEEDS_REQUEST =
      Map.of(
          "",
          Set.of(
              "crypto.randomUUID",
              "crypto.getRandomValues",
              "globalThis.crypto.randomUUID",
              "setTimeout",
              "setInterval"),
          "cloudflare:sockets",
          Set.of("connect"));

  private static List<? extends Hit> globalScope(Case c) {
    if (!isWorker(c)) {
      return List.of();
    }
    var atStart = c.code().filesAtStart();
    return c.code().calls().stream()
        .filter(p -> p.call().atStart() && p.call().sure() && atStart.contains(p.file()))
        .filter(p -> {
          var call = p.call();
          boolean refused =
              NEEDS_REQUEST.getOrDefault(call.from(), Set.of()).contains(call.callee())
                  && !call.isNew();
          boolean fetches =
              call.from().isEmpty() && call.callee().equals("fetch") && call.awaited();
          boolean socket =
              call.from().isEmpty() && call.callee().equals("WebSocket") && call.isNew();
          return refused || fetches || socket;
        })
        .map(p ->
            new Hit.Fault(
                p.call().callee(),
                p.at(),
                p.call().callee()
                    + "() is called while the Worker starts, where input, output, timers and random"
                    + " values are refused. The upload fails with code 10021.",
                new Remedy.Advice("Move it into a handler, or do it when it is first needed.")))
        .toList();
  }

  private static List<? extends Hit> eval(Case c) {
    if (!isWorker(c)) {
      return List.of();
    }
    boolean allowed = isOn(c, "allow_eval_during_startup");
    var atStart = c.code().filesAtStart();
    var hits = new ArrayList<Hit>();
    for (var placed : c.code().calls()) {
      var call = placed.call();
      boolean makesCode =
          call.from().isEmpty()
              && (call.callee().equals("eval") || call.callee().equals("Function"));
      if (!makesCode || (call.atStart() && allowed)) {
        continue;
      }
      boolean certain = call.atStart() && call.sure() && atStart.contains(placed.file());
      var fault =
          new Hit.Fault(
              call.callee(),
              placed.at(),
              (call.callee().equals("eval") ? "eval()" : "Function()")
                  + " makes code from a string, which Workers refuse"
                  + (certain
                      ? ". The upload fails with code 10021."
                      : " while they answer a request."),
              new Remedy.Advice("Write the code out, or use a library that needs no eval."));
      hits.add(certain ? fault : fault.as(Severity.WARNING));
    }
    return hits;
  }

  private static boolean isOn(Case c, String flag) {
    var flags = new HashSet<String>();
    for (var item : c.settings().items("compatibility_flags")) {
      if (item instanceof Text(var name, var _)) {
        flags.add(name);
      }
    }
    return c.settings()
        .text("compatibility_date")
        .flatMap(DateText::iso)
        // Without a date nothing can be told; the benefit of the doubt is that it is on.
        .map(date -> CompatibilityTable.get().isOn(flag, flags, date))
        .orElse(true);
  }

  private static final Set<String> BROWSER =
      Set.of("window", "document", "localStorage", "sessionStorage", "XMLHttpRequest", "alert");

  private static List<? extends Hit> browserGlobal(Case c) {
    if (!isWorker(c)) {
      return List.of();
    }
    var atStart = c.code().filesAtStart();
    var asked = assignedOrAsked(c);
    var defined = c.settings().table("define");
    var hits = new ArrayList<Hit>();
    c.code()
        .eachFile((path, facts) ->
            facts.free().stream()
                .filter(f -> BROWSER.contains(f.name()) && f.atStart() && f.sure())
                .filter(_ -> atStart.contains(path))
                .filter(f -> !asked.contains(f.name()))
                .filter(f -> defined.filter(d -> d.get(f.name()).isPresent()).isEmpty())
                .limit(1)
                .forEach(f ->
                    hits.add(
                        new Hit.Fault(
                            f.name(),
                            f.at().in(path),
                            "\""
                                + f.name()
                                + "\" is the browser's; a Worker has none. It fails while the Worker"
                                + " starts: the upload fails with code 10021.",
                            new Remedy.Advice(
                                "Use the Web APIs that Workers have, or ask first with"
                                    + " typeof.")))));
    return hits;
  }

  /** Global names that the code sets, or asks for before it uses them. */
  private static Set<String> assignedOrAsked(Case c) {
    var names = new HashSet<String>();
    c.code()
        .eachFile((_, facts) -> {
          names.addAll(facts.assigned());
          facts.free().stream().filter(SourceFacts.Free::guarded).forEach(f -> names.add(f.name()));
        });
    return names;
  }

  // ---- in a request --------------------------------------------------------------------------

  private static List<? extends Hit> detached(Case c) {
    if (!isWorker(c)) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    c.code()
        .eachFile((path, facts) ->
            facts.detached().stream()
                .filter(SourceFacts.Detached::called)
                .forEach(d ->
                    hits.add(
                        new Hit.Fault(
                            d.method(),
                            d.at().in(path),
                            d.method()
                                + "() is taken from the execution context and called alone:"
                                + " it throws \"Illegal invocation\".",
                            new Remedy.Advice(
                                "Call it on its context: ctx." + d.method() + "(…).")))));
    return hits;
  }

  private static List<? extends Hit> globals(Case c) {
    if (!isWorker(c) || c.code().isModule() != Answer.YES) {
      return List.of();
    }
    var declared = Declared.names(c.settings());
    var asked = assignedOrAsked(c);
    var defined = c.settings().table("define");
    var faults = new LinkedHashMap<String, Hit.Fault>();
    c.code()
        .eachFile((path, facts) ->
            facts.free().stream()
                .filter(f -> declared.contains(f.name()) && !asked.contains(f.name()))
                .filter(f -> defined.filter(d -> d.get(f.name()).isPresent()).isEmpty())
                .forEach(f ->
                    faults.putIfAbsent(
                        f.name(),
                        new Hit.Fault(
                            f.name(),
                            f.at().in(path),
                            "\""
                                + f.name()
                                + "\" is used as a global, but this Worker is a module, where"
                                + " bindings are members of env: it throws a ReferenceError.",
                            new Remedy.Edit(f.at().in(path), f.name(), "env." + f.name())))));
    return faults.values().stream()
        .map(f ->
            // Whether env is in scope there is for the author to see.
            new Hit.Fault(
                f.subject(),
                f.at(),
                f.message(),
                new Remedy.Advice("Read env." + f.subject() + ", which the handler gets.")))
        .toList();
  }

  private static final Pattern WORKERS_DEV =
      Pattern.compile("([a-z0-9][a-z0-9-]*)\\.([a-z0-9-]+)\\.workers\\.dev");

  private static List<? extends Hit> sameZone(Case c) {
    if (!isWorker(c) || isOnAndDated(c, "global_fetch_strictly_public")) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var placed : c.code().calls()) {
      var call = placed.call();
      var url = call.constants().get("0");
      if (!call.callee().equals("fetch") || !call.from().isEmpty() || url == null) {
        continue;
      }
      var match = WORKERS_DEV.matcher(host(url.text()));
      if (!match.matches()) {
        continue;
      }
      var target =
          c.evidence().inventory().services().stream()
              .filter(s -> s.name().value().equals(match.group(1)))
              .filter(s -> !s.name().equals(c.service().name()))
              .findFirst();
      if (target.isEmpty()) {
        continue;
      }
      var fault =
          new Hit.Fault(
              match.group(1),
              url.at().in(placed.file()),
              "The code fetches "
                  + match.group()
                  + ", another Worker of this account. On the same zone that fails with error 1042.",
              new Remedy.Advice(
                  "Bind the service \""
                      + match.group(1)
                      + "\" and call env.…fetch(), or set the flag global_fetch_strictly_public."));
      // A Worker that runs elsewhere is on another zone.
      boolean onWorkersDev =
          c.settings().get("routes").isEmpty()
              && c.settings().get("route").isEmpty()
              && !(c.settings().get("workers_dev").orElse(null) instanceof Flag(boolean on, var _)
                  && !on);
      hits.add(onWorkersDev ? fault : fault.as(Severity.WARNING));
    }
    return hits;
  }

  private static boolean isOnAndDated(Case c, String flag) {
    return c.settings().text("compatibility_date").isPresent() && isOn(c, flag);
  }

  private static String host(String url) {
    var plain = url.endsWith("${") ? url.substring(0, url.length() - 2) : url;
    try {
      var host = URI.create(plain).getHost();
      return host == null ? "" : host.toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** Clients that hold a connection, which belongs to the request that opened it. */
  private static final Map<String, Set<String>> CLIENTS =
      Map.of(
          "pg", Set.of("Client", "Pool"),
          "postgres", Set.of("default"),
          "mysql2", Set.of("createConnection", "createPool"),
          "mysql2/promise", Set.of("createConnection", "createPool"),
          "mongodb", Set.of("MongoClient"),
          "ioredis", Set.of("default", "Redis"),
          "redis", Set.of("createClient"));

  private static List<? extends Hit> globalClient(Case c) {
    if (!isWorker(c)) {
      return List.of();
    }
    return c.code().calls().stream()
        .filter(p ->
            p.call().atStart()
                && p.call().keptIn().isPresent()
                && CLIENTS.getOrDefault(p.call().from(), Set.of()).contains(p.call().callee()))
        .map(p ->
            // Some connect only when they are first used, and then may be used once.
            new Hit.Fault(
                    p.call().keptIn().orElse(""),
                    p.at(),
                    "The client of \""
                        + p.call().from()
                        + "\" is made once for all requests. Its connection belongs to the first"
                        + " one; others fail with \"Cannot perform I/O on behalf of a different"
                        + " request\".",
                    new Remedy.Advice(
                        "Make it in the handler; Hyperdrive keeps the connections open."))
                .as(Severity.WARNING))
        .toList();
  }

  // ---- imports -------------------------------------------------------------------------------

  /** Packages that consist of machine code (as of 2026-11). */
  private static final Set<String> NATIVE =
      Set.of(
          "better-sqlite3",
          "sqlite3",
          "sharp",
          "canvas",
          "bcrypt",
          "argon2",
          "node-sass",
          "puppeteer",
          "playwright",
          "bufferutil",
          "utf-8-validate");

  private static List<? extends Hit> nativeAddon(Case c) {
    if (!isWorker(c)) {
      return List.of();
    }
    var aliases = c.settings().table("alias");
    var hits = new ArrayList<Hit>();
    c.code()
        .eachFile((path, facts) ->
            facts.imports().stream()
                .filter(i -> NATIVE.contains(i.specifier()) && i.form() == Form.STATIC)
                .filter(i -> !i.names().isEmpty())
                .filter(i -> aliases.filter(a -> a.get(i.specifier()).isPresent()).isEmpty())
                .forEach(i ->
                    hits.add(
                        new Hit.Fault(
                                i.specifier(),
                                i.at().in(path),
                                "\""
                                    + i.specifier()
                                    + "\" is made of machine code or drives a program, which a"
                                    + " Worker can't run.",
                                new Remedy.Advice(
                                    "Use a package that is written in JavaScript or WebAssembly."))
                            .as(Severity.WARNING))));
    return hits;
  }

  // ---- advice --------------------------------------------------------------------------------

  /** Methods that answer with a promise, by kind of binding. */
  private static final Map<String, Set<String>> PROMISES =
      Map.of(
          "kv_namespaces", Set.of("put", "delete"),
          "r2_buckets", Set.of("put", "delete"),
          "queues", Set.of("send", "sendBatch"),
          "services", Set.of("fetch"),
          "d1_databases", Set.of("exec", "batch"));

  private static List<? extends Hit> floating(Case c) {
    if (!c.code().isDecisive()) {
      return List.of();
    }
    var kinds = new HashMap<String, String>();
    Declared.in(c.settings()).forEach(d -> kinds.put(d.name(), d.kind()));
    var hits = new ArrayList<Hit>();
    c.code()
        .eachFile((path, facts) -> {
          for (var use : facts.uses()) {
            var methods = PROMISES.getOrDefault(kinds.getOrDefault(use.name(), ""), Set.of());
            if (use.touch() == Touch.DROPPED && methods.contains(use.member())) {
              hits.add(
                  new Hit.Fault(
                      use.name() + "." + use.member(),
                      use.at().in(path),
                      "Nobody waits for env."
                          + use.name()
                          + "."
                          + use.member()
                          + "(): once the response is sent, it may be cancelled.",
                      new Remedy.Advice("Await it, or give it to ctx.waitUntil(…).")));
            }
          }
        });
    return hits;
  }

  private static List<? extends Hit> shared(Case c) {
    if (!isWorker(c)) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    c.code()
        .eachFile((path, facts) ->
            facts
                .shared()
                .forEach(s ->
                    hits.add(
                        new Hit.Fault(
                            s.variable(),
                            s.at().in(path),
                            "Each request overwrites the module's variable \""
                                + s.variable()
                                + "\", which other requests see.",
                            new Remedy.Advice("Pass it on as an argument.")))));
    return hits;
  }

  private static final Pattern REST =
      Pattern.compile(
          "https://api\\.cloudflare\\.com/client/v4/accounts/.*|/?client/v4/accounts/.*");
  private static final Pattern REST_PART =
      Pattern.compile("/?(?:.*/)?(?:storage/kv/namespaces|d1/database|r2/buckets)(?:/.*)?");

  private static List<? extends Hit> restApi(Case c) {
    if (!isWorker(c)) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    c.code()
        .eachFile((path, facts) -> {
          boolean asks = facts.literals().stream().anyMatch(l -> REST.matcher(l).matches());
          boolean data = facts.literals().stream().anyMatch(l -> REST_PART.matcher(l).matches());
          if (asks && data) {
            hits.add(
                new Hit.Fault(
                    String.valueOf(path.getFileName()),
                    Location.startOf(path),
                    "The code reaches KV, D1 or R2 through Cloudflare's API: slower than a binding,"
                        + " limited in rate, and with a token to keep.",
                    new Remedy.Advice("Bind the resource, and use env.")));
          }
        });
    return hits;
  }

  private static final String TYPES = "worker-configuration.d.ts";

  private static List<? extends Hit> staleTypes(Case c) {
    var file = c.folder().resolve(TYPES);
    var text = c.around().texts().get(file);
    if (text == null || !text.contains("interface")) {
      return List.of();
    }
    var words = new HashSet<String>();
    Pattern.compile("[A-Za-z_$][\\w$]*").matcher(text).results().forEach(m -> words.add(m.group()));
    var lacking =
        Declared.in(c.settings()).stream()
            .filter(d -> d.name().matches("[A-Za-z_$][\\w$]*") && !words.contains(d.name()))
            .sorted(Comparator.comparing(Declared::name))
            .toList();
    if (lacking.isEmpty()) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "",
            Location.startOf(file),
            TYPES
                + " is older than the configuration: it lacks "
                + String.join(", ", lacking.stream().map(Declared::name).limit(5).toList())
                + ".",
            text.contains("Generated by Wrangler")
                ? c.account("types")
                : new Remedy.Advice(
                    "Add them. Or move the file away, and let npx wrangler types write it: it"
                        + " replaces only what it wrote itself.")));
  }
}
