package dev.clodo.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** One way in which the metadata of a copy's version differs from that of its template's build. */
public sealed interface Rewrite {
  /**
   * A variable that has another value. The value is no part of it: plans are printed and kept.
   *
   * @param digest the SHA-256 of the variable as it is to be sent
   */
  record Variable(String name, String digest) implements Rewrite {
    /** One with its value, without it. */
    public static Variable of(Rewrite valued) {
      return switch (valued) {
        case Text(var name, var value) -> new Variable(name, sha256("text " + value));
        case Json(var name, var json) -> new Variable(name, sha256("json " + json));
        case Variable variable -> variable;
        case Without _, Leads _, Tails _ ->
            throw new IllegalArgumentException("no variable: " + valued);
      };
    }

    private static String sha256(String text) {
      try {
        var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        return HexFormat.of().formatHex(digest);
      } catch (NoSuchAlgorithmException impossible) {
        throw new IllegalStateException("every Java platform has SHA-256", impossible);
      }
    }
  }

  /** A variable that is a string, as it is sent; in no plan. */
  record Text(String name, String value) implements Rewrite {
    @Override
    public String toString() {
      return Variable.of(this).toString();
    }
  }

  /**
   * A variable of any other kind, as it is sent; in no plan.
   *
   * @param json its value as JSON
   */
  record Json(String name, String json) implements Rewrite {
    @Override
    public String toString() {
      return Variable.of(this).toString();
    }
  }

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
