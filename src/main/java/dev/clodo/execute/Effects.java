package dev.clodo.execute;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.clodo.execute.Effect.Sight;
import dev.clodo.execute.Effect.Sight.InTheWay;
import dev.clodo.execute.Effect.Sight.Missing;
import dev.clodo.execute.Effect.Sight.There;
import dev.clodo.model.Deployment;
import dev.clodo.model.HealthCheck;
import dev.clodo.model.Run;
import dev.clodo.model.RunId;
import dev.clodo.model.Step;
import dev.clodo.model.Tag;
import dev.clodo.model.Target;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.Verdict;
import dev.clodo.model.VersionId;
import dev.clodo.model.VersionRef;
import dev.clodo.port.Clock;
import dev.clodo.port.DataBridge;
import dev.clodo.port.StepFailed;
import dev.clodo.port.Traffic;
import dev.clodo.port.Unreachable;
import dev.clodo.record.State;
import dev.clodo.verify.HealthJudge;
import dev.clodo.verify.Sample;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Knows for each kind of step how its effect is recognised and performed. */
final class Effects {
  /** Names the version that has to answer: {@code <service>="<version id>"}. */
  private static final String OVERRIDE = "Cloudflare-Workers-Version-Overrides";

  /** Between two looks at something that takes a moment to spread. */
  private static final Duration PAUSE = Duration.ofMillis(250);

  /** Between two attempts to reach an address that nobody answers at. */
  private static final Duration LONG_PAUSE = Duration.ofSeconds(2);

  private final World world;
  private final DataBridge bridge;
  private final String holder;
  private final Clock clock;
  private final Timing timing;
  private final HealthJudge judge;

  Effects(
      World world,
      DataBridge bridge,
      String holder,
      Clock clock,
      Timing timing,
      HealthJudge judge) {
    this.world = world;
    this.bridge = bridge;
    this.holder = holder;
    this.clock = clock;
    this.timing = timing;
    this.judge = judge;
  }

  /** How the step is carried out. */
  Effect of(Run run, Step step, State now) {
    var tag = new Tag(run.id(), step.id());
    return switch (step) {
      case Step.Bootstrap bootstrap -> () -> bootstrapping(bootstrap, tag);
      case Step.Upload upload -> () -> uploading(upload, tag);
      case Step.Deploy deploy -> new Deploying(deploy, tag);
      case Step.DeployPages deploy -> pages(run, deploy);
      case Step.Migrate migrate ->
          // Two steps of one process must not change one database at once either.
          new Migrating(
              migrate,
              world,
              bridge,
              clock,
              timing.lease(),
              "step %s, %s".formatted(step.id(), holder));
      case Step.Shift shift -> new Shifting(world, shift, shift.split(), false, tag, now);
      case Step.ApplyTriggers triggers -> new ApplyingTriggers(world, triggers);
      case Step.Publish publish -> new Publishing(world, publish, tag);
      case Step.Create create -> new Creating(world, create, tag);
      case Step.Provision provision -> new Provisioning(world, provision);
      case Step.PutSecrets secrets -> new PuttingSecrets(world, secrets, tag);
      case Step.Ask ask -> () -> new Missing(() -> asked(ask, run.id(), now));
    };
  }

  /** How the step is taken back. */
  Effect undoing(Run run, Step step, Step.Undo undo, State now) {
    var target = step.target();
    var tag = new Tag(run.id(), step.id());
    return switch (undo) {
      case Step.Undo.Restore _ when step instanceof Step.DeployPages deploy ->
          pages(run, deploy).undoing(now.version(new VersionRef.UploadedBy(step.id())).isPresent());
      case Step.Undo.Restore(var split) -> new Shifting(world, step, split, true, tag, now);
      case Step.Undo.AskHuman(var why) -> () -> asking(target, tag, why);
      case Step.Undo.Nothing _, Step.Undo.Leave _ -> () -> new There(Map.of());
    };
  }

  private DeployingPages pages(Run run, Step.DeployPages step) {
    return new DeployingPages(world, run, step, clock, timing.settle());
  }

  /** A service is there as soon as it has a deployment. */
  private Sight bootstrapping(Step.Bootstrap step, Tag tag) {
    return world.cloudflare().deployment(step.target()).isPresent()
        ? new There(Map.of())
        : new Missing(() -> {
          world.wrangler().bootstrap(step.target(), tag);
          return Map.of();
        });
  }

