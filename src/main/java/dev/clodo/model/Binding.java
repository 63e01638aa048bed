package dev.clodo.model;

/** What a service's code reaches through {@code env}, and what must exist for that. */
public sealed interface Binding {
  /** The name under which code reads it. */
  String name();

  /** Where the configuration declares it. */
  Location at();

  /** An empty id asks wrangler to provision the namespace. */
  record Kv(String name, String namespaceId, Location at) implements Binding {}

  /** An empty database id asks wrangler to provision the database. */
  record D1(String name, String databaseName, String databaseId, String migrationsDir, Location at)
      implements Binding {}

  record R2(String name, String bucket, Location at) implements Binding {}

  record Queue(String name, String queue, Location at) implements Binding {}

  /** An empty entrypoint is the callee's default export. */
  record ServiceRef(String name, ServiceName callee, String entrypoint, Location at)
      implements Binding {}

  /** An empty script means that the class is this service's own. */
  record DurableObject(String name, String className, String script, Location at)
      implements Binding {}

  record Assets(String name, Location at) implements Binding {}

  record Variable(String name, Location at) implements Binding {}

  /** A secret that the configuration declares as required; its value lives only at Cloudflare. */
  record Secret(String name, Location at) implements Binding {}

  /**
   * A kind that needs no treatment of its own; {@code type} is wrangler's configuration key, for
   * one under {@code unsafe} that word and its own type: {@code unsafe_ratelimit}.
   */
  record Other(String name, String type, Location at) implements Binding {}
}
