package dev.clodo.model;

import java.util.Map;

/**
 * Something that Cloudflare holds, as one look found it.
 *
 * @param name what people call it; empty where it has no name beside its id
 * @param traits what else checks want to know; several values of one are joined with commas
 */
public record Resource(String id, String name, Map<String, String> traits) {
  public Resource {
    traits = Map.copyOf(traits);
  }

  /** What it says about a trait; empty when it says nothing. */
  public String trait(String key) {
    return traits.getOrDefault(key, "");
  }
}
