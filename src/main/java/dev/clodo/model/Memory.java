package dev.clodo.model;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Small facts that earlier releases of this workspace left behind, as they were at one moment. They
 * only sharpen what a plan can say: one that is missing makes it more careful, never wrong.
 */
public record Memory(Map<String, String> facts) {
  /** What every key of a migration's checksum begins with. */
  public static final String MIGRATIONS = "migration/";

  /** What every key of the triggers that were last applied begins with. */
  public static final String TRIGGERS = "triggers/";

  /** What every key of a secret that was sent begins with. */
  public static final String SECRETS = "secret/";

  /** What every key of the static files that were last released begins with. */
  public static final String ASSETS = "assets/";

  public Memory {
    facts = Map.copyOf(facts);
  }

  /** Nothing was ever released from here. */
  public static Memory none() {
    return new Memory(Map.of());
  }

  /** The same, and more. */
  public Memory and(Map<String, String> more) {
    var all = new TreeMap<>(facts);
    all.putAll(more);
    return new Memory(all);
  }

  public Optional<String> of(String key) {
    return Optional.ofNullable(facts.get(key));
  }

  /** Where the triggers are kept that were last applied to a service. */
  public static String triggers(Target target) {
    return TRIGGERS + worker(target);
  }

  /** Where it is kept which version a secret was sent with, and its keyed digest. */
  public static String secret(Target target, String name) {
    return SECRETS + worker(target) + "/" + name;
  }

  /** Where the names of a service's static files are kept, a line each. */
  public static String assets(Target target) {
    return ASSETS + worker(target);
  }

  /** A Worker's name, with its account where a target names one. */
  private static String worker(Target target) {
    return target.copy().account().stream().map(AccountId::value).findFirst().orElse("")
        + "/"
        + target.service();
  }

  /** Where the SHA-256 of a migration file is kept, as it was when it was applied. */
  public static String migration(String databaseId, String file) {
    return MIGRATIONS + databaseId + "/" + file;
  }
}
