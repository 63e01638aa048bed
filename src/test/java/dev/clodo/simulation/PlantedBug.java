package dev.clodo.simulation;

import dev.clodo.execute.Timing;
import dev.clodo.execute.World;
import dev.clodo.fixture.ForwardingBridge;
import dev.clodo.fixture.ForwardingCloudflare;
import dev.clodo.model.Deployment;
import dev.clodo.model.Event;
import dev.clodo.model.HealthCheck;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Lease;
import dev.clodo.model.Outcome;
import dev.clodo.model.Plan;
import dev.clodo.model.Plan.Release;
import dev.clodo.model.Plan.Wave;
import dev.clodo.model.Rollout.OnFailure;
import dev.clodo.model.RunId;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Step;
import dev.clodo.model.Target;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.Verdict;
import dev.clodo.model.VersionId;
import dev.clodo.port.Cloudflare;
import dev.clodo.port.DataBridge;
import dev.clodo.port.StepFailed;
import dev.clodo.port.Unreachable;
import dev.clodo.record.Next;
import dev.clodo.record.Progress;
import dev.clodo.record.State;
import dev.clodo.record.StateManager;
import dev.clodo.verify.HealthJudge;
import dev.clodo.verify.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The mistakes that a loop of this kind invites, each planted in the part where it would be made.
 * The product's code knows nothing of them: they sit in copies of its parts, or between it and its
 * ports.
 */
abstract class PlantedBug implements Plant {
  static final PlantedBug UPLOAD_NOT_RECOGNISED =
      new PlantedBug("upload not recognised", "nothing is uploaded twice") {
        @Override
        public World world(World world) {
          return withCloudflare(
              world,
              new ForwardingCloudflare(world.cloudflare()) {
                @Override
                public List<UploadedVersion> versions(Target service) {
                  return List.of();
                }
              });
        }
      };

  static final PlantedBug REDONE_WITHOUT_LOOKING_AGAIN =
      new PlantedBug("redone without looking again", "nothing is uploaded twice") {
        @Override
        public World world(World world) {
          var remembered = new HashMap<Target, List<UploadedVersion>>();
          return withCloudflare(
              world,
              new ForwardingCloudflare(world.cloudflare()) {
                @Override
                public List<UploadedVersion> versions(Target service) {
                  return remembered.computeIfAbsent(service, super::versions);
                }
              });
        }
      };

  static final PlantedBug NO_TIME_TO_SETTLE =
      new PlantedBug("no time to settle", "nothing is uploaded twice") {
        @Override
        public Timing timing() {
          var timing = Plant.NONE.timing();
          return new Timing(Duration.ZERO, timing.lease(), timing.propagation(), timing.attempts());
        }
      };

  static final PlantedBug LOST_ANSWER_TAKEN_FOR_A_REFUSAL =
      new PlantedBug(
          "lost answer taken for a refusal",
          "while its callee still serves old|stuck only when it could not go back") {
        @Override
        public World world(World world) {
          return withCloudflare(
              world,
              new ForwardingCloudflare(world.cloudflare()) {
                @Override
                public void split(Target service, List<Deployment.Share> shares, String message) {
                  try {
                    super.split(service, shares, message);
                  } catch (Unreachable silence) {
                    throw new StepFailed("silence", silence);
                  }
                }
              });
        }
      };

  static final PlantedBug WRITTEN_DOWN_AFTER_THE_EFFECT =
      new PlantedBug("written down after the effect", "the journal does not say") {
        @Override
        public DataBridge bridge(DataBridge bridge) {
          var kept = new ArrayList<Event>();
          return new ForwardingBridge(bridge) {
            @Override
            public List<JournalEntry> append(RunId run, Lease lease, List<Event> events) {
              var results = new ArrayList<Event>();
              for (var event : events) {
                if (event instanceof Event.Started) {
                  kept.add(event);
                } else {
                  results.addAll(kept);
                  results.add(event);
                  kept.clear();
                }
              }
              return results.isEmpty() ? List.of() : super.append(run, lease, results);
            }
          };
        }
      };

  static final PlantedBug LEASE_NOT_CHECKED =
      new PlantedBug("lease not checked", "lost its lease") {
        @Override
        public DataBridge bridge(DataBridge bridge) {
          return new ForwardingBridge(bridge) {
            @Override
            public List<JournalEntry> append(RunId run, Lease lease, List<Event> events) {
              return super.append(run, holder(lease.scope()).orElse(lease), events);
            }

            @Override
            public Lease renew(Lease lease, Duration ttl) {
              return holder(lease.scope()).orElse(lease);
            }
          };
        }
      };

