package dev.clodo.proof;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Event;
import dev.clodo.model.Outcome;
import dev.clodo.model.RunRecord.Standing;
import dev.clodo.sandbox.SandboxHooks.Called;
import dev.clodo.sandbox.SandboxHooks.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A release of twenty services: under load, on a bad day of the API, and killed, there for five
 * domains.
 */
@Tag("slow")
class FleetTest {
  /** {@code bench/kill/run} asks for fifty. */
  private static final int KILLS = Integer.getInteger("proof.fleet.kills", 8);

  /** How often one release is killed before it may end. */
  private static final int KILLS_OF_A_RELEASE = Integer.getInteger("proof.fleet.each", 4);

  private static final int DOMAINS = 5;

  /** The golden section, whose multiples spread evenly over a whole however many there are. */
  private static final double GOLDEN = 0.618034;

  /** Between what somebody asks at one address and what they ask next, at least. */
  private static final long PAUSE_MILLIS = 250;

  /** In which a release of twenty services has begun to write events, on a busy machine too. */
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** Between an event and the kill, in turn. */
  private static final long[] LATER_MILLIS = {0, 20, 80, 200};

  @TempDir Path folder;

  @Test
  void dropsNothingThroughDeployFailureAndRollback() throws Exception {
    try (var fleet = Fleet.open(folder)) {
      fleet.release("one");
      expect(fleet, 0, "deploy", "--yes");
      List<String> dropped;
      try (var crowd = fleet.new Crowd(PAUSE_MILLIS)) {
        fleet.release("two");
        expect(fleet, 0, "deploy", "--yes");
        fleet.assertServes("two", "deployed");

        // The last storey is sick, so all four have to go back.
        fleet.release("three", "s19");
        var bad = expect(fleet, 3, "deploy", "--yes");
        assertThat(bad.out()).contains("500");
        fleet.assertServes("two", bad.all());

        expect(fleet, 0, "rollback", "--yes");
        fleet.assertServes("one", "rolled back");
        crowd.leave();
        dropped = crowd.dropped();
        System.out.printf("%d requests, %d dropped%n", crowd.asked(), dropped.size());
        assertThat(crowd.heard()).hasSize(Fleet.SERVICES.size());
        assertThat(crowd.heard().get("s00")).containsKeys("one", "two", "three");
        assertThat(crowd.heard().get("s19")).containsOnlyKeys("one", "two");
      }
      assertThat(dropped).isEmpty();
    }
  }

  @Test
  void endsCompleteWhenOneInAHundredCallsFails() throws Exception {
    long seed = Long.getLong("proof.seed", System.nanoTime());
    System.out.println("seed " + seed);
    try (var fleet = Fleet.open(folder)) {
      fleet.release("zero");
      expect(fleet, 0, "deploy", "--yes");
      int releases = 0;
      var failed = new ArrayList<Called>();
      int calls = 0;
      // By chance a release may meet none.
      while (failed.size() < 5 && releases < 4) {
        var says = "release-" + ++releases;
        fleet.release(says);
        fleet.stage.hooks.clearJournal();
        fleet.stage.hooks.fail(
            Fault.reply(".*", "/accounts/", 1_000, 503, 10013).byChance(0.4, seed + 1));
        fleet.stage.hooks.fail(
            Fault.throttled(".*", "/accounts/", 1_000, 1).byChance(0.3, seed + 2));
        fleet.stage.hooks.fail(Fault.reset(".*", "/accounts/", 1_000).byChance(0.3, seed + 3));
        var ran = fleet.stage.cli().run("deploy", "--yes");
        fleet.stage.hooks.clearFaults();

        assertThat(ran.exit()).as(ran.all()).isZero();
        fleet.assertServes(says, ran.all());
        for (var service : Fleet.SERVICES) {
          assertThat(fleet.stage.tags(service)).as(service).hasSize(releases + 1);
        }
        var journal = fleet.stage.hooks.journal(0);
        calls += journal.size();
        var bad = journal.stream().filter(c -> c.status() >= 500 || c.status() == 429).toList();
        failed.addAll(bad);
        // What wrangler repeats by itself only its own log tells.
        if (bad.stream().anyMatch(FleetTest::isOurs)) {
          assertThat(ran.all()).contains("; again in ").contains("tried again: ");
        }
        fleet.assertRecorded(fleet.newest(), true, ran.all());
      }
      System.out.printf(
          "%d releases of 20 services, %d calls, %d failed%n", releases, calls, failed.size());
      assertThat(failed).isNotEmpty();
    }
  }

