package dev.clodo.plan;

import dev.clodo.model.Memory;
import dev.clodo.model.SecretSource;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Wish;
import java.util.Map;
import java.util.Set;

/**
 * What a plan depends on beside the workspace and the account.
 *
 * @param memory what earlier releases left behind
 * @param wishes what a person asked for
 * @param secrets by service, those that have to be sent, and where they come from
 */
public record Circumstances(
    Memory memory, Set<Wish> wishes, Map<ServiceName, Map<String, SecretSource>> secrets) {
  public Circumstances {
    wishes = Set.copyOf(wishes);
    secrets = Map.copyOf(secrets);
  }

  /** Where no secret has to be sent. */
  public Circumstances(Memory memory, Set<Wish> wishes) {
    this(memory, wishes, Map.of());
  }

  /** The secrets that a service is to be sent. */
  Map<String, SecretSource> secretsOf(ServiceName service) {
    return secrets.getOrDefault(service, Map.of());
  }

  /** A first release, for which nothing particular was asked. */
  public static Circumstances none() {
    return new Circumstances(Memory.none(), Set.of());
  }
}
