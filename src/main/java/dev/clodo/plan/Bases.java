package dev.clodo.plan;

import static java.util.stream.Collectors.joining;

import dev.clodo.model.Account;
import dev.clodo.model.Deployment;
import dev.clodo.model.Inventory;
import dev.clodo.model.Plan;
import dev.clodo.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What plans are made from, and whether that still holds. */
public final class Bases {
  private static final String ABSENT = "absent";

  private Bases() {}

  /** What a plan for this workspace on this account rests on. */
  public static Plan.Basis of(
      Inventory inventory, Account account, Map<ServiceName, Fingerprint> built) {
    return of(inventory, account, built, Chosen.all());
  }

  /** The same for a plan that leaves services out: what becomes of them does not matter to it. */
  static Plan.Basis of(
      Inventory inventory, Account account, Map<ServiceName, Fingerprint> built, Chosen chosen) {
    var wanted = new TreeMap<ServiceName, String>();
    var found = new TreeMap<ServiceName, String>();
    built.forEach((service, fingerprint) -> {
      if (chosen.has(service)) {
        wanted.put(service, fingerprint.value());
      }
    });
    for (var service : inventory.released()) {
      if (chosen.has(service.name())) {
        found.put(
            service.name(),
            account.liveOf(service.name()).map(l -> described(l.deployment())).orElse(ABSENT));
      }
    }
    return new Plan.Basis(wanted, found);
  }

  /**
   * What changed between two bases, a sentence each; none when a plan may still run. Services that
   * the earlier one says nothing of were left out of its plan, so they may change.
   */
  public static List<String> changed(Plan.Basis then, Plan.Basis now) {
    var sentences = new ArrayList<String>();
    var services = new TreeSet<>(then.wanted().keySet());
    services.addAll(then.found().keySet());
    for (var service : services) {
      if (differs(then.wanted(), now.wanted(), service)) {
        sentences.add(
            "%s has other code or settings than when the plan was made".formatted(service));
      }
      if (differs(then.found(), now.found(), service)) {
        sentences.add(
            "%s served %s when the plan was made, and serves %s now"
                .formatted(
                    service,
                    then.found().getOrDefault(service, ABSENT),
                    now.found().getOrDefault(service, ABSENT)));
      }
    }
    return List.copyOf(sentences);
  }

  /** A deployment as people read it: {@code 1f3a…@90% 77c0…@10%}. */
  static String described(Deployment deployment) {
    return deployment.shares().stream()
        .map(s -> "%s@%s%%".formatted(s.version(), percent(s.percent())))
        .sorted()
        .collect(joining(" "));
  }

  private static String percent(double percent) {
    return percent == Math.rint(percent) ? Long.toString((long) percent) : Double.toString(percent);
  }

  private static boolean differs(
      Map<ServiceName, String> then, Map<ServiceName, String> now, ServiceName service) {
    return !then.getOrDefault(service, "").equals(now.getOrDefault(service, ""));
  }
}
