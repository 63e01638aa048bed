package dev.clodo;

import dev.clodo.model.Account;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Memory;
import dev.clodo.model.SecretSource;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.port.Secrets;
import dev.clodo.port.UserError;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which secrets have to be sent: those whose keyed digest differs from what was sent last, those
 * that Cloudflare lacks, and all where the version that serves is older than what was sent.
 */
final class SecretChanges {
  private final Inventory inventory;
  private final Account account;
  private final Memory memory;
  private final Secrets secrets;
  private final Map<SecretSource, String> digests = new HashMap<>();
  private final Set<String> missing = new LinkedHashSet<>();

  private SecretChanges(Inventory inventory, Account account, Memory memory, Secrets secrets) {
    this.inventory = inventory;
    this.account = account;
    this.memory = memory;
    this.secrets = secrets;
  }

  /**
   * By service, the secrets to send and where they come from.
   *
   * @throws UserError when a source has no value; it names all such sources
   */
  static Map<ServiceName, Map<String, SecretSource>> in(
      Inventory inventory, Account account, Memory memory, Secrets secrets) {
    return new SecretChanges(inventory, account, memory, secrets).find();
  }

  private Map<ServiceName, Map<String, SecretSource>> find() {
    var changes = new TreeMap<ServiceName, Map<String, SecretSource>>();
    for (var service : inventory.released()) {
      if (service.kind() != Service.Kind.WORKER) {
        continue;
      }
      var changed = new TreeMap<String, SecretSource>();
      inventory
          .workspace()
          .secretsOf(service)
          .forEach((name, source) -> {
            var placed = placed(source);
            if (isChanged(service, name, placed)) {
              changed.put(name, placed);
            }
          });
      if (!changed.isEmpty()) {
        changes.put(service.name(), changed);
      }
    }
    if (!missing.isEmpty()) {
      throw new UserError(UserError.Kind.NOT_READY, String.join("\n", missing));
    }
    return changes;
  }

  /** A file is named from where it is written, and read by whoever carries the plan out. */
  private SecretSource placed(SecretSource source) {
    if (source instanceof SecretSource.Line(var path, var key)) {
      var base =
          inventory.workspace().files().stream()
              .findFirst()
              .map(Path::getParent)
              .orElse(inventory.folder());
      return new SecretSource.Line(base.resolve(path).normalize().toString(), key);
    }
    return source;
  }

  private boolean isChanged(Service service, String name, SecretSource source) {
    String digest;
    try {
      digest = digests.computeIfAbsent(source, s -> secrets.digest(secrets.value(s)));
    } catch (UserError none) {
      missing.add("%s needs its secret %s: %s".formatted(service.name(), name, none.getMessage()));
      return false;
    }
    var known = account.secrets().get(service.name());
    boolean isAbsent =
        known instanceof Looked.Known<Set<String>>(var names) && !names.contains(name);
    var sent = memory.of(Memory.secret(service.target(), name)).map(s -> s.split(" ", 2));
    if (isAbsent || sent.isEmpty() || sent.get().length < 2 || !sent.get()[1].equals(digest)) {
      return true;
    }
    long number = sent.get()[0].matches("[0-9]{1,18}") ? Long.parseLong(sent.get()[0]) : 0;
    return account
        .liveOf(service.name())
        .map(l -> l.serving().stream().anyMatch(v -> v.number() < number))
        .orElse(true);
  }
}
