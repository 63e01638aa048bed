package dev.clodo.execute;

import dev.clodo.port.Cloudflare;
import dev.clodo.port.Traffic;
import dev.clodo.port.Wrangler;

/** The ports through which a plan changes and questions the world. */
public record World(Wrangler wrangler, Cloudflare cloudflare, Traffic traffic) {}
