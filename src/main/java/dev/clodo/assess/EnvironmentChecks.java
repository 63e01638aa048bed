package dev.clodo.assess;

import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
          warning(
              "environments/same-name-as-top-level", ENVIRONMENTS, EnvironmentChecks::sameName));

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
}