  /** A version is recognised by its tag. */
  private Sight uploading(Step.Upload step, Tag tag) {
    return tagged(step.target(), tag)
        .<Sight>map(v -> new There(version(v.id())))
        .orElseGet(() ->
            new Missing(
                () -> version(world.wrangler().upload(step.target(), tag, step.message()))));
  }

  /** A whole deploy applies the triggers too. */
  private final class Deploying implements Effect {
    private final Step.Deploy step;
    private final Tag tag;

    Deploying(Step.Deploy step, Tag tag) {
      this.step = step;
      this.tag = tag;
    }

    @Override
    public Sight look() {
      return deploying(step, tag);
    }

    @Override
    public Map<String, String> facts(Map<String, String> output) {
      return ApplyingTriggers.facts(step, step.triggers());
    }
  }

  /**
   * A whole deploy uploads, serves and sets triggers in several calls, so its answer may be lost
   * between them, and a version that is there is no proof that all is done. Only the upload must
   * not be done twice; the rest may.
   */
  private Sight deploying(Step.Deploy step, Tag tag) {
    var versions = world.cloudflare().versions(step.target());
    var ours =
        versions.stream()
            .filter(v -> v.tag().startsWith(tag.run() + "/"))
            .map(UploadedVersion::id)
            .collect(toUnmodifiableSet());
    var standing = standing(step, ours);
    if (!standing.known().containsAll(standing.serving())) {
      return new InTheWay(strange(step.target(), standing.serving()));
    }
    var replaced = standing.replaced();
    if (replaced.isPresent()) {
      return new InTheWay(overtaken(step.target(), replaced.get()));
    }
    return versions.stream()
        .filter(v -> v.tag().equals(tag.toString()))
        .findFirst()
        .map(v -> new Missing(() -> served(step, v.id(), tag)))
        .orElseGet(() -> new Missing(() -> deployed(step, tag, ours)));
  }

  /** Of a service that is deployed as a whole: wrangler leaves no mark on its deployment. */
  private Standing standing(Step.Deploy step, Set<VersionId> ours) {
    var known = Stream.concat(ours.stream(), step.before().stream()).collect(toUnmodifiableSet());
    return new Standing(
        world.cloudflare().deployments(step.target()),
        d -> ours.containsAll(Standing.versions(d)),
        known);
  }

  /** wrangler builds first, which leaves somebody else seconds of time. */
  private Map<String, String> deployed(Step.Deploy step, Tag tag, Set<VersionId> before) {
    var version = world.wrangler().deploy(step.target(), tag, step.message());
    var ours = Stream.concat(before.stream(), Stream.of(version)).collect(toUnmodifiableSet());
    standing(step, ours)
        .replaced()
        .ifPresent(theirs -> {
          throw new StepFailed(overtaken(step.target(), theirs));
        });
    return version(version);
  }

  /** What a whole deploy does after its upload. */
  private Map<String, String> served(Step.Deploy step, VersionId uploaded, Tag tag) {
    var all = List.of(new Deployment.Share(uploaded, 100));
    world.cloudflare().split(step.target(), all, Standing.note(tag.toString()));
    world.wrangler().applyTriggers(step.target());
    return version(uploaded);
  }

  /** Nothing is to be taken back when the effect never came about; else a person has to decide. */
  private Sight asking(Target target, Tag tag, String why) {
    var uploaded = tagged(target, tag).map(UploadedVersion::id);
    return uploaded.isPresent() && serving(target).contains(uploaded.get())
        ? new InTheWay(why)
        : new There(Map.of());
  }

  private Map<String, String> asked(Step.Ask ask, RunId run, State now) {
    var service = ask.target().service();
    return switch (ask) {
      case Step.Probe(_, _, var candidate, var address, var check) -> {
        var version = resolved(candidate, now);
        var override = Map.of(OVERRIDE, "%s=\"%s\"".formatted(service, version));
        yield judged(check, version, samples(check, version, address, override));
      }
      case Step.CheckHealth(_, _, var expected, var address, var check) -> {
        var version = resolved(expected, now);
        yield judged(check, version, samples(check, version, address, Map.of()));
      }
      case Step.Validate validate -> validated(validate, run, now);
    };
  }

  /** Asks until there are as many answers that count as the check wants. */
  private List<Sample> samples(
      HealthCheck check, VersionId expected, URI address, Map<String, String> headers) {
    var start = clock.now();
    // An address may have a path of its own, as a route has; the check's path is below it.
    var uri = address.resolve(check.path().substring(1));
    var samples = new ArrayList<Sample>();
    while (samples.size() < check.samples()) {
      var sample = sample(uri, headers, check);
      var pause = tooEarlyBy(sample, expected, Duration.between(start, clock.now()));
      if (pause.isZero()) {
        samples.add(sample);
      } else {
        clock.sleep(pause);
      }
    }
    return samples;
  }