  static final PlantedBug TAKEN_BACK_FROM_THE_FRONT =
      new PlantedBug("taken back from the front", "the journal is legal") {
        @Override
        public StateManager states() {
          return new StateManager() {
            @Override
            public Next next(Plan plan, State state) {
              return super.next(plan, state) instanceof Next.TakeBack last
                  ? plan.steps().stream()
                      .filter(s -> s.undo() instanceof Step.Undo.Restore)
                      .filter(s -> isOpen(state.of(s.id())))
                      .findFirst()
                      .<Next>map(s -> new Next.TakeBack(List.of(s)))
                      .orElse(last)
                  : super.next(plan, state);
            }
          };
        }
      };

  static final PlantedBug TAKEN_BACK_STAGE_BY_STAGE =
      new PlantedBug("taken back stage by stage", "goes straight to what served before") {
        @Override
        public Plan plan(Plan plan) {
          return withShifts(
              plan,
              (shift, last) ->
                  last.isEmpty()
                      ? shift
                      : new Step.Shift(
                          shift.id(), shift.target(), shift.split(), last.get().split()));
        }
      };

  static final PlantedBug FAILED_STEP_NOT_TAKEN_BACK =
      new PlantedBug("failed step not taken back", "what goes back serves what it served before") {
        @Override
        public Scenario scenario() {
          return Scenario.lifecycle();
        }

        @Override
        public StateManager states() {
          return new StateManager() {
            @Override
            public Next next(Plan plan, State state) {
              return super.next(plan, state) instanceof Next.TakeBack(var steps)
                      && state.of(steps.getFirst().id()) instanceof Progress.Failed
                  ? new Next.Finish(new Outcome.RolledBack("", List.of(), List.of()))
                  : super.next(plan, state);
            }
          };
        }
      };

  static final PlantedBug ROLLED_BACK_TO_THE_NEWEST_OTHER_VERSION =
      new PlantedBug("rolled back to the newest other version", "only versions of the plan serve") {
        @Override
        public Scenario scenario() {
          return Scenario.rollback();
        }

        @Override
        public World world(World world) {
          return withCloudflare(
              world,
              new ForwardingCloudflare(world.cloudflare()) {
                @Override
                public void split(Target service, List<Deployment.Share> shares, String message) {
                  var now = deployment(service).flatMap(Deployment::soleVersion);
                  var newestOther =
                      versions(service).stream()
                          .map(UploadedVersion::id)
                          .filter(v -> !now.equals(Optional.of(v)))
                          .findFirst()
                          .orElseThrow();
                  super.split(service, List.of(new Deployment.Share(newestOther, 100)), message);
                }
              });
        }
      };

  static final PlantedBug SOMEBODY_ELSES_DEPLOYMENT_OVERWRITTEN =
      new PlantedBug(
          "somebody else's deployment overwritten", "somebody else deployed is left alone") {
        @Override
        public World world(World world) {
          return withCloudflare(
              world,
              new ForwardingCloudflare(world.cloudflare()) {
                @Override
                public List<Deployment> deployments(Target service) {
                  return super.deployments(service).stream()
                      .map(d -> withoutForeign(service.service(), d))
                      .toList();
                }
              });
        }
      };

  static final PlantedBug ONLY_THE_LIVE_DEPLOYMENT_READ =
      new PlantedBug("only the live deployment read", "somebody else deployed serves again") {
        @Override
        public World world(World world) {
          return withCloudflare(
              world,
              new ForwardingCloudflare(world.cloudflare()) {
                @Override
                public List<Deployment> deployments(Target service) {
                  return super.deployments(service).stream().limit(1).toList();
                }
              });
        }
      };

  static final PlantedBug CALLER_BEFORE_CALLEE =
      new PlantedBug("caller before callee", "while its callee still serves old") {
        @Override
        public Scenario scenario() {
          return Scenario.updateInTheWrongOrder();
        }
      };

  static final PlantedBug INCONCLUSIVE_TAKEN_FOR_HEALTHY =
      new PlantedBug("inconclusive taken for healthy", "the last verdict was healthy") {
        @Override
        public HealthJudge judge() {
          return judging(verdict ->
              verdict instanceof Verdict.Inconclusive(var why)
                  ? new Verdict.Healthy(why)
                  : verdict);
        }
      };

  static final PlantedBug UNHEALTHY_TAKEN_FOR_HEALTHY =
      new PlantedBug("unhealthy taken for healthy", "the last verdict was healthy") {
        @Override
        public HealthJudge judge() {
          return judging(verdict ->
              verdict instanceof Verdict.Unhealthy(var why) ? new Verdict.Healthy(why) : verdict);
        }
      };

  static final PlantedBug ANSWER_OF_ANOTHER_VERSION_COUNTED =
      new PlantedBug("answer of another version counted", "the last verdict was healthy") {
        @Override
        public HealthJudge judge() {
          return new HealthJudge() {
            @Override
            public Verdict judge(HealthCheck check, VersionId expected, List<Sample> samples) {
              return super.judge(
                  check, expected, samples.stream().map(PlantedBug::unproven).toList());
            }
          };
        }
      };

