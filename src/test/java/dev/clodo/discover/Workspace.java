package dev.clodo.discover;

import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Inventory;
import dev.clodo.model.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A folder that tests fill with files and discover. */
record Workspace(Path root) {
  Workspace {
    // Far above a temporary folder there may be anything; a repository ends the view.
    try {
      Files.createDirectories(root.resolve(".git"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path(String name) {
    return root.resolve(name);
  }

  Path write(String name, String text) {
    try {
      var file = path(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Inventory discover() {
    return discover("", "");
  }

  Inventory discover(String folder, String environment) {
    return new ServiceAutoDiscovery()
        .discover(root.resolve(folder), new EnvironmentName(environment));
  }

  Service only() {
    return discover().services().getFirst();
  }

  static List<String> names(Inventory inventory) {
    return inventory.services().stream().map(s -> s.name().value()).toList();
  }
}
