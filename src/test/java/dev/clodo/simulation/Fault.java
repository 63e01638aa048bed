package dev.clodo.simulation;

import static java.util.stream.Collectors.toMap;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What can go wrong, and where in a turn of the loop it can. */
enum Fault {
  LOOK_UNANSWERED(Point.LOOK),
  TAKEN_OVER_BEFORE_LOOK(Point.LOOK),
  /** Somebody who knows nothing of us deploys the service that is looked at. */
  DEPLOYED_BY_SOMEBODY_ELSE(Point.LOOK),

  REFUSED(Point.CHANGE),
  RATE_LIMITED(Point.CHANGE),
  /** The call never arrived, and its caller can't tell. */
  REQUEST_LOST(Point.CHANGE),
  /** The effect happened, but the answer is lost. */
  ANSWER_LOST(Point.CHANGE),
  /** The effect happens after the caller has given up waiting for the answer. */
  LATE_SUCCESS(Point.CHANGE),
  DIED_BEFORE(Point.CHANGE),
  /** The process dies while the call is under way; the effect happens later. */
  DIED_DURING(Point.CHANGE),
  DIED_AFTER(Point.CHANGE),
  /** As during, while the calls of all other errands are under way too, and happen later. */
  DIED_DURING_ALL(Point.CHANGE),

  /** As by somebody else, but after the last look and before our own change. */
  DEPLOYED_IN_BETWEEN(Point.SPLIT),

  UNHEALTHY(Point.REQUEST),
  /** No request of this turn is answered. */
  SILENT(Point.REQUEST),
  /** All requests of this turn are answered by the version that served before. */
  WRONG_VERSION(Point.REQUEST),

  DIED_BEFORE_WRITING(Point.WRITE),
  DIED_AFTER_WRITING(Point.WRITE),
  /** The process stalls until its lease expires and another takes it; then it goes on. */
  TAKEN_OVER_BEFORE_WRITING(Point.WRITE);

  /** A place in a turn where something can go wrong. */
  enum Point {
    LOOK,
    CHANGE,
    /** A change of who serves; all that befalls changes befalls it too. */
    SPLIT,
    REQUEST,
    /** An append to the journal. */
    WRITE
  }

  private static final Map<Point, List<Fault>> BY_POINT =
      Arrays.stream(Point.values()).collect(toMap(p -> p, Fault::befalling));

  private final Point where;

  Fault(Point where) {
    this.where = where;
  }

  private static List<Fault> befalling(Point point) {
    return Arrays.stream(values())
        .filter(f -> f.where == point || (f.where == Point.CHANGE && point == Point.SPLIT))
        .toList();
  }

  /** What can go wrong there. */
  static List<Fault> at(Point point) {
    return BY_POINT.getOrDefault(point, List.of());
  }
}
