package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Numeric;
import dev.clodo.model.ConfigValue.Sequence;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The configuration as a whole: name, entry, keys and values that are not what they should be. */
final class ConfigChecks {
  private ConfigChecks() {}

  private static final String CONFIGURATION = "workers/wrangler/configuration/";

  static final List<Check> CHECKS =
      List.of(
          error(
              "config/type-mismatch",
              StopsAt.CONFIG,
              CONFIGURATION,
              c -> c.violationsOf("config/type-mismatch")),
          error(
              "config/type-mismatch",
              StopsAt.CONFIG,
              CONFIGURATION,
              ConfigChecks::ignoredInSilence),
          error(
              "config/toml-date",
              StopsAt.CONFIG,
              CONFIGURATION,
              c -> c.violationsOf("config/toml-date")),
          error(
              "config/rules-invalid",
              StopsAt.CONFIG,
              "workers/wrangler/bundling/",
              c -> c.violationsOf("config/rules-invalid")),
          error(
              "config/placement-invalid",
              StopsAt.CONFIG,
              "workers/configuration/placement/",
              c -> c.violationsOf("config/placement-invalid")),
          error(
              "config/route-and-routes",
              StopsAt.CONFIG,
              "workers/wrangler/configuration/#types-of-routes",
              c -> c.violationsOf("config/route-and-routes")),
          error(
              "config/migrations-and-exports",
              StopsAt.CONFIG,
              "durable-objects/reference/durable-objects-migrations/",
              c -> c.violationsOf("config/migrations-and-exports")),
          error(
              "config/removed-key",
              StopsAt.CONFIG,
              "workers/wrangler/migration/update-v3-to-v4/",
              ConfigChecks::removedKey),
          error(
                  "config/name-invalid",
                  StopsAt.CONFIG,
                  "workers/configuration/routing/workers-dev/",
                  ConfigChecks::nameInvalid)
              .yieldingTo("config/placeholder"),
          error(
              "config/name-missing",
              StopsAt.BUILD,
              "workers/wrangler/configuration/#inheritable-keys",
              ConfigChecks::nameMissing),
          error(
              "config/name-too-long",
              StopsAt.UPLOAD,
              "workers/versions-and-deployments/preview-urls/",
              ConfigChecks::nameTooLong),
          error("config/main-not-found", StopsAt.BUILD, CONFIGURATION, ConfigChecks::mainNotFound)
              .yieldingTo("config/main-is-unbuilt-output", "config/main-is-directory"),
          error(
              "config/main-is-directory",
              StopsAt.BUILD,
              CONFIGURATION,
              ConfigChecks::mainIsDirectory),
          error(
              "config/wasm-modules-with-esm",
              StopsAt.BUILD,
              "workers/wrangler/bundling/",
              ConfigChecks::blobsWithModules),
          error(
              "config/main-is-unbuilt-output",
              StopsAt.BUILD,
              "workers/wrangler/custom-builds/",
              ConfigChecks::unbuiltOutput),
          error(
              "config/pages-and-workers-mixed",
              StopsAt.BUILD,
              "workers/static-assets/migration-guides/migrate-from-pages/",
              ConfigChecks::mixed),
          warning("config/unknown-key", CONFIGURATION, ConfigChecks::unknownKey),
          errorProd(
              "config/unknown-key-unvalidated-section",
              CONFIGURATION,
              c ->
                  c.violationsOf("config/unknown-key-unvalidated-section").stream()
                      .map(
                          f -> f.remedy() instanceof Remedy.Edit ? (Hit) f : f.as(Severity.WARNING))
                      .toList()),
          warning("config/json-duplicate-key", CONFIGURATION, ConfigChecks::duplicateKey),
          advice(
              "config/legacy-key", "workers/wrangler/migration/v1-to-v2/", ConfigChecks::legacyKey),
          errorProd(
              "config/top-level-only-key-in-env",
              "workers/wrangler/configuration/#top-level-only-keys",
              ConfigChecks::topLevelOnly),
          errorProd(
              "config/env-value-outside-vars",
              "workers/wrangler/environments/",
              ConfigChecks::outsideVars),
          errorProd(
              "config/json-env-as-section-name",
              "workers/wrangler/environments/",
              ConfigChecks::envAsSection),
          errorProd("config/toml-key-swallowed", CONFIGURATION, ConfigChecks::swallowed),
          advice("config/empty-string", CONFIGURATION, ConfigChecks::emptyString),
          error("config/placeholder", StopsAt.CONFIG, CONFIGURATION, c -> placeholder(c, true)),
          error("config/placeholder", StopsAt.UPLOAD, CONFIGURATION, c -> placeholder(c, false)),
          error(
              "config/limits-invalid",
              StopsAt.UPLOAD,
              "workers/platform/limits/#cpu-time",
              ConfigChecks::limits),
          error(
              "config/limits-need-paid-plan",
              StopsAt.UPLOAD,
              "workers/platform/limits/#cpu-time",
              ConfigChecks::limitsOnFreePlan),
          error(
                  "config/env-interpolation",
                  StopsAt.UPLOAD,
                  CONFIGURATION,
                  ConfigChecks::interpolation)
              .yieldingTo(
                  "config/placeholder", "config/name-invalid", "credentials/account-id-malformed"),
          error(
              "config/define-not-json",
              StopsAt.BUILD,
              CONFIGURATION + "#bundling",
              ConfigChecks::define),
          advice(
              "config/unsafe-bindings",
              "workers/runtime-apis/bindings/rate-limit/",
              ConfigChecks::unsafe));

