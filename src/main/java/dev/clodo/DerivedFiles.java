package dev.clodo;

import dev.clodo.model.Inventory;
import dev.clodo.model.Service;
import dev.clodo.port.WorkspaceFiles;
import dev.clodo.render.DerivedConfig;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Writes the configurations of domains' copies where wrangler and people read them. */
final class DerivedFiles {
  private final WorkspaceFiles files;
  private final Set<Path> written = new HashSet<>();

  DerivedFiles(WorkspaceFiles files) {
    this.files = files;
  }

  /** Writes a copy's configuration unless it is there already; for other services does nothing. */
  void write(Inventory inventory, Service service) {
    if (service.copy().domain().isShared() || !written.add(service.config())) {
      return;
    }
    var folder = inventory.folder();
    if (written.size() == 1) {
      ignored(folder.resolve(".clodo"), inventory);
    }
    var text = DerivedConfig.text(service);
    var before = files.read(service.config());
    if (before.isEmpty()) {
      files.create(folder, service.config(), text, false);
    } else if (!before.get().equals(text)) {
      files.replace(folder, service.config(), before.get(), text);
    }
  }

  /** What Clodo keeps in a workspace is nobody's to commit. */
  private void ignored(Path own, Inventory inventory) {
    var rules = own.resolve(".gitignore");
    if (!files.exists(rules)) {
      files.create(inventory.folder(), rules, "*\n", false);
    }
  }
}
