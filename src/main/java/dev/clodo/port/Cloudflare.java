package dev.clodo.port;

import dev.clodo.model.Account;
import dev.clodo.model.Artifact;
import dev.clodo.model.CredentialSource;
import dev.clodo.model.Deployment;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Needs;
import dev.clodo.model.Resource;
import dev.clodo.model.Rewrite;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Spent;
import dev.clodo.model.Step;
import dev.clodo.model.Tag;
import dev.clodo.model.Target;
import dev.clodo.model.Trigger;
import dev.clodo.model.TriggerChange;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Looks at Cloudflare, in the account that a target names, and makes the changes that need no
 * build: a deployment's split, which must be instant, and a version from what wrangler has built
 * before. All methods but {@link #look} throw {@link StepFailed} when refused, {@link TryLater}
 * when told to come back, and {@link Unreachable} when there is no answer.
 */
public interface Cloudflare {
  /** Looks at everything that the workspace needs; never throws, what can't be seen is unknown. */
  Account look(Inventory wanted);

  /**
   * The variables of the environment that decide who asks Cloudflare, without asking anybody: their
   * names, what is wrong with their form, of ids also the value; never a secret.
   */
  default List<Resource> environment() {
    return List.of();
  }

  /** What is shown to Cloudflare and where it was found, without asking anybody. */
  default CredentialSource credentials() {
    return new CredentialSource("", "", "there are none here");
  }

  /** What asking has cost by now. */
  default Spent spent() {
    return Spent.nothing();
  }

  /**
   * The deployments of a service that Cloudflare lists, at least ten where there were as many, the
   * live one first; none when the service does not exist.
   */
  List<Deployment> deployments(Target target);

  /** The live deployment; empty when the service does not exist. */
  default Optional<Deployment> deployment(Target target) {
    return deployments(target).stream().findFirst();
  }

  /**
   * The versions that Cloudflare still lists, newest first; none when the service does not exist.
   */
  List<UploadedVersion> versions(Target target);

  /** Says that it will be asked soon, so that a connection can be made; may do nothing. */
  default void warmUp() {}

  /**
   * Looks only at what serves now and where some of the services can be asked. As {@link #look}, it
   * never throws.
   *
   * @param services those of the workspace that are of interest
   */
  default Account glance(Inventory wanted, Collection<Service> services) {
    return look(wanted);
  }

  /** The live deployments of several services; those that do not exist are left out. */
  default Map<ServiceName, Deployment> deployments(Collection<Service> services) {
    var live = new TreeMap<ServiceName, Deployment>();
    services.forEach(s -> deployment(s.target()).ifPresent(d -> live.put(s.name(), d)));
    return live;
  }

  /** What a version needs beside itself, as far as it can be seen. */
  default Needs needs(Target target, VersionId version) {
    return Needs.none();
  }

  /** The ids of all that exists of a kind in the target's account. */
  default Looked<Set<String>> existing(Target target, Needs.Kind kind) {
    return new Looked.Unknown<>("nobody asked for it", "");
  }

  /** The versions of several services that Cloudflare still lists, newest first. */
  default Map<ServiceName, List<UploadedVersion>> versions(Collection<Service> services) {
    var versions = new TreeMap<ServiceName, List<UploadedVersion>>();
    services.forEach(s -> versions.put(s.name(), versions(s.target())));
    return versions;
  }

  /**
   * Divides a service's traffic at once. {@code message} is kept with the deployment (≤ 1000
   * bytes).
   */
  void split(Target target, List<Deployment.Share> shares, String message);

  /**
   * Publishes a version that gets no traffic, as {@code wrangler versions upload} would.
   *
   * @param rewrites what the version's metadata has of its own
   * @param message kept with the version
   */
  VersionId publish(
      Target target, Artifact artifact, List<Rewrite> rewrites, Tag tag, String message);

  /**
   * Creates a Worker whose first version serves at once, as {@code wrangler deploy} would, but
   * without its triggers. A Worker that exists is replaced.
   *
   * @param rewrites what the version's metadata has of its own
   * @param message kept with the version
   */
  VersionId create(
      Target target, Artifact artifact, List<Rewrite> rewrites, Tag tag, String message);

  /** The live triggers of these kinds that a service has, in every zone of the account. */
  List<Trigger> triggers(Target target, Set<Trigger.Kind> kinds);

  /**
   * Sets what a change says of a service's triggers, as {@code wrangler triggers deploy} would;
   * kinds of which nothing changes are left alone. A host of another Worker is taken over only
   * where the change says so.
   */
  void applyTriggers(Target target, TriggerChange change);

  /**
   * Puts secrets into a version that is otherwise as the newest, and that gets no traffic; versions
   * that are uploaded later inherit them.
   *
   * @param values by name
   */
  UploadedVersion putSecrets(Target target, Map<String, String> values, Tag tag);

  /** The id of what has this name, for what has no id its name; empty when there is none. */
  Optional<String> find(Target target, Step.Provision.Kind kind, String name);

  /**
   * Creates something of this name.
   *
   * @return its id, for what has no id its name
   */
  String provide(Target target, Step.Provision.Kind kind, String name);

  /** The D1 database's Time Travel bookmark of now. */
  String bookmark(Target target, String databaseId);

  /** The names of the migrations that a D1 database has applied. */
  Set<String> appliedMigrations(Target target, String databaseId);
}
