package dev.clodo.cli;

import dev.clodo.Phase;
import dev.clodo.Watcher;
import dev.clodo.model.Service;

/** Tells people at a terminal what a plan is waiting for. */
record Building(Progress progress) implements Watcher {
  @Override
  public void phase(Phase phase) {
    if (phase == Phase.ASSESS) {
      progress.busy("assessing");
    }
  }

  @Override
  public void building(Service service) {
    progress.busy("building " + service.name());
  }

  @Override
  public void starting(Service service) {
    progress.busy("starting " + service.name());
  }
}