  /** Keys of wrangler 1 that it still knows to ignore. */
  private static final Set<String> LEGACY_KEYS =
      Set.of("type", "zone_id", "usage_model", "webpack_config", "miniflare", "build.upload");

  /** Text that a template leaves for its user to replace, as a whole value. */
  static final Pattern PLACEHOLDER =
      Pattern.compile(
          "<[^>]*>|\\{\\{.*}}|%%.*%%|\\$\\{.*}|(?:.*[-_ ])?(?:YOUR|REPLACE|CHANGE_?ME|TODO|FIXME)(?:[-_ ].*)?|"
              + "(?:replace|change)[-_]?me|your[-_](?:worker|account|project|app)[-_](?:name|id)|x{8,}");

  private static List<? extends Hit> removedKey(Case c) {
    // wrangler 3 still knows them.
    boolean old = Packages.installedWrangler(c).filter(v -> v.major() < 4).isPresent();
    return c.violationsOf("config/removed-key").stream()
        .map(f -> old ? (Hit) f.as(Severity.WARNING) : f)
        .toList();
  }

  private static List<? extends Hit> nameInvalid(Case c) {
    return c.violationsOf("config/name-invalid").stream()
        .map(f ->
            Case.word(c.service().written(), "name")
                .filter(w -> w.at().equals(f.at()))
                .<Hit>map(w ->
                    new Hit.Fault(
                        f.subject(),
                        f.at(),
                        f.message() + " wrangler refuses it.",
                        new Remedy.Edit(
                            w.at(),
                            "\"" + w.value() + "\"",
                            "\"" + Names.asWorker(w.value()) + "\"")))
                .orElse(f))
        .toList();
  }

  private static List<? extends Hit> nameMissing(Case c) {
    boolean named = c.settings().get("name").filter(v -> !Rule.isFalsy(v)).isPresent();
    if (named) {
      return List.of();
    }
    var name = Names.asWorker(c.service().name().value());
    return List.of(
        new Hit.Fault(
            "name",
            Location.startOf(c.service().config()),
            "The configuration has no \"name\". wrangler deploy stops and asks for one.",
            c.edits().addTopLevel("name", name)));
  }

  /** A workers.dev address has one DNS label for the name. */
  private static final int LONGEST_NAME = 63;

