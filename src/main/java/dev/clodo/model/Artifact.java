package dev.clodo.model;

import java.util.List;

/**
 * What wrangler built for a service, exactly as it would upload it. Copies of the service share it:
 * each is published with the same modules and metadata of its own.
 *
 * @param digest names it; equal digests mean equal versions
 * @param metadata what wrangler would send beside the modules, a JSON object
 * @param modules in the order in which wrangler sends them, source maps among them
 */
public record Artifact(String digest, String metadata, List<Bundle.Part> modules) {
  public Artifact {
    modules = List.copyOf(modules);
  }
}
