package dev.clodo.verify;

import java.time.Duration;

/** What one request to a service told. */
public sealed interface Sample {
  /**
   * @param answeredBy the id of the version that answered, where the answer proves it; else empty
   */
  record Answer(int status, Duration latency, String answeredBy) implements Sample {}

  record NoAnswer(String why) implements Sample {}
}
