package dev.clodo.execute;

import dev.clodo.port.Cloudflare;
import dev.clodo.port.Configurations;
import dev.clodo.port.Secrets;
import dev.clodo.port.Traffic;
import dev.clodo.port.Wrangler;

/** The ports through which a plan changes and questions the world. */
public record World(
    Wrangler wrangler,
    Cloudflare cloudflare,
    Traffic traffic,
    Secrets secrets,
    Configurations configurations) {
  /** One without secrets and without files. */
  public World(Wrangler wrangler, Cloudflare cloudflare, Traffic traffic) {
    this(wrangler, cloudflare, traffic, Secrets.none(), Configurations.none());
  }
}
