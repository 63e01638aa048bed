package dev.clodo.simulation;

import dev.clodo.model.Account;
import dev.clodo.model.Deployment;
import dev.clodo.model.Inventory;
import dev.clodo.model.ServiceName;
import dev.clodo.model.UploadedVersion;
import dev.clodo.port.Cloudflare;
import java.util.List;
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
  public Optional<Deployment> deployment(ServiceName service) {
    return account.deployment(service);
  }

  @Override
  public List<UploadedVersion> versions(ServiceName service) {
    return account.versions(service);
  }

  @Override
  public void split(ServiceName service, List<Deployment.Share> shares, String message) {
    account.split(service, shares, message);
  }

  @Override
  public String bookmark(String databaseId) {
    return account.bookmark(databaseId);
  }

  @Override
  public Set<String> appliedMigrations(String databaseId) {
    return account.appliedMigrations(databaseId);
  }
}
