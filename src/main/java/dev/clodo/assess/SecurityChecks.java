package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.warning;
import static dev.clodo.assess.Check.workspaceWarning;

import dev.clodo.model.ConfigValue.Flag;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What is open to more people than it should be. */
final class SecurityChecks {
  private SecurityChecks() {}

  static final List<Check> CHECKS =
      List.of(
          warning(
              "security/workers-dev-exposed",
              "workers/configuration/routing/workers-dev/",
              SecurityChecks::workersDev),
          warning(
              "security/preview-urls-public",
              "workers/versions-and-deployments/preview-urls/",
              SecurityChecks::previews),
          workspaceWarning(
              "security/global-api-key-in-ci",
              "fundamentals/api/get-started/create-token/",
              SecurityChecks::globalKey),
          advice(
              "security/debug-vars-in-production",
              "workers/configuration/environment-variables/",
              SecurityChecks::debug));

  private static Optional<Flag> on(Case c, String key) {
    return c.settings()
        .get(key)
        .filter(v -> v instanceof Flag f && f.value())
        .map(Flag.class::cast);
  }

  private static List<? extends Hit> workersDev(Case c) {
    boolean routed =
        !c.settings().items("routes").isEmpty() || c.settings().get("route").isPresent();
    if (!routed || isForDevelopment(c)) {
      return List.of();
    }
    return on(c, "workers_dev").stream()
        .map(f ->
            new Hit.Fault(
                "workers_dev",
                f.at(),
                "The Worker has routes of its own and is also open at its workers.dev address, which"
                    + " the zone's firewall and access rules do not cover.",
                new Remedy.Edit(f.at(), "true", "false")))
        .toList();
  }

  private static List<? extends Hit> previews(Case c) {
    return isForDevelopment(c)
        ? List.of()
        : on(c, "preview_urls").stream()
            .map(f ->
                new Hit.Fault(
                    "preview_urls",
                    f.at(),
                    "Each uploaded version gets a public address of its own, with the bindings of"
                        + " production.",
                    new Remedy.Edit(f.at(), "true", "false")))
            .toList();
  }

  private static final Set<String> KEYS = Set.of("CLOUDFLARE_API_KEY", "CF_API_KEY");

  private static List<? extends Hit> globalKey(Evidence evidence) {
    var hits = new ArrayList<Hit>();
    for (var job : evidence.pipelines().jobs()) {
      if (job.calls().isEmpty()) {
        continue;
      }
      Optional<Location> at = Optional.empty();
      for (var step : job.steps()) {
        at =
            at.or(() ->
                step.action()
                    .filter(a -> a.isWrangler() && a.with().get("apiKey").isPresent())
                    .map(a -> a.with().locationOf("apiKey")));
        at = at.or(() -> keyIn(step.table()));
      }
      at.or(() -> keyIn(job.table()))
          .or(() -> keyIn(job.workflow()))
          .ifPresent(place ->
              hits.add(
                  new Hit.Fault(
                      job.file().getFileName() + " " + job.name(),
                      place,
                      "The job \""
                          + job.name()
                          + "\" works with the global API key, which may do everything in the"
                          + " account.",
                      new Remedy.Advice(
                          "Create an API token with the template \"Edit Cloudflare Workers\" and pass"
                              + " it as CLOUDFLARE_API_TOKEN."))));
    }
    return hits;
  }

  private static Optional<Location> keyIn(dev.clodo.model.ConfigValue.Table table) {
    for (var section : List.of("env", "variables")) {
      for (var entry : table.table(section).map(t -> t.entries()).orElse(Map.of()).entrySet()) {
        if (KEYS.contains(entry.getKey())) {
          return Optional.of(entry.getValue().keyAt());
        }
      }
    }
    return Optional.empty();
  }

  private static final Map<String, Pattern> DEBUG =
      Map.of(
          "DEBUG", Pattern.compile("(?i)true|1|\\*"),
          "NODE_ENV", Pattern.compile("(?i)dev|development"),
          "ENVIRONMENT", Pattern.compile("(?i)dev|development|local"),
          "APP_ENV", Pattern.compile("(?i)dev|development|local"));

  /** Only in an environment whose name says that it is production. */
  private static List<? extends Hit> debug(Case c) {
    if (!Layers.isProduction(c.service().environment().value())) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    c.settings()
        .table("vars")
        .ifPresent(vars ->
            vars.entries()
                .forEach((name, entry) -> {
                  var pattern = DEBUG.get(name);
                  var value =
                      switch (entry.value()) {
                        case dev.clodo.model.ConfigValue.Text(var text, var _) -> text;
                        case Flag(var flag, var _) -> String.valueOf(flag);
                        case dev.clodo.model.ConfigValue.Numeric(var number, var _) ->
                            number.toPlainString();
                        default -> "";
                      };
                  if (pattern != null && pattern.matcher(value).matches()) {
                    hits.add(
                        new Hit.Fault(
                            name,
                            entry.value().at(),
                            name
                                + " has a value for development in env."
                                + c.service().environment()
                                + ".",
                            new Remedy.Advice("Give it the value that production needs.")));
                  }
                }));
    return hits;
  }

  /** An environment that says by its name that it is no production is open on purpose. */
  private static boolean isForDevelopment(Case c) {
    var name = c.service().environment().value();
    return !name.isEmpty() && !Layers.isProduction(name);
  }
}
