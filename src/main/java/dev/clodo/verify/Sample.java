package dev.clodo.verify;

import java.time.Duration;

/** What one request to a service told. */
public sealed interface Sample {
  /**
   * @param answeredBy the id of the version that answered, where the answer proves it; else empty
   * @param body its beginning, where the check reads it; else empty
   */
  record Answer(int status, Duration latency, String answeredBy, String body) implements Sample {
    /** One whose body nobody reads. */
    public Answer(int status, Duration latency, String answeredBy) {
      this(status, latency, answeredBy, "");
    }
  }

  record NoAnswer(String why) implements Sample {}
}