  private static List<? extends Hit> nameTooLong(Case c) {
    return Case.word(c.settings(), "name").stream()
        .filter(w -> w.value().length() > LONGEST_NAME)
        .map(w ->
            new Hit.Fault(
                "name",
                w.at(),
                "The name \""
                    + w.value()
                    + "\" has "
                    + w.value().length()
                    + " characters; Cloudflare takes at most 63.",
                new Remedy.Advice("Shorten it.")))
        .toList();
  }

  private static List<? extends Hit> mainNotFound(Case c) {
    if (c.isPages()) {
      return List.of();
    }
    var main = Case.word(c.settings(), "main");
    if (main.isEmpty()) {
      return c.settings().get("main").isEmpty() ? noEntry(c) : List.of();
    }
    if (!Builds.looksLikeAFile(main.get().value())
        || c.exists(c.resolve(main.get().value()))
        || Builds.mayMake(c, main.get().value())) {
      return List.of();
    }
    var found = usualEntry(c);
    return List.of(
        new Hit.Fault(
            "main",
            main.get().at(),
            "The entry file \""
                + main.get().value()
                + "\" does not exist. wrangler deploy stops"
                + found.map(f -> "; did you mean \"" + f + "\"?").orElse("."),
            found
                .<Remedy>map(f ->
                    new Remedy.Edit(
                        main.get().at(), "\"" + main.get().value() + "\"", "\"" + f + "\""))
                .orElseGet(() -> new Remedy.Advice("Create the file, or correct \"main\"."))));
  }

  private static Optional<String> usualEntry(Case c) {
    return ENTRIES.stream().filter(e -> c.exists(c.resolve(e))).findFirst();
  }

  /** A Worker needs code or assets; only a framework's build may still bring them. */
  private static List<? extends Hit> noEntry(Case c) {
    var start = Location.startOf(c.service().config());
    if (c.settings().table("assets").isPresent()
        || Builds.framework(c.around()).isPresent()
        || c.settings().table("site").flatMap(t -> t.get("entry-point")).isPresent()) {
      return List.of();
    }
    if (c.settings().table("site").isPresent()) {
      return c.exists(c.resolve("workers-site/index.js"))
          ? List.of()
          : List.of(
              new Hit.Fault(
                  "site",
                  c.at("site"),
                  "There is no \"main\", so wrangler takes workers-site/index.js for the entry, and"
                      + " there is no such file. wrangler deploy stops.",
                  new Remedy.Advice("Add \"main\", or replace \"site\" by \"assets\".")));
    }
    var found = usualEntry(c);
    var fault =
        new Hit.Fault(
            "",
            start,
            "The configuration names neither code (\"main\") nor assets. wrangler deploy stops"
                + found.map(f -> "; did you mean \"main\" to be \"" + f + "\"?").orElse("."),
            found
                .map(f -> c.edits().addTopLevel("main", f))
                .orElseGet(() ->
                    new Remedy.Advice(
                        "Name the entry file in \"main\", or a folder in \"assets\".")));
    // The entry may be given on the command line, or made by the configured build.
    return List.of(
        namedOnCommandLine(c) || Builds.hasCommand(c) ? fault.as(Severity.WARNING) : fault);
  }

  private static final Pattern DEPLOYS_A_PATH =
      Pattern.compile(
          "wrangler\\s+(?:deploy|publish|versions\\s+upload)\\s+(?:[^-\\s&|;\"]|--assets)");

  private static boolean namedOnCommandLine(Case c) {
    return c.around().texts().entrySet().stream()
        .filter(e -> Packages.isManifest(e.getKey()) || ToolchainChecks.isWorkflow(e.getKey()))
        .anyMatch(e -> DEPLOYS_A_PATH.matcher(e.getValue()).find());
  }

