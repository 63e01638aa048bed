package dev.clodo.discover;

import dev.clodo.model.Binding;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Edge;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Who needs whom among the services of a workspace. What is outside of it makes no edge. */
final class EdgeFinder {
  static final Comparator<Edge> ORDER =
      Comparator.comparing(Edge::from)
          .thenComparing(Edge::to)
          .thenComparing(Edge::via)
          .thenComparing(Edge::detail);

  private final Set<ServiceName> known;
  private final Map<String, Set<ServiceName>> consumers = new HashMap<>();
  private final Collection<Edge> edges = new TreeSet<>(ORDER);

  private EdgeFinder(List<Service> services) {
    known = services.stream().map(Service::name).collect(Collectors.toSet());
    for (Service service : services) {
      for (ConfigValue.Table consumer : queues(service, "consumers")) {
        consumer
            .text("queue")
            .ifPresent(q -> consumers.computeIfAbsent(q, _ -> new HashSet<>()).add(service.name()));
      }
    }
  }

  /** Sorted, without repetition; nobody needs itself. */
  static List<Edge> find(List<Service> services) {
    var finder = new EdgeFinder(services);
    services.forEach(finder::from);
    return List.copyOf(finder.edges);
  }

  private void from(Service service) {
    for (Binding binding : service.bindings()) {
      switch (binding) {
        case Binding.ServiceRef ref ->
            add(service, ref.callee().value(), Edge.Via.SERVICE_BINDING, ref.name());
        case Binding.DurableObject object ->
            add(service, object.script(), Edge.Via.DURABLE_OBJECT, object.name());
        case Binding.Queue queue ->
            consumers
                .getOrDefault(queue.queue(), Set.of())
                .forEach(c -> add(service, c.value(), Edge.Via.QUEUE, queue.queue()));
        case Binding.Kv _,
            Binding.D1 _,
            Binding.R2 _,
            Binding.Assets _,
            Binding.Variable _,
            Binding.Secret _,
            Binding.Other _ -> {}
      }
    }
    var settings = service.settings();
    for (ConfigValue.Table workflow : settings.tables("workflows")) {
      var script = workflow.text("script_name").orElse("");
      add(service, script, Edge.Via.WORKFLOW, workflow.text("binding").orElse(""));
    }
    for (ConfigValue.Table namespace : settings.tables("dispatch_namespaces")) {
      namespace
          .table("outbound")
          .flatMap(o -> o.text("service"))
          .ifPresent(s -> add(service, s, Edge.Via.DISPATCH, namespace.text("binding").orElse("")));
    }
    for (String key : List.of("tail_consumers", "streaming_tail_consumers")) {
      for (ConfigValue.Table consumer : settings.tables(key)) {
        consumer.text("service").ifPresent(s -> add(service, s, Edge.Via.TAIL, key));
      }
    }
  }

  private void add(Service from, String to, Edge.Via via, String detail) {
    if (to.isBlank() || to.equals(from.name().value())) {
      return;
    }
    var callee = new ServiceName(to);
    if (known.contains(callee)) {
      edges.add(new Edge(from.name(), callee, via, detail));
    }
  }

  private static List<ConfigValue.Table> queues(Service service, String key) {
    return service.settings().table("queues").map(q -> q.tables(key)).orElse(List.of());
  }
}
