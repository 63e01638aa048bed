package dev.clodo.model;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One thing that a plan does or asks. Steps are data: how each is done is the executor's business.
 */
public sealed interface Step {
  StepId id();

  /** The service it concerns. */
  Target target();

  /** How to take it back; compensation is data too, so that the plan can show it. */
  Undo undo();

  /** Changes the world; whether it has can be told by looking, or doing it again does no harm. */
  sealed interface Act extends Step {}

  /** Only asks, so it may be asked again at any time. */
  sealed interface Ask extends Step {
    @Override
    default Undo undo() {
      return new Undo.Nothing("it only asks");
    }
  }

  /** The honest ways to take a step back. */
  sealed interface Undo {
    /** Nothing that anybody sees has changed. */
    record Nothing(String why) implements Undo {}

    /** What changed stays so, without harm to the version that served before; people are told. */
    record Leave(String what) implements Undo {}

    /** Traffic goes straight back to this split, never stage by stage. */
    record Restore(Split split) implements Undo {}

    /** Taking it back is impossible or could lose something: the run stops and a person decides. */
    record AskHuman(String why) implements Undo {}
  }

  /**
   * Creates a Worker that answers 503 and that nothing routes to, so that services which bind each
   * other can start.
   */
  record Bootstrap(StepId id, Target target) implements Act {
    @Override
    public Undo undo() {
      return new Undo.Leave(
          "%1$s stays as an empty Worker; to remove it: wrangler delete --name %1$s"
              .formatted(target.service()));
    }
  }

  /**
   * Builds and uploads a version that gets no traffic.
   *
   * @param message kept with the version; it carries the fingerprint
   */
  record Upload(StepId id, Target target, String message) implements Act {
    @Override
    public Undo undo() {
      return new Undo.Nothing("a version without traffic reaches nobody");
    }
  }

  /**
   * Builds, uploads and serves in one go, where Cloudflare allows nothing else.
   *
   * @param message kept with the version; it carries the fingerprint
   * @param reason why nothing else is allowed: a first deploy, a change of Durable Object classes
   * @param before the version that serves before; none on a first deploy
   * @param triggers those that the configuration wants; wrangler applies them too
   */
  record Deploy(
      StepId id,
      Target target,
      String message,
      String reason,
      List<VersionId> before,
      List<Trigger> triggers)
      implements Act {
    public Deploy {
      before = List.copyOf(before);
      triggers = List.copyOf(triggers);
    }

    /** One of whose triggers nothing is known. */
    public Deploy(StepId id, Target target, String message, String reason, List<VersionId> before) {
      this(id, target, message, reason, before, List.of());
    }

    @Override
    public Undo undo() {
      return new Undo.AskHuman(
          "%s was deployed as a whole (%s), so there is no version to go back to"
              .formatted(target.service(), reason));
    }
  }

  /**
   * Builds and uploads a deployment of a Pages project, which serves at once. Traffic of Pages
   * can't be divided, and a deployment that nobody asks for yet has another branch's settings.
   *
   * @param message kept with the deployment; it carries the fingerprint
   * @param directory what is uploaded
   * @param branch the project's production branch: a deployment of any other is a preview
   * @param before the deployment that serves before; none where there is none
   */
  record DeployPages(
      StepId id,
      Target target,
      String message,
      Path directory,
      String branch,
      List<VersionId> before)
      implements Act {
    public DeployPages {
      before = List.copyOf(before);
      if (before.size() > 1) {
        throw new IllegalArgumentException("one deployment serves at a time: " + before);
      }
    }

    @Override
    public Undo undo() {
      return before.stream()
          .findFirst()
          .<Undo>map(v -> new Undo.Restore(Split.all(new VersionRef.Live(v))))
          .orElseGet(() ->
              new Undo.Leave(
                  "%1$s keeps its first deployment, since there is none before it to go back to; to remove it with its project: wrangler pages project delete %1$s"
                      .formatted(target.service())));
    }
  }

  /**
   * Applies the D1 migrations that a database lacks, and notes its Time Travel bookmark before.
   *
   * @param binding the name under which the configuration declares the database
   * @param pending the migrations that it lacks, in order
   * @param checksums the SHA-256 of each file, where it could be read
   */
  record Migrate(
      StepId id,
      Target target,
      String binding,
      String database,
      String databaseId,
      List<String> pending,
      Map<String, String> checksums)
      implements Act {
    public Migrate {
      pending = List.copyOf(pending);
      checksums = Map.copyOf(checksums);
      if (pending.isEmpty()) {
        throw new IllegalArgumentException("nothing to migrate in " + database);
      }
    }

    /** One whose files nobody has read. */
    public Migrate(
        StepId id,
        Target target,
        String binding,
        String database,
        String databaseId,
        List<String> pending) {
      this(id, target, binding, database, databaseId, pending, Map.of());
    }

    /** Going back by Time Travel would drop what was written since, so it is never done unasked. */
    @Override
    public Undo undo() {
      return new Undo.Leave(
          "D1 database %s keeps what was applied of %s"
              .formatted(database, String.join(", ", pending)));
    }
  }