  static final PlantedBug FAILURE_FORGOTTEN =
      new PlantedBug("failure forgotten", "nothing begins after a failure") {
        @Override
        public StateManager states() {
          return new StateManager() {
            @Override
            public State after(Plan plan, State state, Event event) {
              return super.after(
                  plan,
                  state,
                  event instanceof Event.Failed(var step, _)
                      ? new Event.Succeeded(step, Map.of())
                      : event);
            }
          };
        }
      };

  static final PlantedBug WAVES_IGNORED =
      new PlantedBug("waves ignored", "while its callee still serves old|a wave begins when") {
        @Override
        public Scenario scenario() {
          return Scenario.domains(OnFailure.EVERYTHING);
        }

        @Override
        public StateManager states() {
          return misreading(PlantedBug::inOneWave);
        }
      };

  static final PlantedBug CALLER_OF_WHAT_WENT_BACK_KEPT =
      new PlantedBug("caller of what went back kept", "while its callee still serves old") {
        @Override
        public Scenario scenario() {
          return Scenario.domains(OnFailure.SERVICE);
        }

        @Override
        public StateManager states() {
          return misreading(plan -> {
            var conduct = plan.conduct();
            return plan.with(
                new Plan.Conduct(conduct.onFailure(), conduct.concurrency(), Map.of()));
          });
        }
      };

  static final PlantedBug ONE_WAVE_TAKEN_FOR_THE_SHARE =
      new PlantedBug("one wave taken for the share", "what goes back serves what it served") {
        @Override
        public Scenario scenario() {
          return Scenario.domains(OnFailure.WAVE);
        }

        @Override
        public StateManager states() {
          return misreading(plan ->
              plan.with(
                  plan.waves().stream()
                      .map(w -> new Wave(w.name(), w.name(), w.releases()))
                      .toList()));
        }
      };

  static final PlantedBug EVERYTHING_TAKEN_BACK_ALWAYS =
      new PlantedBug("everything taken back always", "what is whole and need not go back is kept") {
        @Override
        public Scenario scenario() {
          return Scenario.domains(OnFailure.WAVE);
        }

        @Override
        public StateManager states() {
          return misreading(plan -> {
            var conduct = plan.conduct();
            return plan.with(
                new Plan.Conduct(OnFailure.EVERYTHING, conduct.concurrency(), conduct.calls()));
          });
        }
      };

  static final PlantedBug ONLY_WHAT_FAILED_TAKEN_BACK =
      new PlantedBug("only what failed taken back", "what goes back serves what it served") {
        @Override
        public Scenario scenario() {
          return Scenario.beside();
        }

        @Override
        public StateManager states() {
          return new StateManager() {
            @Override
            public Next next(Plan plan, State state) {
              if (!(super.next(plan, state) instanceof Next.TakeBack(var steps))) {
                return super.next(plan, state);
              }
              var failed = steps.stream().filter(s -> isOfAFailedRelease(plan, state, s)).toList();
              return failed.isEmpty()
                  ? new Next.Finish(new Outcome.RolledBack("", List.of(), List.of()))
                  : new Next.TakeBack(failed);
            }
          };
        }
      };

  static final PlantedBug NOT_SETTLED_BESIDE_A_FAILURE =
      new PlantedBug("not settled beside a failure", "the journal is legal") {
        @Override
        public Scenario scenario() {
          return Scenario.beside();
        }

        @Override
        public StateManager states() {
          return new StateManager() {
            @Override
            public Next next(Plan plan, State state) {
              return super.next(plan, state) instanceof Next.Settle(var steps)
                  ? new Next.TakeBack(steps)
                  : super.next(plan, state);
            }
          };
        }
      };

  static final PlantedBug LEFT_TAKEN_FOR_FAILED =
      new PlantedBug("left taken for failed", "what is whole and need not go back is kept") {
        @Override
        public Scenario scenario() {
          return Scenario.domains(OnFailure.SERVICE).with("newest first", Schedule.newestFirst());
        }

        @Override
        public StateManager states() {
          return new StateManager() {
            @Override
            public State after(Plan plan, State state, Event event) {
              return super.after(
                  plan,
                  state,
                  event instanceof Event.Abandoned(var step, var why)
                      ? new Event.Failed(step, why)
                      : event);
            }
          };
        }
      };

  private final String name;
  private final String invariant;

  private PlantedBug(String name, String invariant) {
    this.name = name;
    this.invariant = invariant;
  }

