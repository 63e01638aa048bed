package dev.clodo.model;

import java.util.List;

/**
 * What a version that exists needs beside itself.
 *
 * @param migrationTag the Durable Object migration that it was made after; empty when there was
 *     none, or Cloudflare does not tell
 */
public record Needs(List<Resource> resources, String migrationTag) {
  /**
   * What one binding names.
   *
   * @param binding its name in the code
   * @param id what tells it from others of its kind: an id, of buckets and queues the name
   */
  public record Resource(Kind kind, String binding, String id) {}

  /** Kinds of resources that can be deleted while a version is bound to them. */
  public enum Kind {
    KV_NAMESPACE("KV namespace"),
    D1_DATABASE("D1 database"),
    R2_BUCKET("R2 bucket"),
    QUEUE("queue");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  public Needs {
    resources = List.copyOf(resources);
  }

  /** Nothing that is known of. */
  public static Needs none() {
    return new Needs(List.of(), "");
  }
}
