package dev.clodo;

import dev.clodo.execute.Timing;
import dev.clodo.model.Evaluated;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.port.Clock;
import dev.clodo.port.Cloudflare;
import dev.clodo.port.DataBridge;
import dev.clodo.port.Git;
import dev.clodo.port.Machine;
import dev.clodo.port.Programs;
import dev.clodo.port.Secrets;
import dev.clodo.port.Traffic;
import dev.clodo.port.Workerd;
import dev.clodo.port.WorkspaceFiles;
import dev.clodo.port.Wrangler;
import java.util.List;

/** The world as {@link Clodo} meets it. Each port is made when it is first asked for. */
public interface Ports extends AutoCloseable {
  Cloudflare cloudflare();

  Wrangler wrangler();

  /** Starts bundles on this machine; unless somebody connects it, it can't. */
  default Workerd workerd() {
    return (service, bundle) -> new Looked.Unknown<>("there is no runtime here", "");
  }

  /** Evaluates configurations that are programs; unless somebody connects it, none can be. */
  default Programs programs() {
    return file ->
        new Evaluated.Failed(Location.startOf(file), "No program can be evaluated here.");
  }

  DataBridge bridge();

  Traffic traffic();

  Git git();

  /** Where secrets are kept; unless somebody connects it, there are none. */
  default Secrets secrets() {
    return Secrets.none();
  }

  WorkspaceFiles files();

  /** What this machine brings; unless somebody connects it, nothing is known of it. */
  default Machine machine() {
    return _ -> List.of();
  }

  Clock clock();

  /** How long and how often to wait. */
  Timing timing();

  /** Names this process to others that find it at work: who, where, since when. */
  String holder();

  /** Says that wrangler will be needed soon; may do nothing. */
  default void warmUp() {}

  @Override
  void close();
}
