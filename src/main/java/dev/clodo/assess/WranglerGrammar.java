package dev.clodo.assess;

import static dev.clodo.assess.Rule.listOf;
import static dev.clodo.assess.Rule.mapOf;
import static dev.clodo.assess.Rule.matching;
import static dev.clodo.assess.Rule.notEmpty;
import static dev.clodo.assess.Rule.numberWhere;
import static dev.clodo.assess.Rule.oneOf;
import static dev.clodo.assess.Rule.table;
import static dev.clodo.assess.Rules.ANYTHING;
import static dev.clodo.assess.Rules.FLAG;
import static dev.clodo.assess.Rules.NUMBER;
import static dev.clodo.assess.Rules.STRING;
import static dev.clodo.assess.Rules.STRINGS;

import dev.clodo.assess.Rule.Fields;
import dev.clodo.assess.Rule.Sink;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Date;
import dev.clodo.model.ConfigValue.Flag;
import dev.clodo.model.ConfigValue.Nothing;
import dev.clodo.model.ConfigValue.Numeric;
import dev.clodo.model.ConfigValue.Sequence;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Remedy;
import dev.clodo.model.Service;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The shape that wrangler demands of a configuration: kinds of values, required fields, known keys.
 * Facts observed from wrangler 4.164.0 on 20 November 2026; what wrangler only warns of is reported
 * under the checks for unknown keys, everything else makes it refuse the file.
 */
final class WranglerGrammar {
  private WranglerGrammar() {}

  /** Where the file is not as wrangler demands it, for the environment that is deployed. */
  static List<Violation> violations(Service service) {
    boolean toml = service.config().toString().endsWith(".toml");
    var sink = new Sink(toml, "");
    var root = service.written();
    TOP_LEVEL.judge("", root, sink);
    var all = new ArrayList<>(sink.violations());
    var environment = service.environment();
    if (!environment.isTopLevel()) {
      var layer = new Sink(toml, "env." + environment + ".");
      // An array has no environment by that name, though wrangler looks one up by its index.
      root.get("env")
          .filter(e -> !(e instanceof Table) && !Rule.isFalsy(e))
          .ifPresent(e -> layer.type("env", e, "a table"));
      root.table("env")
          .flatMap(e -> e.table(environment.value()))
          .ifPresent(env -> {
            LAYER.judge("", env, layer);
            EXCLUSIVE.judge("", env, layer);
          });
      all.addAll(layer.violations());
    }
    var effective = new Sink(toml, "");
    judgeEffective(service, effective);
    all.addAll(effective.violations());
    return List.copyOf(all);
  }

  /** The keys that a configuration may have at its top level. */
  static Set<String> topLevelKeys() {
    return TOP_LEVEL_FIELDS.rules().keySet();
  }

  /** The keys that an environment may have. */
  static Set<String> environmentKeys() {
    return LAYER.rules().keySet();
  }

  /** Keys under which a table declares the bindings of a service. */
  static final List<String> BINDING_LISTS =
      List.of(
          "kv_namespaces",
          "d1_databases",
          "r2_buckets",
          "services",
          "hyperdrive",
          "vectorize",
          "ai_search_namespaces",
          "ai_search",
          "agent_memory",
          "analytics_engine_datasets",
          "dispatch_namespaces",
          "mtls_certificates",
          "workflows",
          "pipelines",
          "k2",
          "secrets_store_secrets",
          "artifacts",
          "unsafe_hello_world",
          "flagship",
          "worker_loaders",
          "vpc_services",
          "vpc_networks",
          "send_email",
          "ratelimits");

  /** Keys of tables that are one binding each. */
  static final List<String> SINGLE_BINDINGS =
      List.of("browser", "analytics", "ai", "images", "stream", "media", "version_metadata");

  /** Any Worker's name; wrangler lets an empty one pass here. */
  static final Pattern NAME_FORM = Pattern.compile("|[a-z0-9_][a-z0-9-_]*");

  private static final Rule NAME =
      matching(
          "config/name-invalid",
          NAME_FORM,
          "a Worker's name has only lower-case letters, digits, dashes and underscores, and does"
              + " not start with a dash");

  private static final Rule DATE =
      STRING.and((path, value, sink) -> {
        if (value instanceof Text(var text, var at) && !DateText.isReadableByWrangler(text)) {
          sink.wrong(
              "compatibility/date-invalid",
              at,
              path,
              sink.full(path) + " is \"" + text + "\", which is no date; wrangler refuses it.",
              new Remedy.Advice("Write it as YYYY-MM-DD, for example \"2026-11-01\"."));
        }
      });

  // -- routes ------------------------------------------------------------------------------------

  private static final Rule ROUTE =
      (path, value, sink) -> {
        switch (value) {
          case Text(var text, var at) when text.isEmpty() ->
              sink.wrong(
                  Rule.TYPE,
                  at,
                  path,
                  sink.full(path) + " is an empty route.",
                  new Remedy.Advice("Remove it, or write a pattern such as example.com/*."));
          case Text _ -> {}
          case Table table -> routeTable(path, table, sink);
          case Numeric _, Flag _, Nothing _, Date _, Sequence _ ->
              sink.type(path, value, "a string or a table with \"pattern\"");
        }
      };

  /** An empty {@code route} is dropped with a warning; an empty entry of {@code routes} is not. */
  private static final Rule SINGLE_ROUTE =
      (path, value, sink) -> {
        if (!(value instanceof Text(var text, var _) && text.isEmpty())) {
          ROUTE.judge(path, value, sink);
        }
      };

