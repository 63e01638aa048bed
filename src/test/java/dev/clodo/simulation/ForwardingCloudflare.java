package dev.clodo.simulation;

import dev.clodo.model.Account;
import dev.clodo.model.Artifact;
import dev.clodo.model.Deployment;
import dev.clodo.model.Inventory;
import dev.clodo.model.Rewrite;
import dev.clodo.model.Step;
import dev.clodo.model.Tag;
import dev.clodo.model.Target;
import dev.clodo.model.Trigger;
import dev.clodo.model.TriggerChange;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import dev.clodo.port.Cloudflare;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Hands every call on, so that a subclass can get between some of them. */
class ForwardingCloudflare implements Cloudflare {
  final Cloudflare account;

  ForwardingCloudflare(Cloudflare account) {
    this.account = account;
  }

  @Override
  public Account look(Inventory wanted) {
    return account.look(wanted);
  }

  @Override
  public List<Deployment> deployments(Target target) {
    return account.deployments(target);
  }

  @Override
  public List<UploadedVersion> versions(Target target) {
    return account.versions(target);
  }

  @Override
  public void split(Target target, List<Deployment.Share> shares, String message) {
    account.split(target, shares, message);
  }

  @Override
  public VersionId publish(
      Target target, Artifact artifact, List<Rewrite> rewrites, Tag tag, String message) {
    return account.publish(target, artifact, rewrites, tag, message);
  }

  @Override
  public VersionId create(
      Target target, Artifact artifact, List<Rewrite> rewrites, Tag tag, String message) {
    return account.create(target, artifact, rewrites, tag, message);
  }

  @Override
  public List<Trigger> triggers(Target target, Set<Trigger.Kind> kinds) {
    return account.triggers(target, kinds);
  }

  @Override
  public void applyTriggers(Target target, TriggerChange change) {
    account.applyTriggers(target, change);
  }

  @Override
  public UploadedVersion putSecrets(Target target, Map<String, String> values, Tag tag) {
    return account.putSecrets(target, values, tag);
  }

  @Override
  public Optional<String> find(Target target, Step.Provision.Kind kind, String name) {
    return account.find(target, kind, name);
  }

  @Override
  public String provide(Target target, Step.Provision.Kind kind, String name) {
    return account.provide(target, kind, name);
  }

  @Override
  public String bookmark(Target target, String databaseId) {
    return account.bookmark(target, databaseId);
  }

  @Override
  public Set<String> appliedMigrations(Target target, String databaseId) {
    return account.appliedMigrations(target, databaseId);
  }
}
