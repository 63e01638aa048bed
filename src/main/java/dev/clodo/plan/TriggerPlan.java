package dev.clodo.plan;

import static java.util.stream.Collectors.joining;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.Memory;
import dev.clodo.model.Service;
import dev.clodo.model.Trigger;
import dev.clodo.model.Trigger.Kind;
import dev.clodo.model.TriggerChange;
import dev.clodo.model.Wish;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Compares a service's triggers three ways: as they were last applied from here, as they are live,
 * and as the configuration wants them. What a person changed since is never undone unasked.
 */
final class TriggerPlan {
  private final Service service;
  private final Circumstances circumstances;
  private final boolean exists;
  private final List<Trigger> wanted;
  private final Optional<List<Trigger>> applied;
  private final Map<Kind, List<Trigger>> live;
  private final List<String> unseen = new ArrayList<>();
  private final List<String> taken = new ArrayList<>();

  TriggerPlan(Service service, LiveTriggers all, Circumstances circumstances) {
    this.service = service;
    this.circumstances = circumstances;
    this.wanted = wanted(service.settings());
    this.applied = circumstances.memory().of(Memory.triggers(service.target())).map(Trigger::read);
    this.live = all.of(service);
    this.exists = !live.isEmpty();
    for (var trigger : wanted) {
      all.holder(trigger)
          .filter(holder -> !holder.equals(service.name().value()))
          .ifPresent(holder -> taken.add("%s from the Worker %s".formatted(trigger, holder)));
    }
    wanted.stream()
        .map(Trigger::kind)
        .distinct()
        .filter(k -> exists && k != Kind.PREVIEWS && !live.containsKey(k))
        .forEach(k -> unseen.add("can't see each live %s (%s)".formatted(k.words(), all.why(k))));
  }

  /** All that the configuration wants. */
  List<Trigger> wanted() {
    return wanted;
  }

  /** What has to be applied; empty where that is known to be nothing. */
  Optional<TriggerChange> change() {
    var added = new ArrayList<Trigger>();
    var removed = new ArrayList<Trigger>();
    var guarded = EnumSet.noneOf(Kind.class);
    for (var kind : Kind.values()) {
      var there = live.get(kind);
      for (var trigger : of(kind, wanted)) {
        if (there == null
            || there.stream().noneMatch(trigger::equalsWhereKnown)
            || isUnlikeApplied(trigger)) {
          added.add(trigger);
        }
      }
      if (there != null) {
        removed.addAll(wiped(kind, there));
        if (isReplaced(kind) && !kind.equals(Kind.WORKERS_DEV)) {
          guarded.add(kind);
        }
      }
    }
    // Where nothing was applied from here yet, applying once says what is ours.
    if (exists && applied.isPresent() && removed.isEmpty()) {
      added.removeIf(t -> !live.containsKey(t.kind()) && wasApplied(t));
      if (added.isEmpty()) {
        return Optional.empty();
      }
    }
    if (circumstances.wishes().contains(Wish.OVERWRITE_TRIGGERS)) {
      guarded.clear();
    }
    var found =
        Stream.concat(
                live.values().stream().flatMap(List::stream),
                applied.stream().flatMap(List::stream))
            .distinct()
            .toList();
    return Optional.of(new TriggerChange(wanted, found, added, removed, taken, guarded));
  }

  /** Why the triggers must not be applied, a sentence each. */
  List<String> refusals() {
    if (circumstances.wishes().contains(Wish.OVERWRITE_TRIGGERS)) {
      return List.of();
    }
    var reasons = new ArrayList<String>();
    for (var entry : live.entrySet()) {
      var kind = entry.getKey();
      var there = entry.getValue();
      for (var trigger : wiped(kind, there)) {
        boolean isSwitchedByConfiguration = kind == Kind.WORKERS_DEV && applied.isEmpty();
        if (!wasApplied(trigger) && !isSwitchedByConfiguration) {
          reasons.add(
              "%s has the %s, which was not applied from here and would be removed: write it into %s, or add --overwrite-triggers"
                  .formatted(service.name(), trigger, service.config().getFileName()));
        }
      }
      if (kind != Kind.PREVIEWS) {
        for (var trigger : of(kind, applied.orElse(List.of()))) {
          boolean isWanted = of(kind, wanted).stream().anyMatch(trigger::equalsWhereKnown);
          boolean isThere = there.stream().anyMatch(trigger::equalsWhereKnown);
          if (isWanted && !isThere && !trigger.detail().equals("off")) {
            reasons.add(
                "%s had the %s, which somebody removed since and which would come back: remove it from %s, or add --overwrite-triggers"
                    .formatted(service.name(), trigger, service.config().getFileName()));
          }
        }
      }
    }
    return List.copyOf(reasons);
  }

  /** What the steps can't show, a sentence each. */
  List<String> notes() {
    var notes = new ArrayList<String>();
    if (change().isEmpty()) {
      notes.add(
          "routes, domains, schedules and queue consumers are as they should be and are left alone");
    } else {
      taken.forEach(t -> notes.add("takes over " + t));
      unseen.forEach(u -> notes.add(u + ", so it is applied without comparing"));
    }
    var staying =
        live.entrySet().stream()
            .filter(e -> !isReplaced(e.getKey()))
            .flatMap(e -> e.getValue().stream())
            .filter(t -> wanted.stream().noneMatch(t::isSameAs))
            .map(Trigger::toString)
            .sorted()
            .collect(joining(", "));
    if (!staying.isEmpty()) {
      notes.add("keeps what the configuration does not name: " + staying);
    }
    return notes;
  }