  private static void routeTable(String path, Table route, Sink sink) {
    var kinds = new LinkedHashMap<String, Class<? extends ConfigValue>>();
    kinds.put("pattern", Text.class);
    kinds.put("zone_id", Text.class);
    kinds.put("zone_name", Text.class);
    kinds.put("custom_domain", Flag.class);
    kinds.put("enabled", Flag.class);
    kinds.put("previews_enabled", Flag.class);
    for (var entry : route.entries().entrySet()) {
      var kind = kinds.get(entry.getKey());
      if (kind == null) {
        sink.wrong(
            Rule.TYPE,
            entry.getValue().keyAt(),
            path,
            sink.full(path)
                + " has the key \""
                + entry.getKey()
                + "\", which no route has"
                + Similar.question(entry.getKey(), kinds.keySet()),
            Similar.to(entry.getKey(), kinds.keySet())
                .<Remedy>map(k -> new Remedy.Edit(entry.getValue().keyAt(), entry.getKey(), k))
                .orElseGet(() -> new Remedy.Advice("Remove \"" + entry.getKey() + "\".")));
        return;
      }
      if (!kind.isInstance(entry.getValue().value())) {
        sink.type(
            path + "." + entry.getKey(),
            entry.getValue().value(),
            kind == Text.class ? "a string" : "a boolean (true or false)");
        return;
      }
    }
    boolean zone = route.get("zone_id").isPresent() || route.get("zone_name").isPresent();
    boolean domain = route.get("custom_domain").isPresent();
    if (route.get("pattern").isEmpty()) {
      sink.wrong(
          Rule.REQUIRED,
          route.at(),
          path,
          sink.full(path) + " lacks \"pattern\"; wrangler refuses the route.",
          new Remedy.Advice("Add \"pattern\", for example \"example.com/*\"."));
    } else if (route.get("zone_id").isPresent() && route.get("zone_name").isPresent()) {
      sink.wrong(
          Rule.TYPE,
          route.at(),
          path,
          sink.full(path) + " has both \"zone_id\" and \"zone_name\"; wrangler takes one.",
          new Remedy.Advice("Remove \"zone_id\"."));
    } else if (!zone && !domain) {
      sink.wrong(
          "routes/zone-field-missing",
          route.at(),
          path,
          sink.full(path)
              + " says neither \"zone_name\", \"zone_id\" nor \"custom_domain\"; wrangler refuses"
              + " it.",
          new Remedy.Advice("Add \"zone_name\" with the domain that is registered at Cloudflare."));
    } else if (!domain
        && (route.get("enabled").isPresent() || route.get("previews_enabled").isPresent())) {
      sink.wrong(
          Rule.TYPE,
          route.at(),
          path,
          sink.full(path) + " has \"enabled\" or \"previews_enabled\" without \"custom_domain\".",
          new Remedy.Advice("Add \"custom_domain\", or remove the other key."));
    }
  }

  /** {@code route} and {@code routes} exclude each other within one layer of the file. */
  private static final Rule EXCLUSIVE =
      (path, value, sink) -> {
        if (value instanceof Table table
            && table.get("routes").isPresent()
            && table.get("route").filter(r -> !Rule.isFalsy(r)).isPresent()) {
          sink.wrong(
              "config/route-and-routes",
              table.locationOf("route"),
              "route",
              "Both \""
                  + sink.layer()
                  + "route\" and \""
                  + sink.layer()
                  + "routes\" are set; wrangler takes only one of them.",
              new Remedy.Advice("Move the route into \"routes\" and remove \"route\"."));
        }
      };

  // -- bindings ----------------------------------------------------------------------------------

  private static final Rule BUCKET =
      notEmpty("Name the bucket, or leave \"bucket_name\" out to" + " have wrangler create one.")
          .and((path, value, sink) -> {
            if (value instanceof Text(var text, var at)
                && !text.isEmpty()
                && !text.matches("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")) {
              sink.wrong(
                  "r2/bucket-name-invalid",
                  at,
                  path,
                  sink.full(path)
                      + " is \""
                      + text
                      + "\"; a bucket's name has 3 to 63 lower-case"
                      + " letters, digits and dashes, and starts and ends with a letter or digit.",
                  bucketFix(text, at));
            }
          });

  private static Remedy bucketFix(String name, dev.clodo.model.Location at) {
    var fixed = Names.asBucket(name);
    return fixed.length() < 3
        ? new Remedy.Advice("Choose a name of at least three letters.")
        : new Remedy.Edit(at, "\"" + name + "\"", "\"" + fixed + "\"");
  }

  private static Fields binding() {
    return table().loose().needs("binding", STRING).has("remote", FLAG);
  }

  private static final Rule WORKFLOW_SCHEDULES =
      (path, value, sink) -> {
        switch (value) {
          case Text(var text, var at) when text.isEmpty() ->
              sink.wrong(
                  Rule.TYPE,
                  at,
                  path,
                  sink.full(path) + " is an empty string.",
                  new Remedy.Advice("Remove it, or write a cron expression."));
          case Text _ -> {}
          case Sequence(var items, var at) when items.isEmpty() ->
              sink.wrong(
                  Rule.TYPE,
                  at,
                  path,
                  sink.full(path) + " is an empty array.",
                  new Remedy.Advice("Remove it, or write a cron expression."));
          default -> listOf(notEmpty("Write a cron expression.")).judge(path, value, sink);
        }
      };

  private static final Rule POSITIVE_INTEGER =
      numberWhere(n -> isInteger(n) && n.value().signum() > 0, "a positive whole number");

  private static final Rule RETENTION =
      (path, value, sink) -> {
        if (!(value instanceof Text(var text, var _) && !text.isEmpty())) {
          POSITIVE_INTEGER.judge(path, value, sink);
        }
      };

