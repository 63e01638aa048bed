package dev.clodo.assess;

import dev.clodo.model.Account;
import dev.clodo.model.Account.Access;
import dev.clodo.model.Assessment;
import dev.clodo.model.CheckId;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Scope;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Finding.Verdict;
import dev.clodo.model.Inventory;
import dev.clodo.model.Remedy;
import dev.clodo.model.Service;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares what a workspace wants with what its account has, and says what is missing or wrong. */
public final class CapabilityAssessmentEngine {
  private final List<Check> checks;

  /** An engine with every check of the catalogue. */
  public CapabilityAssessmentEngine() {
    this(Catalogue.CHECKS);
  }

  CapabilityAssessmentEngine(List<Check> checks) {
    this.checks = List.copyOf(checks);
  }

  /**
   * Asks every check. One root cause is one finding; what can't be told is unknown, one finding per
   * reason. {@code today} is the day in UTC.
   */
  public Assessment assess(Inventory wanted, Account found, LocalDate today) {
    var workspace = Workspace.of(wanted, found, today);
    var tally = new Tally(workspace);
    for (var check : checks) {
      if (check.detection() instanceof Check.Detection.OnWorkspace(var look)) {
        tally.add(check, new Scope.OfWorkspace(), look.apply(workspace));
      }
    }
    for (var service : wanted.services()) {
      var scope = new Scope.OfService(service.name(), service.environment());
      var one = caseOf(workspace, service);
      for (var check : checks) {
        if (check.detection() instanceof Check.Detection.PerService(var look)) {
          tally.add(check, scope, look.apply(one));
        }
      }
    }
    return new Assessment(wanted, found, tally.findings(), tally.run, tally.unknown);
  }

  private static Case caseOf(Workspace workspace, Service service) {
    return new Case(workspace, service, WranglerGrammar.violations(service), CodeUse.of(service));
  }

  /** Collects hits and makes findings of them: suppressed, deduplicated and ordered. */
  private static final class Tally {
    private final Workspace workspace;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Cause, Set<CheckId>> unsure = new LinkedHashMap<>();
    private int run;
    private int unknown;

    Tally(Workspace workspace) {
      this.workspace = workspace;
    }

    private record Entry(Check check, Scope scope, Severity severity, Hit.Fault fault) {}

    /** Why something could not be told. */
    private record Cause(String why, String permission) {}

    private record Spot(CheckId check, Scope scope, String subject) {}

    void add(Check check, Scope scope, List<? extends Hit> hits) {
      run++;
      boolean told = true;
      for (var hit : hits) {
        switch (hit) {
          case Hit.Fault fault -> entries.add(new Entry(check, scope, check.severity(), fault));
          case Hit.Milder(var severity, var fault) ->
              entries.add(new Entry(check, scope, severity, fault));
          case Hit.Unsure(var why, var permission) -> {
            told = false;
            unsure
                .computeIfAbsent(new Cause(why, permission), c -> new LinkedHashSet<>())
                .add(check.id());
          }
        }
      }
      if (!told) {
        unknown++;
      }
    }

    List<Finding> findings() {
      var spots =
          entries.stream()
              .map(e -> new Spot(e.check.id(), e.scope, e.fault.subject()))
              .collect(Collectors.toSet());
      var seen = new HashSet<Entry>();
      var findings =
          entries.stream()
              .filter(e ->
                  e.check.yieldsTo().stream()
                      .noneMatch(
                          other -> spots.contains(new Spot(other, e.scope, e.fault.subject()))))
              .filter(seen::add)
              .map(Tally::finding)
              .collect(Collectors.toCollection(ArrayList::new));
      findings.addAll(unknowns());
      var order = new HashMap<Scope, Integer>();
      for (var service : workspace.inventory().services()) {
        order.put(new Scope.OfService(service.name(), service.environment()), order.size() + 1);
      }
      findings.sort(
          Comparator.comparing(Finding::verdict)
              .thenComparingInt(f -> order.getOrDefault(f.scope(), 0))
              .thenComparing(Finding::severity)
              .thenComparing(f -> f.where().file())
              .thenComparingInt(f -> f.where().line())
              .thenComparingInt(f -> f.where().column())
              .thenComparing(f -> f.check().value()));
      return findings;
    }

    private static Finding finding(Entry e) {
      var check = e.check;
      // A softened finding no longer claims that anybody would stop it.
      boolean certain = e.severity == check.severity() || e.severity == Severity.ERROR_PROD;
      return new Finding(
          check.id(),
          e.severity,
          Verdict.FAIL,
          certain ? check.stopsAt() : StopsAt.NONE,
          e.scope,
          e.fault.at(),
          e.fault.subject(),
          e.fault.message(),
          e.fault.remedy(),
          check.docs());
    }

    private List<Finding> unknowns() {
      var access = workspace.account().access();
      if (access == Access.ACCEPTED) {
        return unsure.entrySet().stream().map(e -> unknown(e.getKey(), e.getValue())).toList();
      }
      // Without access everything online is unknown for one reason: one note, not a flood.
      var all = unsure.values().stream().flatMap(Set::stream).distinct().toList();
      if (all.isEmpty() || access == Access.NO_CREDENTIALS || access == Access.REJECTED) {
        return List.of();
      }
      var why = unsure.keySet().iterator().next().why();
      return List.of(
          unknown(
              new CheckId("credentials/none"),
              sentence(why) + " " + counted(all) + " unknown: " + listed(all) + ".",
              access == Access.OFFLINE
                  ? new Remedy.Advice("Run it without --offline, with CLOUDFLARE_API_TOKEN set.")
                  : new Remedy.Advice("Run it again when Cloudflare answers.")));
    }

    private Finding unknown(Cause cause, Set<CheckId> checks) {
      var list = List.copyOf(checks);
      if (cause.permission.isEmpty()) {
        return unknown(
            list.getFirst(),
            sentence(cause.why) + " " + counted(list) + " unknown: " + listed(list) + ".",
            new Remedy.Advice("Run it again, or look in the Cloudflare dashboard."));
      }
      return unknown(
          new CheckId("credentials/permission-missing"),
          "The API token may not read what it takes: "
              + cause.permission
              + " is missing. "
              + counted(list)
              + " unknown: "
              + listed(list)
              + ".",
          new Remedy.Advice(
              "Give the token the permission \""
                  + cause.permission
                  + "\": https://dash.cloudflare.com/profile/api-tokens"));
    }

    private Finding unknown(CheckId check, String message, Remedy remedy) {
      return new Finding(
          check,
          Severity.WARNING,
          Verdict.UNKNOWN,
          StopsAt.NONE,
          new Scope.OfWorkspace(),
          workspace.root(),
          "",
          message,
          remedy,
          "https://developers.cloudflare.com/fundamentals/api/reference/permissions/");
    }

    private static String counted(List<CheckId> checks) {
      return checks.size() == 1 ? "1 check is" : checks.size() + " checks are";
    }

    private static String listed(List<CheckId> checks) {
      return checks.stream().map(CheckId::value).collect(Collectors.joining(", "));
    }

    private static String sentence(String why) {
      var text = why.strip();
      if (text.isEmpty()) {
        return text;
      }
      var end = ".!?".indexOf(text.charAt(text.length() - 1)) >= 0 ? "" : ".";
      return Character.toUpperCase(text.charAt(0)) + text.substring(1) + end;
    }
  }
}
