package dev.clodo;

import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Inventory;
import java.nio.file.Path;

/** The Java API: assesses, plans, deploys and rolls back one workspace in one environment. */
public final class Clodo implements AutoCloseable {
  private final Path folder;
  private final EnvironmentName environment;
  private final Ports ports;

  /**
   * @param folder the workspace: all services below it belong together
   * @param environment the named environment of their configurations
   */
  public Clodo(Path folder, EnvironmentName environment, Ports ports) {
    this.folder = folder;
    this.environment = environment;
    this.ports = ports;
  }

  /** What the workspace wants. */
  public Inventory discover() {
    return new ServiceAutoDiscovery().discover(folder, environment);
  }

  @Override
  public void close() {
    ports.close();
  }
}
