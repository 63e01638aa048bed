package dev.clodo.port;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Sends single requests to deployed services, as their users do. */
public interface Traffic {
  /**
   * Characters of a body that are read where a check asks for its text: more than a page's head.
   */
  int BODY_LIMIT = 65_536;

  /**
   * Sends a GET and waits at most {@code timeout}.
   *
   * @param most characters of the body that are wanted; 0 when it does not matter
   * @throws Unreachable when no answer came
   */
  Reply get(URI address, Map<String, String> headers, Duration timeout, int most);

  /**
   * @param answeredBy the id of the version that answered, where the answer proves it; else empty
   * @param body as much of it as was wanted and came in time
   */
  record Reply(int status, Duration latency, String answeredBy, String body) {
    /** One whose body nobody wanted. */
    public Reply(int status, Duration latency, String answeredBy) {
      this(status, latency, answeredBy, "");
    }
  }
}