  private boolean wasApplied(Trigger trigger) {
    return applied.stream().flatMap(List::stream).anyMatch(trigger::equalsWhereKnown);
  }

  /** Settings that no list shows are compared with what was applied last. */
  private boolean isUnlikeApplied(Trigger trigger) {
    return applied.stream()
        .flatMap(List::stream)
        .anyMatch(t -> t.isSameAs(trigger) && !t.equalsWhereKnown(trigger));
  }

  /** What is there and would be gone once the wanted ones are applied. */
  private List<Trigger> wiped(Kind kind, List<Trigger> there) {
    if (!isReplaced(kind)) {
      return List.of();
    }
    var kept = of(kind, wanted);
    return kind == Kind.WORKERS_DEV
        ? there.stream()
            .filter(t -> t.detail().equals("on") && kept.stream().noneMatch(t::equalsWhereKnown))
            .toList()
        : there.stream().filter(t -> kept.stream().noneMatch(t::isSameAs)).toList();
  }

  /**
   * Whether wrangler replaces all of a kind: routes and domains where there are any in the
   * configuration, schedules where there is a list, even an empty one; consumers never.
   */
  private boolean isReplaced(Kind kind) {
    return switch (kind) {
      case WORKERS_DEV -> true;
      case ROUTE, DOMAIN -> !of(kind, wanted).isEmpty();
      case SCHEDULE -> schedules(service.settings()).isPresent();
      case PREVIEWS, CONSUMER -> false;
    };
  }

  private static List<Trigger> of(Kind kind, List<Trigger> triggers) {
    return triggers.stream().filter(t -> t.kind() == kind).toList();
  }

  /** As wrangler reads them. */
  static List<Trigger> wanted(ConfigValue.Table settings) {
    var triggers = new ArrayList<Trigger>();
    var routes = new ArrayList<>(settings.items("routes"));
    settings.get("route").ifPresent(routes::add);
    boolean onWorkersDev = flag(settings, "workers_dev").orElse(routes.isEmpty());
    triggers.add(new Trigger(Kind.WORKERS_DEV, "", onWorkersDev ? "on" : "off"));
    flag(settings, "preview_urls")
        .ifPresent(on -> triggers.add(new Trigger(Kind.PREVIEWS, "", on ? "on" : "off")));
    routes.forEach(r -> route(r).ifPresent(triggers::add));
    for (var cron : schedules(settings).orElse(List.of())) {
      if (cron instanceof ConfigValue.Text(var expression, _)) {
        triggers.add(new Trigger(Kind.SCHEDULE, expression, ""));
      }
    }
    settings
        .table("queues")
        .ifPresent(q -> q.tables("consumers").forEach(c -> consumer(c).ifPresent(triggers::add)));
    return triggers.stream().sorted().distinct().toList();
  }

  private static Optional<List<ConfigValue>> schedules(ConfigValue.Table settings) {
    return settings
        .table("triggers")
        .filter(t -> t.get("crons").filter(ConfigValue.Sequence.class::isInstance).isPresent())
        .map(t -> t.items("crons"));
  }

  private static Optional<Boolean> flag(ConfigValue.Table settings, String key) {
    return settings
        .get(key)
        .filter(ConfigValue.Flag.class::isInstance)
        .map(v -> ((ConfigValue.Flag) v).value());
  }

  private static Optional<Trigger> route(ConfigValue route) {
    return switch (route) {
      case ConfigValue.Text(var pattern, _) -> Optional.of(new Trigger(Kind.ROUTE, pattern, ""));
      case ConfigValue.Table table ->
          table
              .text("pattern")
              .map(pattern ->
                  new Trigger(
                      flag(table, "custom_domain").orElse(false) ? Kind.DOMAIN : Kind.ROUTE,
                      pattern,
                      zone(table)));
      case ConfigValue.Numeric _,
          ConfigValue.Flag _,
          ConfigValue.Nothing _,
          ConfigValue.Date _,
          ConfigValue.Sequence _ ->
          Optional.empty();
    };
  }

  private static String zone(ConfigValue.Table route) {
    return route
        .text("zone_id")
        .map(id -> "zone_id=" + id)
        .or(() -> route.text("zone_name").map(name -> "zone_name=" + name))
        .orElse("");
  }

  private static final Set<String> CONSUMER_SETTINGS =
      Set.of(
          "max_batch_size",
          "max_batch_timeout",
          "max_retries",
          "max_concurrency",
          "retry_delay",
          "dead_letter_queue");

  /** Those that pull need no Worker. */
  private static Optional<Trigger> consumer(ConfigValue.Table consumer) {
    var settings = new TreeMap<String, String>();
    for (var key : CONSUMER_SETTINGS) {
      consumer.get(key).flatMap(TriggerPlan::plain).ifPresent(v -> settings.put(key, v));
    }
    var detail =
        settings.entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(joining(" "));
    return consumer
        .text("queue")
        .filter(_ -> consumer.text("type").filter("http_pull"::equals).isEmpty())
        .map(queue -> new Trigger(Kind.CONSUMER, queue, detail));
  }

  private static Optional<String> plain(ConfigValue value) {
    return switch (value) {
      case ConfigValue.Text(var text, _) -> Optional.of(text);
      case ConfigValue.Numeric(var number, _) -> Optional.of(number.toPlainString());
      case ConfigValue.Flag _,
          ConfigValue.Nothing _,
          ConfigValue.Date _,
          ConfigValue.Sequence _,
          ConfigValue.Table _ ->
          Optional.empty();
    };
  }
}
