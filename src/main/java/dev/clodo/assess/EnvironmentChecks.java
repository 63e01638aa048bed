package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What a named environment gets from the top level, and what it silently does not get. */
final class EnvironmentChecks {
  private EnvironmentChecks() {}

  private static final String ENVIRONMENTS = "workers/wrangler/environments/";

  static final List<Check> CHECKS =
      List.of(
          errorProd(
              "environments/binding-not-inherited",
              ENVIRONMENTS + "#non-inheritable-keys-and-environment-bindings",
              EnvironmentChecks::bindings),
          errorProd(
              "environments/var-not-inherited",
              ENVIRONMENTS + "#non-inheritable-keys-and-environment-bindings",
              EnvironmentChecks::variables),
          errorProd("environments/inherits-routes", ENVIRONMENTS, EnvironmentChecks::routes),
          warning("environments/no-env-selected", ENVIRONMENTS, EnvironmentChecks::noneSelected),
          warning(
              "environments/inherits-crons",
              "workers/configuration/cron-triggers/",
              EnvironmentChecks::crons),
          warning("environments/same-name-as-top-level", ENVIRONMENTS, EnvironmentChecks::sameName),
          warning("environments/shared-data-resource", ENVIRONMENTS, EnvironmentChecks::sharedData),
          warning(
              "environments/service-binding-crosses-env",
              ENVIRONMENTS + "#service-bindings",
              EnvironmentChecks::crossesEnvironment),
          errorProd(
              "environments/workflow-name-shared",
              "workflows/build/workers-api/",
              EnvironmentChecks::sharedWorkflow),
          error(
              "environments/queue-consumer-shared",
              StopsAt.UPLOAD,
              "queues/configuration/configure-queues/",
              EnvironmentChecks::sharedConsumer),
          errorProd(
              "environments/vite-env-at-build-time",
              "workers/vite-plugin/reference/cloudflare-environments/",
              EnvironmentChecks::chosenTooLate),
          warning(
              "environments/conflicting-env-selectors",
              "workers/wrangler/system-environment-variables/",
              EnvironmentChecks::twoSelectors));

  private static Optional<Table> layer(Case c) {
    return c.service()
        .written()
        .table("env")
        .flatMap(e -> e.table(c.service().environment().value()));
  }

  private static List<? extends Hit> bindings(Case c) {
    return missing(c, true);
  }

  private static List<? extends Hit> variables(Case c) {
    return missing(c, false);
  }

  /**
   * Certain only for a name that the code uses unguarded: an environment may lack on purpose what
   * the code can do without.
   */
  private static List<? extends Hit> missing(Case c, boolean resources) {
    var layer = layer(c);
    if (layer.isEmpty()) {
      return List.of();
    }
    var own = new HashSet<>(Declared.names(c.settings()));
    if (SecretChecks.remote(c) instanceof Looked.Known<Set<String>>(var secrets)) {
      own.addAll(secrets);
    }
    var hits = new ArrayList<Hit>();
    for (var name : Declared.in(c.service().written())) {
      boolean isVariable = name.kind().equals("vars");
      if (isVariable == resources
          || own.contains(name.name())
          || name.kind().equals("assets")
          || name.kind().equals("secrets")) {
        continue;
      }
      var use = c.code().uses().get(name.name());
      if (c.code().isSeen() && use == null) {
        continue;
      }
      var fault =
          new Hit.Fault(
              name.name(),
              layer.get().at(),
              "\""
                  + name.name()
                  + "\" ("
                  + name.kind()
                  + ", line "
                  + name.at().line()
                  + ") is not inherited by env."
                  + c.service().environment()
                  + ": there, the code finds env."
                  + name.name()
                  + " undefined.",
              declare(c, name));
      boolean certain = use != null && !use.guarded() && !use.onlyInTry();
      hits.add(certain ? fault : fault.as(Severity.WARNING));
    }
    return hits;
  }

