package dev.clodo.model;

import java.nio.file.Path;
import java.util.List;

/**
 * One Worker or Pages project in one environment, resolved as wrangler would deploy it.
 *
 * @param home the folder wrangler runs in
 * @param config the file that is really deployed: after wrangler's search, precedence and redirect
 * @param settings the effective configuration of the environment; positions point into the file
 * @param written the whole file as written, all environments included
 * @param environments the named environments that the file declares
 * @param surroundings what was seen around the configuration when it was discovered
 * @param copy what it is a copy of, and for whom
 */
public record Service(
    ServiceName name,
    Kind kind,
    EnvironmentName environment,
    Path home,
    Path config,
    ConfigValue.Table settings,
    ConfigValue.Table written,
    List<EnvironmentName> environments,
    List<Binding> bindings,
    Surroundings surroundings,
    Copy copy) {

  /** What is deployed. */
  public enum Kind {
    WORKER,
    PAGES
  }

  public Service {
    environments = List.copyOf(environments);
    bindings = List.copyOf(bindings);
  }

  /** A service that is released once, as it stands in the workspace. */
  public Service(
      ServiceName name,
      Kind kind,
      EnvironmentName environment,
      Path home,
      Path config,
      ConfigValue.Table settings,
      ConfigValue.Table written,
      List<EnvironmentName> environments,
      List<Binding> bindings,
      Surroundings surroundings) {
    this(
        name,
        kind,
        environment,
        home,
        config,
        settings,
        written,
        environments,
        bindings,
        surroundings,
        Copy.none(name));
  }

  /** Names this service to wrangler and Cloudflare, with the account that it states. */
  public Target target() {
    return new Target(name, environment, home, config, copy.in(account()), kind);
  }

  /** Whether it is a Pages project. */
  public boolean isPages() {
    return kind == Kind.PAGES;
  }

  /** The folder that a Pages project uploads. */
  public Path output() {
    return config.resolveSibling(settings.text("pages_build_output_dir").orElse(".")).normalize();
  }

  private List<AccountId> account() {
    return settings.text("account_id").filter(a -> !a.isBlank()).map(AccountId::new).stream()
        .toList();
  }
}
