package dev.clodo.sandbox;

import dev.clodo.sandbox.runtime.SandboxRuntime;

/// Empties the account: Workers, resources, zones and their data.
final class Reset {
  private final State state;
  private final Resources resources;
  private final PagesProjects pages;
  private final Releases releases;
  private final SandboxRuntime runtime;
  private final Tails tails;

  Reset(
      State state,
      Resources resources,
      PagesProjects pages,
      Releases releases,
      SandboxRuntime runtime,
      Tails tails) {
    this.state = state;
    this.resources = resources;
    this.pages = pages;
    this.releases = releases;
    this.runtime = runtime;
    this.tails = tails;
  }

  void everything() {
    state.scripts().forEach(script -> releases.delete(script.name()));
    for (var queue : resources.queues()) {
      runtime.queues().delete(queue.name());
      resources.deleteQueue(queue.id());
    }
    for (var namespace : resources.kvNamespaces()) {
      runtime.kv(namespace.id()).clear();
      resources.deleteKvNamespace(namespace.id());
    }
    for (var database : resources.d1Databases()) {
      runtime.d1(database.id()).clear();
      resources.deleteD1Database(database.id());
    }
    for (var bucket : resources.buckets()) {
      runtime.r2(bucket.name()).clear();
      resources.deleteBucket(bucket.name());
    }
    resources
        .dispatchNamespaces()
        .forEach(namespace -> resources.deleteDispatchNamespace(namespace.name()));
    pages.projects().forEach(project -> pages.deleteProject(project.name()));
    state.zones().forEach(zone -> state.deleteZone(zone.id()));
    tails.clear();
  }
}
