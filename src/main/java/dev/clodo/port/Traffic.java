package dev.clodo.port;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Sends single requests to deployed services, as their users do. */
public interface Traffic {
  /**
   * Sends a GET and waits at most {@code timeout}.
   *
   * @throws Unreachable when no answer came
   */
  Reply get(URI address, Map<String, String> headers, Duration timeout);

  /**
   * @param answeredBy the id of the version that answered, where the answer proves it; else empty
   */
  record Reply(int status, Duration latency, String answeredBy) {}
}
