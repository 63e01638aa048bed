package dev.clodo;

import dev.clodo.model.Inventory;
import dev.clodo.model.SecretSource;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Workspace;
import dev.clodo.port.Secrets;
import dev.clodo.port.UserError;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A file such as {@code .env} whose lines are secrets of a service.
 *
 * @param service whose they are; empty where the workspace has one service only
 */
public record SecretFile(String service, Path file) {
  /** The workspace with the secrets of these files, which come before what it says itself. */
  static Inventory added(List<SecretFile> files, Inventory inventory, Secrets secrets) {
    var workspace = inventory.workspace();
    var all = new LinkedHashMap<>(workspace.secrets());
    var options = new HashMap<>(workspace.services());
    for (var given : files) {
      var sources = new LinkedHashMap<String, SecretSource>();
      for (var key : secrets.keys(given.file())) {
        sources.put(key, new SecretSource.Line(given.file().toString(), key));
      }
      if (given.service().isEmpty() && inventory.services().size() == 1) {
        all.putAll(sources);
      } else {
        var name = named(given, inventory);
        var own = options.getOrDefault(name, Workspace.Options.none());
        var merged = new LinkedHashMap<>(own.secrets());
        merged.putAll(sources);
        options.put(name, new Workspace.Options(own.audience(), own.health(), merged, own.at()));
      }
    }
    return new Inventory(
        inventory.root(),
        inventory.services(),
        inventory.edges(),
        inventory.unreadable(),
        new Workspace(
            workspace.files(),
            workspace.domains(),
            workspace.everyDomain(),
            options,
            workspace.groups(),
            all,
            workspace.health(),
            workspace.rollout(),
            workspace.ignored()),
        inventory.released(),
        inventory.releasedEdges());
  }

  private static ServiceName named(SecretFile given, Inventory inventory) {
    return inventory.services().stream()
        .filter(s ->
            s.name().value().equals(given.service())
                || Workspace.base(s).value().equals(given.service()))
        .map(s -> s.name())
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                UserError.Kind.USAGE,
                given.service().isEmpty()
                    ? "say whose secrets %s holds: --secrets-file SERVICE=%s"
                        .formatted(given.file(), given.file().getFileName())
                    : "there is no service " + given.service()));
  }
}