  @Test
  void isCarriedOnWhereverItDied() throws Exception {
    try (var fleet = Fleet.open(folder, DOMAINS)) {
      fleet.release("0");
      expect(fleet, 0, "deploy", "--yes");
      var serving = "0";
      var deaths = new ArrayList<Death>();
      var events = new EnumMap<Course, Integer>(Map.of(Course.WHOLE, 1_400, Course.SICK, 1_700));
      for (int release = 1; deaths.size() < KILLS && release <= KILLS; release++) {
        var says = String.valueOf(release);
        // Every second one fails at its top, so that the way back is killed too.
        var course = release % 2 == 0 ? Course.SICK : Course.WHOLE;
        fleet.release(says, course == Course.SICK ? "s19" : "");
        killAgainAndAgain(fleet, release, requireNonNull(events.get(course)), deaths);

        var resumed = fleet.stage.cli().run("resume");

        var context = "release %d, deaths %s\n%s".formatted(release, deaths, resumed.all());
        assertThat(resumed.exit()).as(context).isIn(0, 3, 4);
        var record = fleet.newest();
        events.put(course, record.journal().size());
        boolean released = course == Course.WHOLE;
        assertThat(record.standing())
            .as(context)
            .isInstanceOfSatisfying(
                Standing.Ended.class,
                e ->
                    assertThat(e.outcome())
                        .isInstanceOf(
                            released ? Outcome.Released.class : Outcome.RolledBack.class));
        serving = released ? says : serving;
        fleet.assertServes(serving, context);
        fleet.assertRecorded(record, released, context);
      }
      var back = deaths.stream().filter(Death::onTheWayBack).count();
      System.out.printf(
          "%d kills, %d on the way back, resumed after so many events: %s%n",
          deaths.size(), back, deaths.stream().map(Death::events).toList());
      assertThat(deaths).hasSizeGreaterThanOrEqualTo(KILLS);
      // A few kills may all come before the failure.
      assertThat(back).isGreaterThanOrEqualTo(KILLS / 20);
    }
  }

  /** How a release ends by itself. */
  private enum Course {
    WHOLE,
    SICK
  }

  /**
   * What was found after a kill.
   *
   * @param events how many the journal had
   */
  private record Death(int events, boolean onTheWayBack) {}

  private static boolean isOurs(Called call) {
    return call.method().equals("POST") && call.path().endsWith("/deployments");
  }

  /**
   * Kills a deploy, then what resumes it, so that the kills of all releases together spread evenly
   * over the events of one.
   */
  private static void killAgainAndAgain(Fleet fleet, int release, int ofEvents, List<Death> deaths)
      throws Exception {
    // Two releases of a kind that follow each other have their moments as far apart as can be.
    int ofItsKind = (release + 1) / 2;
    double shift = ofItsKind * GOLDEN % 1;
    for (int kill = 0; kill < KILLS_OF_A_RELEASE && deaths.size() < KILLS; kill++) {
      int events = 1 + (int) ((kill + shift) / KILLS_OF_A_RELEASE * (ofEvents - 1));
      var arguments = kill == 0 ? new String[] {"deploy", "--yes"} : new String[] {"resume"};
      try (var running = fleet.stage.cli().start(arguments)) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (running.isAlive() && !fleet.stage.hasRunWithEvents(release + 1, events)) {
          if (System.nanoTime() > deadline) {
            throw new IOException("no event " + events + ": " + running.printed());
          }
          LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        if (!running.isAlive()) {
          return;
        }
        long later = LATER_MILLIS[deaths.size() % LATER_MILLIS.length];
        LockSupport.parkNanos(Duration.ofMillis(later).toNanos());
        running.kill();
      }
      var record = fleet.newest();
      if (record.standing() instanceof Standing.Ended) {
        return;
      }
      boolean back =
          record.journal().stream().anyMatch(e -> e.event() instanceof Event.UndoStarted);
      deaths.add(new Death(record.journal().size(), back));
      System.out.println("killed: " + deaths.getLast());
      fleet.assertNothingTwice("right after " + deaths.getLast());
    }
  }

  private static Cli.Ran expect(Fleet fleet, int exit, String... arguments) throws Exception {
    var ran = fleet.stage.cli().run(arguments);
    assertThat(ran.exit()).as(String.join(" ", arguments) + "\n" + ran.all()).isEqualTo(exit);
    return ran;
  }
}