  private static final Pattern WORKFLOW_NAME = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9-_]{0,63}");

  private static final Fields WORKFLOW_SETTINGS =
      table()
          .has("limits", table().has("steps", POSITIVE_INTEGER))
          .has("concurrency", table().has("limit", POSITIVE_INTEGER))
          .has("schedules", WORKFLOW_SCHEDULES)
          .has(
              "default_retention",
              table().has("success_retention", RETENTION).has("error_retention", RETENTION))
          .has("jurisdiction", oneOf(Rule.TYPE, "eu", "fedramp", "us"));

  private static final Rule WORKFLOW_NAMES =
      matching(
          "workflows/name-invalid",
          WORKFLOW_NAME,
          "a Workflow's name has 1 to 64 letters, digits, dashes and underscores");

  private static final Rule WORKFLOW =
      WORKFLOW_SETTINGS
          .loose()
          .needs("binding", STRING)
          .needs("name", WORKFLOW_NAMES)
          .needs("class_name", STRING)
          .has("script_name", STRING);

  private static final Rule UNIQUE_NAMES =
      (path, value, sink) -> {
        if (!(value instanceof Sequence(var items, var _))) {
          return;
        }
        var seen = new HashMap<String, Integer>();
        for (var item : items) {
          if (item instanceof Table t && t.text("name").isPresent()) {
            var name = t.text("name").get();
            if (seen.merge(name, 1, Integer::sum) == 2) {
              sink.wrong(
                  "workflows/name-invalid",
                  t.locationOf("name"),
                  path,
                  "Two Workflows are named \"" + name + "\"; wrangler refuses that.",
                  new Remedy.Advice("Rename one of them."));
            }
          }
        }
      };

  private static final Rule DURABLE_OBJECT =
      table()
          .loose()
          .needs("name", STRING)
          .needs("class_name", STRING)
          .has("script_name", STRING)
          .has("environment", STRING)
          .has("remote", FLAG)
          .and((path, value, sink) -> {
            if (value instanceof Table t
                && t.get("environment").isPresent()
                && t.get("script_name").isEmpty()) {
              sink.wrong(
                  Rule.REQUIRED,
                  t.locationOf("environment"),
                  path,
                  sink.full(path) + " has \"environment\" without \"script_name\".",
                  new Remedy.Advice("Remove \"environment\", or add \"script_name\"."));
            }
          });

  private static final Fields CODE_UPDATE_STRATEGY =
      table()
          .needs("mode", oneOf(Rule.TYPE, "immediate", "deferred"))
          .has(
              "max_delay",
              numberWhere(
                  n ->
                      n.value().signum() >= 0
                          && n.value().compareTo(BigDecimal.valueOf(86_400)) <= 0
                          && n.value().stripTrailingZeros().scale() <= 3,
                  "between 0 and 86400 seconds, with at most three decimals"));

  private static final Rule SEND_EMAIL =
      table()
          .loose()
          .needs("name", STRING)
          .has("binding", ANYTHING)
          .has("destination_address", STRING)
          .has("allowed_destination_addresses", WranglerGrammar::anObject)
          .has("allowed_sender_addresses", WranglerGrammar::anObject)
          .has("remote", FLAG)
          .and((path, value, sink) -> {
            if (value instanceof Table t
                && t.get("destination_address").isPresent()
                && t.get("allowed_destination_addresses").isPresent()) {
              sink.wrong(
                  Rule.TYPE,
                  t.locationOf("destination_address"),
                  path,
                  sink.full(path)
                      + " has both \"destination_address\" and"
                      + " \"allowed_destination_addresses\".",
                  new Remedy.Advice("Keep \"allowed_destination_addresses\"."));
            }
          });

  private static final Rule QUEUE_PRODUCER =
      binding()
          .has(
              "queue",
              notEmpty("Name the queue, or leave \"queue\" out to have wrangler create one."))
          .has("delivery_delay", NUMBER);

  private static final Rule QUEUE_CONSUMER =
      table()
          .loose()
          .needs("queue", STRING)
          .has("type", oneOf("queues/consumer-type", "worker"))
          .has("max_batch_size", NUMBER)
          .has("max_batch_timeout", NUMBER)
          .has("max_retries", NUMBER)
          .has("dead_letter_queue", STRING)
          .has("max_concurrency", NUMBER)
          .has("visibility_timeout_ms", NUMBER)
          .has("retry_delay", NUMBER);

  private static final Rule CREDENTIALS =
      table().needs("accessKeyId", STRING).needs("secretAccessKey", STRING).open();

  private static final Rule AI_TABLE = table().needs("binding", STRING).has("remote", FLAG).open();

  /** People write it as a list, as most bindings are. */
  private static final Rule AI =
      (path, value, sink) -> {
        if (value instanceof ConfigValue.Sequence) {
          sink.wrong(
              "ai/binding-shape",
              value.at(),
              path,
              sink.full(path) + " has to be one table, but is a list. wrangler stops.",
              new Remedy.Advice("Write [ai] in TOML, or \"ai\": { \"binding\": \"AI\" }."));
        } else {
          AI_TABLE.judge(path, value, sink);
        }
      };

  private static final Rule RATE_LIMIT =
      table()
          .loose()
          .needs("name", STRING, "ratelimits/shape")
          .needs("namespace_id", STRING, "ratelimits/shape")
          .needs(
              "simple",
              table()
                  .loose()
                  .needs("limit", NUMBER, "ratelimits/shape")
                  .needs(
                      "period",
                      numberWhere(
                          n ->
                              n.value().compareTo(BigDecimal.TEN) == 0
                                  || n.value().compareTo(BigDecimal.valueOf(60)) == 0,
                          "10 or 60"),
                      "ratelimits/shape"),
              "ratelimits/shape");

  private static final Rule SERVICE =
      binding()
          .needs("service", STRING)
          .has("environment", STRING)
          .has("entrypoint", STRING)
          .has(
              "dev",
              table()
                  .needs("plugin", table().needs("package", STRING).needs("name", STRING).open())
                  .has("options", table().open())
                  .open())
          .has("props", ANYTHING)
          .has("remote", ANYTHING)
          .has("experimental_remote", ANYTHING)
          .has("cross_account_grant", ANYTHING)
          .withoutMistakes();

  private static final Rule DISPATCH =
      binding()
          .has("namespace", STRING)
          .has(
              "outbound",
              table()
                  .loose()
                  .needs("service", STRING)
                  .has("environment", STRING)
                  .has("parameters", STRINGS)
                  .open())
          .open();

  private static final Rule VPC_NETWORK =
      binding()
          .has("tunnel_id", STRING)
          .has("network_id", STRING)
          .and((path, value, sink) -> {
            if (value instanceof Table t
                && t.get("tunnel_id").isPresent() == t.get("network_id").isPresent()) {
              sink.wrong(
                  "vpc/shape",
                  t.at(),
                  path,
                  sink.full(path) + " needs exactly one of \"tunnel_id\" and \"network_id\".",
                  new Remedy.Advice("Keep one of the two."));
            }
          });

  private static final Rule PIPELINE =
      binding()
          .has("stream", ANYTHING)
          .has("pipeline", ANYTHING)
          .and((path, value, sink) -> {
            if (value instanceof Table t && !hasWord(t, "stream") && !hasWord(t, "pipeline")) {
              sink.wrong(
                  Rule.REQUIRED,
                  t.at(),
                  path,
                  sink.full(path) + " lacks \"stream\"; wrangler refuses it without.",
                  new Remedy.Advice("Add \"stream\" with the name of the stream."));
            }
          });

  private static final Rule UNSAFE_BINDING =
      table().loose().needs("name", STRING).needs("type", STRING).open();

  private static final Rule UNSAFE =
      table()
          .has("bindings", listOf(UNSAFE_BINDING))
          .has("metadata", table().open())
          .has(
              "capnp",
              (path, value, sink) -> {
                if (!(value instanceof Table t)) {
                  sink.type(path, value, "a table");
                } else if (t.get("compiled_schema").isPresent()) {
                  table().has("compiled_schema", STRING).judge(path, t, sink);
                } else {
                  table()
                      .needs("base_path", STRING)
                      .needs("source_schemas", STRINGS)
                      .judge(path, t, sink);
                }
              });

  // -- other sections ----------------------------------------------------------------------------

  private static final Rule VARS =
      (path, value, sink) -> {
        switch (value) {
          case Table t ->
              t.entries()
                  .forEach((name, entry) -> {
                    if (entry.value() instanceof Date date) {
                      STRING.judge(path + "." + name, date, sink);
                    }
                  });
          // Accepted without a word, though no variable comes of it.
          case Sequence _ -> {}
          case Text _, Numeric _, Flag _, Nothing _, Date _ -> sink.type(path, value, "a table");
        }
      };

  private static final Rule RULE =
      table()
          .loose()
          .needs(
              "type",
              oneOf("config/rules-invalid", "ESModule", "CommonJS", "CompiledWasm", "Text", "Data"),
              "config/rules-invalid")
          .needs("globs", STRINGS, "config/rules-invalid")
          .has("fallthrough", FLAG)
          .open();

  private static final List<String> ARTIFACT_EVENTS =
      List.of(
          "cf.artifacts.repo.created",
          "cf.artifacts.repo.deleted",
          "cf.artifacts.repo.forked",
          "cf.artifacts.repo.imported",
          "cf.artifacts.repo.pushed",
          "cf.artifacts.repo.cloned",
          "cf.artifacts.repo.fetched",
          "cf.artifacts.repo.token.created",
          "cf.artifacts.repo.token.revoked");

  private static final Rule TRIGGERS =
      table()
          .has(
              "crons",
              (path, value, sink) -> {
                if (!(value instanceof Sequence)) {
                  sink.type(path, value, "an array");
                }
              })
          .has(
              "events",
              listOf(
                  table()
                      .needs("type", oneOf(Rule.TYPE, ARTIFACT_EVENTS.toArray(String[]::new)))
                      .has(
                          "filter",
                          table()
                              .has("namespace", notEmpty("Name the namespace."))
                              .has("repo_name", notEmpty("Name the repository.")))
                      .needs(
                          "targets",
                          listOf(
                              table()
                                  .needs("type", oneOf(Rule.TYPE, "workflow"))
                                  .needs("workflow_name", notEmpty("Name the Workflow."))))));

  private static final Rule RUN_WORKER_FIRST =
      (path, value, sink) -> {
        if (!(value instanceof Flag)) {
          if (value instanceof Sequence) {
            STRINGS.judge(path, value, sink);
          } else {
            sink.type(path, value, "a boolean or an array of strings");
          }
        }
      };

  private static final Rule ASSETS =
      table()
          .loose()
          .has("directory", STRING)
          .has("binding", STRING)
          .has(
              "html_handling",
              oneOf(
                  "assets/enum-invalid",
                  "auto-trailing-slash",
                  "force-trailing-slash",
                  "drop-trailing-slash",
                  "none"))
          .has(
              "not_found_handling",
              oneOf("assets/enum-invalid", "single-page-application", "404-page", "none"))
          .has("base_path", STRING)
          .has("run_worker_first", RUN_WORKER_FIRST);

  private static final Rule PLACEMENT =
      (path, value, sink) -> {
        if (!(value instanceof Table t)) {
          sink.type(path, value, "a table");
          return;
        }
        var targets =
            List.of("region", "host", "hostname").stream()
                .filter(k -> t.get(k).isPresent())
                .toList();
        var mode = oneOf("config/placement-invalid", "off", "smart", "targeted");
        if (t.get("hint").isPresent() && !targets.isEmpty()) {
          placement(path, t, sink, "has both \"hint\" and \"" + targets.getFirst() + "\"");
        } else if (t.get("hint").isPresent()) {
          table()
              .needs("mode", oneOf("config/placement-invalid", "off", "smart"))
              .has("hint", STRING)
              .open()
              .judge(path, t, sink);
          if (t.text("hint").filter(h -> !h.isEmpty()).isPresent()
              && t.text("mode").filter("off"::equals).isPresent()) {
            placement(path, t, sink, "has a \"hint\", which only mode \"smart\" takes");
          }
        } else if (!targets.isEmpty()) {
          table()
              .has("mode", oneOf("config/placement-invalid", "targeted"))
              .has("region", notEmpty("Name a region."))
              .has("host", notEmpty("Name a host."))
              .has("hostname", notEmpty("Name a host."))
              .open()
              .judge(path, t, sink);
          if (targets.size() > 1) {
            placement(path, t, sink, "has more than one of \"region\", \"host\" and \"hostname\"");
          }
        } else {
          table().needs("mode", mode, "config/placement-invalid").open().judge(path, t, sink);
          if (t.text("mode").filter("targeted"::equals).isPresent()) {
            placement(
                path, t, sink, "is \"targeted\" without \"region\", \"host\" or \"hostname\"");
          }
        }
      };

  private static void placement(String path, Table t, Sink sink, String what) {
    sink.wrong(
        "config/placement-invalid",
        t.at(),
        path,
        sink.full(path) + " " + what + "; wrangler refuses it.",
        new Remedy.Advice("Use mode = \"smart\", or exactly one of region, host and hostname."));
  }

  private static final Rule BUILD =
      (path, value, sink) -> {
        if (value instanceof Table) {
          table()
              .has("command", STRING)
              .has("cwd", STRING)
              .has(
                  "watch_dir",
                  (p, v, s) -> {
                    if (v instanceof Sequence) {
                      STRINGS.judge(p, v, s);
                    } else {
                      STRING.judge(p, v, s);
                    }
                  })
              .judge(path, value, sink);
        }
      };

  private static final Rule RATE =
      numberWhere(
          n -> n.value().signum() >= 0 && n.value().compareTo(BigDecimal.ONE) <= 0,
          "between 0 and 1");

  private static final Rule OBSERVABILITY =
      table()
          .loose()
          .has("enabled", FLAG)
          .has("head_sampling_rate", RATE)
          .has("redact_query_string", FLAG)
          .has("issues", table().has("enabled", FLAG))
          .has(
              "logs",
              table()
                  .loose()
                  .has("enabled", FLAG)
                  .has("head_sampling_rate", RATE)
                  .has("invocation_logs", FLAG)
                  .has("destinations", STRINGS)
                  .has("persist", FLAG))
          .has(
              "traces",
              table()
                  .loose()
                  .has("enabled", FLAG)
                  .has("head_sampling_rate", RATE)
                  .has("destinations", STRINGS)
                  .has("persist", FLAG))
          .and((path, value, sink) -> {
            if (value instanceof Table t
                && List.of("logs", "traces", "issues").stream()
                    .noneMatch(k -> t.table(k).flatMap(s -> s.get("enabled")).isPresent())
                && t.get("enabled").isEmpty()) {
              sink.wrong(
                  Rule.TYPE,
                  t.at(),
                  path,
                  sink.full(path) + " says nowhere whether it is enabled; wrangler refuses it.",
                  new Remedy.Advice("Add \"enabled\" to " + sink.full(path) + "."));
            } else if (value instanceof Sequence) {
              sink.type(path, value, "a table");
            }
          });

  private static final Rule MIGRATION =
      (path, value, sink) -> {
        if (!(value instanceof Table)) {
          sink.type(path, value, "a table with \"tag\"");
          return;
        }
        table()
            .needs("tag", STRING, "durable-objects/migration-invalid")
            .has("new_classes", STRINGS)
            .has("new_sqlite_classes", STRINGS)
            .has("deleted_classes", STRINGS)
            .has(
                "renamed_classes", listOf(table().needs("from", STRING).needs("to", STRING).open()))
            .has(
                "transferred_classes",
                listOf(
                    table()
                        .needs("from", STRING)
                        .needs("from_script", STRING)
                        .needs("to", STRING)
                        .open()))
            .judge(path, value, sink);
      };

  private static final Rule EXPORT =
      (path, value, sink) -> {
        if (!(value instanceof Table t)) {
          sink.type(path, value, "a table");
          return;
        }
        switch (t.text("type").orElse("")) {
          case "durable-object" -> durableObjectExport(path, t, sink);
          case "worker" ->
              table()
                  .has("type", STRING)
                  .has("cache", table().needs("enabled", FLAG))
                  .judge(path, t, sink);
          case "workflow" ->
              WORKFLOW_SETTINGS
                  .has("type", STRING)
                  .needs("name", WORKFLOW_NAMES)
                  .judge(path, t, sink);
          default ->
              sink.wrong(
                  "durable-objects/migration-invalid",
                  t.at(),
                  path,
                  sink.full(path)
                      + ".type has to be \"durable-object\", \"worker\" or \"workflow\".",
                  new Remedy.Advice("Add type = \"durable-object\"."));
        }
      };

  private static void durableObjectExport(String path, Table t, Sink sink) {
    var check = "durable-objects/migration-invalid";
    var storage = oneOf(check, "sqlite", "legacy-kv");
    var container = notEmpty("Name a container, or remove the key.");
    var state = t.text("state").orElse("created");
    var base =
        table()
            .has("type", STRING)
            .has(
                "state",
                oneOf(check, "created", "deleted", "renamed", "transferred", "expecting-transfer"));
    var fields =
        switch (state) {
          case "created" -> base.needs("storage", storage, check).has("container", container);
          case "renamed" ->
              base.needs(
                  "renamed_to",
                  matching(
                      check, Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]*"), "it has to be a class"),
                  check);
          case "transferred" -> base.needs("transferred_to", notEmpty("Name the Worker."), check);
          case "expecting-transfer" ->
              base.needs("storage", storage, check)
                  .needs("transfer_from", notEmpty("Name the Worker."), check)
                  .has("container", container);
          default -> base;
        };
    fields.open().judge(path, t, sink);
    t.entries()
        .forEach((key, entry) -> {
          if (!fields.rules().containsKey(key)) {
            sink.wrong(
                check,
                entry.keyAt(),
                path,
                sink.full(path)
                    + "."
                    + key
                    + " is not allowed in the state \""
                    + state
                    + "\"; wrangler refuses it.",
                new Remedy.Advice("Remove \"" + key + "\"."));
          }
        });
  }

  private static final Rule CONTAINER =
      (path, value, sink) -> {
        if (!(value instanceof Table t)) {
          sink.type(path, value, "a table");
          return;
        }
        boolean managed = t.text("scheduling_policy").filter("durable_object"::equals).isPresent();
        table()
            .has("class_name", STRING)
            .has("name", STRING)
            .has("image_build_context", STRING)
            .has("rollout_kind", oneOf(Rule.TYPE, "full_auto", "full_manual", "none"))
            .has(
                "rollout_active_grace_period",
                numberWhere(n -> n.value().signum() >= 0, "no negative number"))
            .has("max_instances", numberWhere(n -> n.value().signum() >= 0, "no negative number"))
            .has("image_vars", WranglerGrammar::anObject)
            .has(
                "scheduling_policy",
                managed ? ANYTHING : oneOf(Rule.TYPE, "regional", "moon", "default"))
            .has(
                "instance_type",
                (p, v, s) -> {
                  if (v instanceof Text) {
                    oneOf(
                            "containers/class-invalid",
                            "lite",
                            "basic",
                            "standard-1",
                            "standard-2",
                            "standard-3",
                            "standard-4",
                            "dev",
                            "standard")
                        .judge(p, v, s);
                  } else {
                    table()
                        .loose()
                        .has("vcpu", NUMBER)
                        .has("memory_mib", NUMBER)
                        .has("disk_mb", NUMBER)
                        .judge(p, v, s);
                  }
                })
            .has("rollout_step_percentage", WranglerGrammar::rolloutSteps)
            .open()
            .judge(path, t, sink);
        boolean image =
            t.get("image").filter(v -> !Rule.isFalsy(v)).isPresent()
                || t.table("configuration")
                    .flatMap(c -> c.get("image"))
                    .filter(v -> !Rule.isFalsy(v))
                    .isPresent();
        if (!managed && !image) {
          sink.wrong(
              "containers/image-invalid",
              t.at(),
              path,
              sink.full(path) + " lacks \"image\"; wrangler refuses it without.",
              new Remedy.Advice("Add \"image\" with the path of a Dockerfile."));
        }
      };

  private static void rolloutSteps(String path, ConfigValue value, Sink sink) {
    if (value instanceof Numeric) {
      numberWhere(
              n ->
                  List.of("5", "10", "20", "25", "50", "100")
                      .contains(n.value().stripTrailingZeros().toPlainString()),
              "one of 5, 10, 20, 25, 50 and 100")
          .judge(path, value, sink);
    } else if (value instanceof Sequence(var items, var at)) {
      listOf(
              numberWhere(
                  n ->
                      n.value().compareTo(BigDecimal.TEN) >= 0
                          && n.value().compareTo(BigDecimal.valueOf(100)) <= 0,
                  "between 10 and 100"))
          .judge(path, value, sink);
      var last = items.isEmpty() ? null : items.getLast();
      if (last instanceof Numeric(var number, var _)
          && number.compareTo(BigDecimal.valueOf(100)) != 0) {
        sink.wrong(
            Rule.TYPE,
            at,
            path,
            sink.full(path) + " has to end with 100.",
            new Remedy.Advice("Append 100."));
      }
    } else {
      sink.type(path, value, "a number or an array of numbers");
    }
  }

  private static final Rule LIMITS =
      (path, value, sink) -> {
        if (value instanceof Table) {
          table()
              .has("cpu_ms", NUMBER)
              .has("subrequests", NUMBER)
              .withoutMistakes()
              .judge(path, value, sink);
        }
      };

  private static final Rule PYTHON_MODULES = table().has("exclude", STRINGS).open();

  /** Bindings, sections and settings that a layer may have; an environment has nothing else. */
  private static final Fields BINDINGS =
      table()
          .has("vars", VARS)
          .has("define", mapOf(STRING))
          .has(
              "durable_objects",
              table()
                  .has("bindings", listOf(DURABLE_OBJECT))
                  .has("code_update_strategy", CODE_UPDATE_STRATEGY))
          .has("workflows", listOf(WORKFLOW).and(UNIQUE_NAMES))
          .has(
              "kv_namespaces",
              listOf(
                  binding()
                      .has(
                          "id", notEmpty("Leave \"id\" out to have wrangler create the namespace."))
                      .has("preview_id", STRING)))
          .has("send_email", listOf(SEND_EMAIL))
          .has(
              "queues",
              table()
                  .has("consumers", listOf(QUEUE_CONSUMER))
                  .has("producers", listOf(QUEUE_PRODUCER)))
          .has(
              "r2_buckets",
              listOf(
                  binding()
                      .has("bucket_name", BUCKET)
                      .has(
                          "preview_bucket_name",
                          STRING.and((p, v, s) -> {
                            if (!(v instanceof Text(var t, var _) && t.isEmpty())) {
                              BUCKET.judge(p, v, s);
                            } else {
                              s.wrong(
                                  "r2/bucket-name-invalid",
                                  v.at(),
                                  p,
                                  s.full(p) + " is empty.",
                                  new Remedy.Advice("Remove it."));
                            }
                          }))
                      .has("jurisdiction", STRING)
                      .has(
                          "local_dev",
                          table().loose().has("experimental_s3_credentials", CREDENTIALS))))
          .has(
              "d1_databases",
              listOf(
                  binding()
                      .has("database_id", STRING)
                      .has("preview_database_id", STRING)
                      .has("migrations_pattern", STRING)
                      .has("database_name", STRING)
                      .has("jurisdiction", STRING)
                      .has("migrations_dir", STRING)
                      .has("migrations_table", STRING)
                      .has("database_internal_env", STRING)))
          .has("vectorize", listOf(binding().needs("index_name", STRING)))
          .has("ai_search_namespaces", listOf(binding().needs("namespace", STRING)))
          .has("ai_search", listOf(binding().needs("instance_name", STRING)))
          .has(
              "hyperdrive",
              listOf(binding().needs("id", STRING).has("localConnectionString", ANYTHING)))
          .has("services", listOf(SERVICE))
          .has(
              "analytics_engine_datasets",
              listOf(binding().has("dataset", notEmpty("Name the dataset, or leave it out."))))
          .has("dispatch_namespaces", listOf(DISPATCH))
          .has(
              "mtls_certificates",
              listOf(binding().needs("certificate_id", notEmpty("Name the certificate's id."))))
          .has(
              "tail_consumers",
              listOf(table().loose().needs("service", STRING).has("environment", STRING).open())
                  .orFalsy())
          .has(
              "streaming_tail_consumers", listOf(table().needs("service", STRING).open()).orFalsy())
          .has("unsafe", UNSAFE)
          .has("browser", table().needs("binding", STRING).has("remote", FLAG))
          .has("analytics", table().needs("binding", STRING).has("remote", FLAG))
          .has("ai", AI)
          .has("images", table().needs("binding", STRING).has("remote", FLAG))
          .has("stream", table().needs("binding", STRING).has("remote", FLAG))
          .has("media", table().needs("binding", STRING).has("remote", FLAG))
          .has("pipelines", listOf(PIPELINE))
          .has(
              "k2",
              listOf(
                  table()
                      .needs("binding", STRING)
                      .needs("stream", STRING)
                      .has(
                          "remote",
                          (path, value, sink) -> {
                            FLAG.judge(path, value, sink);
                            if (value instanceof Flag(var flag, var at) && !flag) {
                              sink.wrong(
                                  Rule.TYPE,
                                  at,
                                  path,
                                  sink.full(path) + " can't be false.",
                                  new Remedy.Advice("Remove it."));
                            }
                          })))
          .has(
              "secrets_store_secrets",
              listOf(
                  table()
                      .loose()
                      .needs("binding", STRING)
                      .needs("store_id", STRING)
                      .needs("secret_name", STRING)))
          .has("artifacts", listOf(binding().needs("namespace", STRING)))
          .has(
              "unsafe_hello_world",
              listOf(table().loose().needs("binding", STRING).has("enable_timer", FLAG)))
          .has("flagship", listOf(binding().has("app_id", STRING)))
          .has("worker_loaders", listOf(table().loose().needs("binding", STRING)))
          .has("ratelimits", listOf(RATE_LIMIT))
          .has(
              "vpc_services", listOf(binding().needs("service_id", STRING).has("remote", ANYTHING)))
          .has("version_metadata", table().needs("binding", STRING).open())
          .has("containers", listOf(CONTAINER).orFalsy())
          .has("logpush", FLAG)
          .has("observability", OBSERVABILITY)
          .has("limits", LIMITS)
          .has("placement", PLACEMENT)
          .has(
              "cache",
              table().loose().needs("enabled", FLAG, Rule.TYPE).has("cross_version_cache", FLAG));

  /** What previews may override; the same sections, with fewer around them. */
  private static final Rule PREVIEWS = BINDINGS;

  private static final Fields LAYER =
      BINDINGS
          .has("account_id", STRING)
          .has("compatibility_date", DATE)
          .has("compatibility_flags", STRINGS)
          .has("jsx_factory", STRING)
          .has("jsx_fragment", STRING)
          .has("tsconfig", STRING)
          .has("rules", listOf(RULE).orFalsy())
          .has("name", NAME)
          .has("main", STRING)
          .has("find_additional_modules", FLAG)
          .has("preserve_file_names", FLAG)
          .has("base_dir", STRING)
          .has("route", SINGLE_ROUTE)
          .has("routes", listOf(ROUTE))
          .has("triggers", TRIGGERS.orNull())
          .has("assets", ASSETS)
          .has("build", BUILD)
          .has("workers_dev", FLAG)
          .has("preview_urls", FLAG)
          .has("secrets", table().has("required", STRINGS))
          .has("migrations", listOf(MIGRATION).orNull())
          .has(
              "exports",
              (path, value, sink) -> {
                switch (value) {
                  case Table t ->
                      t.entries().forEach((k, e) -> EXPORT.judge(path + "." + k, e.value(), sink));
                  case Nothing _ -> {}
                  default -> sink.type(path, value, "a table");
                }
              })
          .has(
              "cloudchamber",
              table()
                  .has("memory", STRING)
                  .has("image", STRING)
                  .has("location", STRING)
                  .has("ipv4", FLAG)
                  .has("vcpu", NUMBER)
                  .open())
          .has(
              "connect",
              listOf(
                  table()
                      .needs("protocol", oneOf(Rule.TYPE, "tcp", "udp"))
                      .needs(
                          "port",
                          numberWhere(
                              n ->
                                  isInteger(n)
                                      && n.value().signum() > 0
                                      && n.value().compareTo(BigDecimal.valueOf(65_535)) <= 0,
                              "a port"))
                      .has("address", STRING)
                      .open()))
          .has("agent_memory", listOf(binding().needs("namespace", STRING)))
          .has("vpc_networks", listOf(VPC_NETWORK))
          .has(
              "logfwdr",
              table()
                  .needs(
                      "bindings",
                      listOf(table().loose().needs("name", STRING).needs("destination", STRING)))
                  .open())
          .has("no_bundle", FLAG)
          .has("minify", FLAG)
          .has("keep_names", FLAG)
          .has("first_party_worker", FLAG)
          .has("upload_source_maps", FLAG)
          .has(
              "access",
              table()
                  .loose()
                  .has(
                      "dev",
                      table().needs("aud", STRING).has("identity", WranglerGrammar::anObject)))
          .has("compliance_region", oneOf(Rule.TYPE, "public", "fedramp_high"))
          .has("python_modules", PYTHON_MODULES)
          .has("previews", PREVIEWS)
          .has(
              "node_compat",
              (path, value, sink) ->
                  sink.wrong(
                      "config/removed-key",
                      value.at(),
                      path,
                      "wrangler 4 removed \"" + sink.layer() + "node_compat\" and refuses it.",
                      new Remedy.Advice(
                          "Remove it and add \"nodejs_compat\" to compatibility_flags.")));

  private static final Rule DEV =
      table()
          .has("ip", STRING)
          .has("port", NUMBER)
          .has("inspector_port", NUMBER)
          .has("inspector_ip", STRING)
          .has("local_protocol", oneOf(Rule.TYPE, "http", "https"))
          .has("upstream_protocol", oneOf(Rule.TYPE, "http", "https"))
          .has("host", STRING)
          .has("enable_containers", FLAG)
          .has("container_engine", ANYTHING)
          .has("generate_types", FLAG);

  private static final Fields TOP_LEVEL_FIELDS =
      LAYER
          .has("$schema", STRING)
          .has("env", ANYTHING)
          .has("send_metrics", FLAG)
          .has(
              "dependencies_instrumentation",
              table().loose().has("enabled", FLAG).has("exclude_packages", STRINGS))
          .has("keep_vars", FLAG)
          .has("addresses", STRINGS)
          .has("pages_build_output_dir", STRING)
          .has("dev", DEV.orNull())
          .has(
              "site",
              table()
                  .needs("bucket", STRING)
                  .has("include", STRINGS)
                  .has("exclude", STRINGS)
                  .has("entry-point", STRING))
          .has("alias", mapOf(STRING))
          .has("wasm_modules", mapOf(STRING))
          .has("text_blobs", mapOf(STRING))
          .has("data_blobs", mapOf(STRING))
          .has(
              "legacy_env",
              (path, value, sink) ->
                  sink.wrong(
                      "config/removed-key",
                      value.at(),
                      path,
                      "wrangler 4 removed \"legacy_env\" and refuses it.",
                      new Remedy.Advice("Remove it: each environment is a Worker of its own now.")))
          // Written by tools that generate configurations; wrangler takes them without a word.
          .has("configPath", ANYTHING)
          .has("userConfigPath", ANYTHING)
          .has("topLevelName", ANYTHING)
          .has("definedEnvironments", ANYTHING)
          .has("targetEnvironment", ANYTHING);

  private static final Rule TOP_LEVEL = TOP_LEVEL_FIELDS.and(EXCLUSIVE);

  // -- what holds for the layers taken together
  // ----------------------------------------------------

  private static void judgeEffective(Service service, Sink sink) {
    var settings = service.settings();
    EffectiveRules.migrationsAndExports(settings, sink);
    EffectiveRules.entryPoints(settings, sink);
    EffectiveRules.python(settings, sink);
    EffectiveRules.containers(settings, sink);
    EffectiveRules.uniqueNames(settings, sink);
  }

  private static void anObject(String path, ConfigValue value, Sink sink) {
    switch (value) {
      case Table _, Sequence _, Date _, Nothing _ -> {}
      case Text _, Numeric _, Flag _ -> sink.type(path, value, "a table or an array");
    }
  }

  private static boolean isInteger(Numeric number) {
    return number.value().stripTrailingZeros().scale() <= 0;
  }

  private static boolean hasWord(Table table, String key) {
    return table.text(key).filter(t -> !t.isEmpty()).isPresent();
  }
}
