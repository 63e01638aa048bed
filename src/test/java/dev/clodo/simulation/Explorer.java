package dev.clodo.simulation;

import dev.clodo.model.Outcome;
import dev.clodo.simulation.Moment.Deviation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.atomic.LongAdder;

/**
 * Runs every history of a scenario with at most so many faults. A history is a choice of what goes
 * wrong at which point; histories that begin alike share that beginning.
 */
final class Explorer {
  /** No history needs as many turns; one that takes more never ends. */
  private static final int ENDLESS = 200;

  private final int faults;
  private final LongAdder histories = new LongAdder();
  private final Map<String, Long> outcomes = new ConcurrentSkipListMap<>();
  private final Map<Fault, Long> injected = new ConcurrentSkipListMap<>();
  private final Queue<Broken> broken = new ConcurrentLinkedQueue<>();

  /**
   * What a search told.
   *
   * @param histories how many there are
   * @param outcomes how many ended how
   * @param faults how often each kind of fault was injected
   */
  record Report(long histories, Map<String, Long> outcomes, Map<Fault, Long> faults) {}

  private Explorer(int faults) {
    this.faults = faults;
  }

  /**
   * Runs them all.
   *
   * @throws Broken when an invariant does not hold in one of them; its message tells the history
   */
  static Report explore(Scenario scenario, Plant plant, int faults) {
    var explorer = new Explorer(faults);
    var planted = scenario.with(plant.plan(scenario.run().plan()));
    try (var pool = new ForkJoinPool(Runtime.getRuntime().availableProcessors())) {
      pool.invoke(explorer.new Branch(new Moment(planted, plant), Story.UNEVENTFUL, 0));
    }
    if (!explorer.broken.isEmpty()) {
      throw explorer.broken.element();
    }
    return new Report(
        explorer.histories.sum(), Map.copyOf(explorer.outcomes), Map.copyOf(explorer.injected));
  }

  /**
   * Runs histories in which anything may go wrong at any time, in any order of errands.
   *
   * @param seed the same seed gives the same histories
   * @throws Broken as {@link #explore} does
   */
  static Report wander(Scenario scenario, Plant plant, long seed, int histories) {
    var explorer = new Explorer(Integer.MAX_VALUE);
    var planted = scenario.with(plant.plan(scenario.run().plan()));
    var random = new SplittableRandom(seed);
    for (int i = 0; i < histories && explorer.broken.isEmpty(); i++) {
      long own = random.nextLong();
      var start = new Moment(planted.with("seed " + own, Schedule.random(own)), plant);
      explorer.history(start, new SplittableRandom(own));
    }
    if (!explorer.broken.isEmpty()) {
      throw explorer.broken.element();
    }
    return new Report(
        explorer.histories.sum(), Map.copyOf(explorer.outcomes), Map.copyOf(explorer.injected));
  }

  /** One history; a fault about every so many turns, but not for ever. */
  private void history(Moment first, SplittableRandom random) {
    var start = first;
    var story = Story.UNEVENTFUL;
    int every = random.nextInt(5, 60);
    for (int turn = 0; ; turn++) {
      var now = start.copy();
      try {
        var outcome = now.turn(List.of());
        if (turn < ENDLESS / 2 && random.nextInt(every) == 0 && !now.passed().isEmpty()) {
          int at = random.nextInt(now.passed().size());
          var faults = Fault.at(now.passed().get(at));
          var fault = faults.get(random.nextInt(faults.size()));
          now = start.copy();
          var script = List.of(new Deviation(at, fault));
          story = story.with(turn, script);
          injected.merge(fault, 1L, Long::sum);
          outcome = now.turn(script);
        }
        Invariants.always(start, now);
        if (outcome.isPresent()) {
          ended(now, outcome.get());
          return;
        }
        if (turn > 2 * ENDLESS) {
          throw new Broken("every run ends");
        }
        start = now;
      } catch (Broken b) {
        report(b, story, now);
        return;
      } catch (IllegalStateException bug) {
        report(new Broken("the journal is legal", bug), story, now);
        return;
      }
    }
  }

  /** What has gone wrong so far, for the message of a broken invariant. */
  private record Story(List<String> lines, int faults) {
    static final Story UNEVENTFUL = new Story(List.of(), 0);

    Story with(int turn, List<Deviation> script) {
      if (script.isEmpty()) {
        return this;
      }
      var longer = new ArrayList<>(lines);
      longer.add("turn " + turn + " " + script);
      return new Story(longer, faults + script.size());
    }
  }

  /** All histories from one moment on. Those with the first fault here are searched in parallel. */
  private final class Branch extends RecursiveAction {
    private static final long serialVersionUID = 1;

    private final transient Moment start;
    private final transient Story path;
    private final int turn;

    Branch(Moment start, Story path, int turn) {
      this.start = start;
      this.path = path;
      this.turn = turn;
    }

    @Override
    protected void compute() {
      var parallel = new ArrayList<ForkJoinTask<?>>();
      from(start, path, turn, parallel);
      ForkJoinTask.invokeAll(parallel);
    }

    private void from(Moment start, Story path, int turn, List<ForkJoinTask<?>> parallel) {
      if (!broken.isEmpty()) {
        return;
      }
      attempt(start, List.of(), 0, path, turn, parallel);
    }

    /** The turn with this script and all that follows, then the same with one more deviation. */
    private void attempt(
        Moment start,
        List<Deviation> script,
        int firstFree,
        Story path,
        int turn,
        List<ForkJoinTask<?>> parallel) {
      var now = start.copy();
      var story = path.with(turn, script);
      try {
        var outcome = now.turn(script);
        Invariants.always(start, now);
        if (outcome.isPresent()) {
          ended(now, outcome.get());
        } else if (turn > ENDLESS) {
          throw new Broken("every run ends");
        } else if (path.faults() == 0 && story.faults() > 0) {
          parallel.add(new Branch(now, story, turn + 1));
        } else {
          from(now, story, turn + 1, parallel);
        }
      } catch (Broken b) {
        report(b, story, now);
        return;
      } catch (IllegalStateException bug) {
        report(new Broken("the journal is legal", bug), story, now);
        return;
      }
      if (story.faults() < faults) {
        var passed = List.copyOf(now.passed());
        for (int at = firstFree; at < passed.size(); at++) {
          for (var fault : Fault.at(passed.get(at))) {
            var longer = new ArrayList<>(script);
            longer.add(new Deviation(at, fault));
            injected.merge(fault, 1L, Long::sum);
            attempt(start, longer, at + 1, path, turn, parallel);
          }
        }
      }
    }
  }

  private void ended(Moment end, Outcome outcome) {
    end.clock.advance(Plant.NONE.timing().settle());
    Invariants.always(end, end);
    Invariants.atEnd(end, outcome);
    histories.increment();
    outcomes.merge(outcome.getClass().getSimpleName(), 1L, Long::sum);
  }

  private void report(Broken b, Story story, Moment now) {
    var text =
        new StringBuilder("%s%n  in %s, plan:%n".formatted(b.getMessage(), now.scenario.name()));
    now.scenario.run().plan().steps().forEach(s -> text.append("    ").append(s).append('\n'));
    text.append("  faults:\n");
    story.lines().forEach(s -> text.append("    ").append(s).append('\n'));
    text.append("  journal:\n");
    now.journal().forEach(e -> text.append("    ").append(e).append('\n'));
    broken.add(new Broken(text.toString(), b));
  }
}
