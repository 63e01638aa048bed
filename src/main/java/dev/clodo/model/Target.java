package dev.clodo.model;

import java.nio.file.Path;

/**
 * Names one release's service to wrangler and Cloudflare: which Worker or Pages project, which
 * folder, which configuration file, which environment, for which domain.
 *
 * @param service its name at Cloudflare; no two targets of a workspace share one
 * @param config the file that is deployed; for a domain's copy the derived one
 * @param copy what it is a copy of, and for whom
 * @param kind what is deployed
 */
public record Target(
    ServiceName service,
    EnvironmentName environment,
    Path home,
    Path config,
    Copy copy,
    Service.Kind kind) {

  /** A Worker. */
  public Target(
      ServiceName service, EnvironmentName environment, Path home, Path config, Copy copy) {
    this(service, environment, home, config, copy, Service.Kind.WORKER);
  }

  /** A Worker that is released once, as it stands in the workspace. */
  public Target(ServiceName service, EnvironmentName environment, Path home, Path config) {
    this(service, environment, home, config, Copy.none(service));
  }

  /** Whether it is a Pages project. */
  public boolean isPages() {
    return kind == Service.Kind.PAGES;
  }
}
