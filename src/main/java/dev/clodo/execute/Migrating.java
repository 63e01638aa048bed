package dev.clodo.execute;

import dev.clodo.model.Memory;
import dev.clodo.model.Step;
import dev.clodo.port.Clock;
import dev.clodo.port.DataBridge;
import dev.clodo.port.StepFailed;
import dev.clodo.port.TryLater;
import dev.clodo.record.State;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Applies migrations. They are recognised in D1's own table of what it has applied. wrangler
 * neither locks a database nor checks what a file said, so each database has a lease of its own,
 * and what was applied is remembered with its checksum.
 */
final class Migrating implements Effect {
  private final Step.Migrate step;
  private final World world;
  private final DataBridge bridge;
  private final Clock clock;
  private final Duration lease;
  private final String holder;

  /**
   * @param lease how long the database's lease lasts without a renewal
   */
  Migrating(
      Step.Migrate step,
      World world,
      DataBridge bridge,
      Clock clock,
      Duration lease,
      String holder) {
    this.step = step;
    this.world = world;
    this.bridge = bridge;
    this.clock = clock;
    this.lease = lease;
    this.holder = holder;
  }

  /** The scope whose lease whoever migrates a database holds. */
  static String scope(String databaseId) {
    return "d1/" + databaseId;
  }

  @Override
  public Optional<Supplier<Map<String, String>>> before() {
    return Optional.of(() ->
        Map.of(State.BOOKMARK, world.cloudflare().bookmark(step.target(), step.databaseId())));
  }

  /** Looks while it holds the database, so that what it sees still holds when it changes it. */
  @Override
  public Sight look() {
    var held = held();
    boolean isDone;
    try {
      isDone = lacking().isEmpty();
    } catch (RuntimeException unseen) {
      // Who carries on need not be this process.
      release(held);
      throw unseen;
    }
    if (isDone) {
      release(held);
      return new Sight.There(checksums());
    }
    return new Sight.Missing(() -> migrated(held));
  }

  @Override
  public Map<String, String> facts(Map<String, String> output) {
    var facts = new HashMap<String, String>();
    step.checksums()
        .forEach((file, sum) -> facts.put(Memory.migration(step.databaseId(), file), sum));
    return facts;
  }

  private Map<String, String> migrated(HeldLease held) {
    try (var _ = held.beating()) {
      var applied = world.wrangler().migrate(step.target(), step.database());
      // wrangler may go on after a file that failed, so its word is not enough.
      var lacking = lacking();
      if (!lacking.isEmpty()) {
        throw new StepFailed(
            "D1 database %s still lacks %s".formatted(step.database(), String.join(", ", lacking)));
      }
      var output = new HashMap<>(checksums());
      output.put("applied", String.join(", ", applied));
      return output;
    } finally {
      release(held);
    }
  }

  private HeldLease held() {
    var scope = scope(step.databaseId());
    try {
      return HeldLease.acquire(bridge, clock, lease, scope, holder);
    } catch (DataBridge.LeaseHeld held) {
      var wait =
          bridge
              .holder(scope)
              .map(l -> Duration.between(clock.now(), l.expiresAt()))
              .filter(d -> !d.isNegative())
              .orElse(Duration.ZERO);
      throw new TryLater(
          "somebody else migrates D1 database %s: %s".formatted(step.database(), held.getMessage()),
          wait);
    }
  }

  private static void release(HeldLease held) {
    try {
      held.release();
    } catch (RuntimeException unable) {
      // Harmless: it expires by itself. What went wrong before must not be hidden by this.
      return;
    }
  }

  /** What each file said when it was applied, for the journal. */
  private Map<String, String> checksums() {
    var sums = new HashMap<String, String>();
    step.checksums().forEach((file, sum) -> sums.put("sha256 " + file, sum));
    return sums;
  }

  private List<String> lacking() {
    var applied = world.cloudflare().appliedMigrations(step.target(), step.databaseId());
    return step.pending().stream().filter(m -> !applied.contains(m)).toList();
  }
}
