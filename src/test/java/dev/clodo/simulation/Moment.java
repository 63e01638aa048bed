package dev.clodo.simulation;

import dev.clodo.execute.Turns;
import dev.clodo.execute.World;
import dev.clodo.fixture.ForwardingBridge;
import dev.clodo.model.Event;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Lease;
import dev.clodo.model.Outcome;
import dev.clodo.model.RunId;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.VersionId;
import dev.clodo.port.Configurations;
import dev.clodo.port.DataBridge;
import dev.clodo.port.StepFailed;
import dev.clodo.port.TryLater;
import dev.clodo.port.Unreachable;
import dev.clodo.simulation.Fault.Point;
import dev.clodo.testing.Faults.Call;
import dev.clodo.testing.Faults.Effect;
import dev.clodo.testing.Faults.Fate;
import dev.clodo.testing.InMemoryBridge;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A world between two turns of the loop: the account, the store, the time, and the process at work.
 * It is cheap to copy, so histories with the same beginning share it.
 */
final class Moment {
  final Scenario scenario;
  final SettableClock clock;
  final SimulatedAccount account;
  final InMemoryBridge bridge;

  /** The services whose last answer to a request was not a healthy one of the version asked for. */
  final Set<ServiceName> unwell;

  /** What somebody else has deployed meanwhile. */
  final Map<ServiceName, VersionId> foreign;

  /** Of these services, those that a change of ours replaced without having seen what it did. */
  final Set<ServiceName> overtaken;

  /**
   * Whether a change was refused while something was being taken back: then being stuck is right.
   */
  boolean undoRefused;

  private final Plant plant;
  private Turns process;
  private int turns;

  // What happens in the turn under way.
  private List<Deviation> script = List.of();
  private final List<Point> passed = new ArrayList<>();
  private @Nullable Turns successor;
  private boolean allInTheAir;
  private Optional<Fault> lasting = Optional.empty();

  /** A fault at the n-th point that a turn passes. */
  record Deviation(int at, Fault fault) {}

  /** The process is gone, whatever it was doing. */
  private static final class Died extends RuntimeException {
    private static final long serialVersionUID = 1;

    final boolean inAllCalls;

    Died(boolean inAllCalls) {
      super("died");
      this.inAllCalls = inAllCalls;
    }
  }

  /** The moment before the first turn. */
  Moment(Scenario scenario, Plant plant) {
    this.scenario = scenario;
    this.plant = plant;
    this.clock = new SettableClock();
    this.account = scenario.account().copy(clock);
    this.bridge = new InMemoryBridge(clock);
    this.unwell = new HashSet<>();
    this.foreign = new HashMap<>();
    this.overtaken = new HashSet<>();
    this.process = nextProcess("first");
    process.begin(bridge);
    account.faults(this::fate);
  }

  private Moment(Moment other) {
    this.scenario = other.scenario;
    this.plant = other.plant;
    this.clock = new SettableClock(other.clock.now());
    this.account = other.account.copy(clock);
    this.bridge = other.bridge.copy(clock);
    this.unwell = new HashSet<>(other.unwell);
    this.foreign = new HashMap<>(other.foreign);
    this.overtaken = new HashSet<>(other.overtaken);
    this.undoRefused = other.undoRefused;
    this.turns = other.turns;
    this.process = other.process.on(world(), store(), clock);
    account.faults(this::fate);
  }

  /** The same moment, which goes its own way from now on. */
  Moment copy() {
    return new Moment(this);
  }

  /** The points that the last turn passed, in order. */
  List<Point> passed() {
    return passed;
  }

  List<JournalEntry> journal() {
    return bridge.journal(scenario.run().id());
  }

  /** Lets one turn of the loop go by, with these deviations. An outcome ends the run. */
  Optional<Outcome> turn(List<Deviation> deviations) {
    script = deviations;
    passed.clear();
    successor = null;
    lasting = Optional.empty();
    var choice = scenario.schedule().choose(turns++, process.waiting());
    int written = journal().size();
    try {
      // Who has lost the lease without knowing finds out when it writes.
      var outcome = process.turn(choice.errand(), _ -> choice.writes() || successor != null);
      if (successor != null) {
        if (outcome.isPresent() || journal().size() > written) {
          throw new Broken("a process that had lost its lease went on");
        }
        process = successor;
      }
      return outcome;
    } catch (Died died) {
      if (died.inAllCalls) {
        allInTheAir = true;
        process.dieInTheAir();
        allInTheAir = false;
      }
      process = successor == null ? nextProcess("next") : successor;
    } catch (Unreachable ended) {
      process = successor == null ? nextProcess("next") : successor;
    } catch (DataBridge.LeaseLost fenced) {
      if (successor == null) {
        throw new Broken("a process lost a lease that nobody took");
      }
      process = successor;
    }
    return Optional.empty();
  }

  private Turns nextProcess(String holder) {
    var parts =
        new Turns.Parts(plant.timing(), plant.states(), plant.judge(), Died.class::isInstance);
    // A dead holder's leases are free at once, which leaves late effects the most room.
    Stream.concat(Stream.of("release/"), scenario.databases())
        .forEach(scope -> bridge.holder(scope).ifPresent(bridge::release));
    return Turns.acquire(world(), store(), clock, parts, scenario.run(), holder);
  }

  private World world() {
    return plant.world(
        new World(
            account.wrangler(),
            account.cloudflare(),
            account.traffic(),
            new KnownSecrets(),
            Configurations.none()));
  }

  private DataBridge store() {
    return plant.bridge(new Store());
  }

