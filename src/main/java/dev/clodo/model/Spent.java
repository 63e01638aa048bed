package dev.clodo.model;

import java.time.Duration;

/**
 * What asking Cloudflare has cost by now.
 *
 * @param requests sent by Clodo itself, repeated ones included; wrangler's are not counted
 * @param repeated how many of them asked again because the first answer was of no use
 * @param waited for the API's limit
 */
public record Spent(long requests, long repeated, Duration waited) {
  /** Nobody asked. */
  public static Spent nothing() {
    return new Spent(0, 0, Duration.ZERO);
  }
}
