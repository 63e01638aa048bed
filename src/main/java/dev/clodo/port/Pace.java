package dev.clodo.port;

import java.time.Duration;

/**
 * Keeps everything that Clodo asks of Cloudflare below the API's limit, wrangler's requests
 * included. Whoever only reads waits; whoever changes something does not, because between making
 * sure of a lease and the change no time may pass: it takes its place, and those who read wait
 * longer for it.
 */
public interface Pace {
  /** One without a limit, as a local emulator allows it. */
  Pace UNLIMITED =
      new Pace() {
        @Override
        public void await() {}

        @Override
        public void take(int requests) {}

        @Override
        public void hold(Duration pause) {}

        @Override
        public boolean isLimited() {
          return false;
        }

        @Override
        public Duration waited() {
          return Duration.ZERO;
        }
      };

  /** Waits until one more request is fair. */
  void await();

  /** Takes the place of requests that are made now in any case. */
  void take(int requests);

  /** Cloudflare asked to be left alone for so long: nobody reads before. */
  void hold(Duration pause);

  boolean isLimited();

  /** How long requests have waited by now, those that waited side by side counted once each. */
  Duration waited();
}