  static List<PlantedBug> all() {
    return List.of(
        UPLOAD_NOT_RECOGNISED,
        REDONE_WITHOUT_LOOKING_AGAIN,
        NO_TIME_TO_SETTLE,
        LOST_ANSWER_TAKEN_FOR_A_REFUSAL,
        WRITTEN_DOWN_AFTER_THE_EFFECT,
        LEASE_NOT_CHECKED,
        TAKEN_BACK_FROM_THE_FRONT,
        TAKEN_BACK_STAGE_BY_STAGE,
        FAILED_STEP_NOT_TAKEN_BACK,
        ROLLED_BACK_TO_THE_NEWEST_OTHER_VERSION,
        SOMEBODY_ELSES_DEPLOYMENT_OVERWRITTEN,
        ONLY_THE_LIVE_DEPLOYMENT_READ,
        CALLER_BEFORE_CALLEE,
        INCONCLUSIVE_TAKEN_FOR_HEALTHY,
        UNHEALTHY_TAKEN_FOR_HEALTHY,
        ANSWER_OF_ANOTHER_VERSION_COUNTED,
        FAILURE_FORGOTTEN,
        WAVES_IGNORED,
        CALLER_OF_WHAT_WENT_BACK_KEPT,
        ONE_WAVE_TAKEN_FOR_THE_SHARE,
        EVERYTHING_TAKEN_BACK_ALWAYS,
        ONLY_WHAT_FAILED_TAKEN_BACK,
        NOT_SETTLED_BESIDE_A_FAILURE,
        LEFT_TAKEN_FOR_FAILED);
  }

  /** A pattern of the sentence that has to be found untrue. */
  String invariant() {
    return invariant;
  }

  /** Where the mistake shows. */
  Scenario scenario() {
    return Scenario.update();
  }

  private static World withCloudflare(World world, Cloudflare cloudflare) {
    return new World(
        world.wrangler(), cloudflare, world.traffic(), world.secrets(), world.configurations());
  }

  /** Sees what served before where somebody else has deployed, as not looking would. */
  private static Deployment withoutForeign(ServiceName service, Deployment deployment) {
    var before = Optional.ofNullable(Scenario.update().before().get(service)).orElseThrow();
    return deployment.message().equals("by hand")
        ? new Deployment(
            deployment.id(), List.of(new Deployment.Share(before, 100)), deployment.createdAt(), "")
        : deployment;
  }

  /** Reads journals as if they were of another plan. */
  private static StateManager misreading(UnaryOperator<Plan> mistake) {
    return new StateManager() {
      @Override
      public State begin(Plan plan) {
        return super.begin(mistake.apply(plan));
      }

      @Override
      public State after(Plan plan, State state, Event event) {
        return super.after(mistake.apply(plan), state, event);
      }
    };
  }

  private static Plan inOneWave(Plan plan) {
    var releases = plan.waves().stream().flatMap(w -> w.releases().stream()).toList();
    return plan.with(List.of(new Wave("all", releases)));
  }

  private static boolean isOfAFailedRelease(Plan plan, State state, Step step) {
    return plan.waves().stream()
        .flatMap(w -> w.releases().stream())
        .filter(r -> r.steps().contains(step))
        .anyMatch(r ->
            r.steps().stream()
                .anyMatch(s -> state.failures().stream().anyMatch(f -> f.step().equals(s.id()))));
  }

  private static boolean isOpen(Progress progress) {
    return progress instanceof Progress.Succeeded
        || progress instanceof Progress.Failed
        || progress instanceof Progress.TakingBack;
  }

  private static HealthJudge judging(UnaryOperator<Verdict> mistake) {
    return new HealthJudge() {
      @Override
      public Verdict judge(HealthCheck check, VersionId expected, List<Sample> samples) {
        return mistake.apply(super.judge(check, expected, samples));
      }
    };
  }

  private static Sample unproven(Sample sample) {
    return sample instanceof Sample.Answer(var status, var latency, _, _)
        ? new Sample.Answer(status, latency, "")
        : sample;
  }

  /** Changes each shift, knowing the one before it in the same release. */
  private static Plan withShifts(Plan plan, Change change) {
    var waves = new ArrayList<Wave>();
    for (var wave : plan.waves()) {
      var releases = new ArrayList<Release>();
      for (var release : wave.releases()) {
        var steps = new ArrayList<Step>();
        Optional<Step.Shift> last = Optional.empty();
        for (var step : release.steps()) {
          if (step instanceof Step.Shift shift) {
            steps.add(change.of(shift, last));
            last = Optional.of(shift);
          } else {
            steps.add(step);
          }
        }
        releases.add(new Release(release.change(), steps, release.notes()));
      }
      waves.add(new Wave(wave.name(), releases));
    }
    return new Plan(waves, plan.skipped(), plan.basis());
  }

  private interface Change {
    Step.Shift of(Step.Shift shift, Optional<Step.Shift> last);
  }

  @Override
  public String toString() {
    return name;
  }
}