  /** Raised only where the top level lacks what the code uses and an environment has. */
  private static List<? extends Hit> noneSelected(Case c) {
    if (!c.service().environment().isTopLevel() || c.service().environments().isEmpty()) {
      return List.of();
    }
    var own = Declared.names(c.settings());
    var elsewhere = Declared.anywhere(c.service());
    var missing =
        c.code().uses().values().stream()
            .filter(u -> u.isResource() && !u.guarded())
            .map(CodeUse.Use::name)
            .filter(n -> !own.contains(n) && elsewhere.contains(n))
            .toList();
    if (missing.isEmpty()) {
      return List.of();
    }
    var names = c.service().environments().stream().map(EnvironmentName::value).toList();
    return List.of(
        new Hit.Fault(
            "env",
            c.service().written().locationOf("env"),
            "No environment is chosen, and the top level lacks "
                + String.join(", ", missing)
                + ", which the code uses and an environment has.",
            new Remedy.Advice("Choose one: --environment " + String.join(" or ", names) + ".")));
  }

  private static Remedy declare(Case c, Declared name) {
    var section = "env." + c.service().environment() + "." + name.kind();
    if (name.kind().equals("vars")) {
      return new Remedy.Advice(
          c.isToml()
              ? "Add " + name.name() + " to [" + section + "]."
              : "Add \""
                  + name.name()
                  + "\" to \"vars\" of env."
                  + c.service().environment()
                  + ".");
    }
    return new Remedy.Advice(
        "Declare \""
            + name.name()
            + "\" in "
            + (c.isToml() ? "[[" + section + "]]" : section)
            + " as at the top level, with what this environment is to use.");
  }

  private static List<? extends Hit> routes(Case c) {
    var layer = layer(c);
    var root = c.service().written();
    if (layer.isEmpty()
        || layer.get().get("routes").isPresent()
        || layer.get().get("route").isPresent()
        || (root.items("routes").isEmpty()
            && root.text("route").filter(r -> !r.isEmpty()).isEmpty()
            && root.table("route").isEmpty())) {
      return List.of();
    }
    var key = root.get("routes").isPresent() ? "routes" : "route";
    var fault =
        new Hit.Fault(
            key,
            root.locationOf(key),
            "env."
                + c.service().environment()
                + " has no routes of its own and inherits those of the top level: deploying it takes"
                + " them away from the top-level Worker.",
            new Remedy.Advice(
                "Give env."
                    + c.service().environment()
                    + " its own routes, or \"routes\": [] and \"workers_dev\": true."));
    // Where only one environment exists, it may be the one that is meant to have them.
    boolean alone = c.service().environments().size() == 1;
    return List.of(alone ? fault.as(Severity.WARNING) : fault);
  }

