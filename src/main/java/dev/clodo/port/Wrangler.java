package dev.clodo.port;

import dev.clodo.model.Artifact;
import dev.clodo.model.Build;
import dev.clodo.model.Bundle;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import dev.clodo.model.Step;
import dev.clodo.model.Tag;
import dev.clodo.model.Target;
import dev.clodo.model.VersionId;
import java.util.List;
import java.util.Optional;

/**
 * Changes Cloudflare, always through the user's own wrangler. Every method throws {@link
 * StepFailed} when wrangler or Cloudflare refuses, {@link TryLater} when nothing has happened
 * because of a rate limit, and {@link Unreachable} when the outcome is not known.
 */
public interface Wrangler {
  /**
   * Builds without sending anything, and keeps what came of it. It takes the service and not only
   * its target because static assets are no part of what wrangler writes: their folder stands in
   * the settings.
   *
   * @return what an upload would carry
   */
  Built build(Service service);

  /**
   * What an earlier {@link #build} of this workspace gave, also one of an earlier process.
   *
   * @throws StepFailed when it is not kept any more, or is not what it was
   */
  Artifact kept(String digest);

  /**
   * @param digest of the upload body, generated names and times left out: equal digests mean equal
   *     versions
   * @param made what was built, for the checks that a build answers
   */
  record Built(String digest, Build.Made made) {
    /** Size of the modules. */
    public long bytes() {
      return made.bytes();
    }
  }

  /**
   * Builds as {@link #build} does, but to find out what is wrong: a failure is an answer, nothing
   * is thrown, and no credentials are given to wrangler or to the project's own build.
   */
  Examined examine(Service service);

  /**
   * @param build unknown where wrangler could not be run to its end
   * @param bundle what was built; empty unless it was
   */
  record Examined(Looked<Build> build, Optional<Bundle> bundle) {
    /** One where nothing was learnt. */
    public static Examined unknown(String why) {
      return new Examined(new Looked.Unknown<>(why, ""), Optional.empty());
    }
  }

  /** Uploads a version that gets no traffic. */
  VersionId upload(Target target, Tag tag, String message);

  /** Uploads a version and gives it all traffic. Only for what can't be uploaded as a version. */
  VersionId deploy(Target target, Tag tag, String message);

  /**
   * Uploads a deployment of a Pages project's production branch, which serves as soon as Cloudflare
   * has taken it in. Its commit message carries the step's message and the tag.
   *
   * @param commit full hash of what is deployed, {@code +dirty} behind it when files differ; empty
   *     where nobody knows
   */
  VersionId deployPages(Step.DeployPages step, Tag tag, String commit);

  /**
   * Creates the Worker, unreachable and answering 503, where others must bind to it before it
   * exists.
   */
  void bootstrap(Target target, Tag tag);

  /** Sets routes, domains, schedules and queue consumers to what the configuration says. */
  void applyTriggers(Target target);

  /**
   * Applies the migrations that a D1 database lacks.
   *
   * @return the names of those applied now, in order
   */
  List<String> migrate(Target target, String database);
}
