package dev.clodo.sandbox.runtime;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The deployments in force. A switch is one write to a map: a request sees the old deployment or
/// the new one, and ends where it began.
final class Router {

  private final Map<String, Deployment> deployments = new ConcurrentHashMap<>();

  Optional<Deployment> deployment(String script) {
    return Optional.ofNullable(deployments.get(script));
  }

  void put(Deployment deployment) {
    deployments.put(deployment.script(), deployment);
  }

  void remove(String script) {
    deployments.remove(script);
  }

  Collection<Deployment> all() {
    return deployments.values();
  }
}