  private static List<? extends Hit> mainIsDirectory(Case c) {
    return Case.word(c.settings(), "main").stream()
        .filter(m -> m.value().matches("|\\.{1,2}|.*/") && !c.isPages())
        .map(m ->
            new Hit.Fault(
                "main",
                m.at(),
                "\"main\" is \""
                    + m.value()
                    + "\", a folder and not a file. wrangler deploy stops.",
                usualEntry(c)
                    .<Remedy>map(
                        f -> new Remedy.Edit(m.at(), "\"" + m.value() + "\"", "\"" + f + "\""))
                    .orElseGet(() -> new Remedy.Advice("Name the entry file in \"main\"."))))
        .toList();
  }

  private static List<? extends Hit> blobsWithModules(Case c) {
    if (!isModule(c)) {
      return List.of();
    }
    return List.of("wasm_modules", "text_blobs", "data_blobs").stream()
        .filter(k -> c.settings().table(k).filter(t -> !t.entries().isEmpty()).isPresent())
        .map(k ->
            new Hit.Fault(
                k,
                c.at(k),
                "\""
                    + k
                    + "\" works only for Workers in the old format; this one is a module."
                    + " wrangler deploy stops.",
                new Remedy.Advice("Import the files in the code, and remove \"" + k + "\".")))
        .toList();
  }

  /** By its source; where that is not seen, by the classes that only a module can export. */
  private static boolean isModule(Case c) {
    return switch (c.code().isModule()) {
      case YES -> true;
      case NO -> false;
      case UNCLEAR ->
          c.settings().table("durable_objects").stream()
              .flatMap(d -> d.tables("bindings").stream())
              .anyMatch(b -> b.get("script_name").isEmpty());
    };
  }

  /** Where an entry usually is; discovery looks at these too. */
  private static final List<String> ENTRIES =
      List.of(
          "src/index.ts",
          "src/index.js",
          "src/worker.ts",
          "src/worker.js",
          "src/index.tsx",
          "src/index.mjs",
          "index.ts",
          "index.js",
          "worker.ts",
          "worker.js",
          "src/main.ts");

  private static List<? extends Hit> unbuiltOutput(Case c) {
    var main = Case.word(c.settings(), "main");
    if (main.isEmpty()
        || c.isPages()
        || c.exists(c.resolve(main.get().value()))
        || !Builds.isOutput(main.get().value())
        || Builds.hasCommand(c)) {
      return List.of();
    }
    var fault =
        new Hit.Fault(
            "main",
            main.get().at(),
            "\""
                + main.get().value()
                + "\" is made by a build that has not run, and the"
                + " configuration names no build command. wrangler deploy stops where nothing"
                + " builds first.",
            Builds.remedy(c));
    // A build before the deploy is invisible in most places where it can be configured.
    return List.of(fault.as(Severity.WARNING));
  }

