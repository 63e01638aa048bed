package dev.clodo.port;

import dev.clodo.model.Bundle;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import dev.clodo.model.Start;

/** Starts programs on this machine as Cloudflare would start them. */
public interface Workerd {
  /**
   * Starts a bundle and ends it again. It has stand-ins for what it is bound to and no network.
   * Unknown where the runtime itself could not be run, or can't run this kind of program.
   */
  Looked<Start> start(Service service, Bundle bundle);
}
