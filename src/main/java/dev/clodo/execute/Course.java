package dev.clodo.execute;

import dev.clodo.execute.Errand.Came;
import dev.clodo.execute.Errand.Kind;
import dev.clodo.model.Event;
import dev.clodo.model.Outcome;
import dev.clodo.model.Run;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.port.DataBridge;
import dev.clodo.port.Unreachable;
import dev.clodo.record.Next;
import dev.clodo.record.Progress;
import dev.clodo.record.State;
import dev.clodo.record.StateManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One run as one process carries it on: what its journal says, and what is under way. Here, in one
 * thread, it is decided what begins and what is written down; what is sent off from here may be
 * done by any thread.
 */
final class Course {
  private final Run run;
  private final HeldLease lease;
  private final Parts parts;
  private final Set<StepId> underWay = new LinkedHashSet<>();
  private final Map<StepId, Map<String, String>> noted = new HashMap<>();
  private final Set<StepId> barred = new LinkedHashSet<>();
  private State state;
  private Optional<RuntimeException> trouble = Optional.empty();
  // Read by those who are on errands.
  private volatile boolean stopping;
  private volatile boolean windingDown;

  /** What a course is made with. */
  record Parts(
      DataBridge bridge, StateManager states, Effects effects, Consumer<Notice> listener) {}

  /** What a turn brought. */
  sealed interface Turn {
    /** These are to be done, beside what is under way; none when there is only waiting to do. */
    record Sent(List<Errand> errands) implements Turn {}

    record Ended(Outcome outcome) implements Turn {}
  }

  Course(Run run, HeldLease lease, Parts parts) {
    this.run = run;
    this.lease = lease;
    this.parts = parts;
    this.state = parts.states().replay(run.plan(), parts.bridge().journal(run.id()));
  }

  /** The same course in another world, which goes its own way from now on. */
  Course on(HeldLease otherLease, Parts otherParts) {
    return new Course(this, otherLease, otherParts);
  }

  private Course(Course other, HeldLease lease, Parts parts) {
    this.run = other.run;
    this.lease = lease;
    this.parts = parts;
    this.state = other.state;
    this.underWay.addAll(other.underWay);
    this.noted.putAll(other.noted);
    this.barred.addAll(other.barred);
    this.trouble = other.trouble;
    this.stopping = other.stopping;
    this.windingDown = other.windingDown;
  }

  /** Begins nothing more; what is under way comes to its end. */
  void stop() {
    stopping = true;
    windingDown = true;
  }

  /** Whether those on this errand should try no further. */
  boolean givesUp(Errand errand) {
    return errand.goesBack() ? stopping : windingDown;
  }

  /**
   * Writes down what came of errands together with what begins now, durably, and tells what is to
   * be done.
   *
   * @throws DataBridge.LeaseLost at once when another process has taken over
   * @throws Stopped when it was asked to stop and nothing is under way any more
   * @throws RuntimeException what kept an errand from being done, once nothing else can be done
   */
  Turn turn(List<Came> came) {
    var writing = new Writing();
    came.forEach(c -> take(c, writing));
    Optional<Outcome> outcome =
        switch (parts.states().next(run.plan(), state)) {
          case Next.Do(var steps) -> {
            if (!stopping && trouble.isEmpty()) {
              steps.stream().filter(this::isFree).forEach(s -> begin(s, writing));
            }
            yield Optional.empty();
          }
          case Next.Settle(var steps) -> {
            windingDown = true;
            if (!stopping) {
              steps.stream().filter(this::isFree).forEach(s -> settle(s, writing));
            }
            yield Optional.empty();
          }
          case Next.TakeBack(var steps) -> {
            if (!stopping) {
              steps.stream().filter(this::isFree).forEach(s -> takeBack(s, writing));
            }
            yield Optional.empty();
          }
          case Next.Finish(var end) -> Optional.of(end);
        };
    if (!writing.events.isEmpty()) {
      parts.bridge().append(run.id(), lease.current(), writing.events);
    }
    writing.notices.forEach(parts.listener());
    if (outcome.isPresent()) {
      return new Turn.Ended(outcome.get());
    }
    if (underWay.isEmpty()) {
      throw end();
    }
    return new Turn.Sent(List.copyOf(writing.errands));
  }