  private static List<? extends Hit> mixed(Case c) {
    if (!c.isPages() || c.settings().get("main").isEmpty()) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "main",
            c.at("main"),
            "\"main\" belongs to a Worker, \"pages_build_output_dir\" to a Pages project; wrangler"
                + " refuses both together.",
            new Remedy.Advice("Remove one of them.")));
  }

  // -- keys --------------------------------------------------------------------------------------

  private static List<? extends Hit> unknownKey(Case c) {
    return c.violationsOf("config/unknown-key").stream()
        .filter(f -> specialist(c, f.subject()).equals("config/unknown-key"))
        .toList();
  }

  /** The check that explains an unknown key best. */
  private static String specialist(Case c, String key) {
    boolean top = c.service().written().get(key).isPresent();
    if (key.equals("crons") || key.equals("triggers.cron") || key.equals("cron")) {
      return "cron/crons-outside-triggers";
    }
    if (LEGACY_KEYS.contains(key)) {
      return "config/legacy-key";
    }
    if (key.matches("\\[?env\\..*")) {
      return "config/json-env-as-section-name";
    }
    if (!top && WranglerGrammar.topLevelKeys().contains(key)) {
      return "config/top-level-only-key-in-env";
    }
    if (!top && key.matches("[A-Z][A-Z0-9_]*")) {
      return "config/env-value-outside-vars";
    }
    return "config/unknown-key";
  }

  static List<Hit.Fault> unknownKeysFor(Case c, String check) {
    return c.violationsOf("config/unknown-key").stream()
        .filter(f -> specialist(c, f.subject()).equals(check))
        .toList();
  }

  /** What discovery notes of a key that is written twice. */
  private static final Pattern WRITTEN_TWICE =
      Pattern.compile(
          "The key (.+) is written twice, at .*?:(\\d{1,9}):\\d+ and at .*:(\\d{1,9}):(\\d{1,9});.*");

  private static List<? extends Hit> duplicateKey(Case c) {
    var hits = new ArrayList<Hit>();
    for (var note : c.around().notes()) {
      var m = WRITTEN_TWICE.matcher(note);
      if (m.matches()) {
        hits.add(
            new Hit.Fault(
                m.group(1),
                new Location(
                    c.service().config(),
                    Integer.parseInt(m.group(3)),
                    Integer.parseInt(m.group(4))),
                "The key \""
                    + m.group(1)
                    + "\" is written a second time (first in line "
                    + m.group(2)
                    + "); only the last one counts, and nobody says so.",
                new Remedy.Advice("Merge the two.")));
      }
    }
    return hits;
  }

  private static List<? extends Hit> legacyKey(Case c) {
    return unknownKeysFor(c, "config/legacy-key").stream()
        .map(f ->
            new Hit.Fault(
                f.subject(),
                f.at(),
                "\"" + f.subject() + "\" is from an old wrangler and has no effect.",
                c.edits().remove(f.at()).certain()))
        .toList();
  }

  private static List<? extends Hit> topLevelOnly(Case c) {
    return unknownKeysFor(c, "config/top-level-only-key-in-env").stream()
        .map(f ->
            new Hit.Fault(
                f.subject(),
                f.at(),
                "\""
                    + f.subject()
                    + "\" counts only at the top level; in env."
                    + c.service().environment()
                    + " wrangler ignores it.",
                new Remedy.Advice("Move it to the top level.")))
        .toList();
  }

  private static List<? extends Hit> outsideVars(Case c) {
    return unknownKeysFor(c, "config/env-value-outside-vars").stream()
        .map(f ->
            new Hit.Fault(
                f.subject(),
                f.at(),
                "\""
                    + f.subject()
                    + "\" stands beside the settings of env."
                    + c.service().environment()
                    + ", not in its vars: wrangler ignores it and the code reads undefined.",
                new Remedy.Advice("Move it into [" + c.section("vars") + "].")))
        .toList();
  }

  private static List<? extends Hit> envAsSection(Case c) {
    return unknownKeysFor(c, "config/json-env-as-section-name").stream()
        .map(f ->
            new Hit.Fault(
                f.subject(),
                f.at(),
                "The key \""
                    + f.subject()
                    + "\" is no section in JSON: wrangler ignores it and the"
                    + " environment does not exist.",
                new Remedy.Advice(
                    "Write \"env\": { \""
                        + f.subject().replaceAll("^\\[?env\\.|]$", "")
                        + "\": { … } }.")))
        .toList();
  }

  private static final Map<String, Class<? extends ConfigValue>> SWALLOWABLE =
      Map.of(
          "main", Text.class,
          "compatibility_date", Text.class,
          "compatibility_flags", Sequence.class,
          "routes", Sequence.class,
          "workers_dev", ConfigValue.Flag.class,
          "preview_urls", ConfigValue.Flag.class,
          "keep_vars", ConfigValue.Flag.class,
          "minify", ConfigValue.Flag.class,
          "logpush", ConfigValue.Flag.class);

  private static List<? extends Hit> swallowed(Case c) {
    if (!c.isToml()) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    c.settings()
        .table("vars")
        .ifPresent(vars ->
            vars.entries()
                .forEach((key, entry) -> {
                  var kind = SWALLOWABLE.get(key);
                  if (kind != null && kind.isInstance(entry.value())) {
                    hits.add(
                        new Hit.Fault(
                            key,
                            entry.keyAt(),
                            "\""
                                + key
                                + "\" stands below [vars], so it is a variable and not the setting"
                                + " of that name.",
                            new Remedy.Advice("Move the line above the first [section].")));
                  }
                }));
    return hits;
  }

  private static List<? extends Hit> emptyString(Case c) {
    return List.of("account_id", "route").stream()
        .flatMap(key ->
            Case.word(c.service().written(), key).stream()
                .filter(w -> w.value().isEmpty())
                .map(w ->
                    new Hit.Fault(
                        key,
                        w.at(),
                        "\"" + key + "\" is empty and wrangler ignores it.",
                        c.edits().remove(c.service().written().locationOf(key)).certain())))
        .toList();
  }

  /** Ids have shapes of their own to be judged by; a name is free text. */
  private static List<? extends Hit> placeholder(Case c, boolean refusedByWrangler) {
    return Case.word(c.settings(), "name").stream()
        .filter(w -> PLACEHOLDER.matcher(w.value()).matches())
        .filter(w -> WranglerGrammar.NAME_FORM.matcher(w.value()).matches() != refusedByWrangler)
        .map(w ->
            new Hit.Fault(
                "name",
                w.at(),
                "\"name\" is still the template's \""
                    + w.value()
                    + "\". "
                    + (refusedByWrangler
                        ? "wrangler refuses it."
                        : "The Worker would get this name."),
                new Remedy.Advice("Choose a name for the Worker.")))
        .toList();
  }

  private static List<? extends Hit> limits(Case c) {
    return c.settings().table("limits").flatMap(l -> l.get("cpu_ms")).stream()
        .filter(v ->
            v instanceof Numeric n
                && (n.value().compareTo(BigDecimal.ONE) < 0
                    || n.value().compareTo(MOST_CPU_MS) > 0))
        .map(v ->
            new Hit.Fault(
                "limits.cpu_ms",
                v.at(),
                "limits.cpu_ms is "
                    + ((Numeric) v).value().toPlainString()
                    + "; Cloudflare takes 1 to 300000 milliseconds.",
                new Remedy.Edit(
                    v.at(), ((Numeric) v).value().toPlainString(), MOST_CPU_MS.toPlainString())))
        .toList();
  }

  /** The longest CPU time of the paid plan, five minutes (workers/platform/limits, 2026-11). */
  private static final BigDecimal MOST_CPU_MS = BigDecimal.valueOf(300_000);

  private static List<? extends Hit> limitsOnFreePlan(Case c) {
    if (Plan.isPaid(c.account())) {
      return List.of();
    }
    return c.settings().table("limits").stream()
        .flatMap(l -> l.entries().entrySet().stream())
        .limit(1)
        .map(e -> {
          var fault =
              new Hit.Fault(
                  "limits",
                  e.getValue().keyAt(),
                  "\"limits\" needs the Workers Paid plan: on the Free plan Cloudflare refuses the"
                      + " upload with code 100328, whatever the value.",
                  c.edits().remove(e.getValue().keyAt()));
          // Whether it matters where the plan can't be told, people know.
          return Plan.isFree(c.account()) ? (Hit) fault : fault.as(Severity.ADVICE);
        })
        .toList();
  }

  private static final Pattern INTERPOLATED =
      Pattern.compile(
          ".*\\$\\{[^}]*}.*|\\$[A-Z_][A-Z0-9_]*|.*\\{\\{.*}}.*|.*\\bprocess\\.env\\.\\w+.*|%[A-Z_][A-Z0-9_]*%");

  /** Keys whose values name something at Cloudflare, with the list that they stand in. */
  private static final Map<String, List<String>> NAMING =
      Map.ofEntries(
          Map.entry("r2_buckets", List.of("bucket_name")),
          Map.entry("d1_databases", List.of("database_name")),
          Map.entry("services", List.of("service")),
          Map.entry("hyperdrive", List.of("id")),
          Map.entry("vectorize", List.of("index_name")),
          Map.entry("dispatch_namespaces", List.of("namespace")),
          Map.entry("mtls_certificates", List.of("certificate_id")),
          Map.entry("workflows", List.of("name", "script_name")),
          Map.entry("pipelines", List.of("pipeline", "stream")),
          Map.entry("secrets_store_secrets", List.of("store_id", "secret_name")),
          Map.entry("analytics_engine_datasets", List.of("dataset")));

  private static List<? extends Hit> interpolation(Case c) {
    var words = new ArrayList<Map.Entry<String, Case.Word>>();
    var settings = c.settings();
    for (var key : List.of("name", "account_id", "route")) {
      Case.word(settings, key).ifPresent(w -> words.add(Map.entry(key, w)));
    }
    for (var route : settings.items("routes")) {
      if (route instanceof Text(var text, var at)) {
        words.add(Map.entry("routes", new Case.Word(text, at)));
      } else if (route instanceof ConfigValue.Table t) {
        for (var key : List.of("pattern", "zone_id", "zone_name")) {
          Case.word(t, key).ifPresent(w -> words.add(Map.entry("routes", w)));
        }
      }
    }
    NAMING.forEach((list, keys) -> {
      for (var t : settings.tables(list)) {
        for (var key : keys) {
          Case.word(t, key).ifPresent(w -> words.add(Map.entry(list + "." + key, w)));
        }
      }
    });
    settings
        .table("queues")
        .ifPresent(q -> {
          for (var list : List.of("producers", "consumers")) {
            for (var t : q.tables(list)) {
              Case.word(t, "queue").ifPresent(w -> words.add(Map.entry("queues." + list, w)));
            }
          }
        });
    words.removeIf(e -> !INTERPOLATED.matcher(e.getValue().value()).matches());
    if (words.isEmpty() || isRewritten(c)) {
      return List.of();
    }
    return words.stream()
        .map(e ->
            new Hit.Fault(
                e.getKey(),
                e.getValue().at(),
                "wrangler does not fill in variables: \""
                    + e.getKey()
                    + "\" is sent to Cloudflare as \""
                    + e.getValue().value()
                    + "\", which refuses it.",
                new Remedy.Advice(
                    e.getKey().equals("account_id")
                        ? "Remove account_id, and set CLOUDFLARE_ACCOUNT_ID where you deploy."
                        : "Write the value, give each environment its own section, or generate the"
                            + " file before the deploy.")))
        .toList();
  }

  private static final Pattern REWRITES =
      Pattern.compile(
          "\\benvsubst\\b|\\bsed\\b.*wrangler|wrangler\\S*\\.(?:template|tpl|example)|\\byq\\b|\\bjq\\b.*wrangler");

  /** Whether a script or pipeline fills in the configuration before wrangler reads it. */
  private static boolean isRewritten(Case c) {
    return c.around().texts().entrySet().stream()
        .filter(e -> Packages.isManifest(e.getKey()) || isPipeline(e.getKey().toString()))
        .anyMatch(e -> REWRITES.matcher(e.getValue()).find());
  }

  private static boolean isPipeline(String file) {
    return file.endsWith(".yml") || file.endsWith(".yaml") || file.endsWith("Jenkinsfile");
  }

  private static final Pattern ENTITY_NAME =
      Pattern.compile("[A-Za-z_$][\\w$]*(?:\\.[A-Za-z_$][\\w$]*)*");
  private static final Pattern LITERAL =
      Pattern.compile(
          "-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?n?|true|false|null|\"(?:[^\"\\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\\n]|\\\\.)*'",
          Pattern.DOTALL);

  /** Lists and objects have to be JSON; how they are written inside is left to the build. */
  private static List<? extends Hit> define(Case c) {
    if (c.isPages() || c.settings().get("no_bundle").filter(v -> !Rule.isFalsy(v)).isPresent()) {
      return List.of();
    }
    return c.settings().table("define").stream()
        .flatMap(t -> t.entries().entrySet().stream())
        .flatMap(e ->
            e.getValue().value() instanceof Text(var text, var at)
                    && !ENTITY_NAME.matcher(text.strip()).matches()
                    && !LITERAL.matcher(text.strip()).matches()
                    && !text.strip().matches("(?s)[\\[{].*")
                ? java.util.stream.Stream.of(
                    new Hit.Fault(
                        "define." + e.getKey(),
                        at,
                        "define."
                            + e.getKey()
                            + " is \""
                            + text
                            + "\", which is neither a name nor a literal of JavaScript. wrangler deploy"
                            + " stops.",
                        text.matches("[^\"'\\\\\\n]*")
                            ? new Remedy.Edit(at, "\"" + text + "\"", "\"\\\"" + text + "\\\"\"")
                            : new Remedy.Advice("Put the text in quotes inside the quotes.")))
                : java.util.stream.Stream.empty())
        .toList();
  }

  private static List<? extends Hit> unsafe(Case c) {
    return c.settings().table("unsafe").stream()
        .flatMap(t -> t.tables("bindings").stream())
        .filter(t -> t.text("type").filter("ratelimit"::equals).isPresent())
        .map(t ->
            new Hit.Fault(
                t.text("name").orElse("unsafe"),
                t.at(),
                "Rate limiting no longer needs \"unsafe\", which may change or break at any time.",
                new Remedy.Advice(
                    "Declare it as "
                        + (c.isToml() ? "[[ratelimits]]" : "\"ratelimits\"")
                        + " with name, namespace_id and simple = { limit, period }.")))
        .toList();
  }

  /** Values of the wrong kind that wrangler takes without a word, and that mean nothing then. */
  private static List<? extends Hit> ignoredInSilence(Case c) {
    var hits = new ArrayList<Hit>();
    var settings = c.settings();
    mistaken(c, "vars", v -> v instanceof Sequence, "a table of names and values", hits);
    mistaken(c, "alias", v -> v instanceof Sequence, "a table of names and modules", hits);
    mistaken(
        c,
        "limits",
        v -> v instanceof Numeric || v instanceof Text,
        "a table, for example with cpu_ms",
        hits);
    mistaken(c, "triggers", v -> v instanceof ConfigValue.Nothing, "a table with crons", hits);
    mistaken(c, "build", v -> v instanceof Text, "a table with command", hits);
    c.service()
        .written()
        .get("env")
        .filter(v -> v instanceof Text || v instanceof ConfigValue.Nothing)
        .ifPresent(v -> hits.add(mistake("env", v, "a table of environments")));
    settings
        .table("vars")
        .ifPresent(vars ->
            vars.entries()
                .forEach((name, entry) -> {
                  if (entry.value() instanceof ConfigValue.Nothing) {
                    hits.add(
                        mistake(
                            "vars." + name, entry.value(), "a value; the code would find null"));
                  }
                }));
    return hits;
  }

  private static void mistaken(
      Case c,
      String key,
      java.util.function.Predicate<ConfigValue> wrong,
      String expected,
      List<Hit> hits) {
    c.settings().get(key).filter(wrong).ifPresent(v -> hits.add(mistake(key, v, expected)));
  }

  private static Hit mistake(String key, ConfigValue value, String expected) {
    return new Hit.Fault(
            key,
            value.at(),
            "\""
                + key
                + "\" is "
                + (value instanceof Sequence ? "an " : "")
                + value.kind()
                + ". wrangler takes it in silence, and it has no effect.",
            new Remedy.Advice("Make it " + expected + "."))
        .as(Severity.WARNING);
  }
}