  /**
   * How long to wait before asking again, because the place that answered may not know the new
   * deployment yet, or nobody the new address; zero when the sample counts.
   */
  private Duration tooEarlyBy(Sample sample, VersionId expected, Duration waited) {
    return switch (sample) {
      case Sample.NoAnswer _ -> waited.compareTo(timing.settle()) < 0 ? LONG_PAUSE : Duration.ZERO;
      case Sample.Answer(_, _, var by, _) when by.equals(expected.value()) -> Duration.ZERO;
      case Sample.Answer _ when waited.compareTo(timing.propagation()) >= 0 -> Duration.ZERO;
      // Without proof of who answers, asking more often tells no more than waiting once.
      case Sample.Answer(_, _, var by, _) when by.isEmpty() -> timing.propagation().minus(waited);
      case Sample.Answer _ -> PAUSE;
    };
  }

  private Sample sample(URI uri, Map<String, String> headers, HealthCheck check) {
    try {
      int most = check.readsBody() ? Traffic.BODY_LIMIT : 0;
      var reply = world.traffic().get(uri, headers, check.timeout(), most);
      return new Sample.Answer(reply.status(), reply.latency(), reply.answeredBy(), reply.body());
    } catch (Unreachable silence) {
      return new Sample.NoAnswer(String.valueOf(silence.getMessage()));
    }
  }

  private Map<String, String> judged(HealthCheck check, VersionId expected, List<Sample> samples) {
    return switch (judge.judge(check, expected, samples)) {
      case Verdict.Healthy(var evidence) -> Map.of("evidence", evidence);
      case Verdict.Unhealthy(var why) -> throw new StepFailed(why);
      case Verdict.Inconclusive(var why) -> throw new StepFailed("not known to be healthy: " + why);
    };
  }

  private Map<String, String> validated(Step.Validate step, RunId run, State now) {
    var expected = resolved(step.expected(), now);
    var alone = List.of(new Deployment.Share(expected, 100));
    var known = Standing.versions(step, now);
    var patience = clock.now().plus(timing.propagation());
    var standing = Standing.of(world, step.target(), run, known);
    while (!standing.serves(alone)) {
      if (!clock.now().isBefore(patience)) {
        throw new StepFailed(
            "%s should serve version %s alone, but serves %s"
                .formatted(
                    step.target().service(),
                    expected.shortened(),
                    Standing.shortened(standing.serving())));
      }
      clock.sleep(PAUSE);
      standing = Standing.of(world, step.target(), run, known);
    }
    standing
        .replaced()
        .ifPresent(theirs -> {
          throw new StepFailed(overtaken(step.target(), theirs));
        });
    return version(expected);
  }

  private Optional<UploadedVersion> tagged(Target target, Tag tag) {
    return world.cloudflare().versions(target).stream()
        .filter(v -> v.tag().equals(tag.toString()))
        .findFirst();
  }

  private Set<VersionId> serving(Target target) {
    return world.cloudflare().deployment(target).map(Standing::versions).orElse(Set.of());
  }

  /** Why what serves is none of our business. */
  static String strange(Target target, Set<VersionId> serving) {
    return serving.isEmpty()
        ? target.service() + " is gone: somebody deleted it; plan again: clodo plan"
        : "somebody else has deployed %s, which serves %s now; see: %s"
            .formatted(target.service(), Standing.shortened(serving), listing(target));
  }

  /** Why what serves is ours, and should not be. */
  static String overtaken(Target target, Deployment theirs) {
    return "somebody else deployed %s (%s) in the moment in which this run did, and was replaced by it; see: %s"
        .formatted(
            target.service(), Standing.shortened(Standing.versions(theirs)), listing(target));
  }

  /** The command that lists what was deployed. */
  static String listing(Target target) {
    return target.isPages()
        ? "wrangler pages deployment list --project-name " + target.service()
        : "wrangler deployments list --name " + target.service();
  }

  static VersionId resolved(VersionRef ref, State now) {
    return now.version(ref)
        .orElseThrow(() -> new IllegalStateException("not uploaded yet: " + ref));
  }

  private static Map<String, String> version(VersionId id) {
    return Map.of(State.VERSION, id.value());
  }
}