  /** What one turn writes down, tells and sends off. */
  private static final class Writing {
    private final List<Event> events = new ArrayList<>();
    private final List<Notice> notices = new ArrayList<>();
    private final List<Errand> errands = new ArrayList<>();
  }

  private RuntimeException end() {
    return trouble.orElseGet(() ->
        stopping
            ? new Stopped("stopped; to carry on: clodo resume")
            : new IllegalStateException("nothing is under way and nothing begins"));
  }

  private boolean isFree(Step step) {
    return !underWay.contains(step.id()) && !barred.contains(step.id());
  }

  private void take(Came came, Writing writing) {
    underWay.remove(came.id());
    boolean goesBack = state.of(came.id()) instanceof Progress.TakingBack;
    switch (came) {
      case Came.Noted(var step, var facts) -> noted.put(step.id(), facts);
      case Came.Done(var step, _) when goesBack ->
          write(new Event.Undone(step.id()), new Notice.TakenBack(step), writing);
      case Came.Done(var step, var output) ->
          write(new Event.Succeeded(step.id(), output), new Notice.Done(step, output), writing);
      case Came.Refused(var step, var why) when goesBack ->
          write(new Event.UndoFailed(step.id(), why), new Notice.NotTakenBack(step, why), writing);
      case Came.Refused(var step, var why) -> failed(step, why, writing);
      // There is no way back from the way back: it stays open until somebody answers.
      case Came.Silence(var step, var why) when goesBack -> keptFrom(step, new Unreachable(why));
      case Came.Silence(var step, var why) -> failed(step, why, writing);
      case Came.Left(var step, var why) when !goesBack && !state.failures().isEmpty() ->
          write(new Event.Abandoned(step.id(), why), new Notice.Failed(step, why), writing);
      case Came.Left(var step, _) -> barred.add(step.id());
      case Came.Threw(_, DataBridge.LeaseLost lost) -> throw lost;
      case Came.Threw(var step, var what) -> keptFrom(step, what);
    }
  }

  private void keptFrom(Step step, RuntimeException what) {
    barred.add(step.id());
    windingDown = true;
    trouble = trouble.or(() -> Optional.of(what));
  }

  private void failed(Step step, String why, Writing writing) {
    windingDown = true;
    write(new Event.Failed(step.id(), why), new Notice.Failed(step, why), writing);
  }

  private void begin(Step step, Writing writing) {
    if (state.of(step.id()) instanceof Progress.Running) {
      writing.notices.add(new Notice.PickedUp(step));
      send(step, Kind.CARRY_ON, writing);
    } else if (noted.containsKey(step.id())
        || parts.effects().of(run, step, state).before().isEmpty()) {
      var facts = noted.getOrDefault(step.id(), Map.of());
      write(new Event.Started(step.id(), facts), new Notice.Began(step), writing);
      send(step, Kind.PERFORM, writing);
    } else {
      send(step, Kind.NOTE, writing);
    }
  }

  private void settle(Step step, Writing writing) {
    writing.notices.add(new Notice.PickedUp(step));
    send(step, Kind.SETTLE, writing);
  }

  private void takeBack(Step step, Writing writing) {
    if (state.of(step.id()) instanceof Progress.TakingBack) {
      writing.notices.add(new Notice.TakingBack(step));
      send(step, Kind.GO_ON_TAKING_BACK, writing);
    } else {
      write(new Event.UndoStarted(step.id()), new Notice.TakingBack(step), writing);
      send(step, Kind.TAKE_BACK, writing);
    }
  }

  private void write(Event event, Notice notice, Writing writing) {
    state = parts.states().after(run.plan(), state, event);
    writing.events.add(event);
    writing.notices.add(notice);
  }

  private void send(Step step, Kind kind, Writing writing) {
    underWay.add(step.id());
    writing.errands.add(new Errand(step, kind, state));
  }
}