  private static List<? extends Hit> crons(Case c) {
    var layer = layer(c);
    var root = c.service().written();
    var crons = root.table("triggers").map(t -> t.items("crons")).orElse(List.of());
    if (layer.isEmpty() || layer.get().get("triggers").isPresent() || crons.isEmpty()) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "triggers",
            root.locationOf("triggers"),
            "env."
                + c.service().environment()
                + " inherits "
                + (crons.size() == 1 ? "the cron trigger" : crons.size() + " cron triggers")
                + " of the top level: the scheduled jobs run in both.",
            new Remedy.Advice(
                "If that is not wanted, add triggers with an empty list of crons to env."
                    + c.service().environment()
                    + ".")));
  }

  private static List<? extends Hit> sameName(Case c) {
    var top = Case.word(c.service().written(), "name");
    var own = layer(c).flatMap(l -> Case.word(l, "name"));
    if (top.isEmpty() || own.isEmpty() || !top.get().value().equals(own.get().value())) {
      return List.of();
    }
    Location at = own.get().at();
    return List.of(
        new Hit.Fault(
            "name",
            at,
            "env."
                + c.service().environment()
                + " and the top level both deploy the Worker \""
                + own.get().value()
                + "\": the later deploy replaces the other.",
            new Remedy.Advice(
                "Give one of them another name, for example \""
                    + own.get().value()
                    + "-dev\" at the top level.")));
  }

  // ---- what two environments share -----------------------------------------------------------

  /** A resource that a layer uses: what people call it, and where its name or id is written. */
  private record Resource(String kind, String binding, String id, Location at) {}

  private static final List<Map.Entry<String, String>> DATA =
      List.of(
          Map.entry("kv_namespaces", "id"),
          Map.entry("d1_databases", "database_id"),
          Map.entry("r2_buckets", "bucket_name"),
          Map.entry("hyperdrive", "id"),
          Map.entry("vectorize", "index_name"));

  private static List<Resource> data(Table layer) {
    var all = new ArrayList<Resource>();
    DATA.forEach(entry -> {
      for (var table : layer.tables(entry.getKey())) {
        Case.word(table, entry.getValue())
            .filter(w -> !w.value().isBlank())
            .ifPresent(w ->
                all.add(
                    new Resource(
                        entry.getKey(),
                        table.text("binding").orElse(entry.getKey()),
                        w.value(),
                        w.at())));
      }
    });
    layer
        .table("queues")
        .ifPresent(q -> {
          for (var table : q.tables("producers")) {
            Case.word(table, "queue")
                .ifPresent(w ->
                    all.add(
                        new Resource(
                            "queues", table.text("binding").orElse("queues"), w.value(), w.at())));
          }
        });
    return all;
  }

  /** Other environments are looked at where they share what the one that is deployed uses. */
  private static List<? extends Hit> sharedData(Case c) {
    var layers = Layers.of(c);
    if (layers.size() < 2) {
      return List.of();
    }
    var production = Layers.production(layers);
    var assessed = c.service().environment().value();
    var live = layers.get(production);
    if (live == null) {
      return List.of();
    }
    var ids = new HashSet<String>();
    data(live).forEach(r -> ids.add(r.kind + " " + r.id));
    var hits = new ArrayList<Hit>();
    layers.forEach((name, layer) -> {
      boolean looked = assessed.equals(name) || assessed.equals(production);
      // The top level beside an environment for production is often never deployed.
      if (name.equals(production)
          || !looked
          || (name.isEmpty() && !assessed.isEmpty())
          || !Layers.sameAccount(layers, name, production)) {
        return;
      }
      for (var resource : data(layer)) {
        if (ids.contains(resource.kind + " " + resource.id)) {
          hits.add(
              new Hit.Fault(
                  resource.binding,
                  resource.at,
                  Layers.called(name)
                      + " uses the same "
                      + noun(resource.kind)
                      + " as "
                      + Layers.called(production)
                      + " (\""
                      + resource.binding
                      + "\"): what is tried out there changes the data of production.",
                  new Remedy.Advice(
                      "Create one for "
                          + Layers.called(name)
                          + ", or suppress this where sharing is meant.")));
        }
      }
    });
    return hits;
  }

  private static String noun(String section) {
    return switch (section) {
      case "kv_namespaces" -> "KV namespace";
      case "d1_databases" -> "D1 database";
      case "r2_buckets" -> "R2 bucket";
      case "hyperdrive" -> "Hyperdrive configuration";
      case "vectorize" -> "Vectorize index";
      default -> "queue";
    };
  }

  private static List<? extends Hit> crossesEnvironment(Case c) {
    var environment = c.service().environment();
    if (environment.isTopLevel() || layer(c).isEmpty()) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var table : layer(c).get().tables("services")) {
      var word = Case.word(table, "service");
      if (word.isEmpty() || table.get("environment").isPresent()) {
        continue;
      }
      for (var other : c.evidence().inventory().services()) {
        var bare = other.written().text("name").orElse("");
        var own = other.name().value();
        if (other.config().equals(c.service().config())
            || !bare.equals(word.get().value())
            || own.equals(bare)
            || !other.environments().contains(environment)) {
          continue;
        }
        hits.add(
            new Hit.Fault(
                table.text("binding").orElse("services"),
                word.get().at(),
                "env."
                    + environment
                    + " calls the Worker \""
                    + bare
                    + "\" of the top level, though this workspace deploys \""
                    + own
                    + "\" for "
                    + environment
                    + ".",
                new Remedy.Edit(word.get().at(), "\"" + bare + "\"", "\"" + own + "\"")));
      }
    }
    return hits;
  }

  /** What the layer that is deployed defines, and another layer of the same file too. */
  private static List<Hit> definedTwice(
      Case c, Function<Table, List<Case.Word>> names, String what, String consequence) {
    var layers = Layers.of(c);
    var assessed = c.service().environment().value();
    var own = layers.get(assessed);
    if (own == null) {
      return List.of();
    }
    var others = new LinkedHashMap<String, String>();
    layers.forEach((name, layer) -> {
      boolean sameWorker = Layers.worker(layers, name).equals(Layers.worker(layers, assessed));
      if (!name.equals(assessed) && !sameWorker && Layers.sameAccount(layers, name, assessed)) {
        names.apply(layer).forEach(w -> others.putIfAbsent(w.value(), name));
        // A named environment tells more than the top level, which may never be deployed.
        if (!name.isEmpty()) {
          names.apply(layer).forEach(w -> others.replace(w.value(), "", name));
        }
      }
    });
    var hits = new ArrayList<Hit>();
    for (var word : names.apply(own)) {
      var other = others.get(word.value());
      if (other == null) {
        continue;
      }
      var fault =
          new Hit.Fault(
              word.value(),
              word.at(),
              "The "
                  + what
                  + " \""
                  + word.value()
                  + "\" belongs to "
                  + Layers.called(assessed)
                  + " and to "
                  + Layers.called(other)
                  + ". "
                  + consequence,
              new Remedy.Advice(
                  "Give one of them another name, for example \""
                      + word.value()
                      + "-"
                      + (assessed.isEmpty() ? other : assessed)
                      + "\"."));
      boolean both = !other.isEmpty() && !assessed.isEmpty();
      hits.add(both ? fault : fault.as(Severity.WARNING));
    }
    return hits;
  }

  private static List<? extends Hit> sharedWorkflow(Case c) {
    return definedTwice(
        c,
        layer ->
            layer.tables("workflows").stream()
                .filter(t -> t.text("script_name").isEmpty())
                .flatMap(t -> Case.word(t, "name").stream())
                .toList(),
        "workflow",
        "A workflow's name exists once in an account: deploying one takes it away from the other.");
  }

  private static List<? extends Hit> sharedConsumer(Case c) {
    return definedTwice(
        c,
        layer ->
            layer.table("queues").stream()
                .flatMap(q -> q.tables("consumers").stream())
                .filter(t -> t.text("type").filter("http_pull"::equals).isEmpty())
                .flatMap(t -> Case.word(t, "queue").stream())
                .toList(),
        "queue",
        "A queue has one consumer: the second deploy fails with code 11004.");
  }

  // ---- how the environment is chosen ---------------------------------------------------------

  private static List<? extends Hit> chosenTooLate(Case c) {
    if (!Packages.declared(c.around()).contains("@cloudflare/vite-plugin")) {
      return List.of();
    }
    return c.calls().stream()
        .filter(call ->
            call.deploysWorker()
                && call.environment().isPresent()
                && !call.command().env().containsKey("CLOUDFLARE_ENV")
                && !isChosenElsewhere(c))
        .map(call ->
            new Hit.Fault(
                call.environment().orElseThrow(),
                call.at(),
                "With the Vite plugin the environment is chosen when it builds. \"--env "
                    + call.environment().orElseThrow()
                    + "\" comes too late: wrangler stops, or deploys what was built for another"
                    + " environment.",
                new Remedy.Advice(
                    "Set CLOUDFLARE_ENV="
                        + call.environment().orElseThrow()
                        + " for the build, and deploy without --env.")))
        .distinct()
        .toList();
  }

  private static boolean isChosenElsewhere(Case c) {
    return c.around().texts().entrySet().stream()
        .filter(e ->
            e.getKey().toString().matches(".*(?:package\\.json|\\.ya?ml|vite\\.config\\.\\w+)"))
        .filter(e -> !e.getKey().toString().contains("node_modules"))
        .anyMatch(e -> e.getValue().contains("CLOUDFLARE_ENV"));
  }

  private static List<? extends Hit> twoSelectors(Case c) {
    var hits = new ArrayList<Hit>();
    for (var call : c.calls()) {
      var variable = call.command().env().get("CLOUDFLARE_ENV");
      var option = call.environment();
      if (variable != null
          && option.isPresent()
          && !variable.isEmpty()
          && !variable.contains("$")
          && !variable.equals(option.get())) {
        hits.add(
            new Hit.Fault(
                option.get(),
                call.at(),
                "CLOUDFLARE_ENV is \""
                    + variable
                    + "\" and --env is \""
                    + option.get()
                    + "\" for the same command; --env wins.",
                new Remedy.Advice("Remove one of the two.")));
      }
    }
    return hits.stream().distinct().toList();
  }
}