  /**
   * Divides the service's traffic.
   *
   * @param before the split of the version that served before the plan
   */
  record Shift(StepId id, Target target, Split split, Split before) implements Act {
    @Override
    public Undo undo() {
      return new Undo.Restore(before);
    }
  }

  /** Asks the candidate itself, through the version override header, before it has traffic. */
  record Probe(StepId id, Target target, VersionRef candidate, URI address, HealthCheck check)
      implements Ask {}

  /** Asks the service as its users do, after it has moved to the expected version. */
  record CheckHealth(StepId id, Target target, VersionRef expected, URI address, HealthCheck check)
      implements Ask {}

  /**
   * Routes, domains, schedules, queue consumers: they are in no version.
   *
   * @param change what that changes, as far as the plan could compare
   */
  record ApplyTriggers(StepId id, Target target, TriggerChange change) implements Act {
    /** Whatever the configuration says is applied. */
    public ApplyTriggers(StepId id, Target target) {
      this(id, target, TriggerChange.unknown());
    }

    @Override
    public Undo undo() {
      return new Undo.Leave(
          "%s keeps the routes, domains, schedules and queue consumers that were applied"
              .formatted(target.service()));
    }
  }

  /** Reads the account again and compares it with what the plan wanted. */
  record Validate(StepId id, Target target, VersionRef expected) implements Ask {}

  /**
   * Publishes a version that gets no traffic, from what wrangler built for the service that this is
   * a copy of.
   *
   * @param message kept with the version; it carries the fingerprint
   * @param artifact the digest of what was built when the plan was made: nothing else is published
   * @param rewrites what the copy's version has of its own
   */
  record Publish(StepId id, Target target, String message, String artifact, List<Rewrite> rewrites)
      implements Act {
    public Publish {
      rewrites = List.copyOf(rewrites);
    }

    @Override
    public Undo undo() {
      return new Undo.Nothing("a version without traffic reaches nobody");
    }
  }

  /**
   * Creates a Worker from what wrangler built for the service that it is a copy of. Its first
   * version serves, but nothing leads to it before its triggers are applied.
   *
   * @param message kept with the version; it carries the fingerprint
   * @param artifact the digest of what was built when the plan was made: nothing else is published
   * @param rewrites what the copy's version has of its own
   */
  record Create(StepId id, Target target, String message, String artifact, List<Rewrite> rewrites)
      implements Act {
    public Create {
      rewrites = List.copyOf(rewrites);
    }

    @Override
    public Undo undo() {
      return new Undo.Leave(
          "%1$s stays as a new Worker; to remove it: wrangler delete --name %1$s"
              .formatted(target.service()));
    }
  }

  /**
   * Puts secrets into a version that gets no traffic; the version that is uploaded next inherits
   * them, so that they change together with the code.
   *
   * @param secrets where each comes from; never a value
   */
  record PutSecrets(StepId id, Target target, Map<String, SecretSource> secrets) implements Act {
    public PutSecrets {
      secrets = Map.copyOf(secrets);
      if (secrets.isEmpty()) {
        throw new IllegalArgumentException("no secrets for " + target.service());
      }
    }

    @Override
    public Undo undo() {
      return new Undo.Nothing("a version without traffic reaches nobody");
    }
  }

  /**
   * Creates what a service binds, if nothing of that name is there.
   *
   * @param binding the name under which the configuration declares it; empty where it only consumes
   */
  record Provision(StepId id, Target target, Kind kind, String name, String binding)
      implements Act {
    /** What can be created without any further decision. */
    public enum Kind {
      KV("KV namespace", "kv namespace delete --namespace-id ID"),
      D1("D1 database", "d1 delete"),
      R2("R2 bucket", "r2 bucket delete"),
      QUEUE("queue", "queues delete");

      private final String words;
      private final String removal;

      Kind(String words, String removal) {
        this.words = words;
        this.removal = removal;
      }

      /** What people call it. */
      public String words() {
        return words;
      }

      /** Whether configurations name it by an id. */
      public boolean hasId() {
        return this == KV || this == D1;
      }
    }

    @Override
    public Undo undo() {
      return new Undo.Leave(
          "%s %s stays; to remove it: wrangler %s%s"
              .formatted(kind.words(), name, kind.removal, kind == Kind.KV ? "" : " " + name));
    }
  }
}
