package dev.clodo.model;

import java.util.List;

/** One way in which the metadata of a copy's version differs from that of its template's build. */
public sealed interface Rewrite {
  /** A variable that is a string. */
  record Text(String name, String value) implements Rewrite {}

  /**
   * A variable of any other kind.
   *
   * @param json its value as JSON
   */
  record Json(String name, String json) implements Rewrite {}

  /** A variable that the copy lacks. */
  record Without(String name) implements Rewrite {}

  /**
   * A binding that leads elsewhere.
   *
   * @param type the kind of binding as Cloudflare's API calls it: {@code kv_namespace}
   * @param member the member that says where it leads: {@code namespace_id}
   */
  record Leads(String name, String type, String member, String value) implements Rewrite {}

  /** The Workers that are sent its events. */
  record Tails(List<String> services) implements Rewrite {
    public Tails {
      services = List.copyOf(services);
    }
  }
}
