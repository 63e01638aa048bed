package dev.clodo.assess;

import dev.clodo.model.ConfigValue.Table;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The top level and the environments of one configuration, as written. */
final class Layers {
  private Layers() {}

  private static final Set<String> PRODUCTION =
      Set.of("production", "prod", "live", "main", "release");

  static boolean isProduction(String environment) {
    return PRODUCTION.contains(environment);
  }

  /** Each layer by the name of its environment; the top level under the empty name, first. */
  static Map<String, Table> of(Case c) {
    var layers = new LinkedHashMap<String, Table>();
    var root = c.service().written();
    layers.put("", root);
    root.table("env")
        .ifPresent(env ->
            env.entries()
                .forEach((name, entry) -> {
                  if (entry.value() instanceof Table layer) {
                    layers.put(name, layer);
                  }
                }));
    return layers;
  }

  /** The layer that is production: the environment that says so, else the top level. */
  static String production(Map<String, Table> layers) {
    return layers.keySet().stream().filter(Layers::isProduction).findFirst().orElse("");
  }

  /** How a message calls a layer. */
  static String called(String environment) {
    return environment.isEmpty() ? "the top level" : "env." + environment;
  }

  /** The name of the Worker that a layer deploys; empty when there is none. */
  static String worker(Map<String, Table> layers, String environment) {
    var top = written(layers, "").orElse("");
    if (environment.isEmpty()) {
      return top;
    }
    return written(layers, environment).orElse(top.isEmpty() ? "" : top + "-" + environment);
  }

  private static Optional<String> written(Map<String, Table> layers, String environment) {
    return Optional.ofNullable(layers.get(environment)).flatMap(t -> t.text("name"));
  }

  /** Whether two layers deploy to the same account, as far as they say. */
  static boolean sameAccount(Map<String, Table> layers, String one, String other) {
    return account(layers, one).equals(account(layers, other));
  }

  private static String account(Map<String, Table> layers, String environment) {
    return Optional.ofNullable(layers.get(environment))
        .flatMap(t -> t.text("account_id"))
        .or(() -> Optional.ofNullable(layers.get("")).flatMap(t -> t.text("account_id")))
        .orElse("");
  }
}
