package dev.clodo.adapter.system;

import dev.clodo.port.Clock;
import dev.clodo.port.Pace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A pace that the processes of one workspace share through a small file, since they use the same
 * credentials and Cloudflare counts by these. Where the file can't be used, each process keeps to
 * the pace by itself.
 *
 * <p>A fifth of the limit may be used at once; the rest comes back evenly, so that no five minutes
 * hold more than the limit, and a release that has to go back is not stuck behind an empty account.
 */
public final class SharedPace implements Pace {
  /**
   * Requests in {@link #WINDOW}: developers.cloudflare.com/fundamentals/api/reference/limits,
   * November 2026. Whoever exceeds it is shut out for the next five minutes.
   */
  public static final int LIMIT = 1200;

  private static final Duration WINDOW = Duration.ofMinutes(5);

  /** The part of the limit that may be used at once. */
  private static final double BURST = 0.2;

  /** A wait longer than this is told, with the pauses between two tellings. */
  private static final Duration WORTH_TELLING = Duration.ofSeconds(10);

  /** No single wait is longer; a broken clock must not stop everything. */
  private static final Duration LONGEST = WINDOW;

  /** Places left, when that was noted, and until when nobody may read. */
  private record Level(double places, long atMillis, long heldUntilMillis) {
    static final int BYTES = 3 * Long.BYTES;
  }

  private final int limit;
  private final Path file;
  private final Clock clock;
  private final Consumer<String> notices;
  private final AtomicLong waitedMillis = new AtomicLong();
  private Level own;
  private Instant told = Instant.MIN;

  /**
   * @param limit requests in five minutes
   * @param file where the level is kept; its folder is made when it is first needed
   * @param notices told a sentence when there is a long wait
   */
  public SharedPace(int limit, Path file, Clock clock, Consumer<String> notices) {
    if (limit < 1) {
      throw new IllegalArgumentException("at least one request: " + limit);
    }
    this.limit = limit;
    this.file = file;
    this.clock = clock;
    this.notices = notices;
    this.own = new Level(burst(), clock.now().toEpochMilli(), 0);
  }

  /**
   * The pace that the environment asks for: {@code CLODO_PACE} is {@code on}, {@code off} or the
   * number of requests in five minutes. Without it there is none where the API is on this machine.
   *
   * @param isLocal whether the API is on this machine
   */
  public static Pace of(
      Map<String, String> environment,
      boolean isLocal,
      Path file,
      Clock clock,
      Consumer<String> notices) {
    var wanted = environment.getOrDefault("CLODO_PACE", "").strip();
    if (wanted.equals("off") || (isLocal && wanted.isEmpty())) {
      return Pace.UNLIMITED;
    }
    int limit = wanted.matches("[1-9][0-9]{0,6}") ? Integer.parseInt(wanted) : LIMIT;
    return new SharedPace(limit, file, clock, notices);
  }

  private double burst() {
    return Math.max(1, limit * BURST);
  }

  /** Places that come back in a millisecond. */
  private double refill() {
    return limit * (1 - BURST) / WINDOW.toMillis();
  }

  @Override
  public void await() {
    long wait = reserve(1);
    if (wait > 0) {
      tell(wait);
      waitedMillis.addAndGet(wait);
      clock.sleep(Duration.ofMillis(wait));
    }
  }

  @Override
  public void take(int requests) {
    if (requests > 0) {
      reserve(requests);
    }
  }

  @Override
  public void hold(Duration pause) {
    long now = clock.now().toEpochMilli();
    long until = now + Math.min(pause.toMillis(), LONGEST.toMillis());
    change(level ->
        new Level(level.places(), level.atMillis(), Math.max(level.heldUntilMillis(), until)));
  }

  @Override
  public boolean isLimited() {
    return true;
  }

  @Override
  public Duration waited() {
    return Duration.ofMillis(waitedMillis.get());
  }

  /** How many milliseconds to wait until the places that are taken now are there. */
  private long reserve(int requests) {
    long now = clock.now().toEpochMilli();
    var level =
        change(before -> {
          // A clock that was set back gives nothing back, and takes nothing away.
          long passed = Math.max(0, now - before.atMillis());
          double places = Math.min(burst(), before.places() + passed * refill());
          return new Level(places - requests, now, before.heldUntilMillis());
        });
    long forPlaces = level.places() >= 0 ? 0 : (long) Math.ceil(-level.places() / refill());
    long forHold = level.heldUntilMillis() - now;
    return Math.min(LONGEST.toMillis(), Math.max(forPlaces, forHold));
  }

  private interface Changing {
    Level change(Level before);
  }

  private synchronized Level change(Changing changing) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (var channel =
              FileChannel.open(
                  file,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE);
          var lock = channel.lock()) {
        if (lock.isValid()) {
          own = changing.change(read(channel));
          write(channel, own);
          return own;
        }
      }
    } catch (IOException | OverlappingFileLockException unusable) {
      // Then this process keeps to the pace by itself.
      own = changing.change(own);
      return own;
    }
    own = changing.change(own);
    return own;
  }

  private Level read(FileChannel channel) throws IOException {
    var bytes = ByteBuffer.allocate(Level.BYTES);
    channel.read(bytes, 0);
    bytes.flip();
    if (bytes.remaining() < Level.BYTES) {
      return own;
    }
    var kept = new Level(bytes.getDouble(), bytes.getLong(), bytes.getLong());
    // What no process of ours can have written is a file that was damaged.
    return Double.isFinite(kept.places()) && kept.places() <= burst() ? kept : own;
  }

  private static void write(FileChannel channel, Level level) throws IOException {
    var bytes = ByteBuffer.allocate(Level.BYTES);
    bytes.putDouble(level.places()).putLong(level.atMillis()).putLong(level.heldUntilMillis());
    bytes.flip();
    channel.write(bytes, 0);
  }

  private synchronized void tell(long waitMillis) {
    var wait = Duration.ofMillis(waitMillis);
    var now = clock.now();
    if (wait.compareTo(WORTH_TELLING) >= 0 && told.isBefore(now.minus(WORTH_TELLING))) {
      told = now;
      notices.accept(
          "Waiting %d s for Cloudflare's limit of %,d requests in %d minutes."
              .formatted(wait.toSeconds(), limit, WINDOW.toMinutes()));
    }
  }
}