  private Optional<Fault> pass(Point point) {
    int at = passed.size();
    passed.add(point);
    for (var deviation : script) {
      if (deviation.at() == at) {
        return Optional.of(deviation.fault());
      }
    }
    return Optional.empty();
  }

  private Fate fate(Call call) {
    return switch (call.kind()) {
      case LOOK -> look(new ServiceName(call.subject()));
      case CHANGE -> change(call.subject());
      case REQUEST -> request(new ServiceName(call.subject()));
    };
  }

  private Fate look(ServiceName subject) {
    if (allInTheAir) {
      return new Fate.Happens();
    }
    var fault = pass(Point.LOOK);
    if (fault.equals(Optional.of(Fault.LOOK_UNANSWERED))) {
      return new Fate.Fails(new Unreachable("no answer"), new Effect.Never());
    }
    if (fault.equals(Optional.of(Fault.TAKEN_OVER_BEFORE_LOOK))) {
      takeOver();
    }
    if (fault.equals(Optional.of(Fault.DEPLOYED_BY_SOMEBODY_ELSE))
        && scenario.services().contains(subject)) {
      foreign.put(subject, account.deployed(subject, "by hand"));
    }
    return new Fate.Happens();
  }

  private Fate change(String subject) {
    if (successor != null) {
      throw new Broken("a process that had lost its lease changed the world");
    }
    var last = lastOf(process.doing().orElseThrow());
    if (!(last instanceof Event.Started || last instanceof Event.UndoStarted)) {
      throw new Broken("the world was changed, but the journal does not say that it would be");
    }
    if (allInTheAir) {
      return failing(Fault.DIED_DURING);
    }
    var step = scenario.run().plan().steps().get(last.step().ordinal() - 1);
    var fault = pass(step instanceof Step.Shift ? Point.SPLIT : Point.CHANGE);
    if (fault.equals(Optional.of(Fault.DEPLOYED_IN_BETWEEN))) {
      var service = new ServiceName(subject);
      // Not while what they did before is given back: who wins of three in a moment is open.
      if (overtaken.add(service)) {
        foreign.put(service, account.deployed(service, "by hand"));
      }
      return new Fate.Happens();
    }
    undoRefused |= last instanceof Event.UndoStarted && fault.equals(Optional.of(Fault.REFUSED));
    return fault.map(Moment::failing).orElseGet(Fate.Happens::new);
  }

  private @Nullable Event lastOf(StepId step) {
    return journal().reversed().stream()
        .map(JournalEntry::event)
        .filter(e -> e.step().equals(step))
        .findFirst()
        .orElse(null);
  }

  private static Fate failing(Fault fault) {
    var never = new Effect.Never();
    var atOnce = new Effect.AtOnce();
    // How late an effect may be has nothing to do with what a planted bug believes of it.
    var late = new Effect.After(Plant.NONE.timing().settle().minusMillis(1));
    return switch (fault) {
      case REFUSED -> new Fate.Fails(new StepFailed("refused"), never);
      case RATE_LIMITED -> new Fate.Fails(new TryLater("429", Duration.ofSeconds(2)), never);
      case REQUEST_LOST -> new Fate.Fails(new Unreachable("no answer"), never);
      case ANSWER_LOST -> new Fate.Fails(new Unreachable("no answer"), atOnce);
      case LATE_SUCCESS -> new Fate.Fails(new Unreachable("no answer"), late);
      case DIED_BEFORE -> new Fate.Fails(new Died(false), never);
      case DIED_DURING -> new Fate.Fails(new Died(false), late);
      case DIED_DURING_ALL -> new Fate.Fails(new Died(true), late);
      case DIED_AFTER -> new Fate.Fails(new Died(false), atOnce);
      default -> throw new IllegalArgumentException(fault + " does not befall a change");
    };
  }

  private Fate request(ServiceName service) {
    if (lasting.isEmpty()) {
      lasting = pass(Point.REQUEST);
    }
    var fate = lasting.map(f -> answering(f, service)).orElseGet(Fate.Happens::new);
    if (fate instanceof Fate.Happens) {
      unwell.remove(service);
    } else {
      unwell.add(service);
    }
    return fate;
  }

  private Fate answering(Fault fault, ServiceName service) {
    boolean another = account.script(service).stream().anyMatch(s -> s.versions().size() > 1);
    return switch (fault) {
      case UNHEALTHY -> new Fate.Answers(500);
      case SILENT -> new Fate.Fails(new Unreachable("no answer"), new Effect.Never());
      case WRONG_VERSION -> another ? new Fate.AnswersFromBaseline() : new Fate.Happens();
      default -> throw new IllegalArgumentException(fault + " does not befall a request");
    };
  }

  private void takeOver() {
    if (successor == null) {
      clock.advance(plant.timing().lease());
      successor = nextProcess("successor");
    }
  }

  /** The store, where processes die and are overtaken. */
  private final class Store extends ForwardingBridge {
    Store() {
      super(bridge);
    }

    @Override
    public List<JournalEntry> append(RunId run, Lease lease, List<Event> events) {
      var fault = pass(Point.WRITE);
      if (fault.equals(Optional.of(Fault.DIED_BEFORE_WRITING))) {
        throw new Died(false);
      }
      if (fault.equals(Optional.of(Fault.TAKEN_OVER_BEFORE_WRITING))) {
        takeOver();
      }
      var entries = super.append(run, lease, events);
      if (fault.equals(Optional.of(Fault.DIED_AFTER_WRITING))) {
        throw new Died(false);
      }
      return entries;
    }
  }
}
