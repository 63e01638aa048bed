package dev.clodo.record;

import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The steps that a run takes, forward or back: waves one after the other, in each of them lanes
 * that do not depend on one another, in each lane steps one after the other. Immutable.
 */
final class Track {
  private static final int NOWHERE = -1;

  private final List<List<List<Step>>> waves;
  private final int[] waveOf;
  private final int[] laneOf;

  /**
   * @param waves waves of lanes; empty ones are left out
   * @param steps how many steps the plan has
   */
  Track(List<List<List<Step>>> waves, int steps) {
    this.waves =
        waves.stream()
            .map(lanes -> lanes.stream().filter(lane -> !lane.isEmpty()).toList())
            .filter(lanes -> !lanes.isEmpty())
            .toList();
    this.waveOf = new int[steps];
    this.laneOf = new int[steps];
    Arrays.fill(waveOf, NOWHERE);
    for (int wave = 0; wave < this.waves.size(); wave++) {
      var lanes = this.waves.get(wave);
      for (int lane = 0; lane < lanes.size(); lane++) {
        for (var step : lanes.get(lane)) {
          waveOf[step.id().ordinal() - 1] = wave;
          laneOf[step.id().ordinal() - 1] = lane;
        }
      }
    }
  }

  /** The steps of the lane in which a step lies. */
  List<Step> lane(StepId step) {
    int place = step.ordinal() - 1;
    return waves.get(waveOf[place]).get(laneOf[place]);
  }

  /** Where a run stands that has taken no step of this way yet. */
  Front start() {
    return new Front(this, 0, 0, List.of());
  }

  /**
   * How far a run has come on its way. Lanes begin in order, so those before {@code begun} have
   * begun or were offered; of these, the open ones are not at their end.
   */
  record Front(Track way, int wave, int begun, List<Open> open) {
    /** A lane that is not at its end, and how many of its steps are done. */
    record Open(int lane, int done) {}

    Front {
      open = List.copyOf(open);
    }

    boolean isAtEnd() {
      return wave == way.waves.size();
    }

    /**
     * The next step of each lane that may go on or begin now.
     *
     * @param most how many lanes of a wave go on at once
     */
    List<Step> next(int most) {
      if (isAtEnd()) {
        return List.of();
      }
      var steps = new ArrayList<Step>(most);
      for (var lane : open) {
        steps.add(lane(lane.lane()).get(lane.done()));
      }
      int lanes = way.waves.get(wave).size();
      for (int lane = begun; lane < lanes && steps.size() < most; lane++) {
        steps.add(lane(lane).getFirst());
      }
      return steps;
    }

    /** The next step of each lane that has begun and is not at its end. */
    List<Step> begunSteps() {
      return next(0);
    }

    /**
     * @throws IllegalStateException when it is not this step's turn
     */
    Front began(StepId step) {
      int lane = laneOf(step);
      if (lane < begun) {
        requireNext(step, lane);
        return this;
      }
      if (!lane(lane).getFirst().id().equals(step)) {
        throw notItsTurn(step);
      }
      // Those before it may be about to begin, while something is noted first.
      var longer = new ArrayList<>(open);
      for (int i = begun; i <= lane; i++) {
        longer.add(new Open(i, 0));
      }
      return new Front(way, wave, lane + 1, longer);
    }

    /** The step's lane goes on behind it. */
    Front done(StepId step) {
      int lane = laneOf(step);
      int done = requireNext(step, lane) + 1;
      return with(lane, done == lane(lane).size() ? List.of() : List.of(new Open(lane, done)));
    }

    /** The step's lane goes no further. */
    Front ended(StepId step) {
      return with(laneOf(step), List.of());
    }

    private Front with(int lane, List<Open> instead) {
      var others = new ArrayList<Open>(open.size());
      for (var o : open) {
        if (o.lane() == lane) {
          others.addAll(instead);
        } else {
          others.add(o);
        }
      }
      return others.isEmpty() && begun == way.waves.get(wave).size()
          ? new Front(way, wave + 1, 0, List.of())
          : new Front(way, wave, begun, others);
    }

    private int requireNext(StepId step, int lane) {
      for (var o : open) {
        if (o.lane() == lane && lane(lane).get(o.done()).id().equals(step)) {
          return o.done();
        }
      }
      throw notItsTurn(step);
    }

    private int laneOf(StepId step) {
      int at = step.ordinal() - 1;
      if (way.waveOf[at] != wave) {
        throw notItsTurn(step);
      }
      return way.laneOf[at];
    }

    private List<Step> lane(int lane) {
      return way.waves.get(wave).get(lane);
    }

    private static IllegalStateException notItsTurn(StepId step) {
      return new IllegalStateException("it is not the turn of step " + step);
    }
  }
}
