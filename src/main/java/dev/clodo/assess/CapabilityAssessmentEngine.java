package dev.clodo.assess;

import dev.clodo.model.Account;
import dev.clodo.model.Account.Access;
import dev.clodo.model.Assessment;
import dev.clodo.model.Build;
import dev.clodo.model.CheckId;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Scope;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Finding.Verdict;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Stage;
import dev.clodo.model.Start;
import dev.clodo.model.Suppressed;
import dev.clodo.model.Trials;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares what a workspace wants with what its account has, and says what is missing or wrong. */
public final class CapabilityAssessmentEngine {
  /** Services; with fewer, starting a thread takes longer than it saves. */
  private static final int WORTH_SHARING = 8;

  private final List<Check> checks;

  /** An engine with every check of the catalogue. */
  public CapabilityAssessmentEngine() {
    this(Catalogue.CHECKS);
  }

  CapabilityAssessmentEngine(List<Check> checks) {
    this.checks = List.copyOf(checks);
  }

  /** An engine with the checks that a build answers, for when everything else has been asked. */
  public static CapabilityAssessmentEngine ofBuilds() {
    return new CapabilityAssessmentEngine(
        Catalogue.CHECKS.stream()
            .filter(c -> c.detection() instanceof Check.Detection.OfBuild)
            .toList());
  }

  /**
   * Asks every check. One root cause is one finding; what can't be told is unknown, one finding per
   * reason. {@code today} is the day in UTC.
   */
  public Assessment assess(Inventory wanted, Account found, LocalDate today) {
    return assess(wanted, found, Trials.none(), today);
  }

  /**
   * The same with what building and starting the services told. A check of a stage that was not
   * asked for is not asked; what a build or a start decided is not judged by reading again.
   */
  public Assessment assess(Inventory wanted, Account found, Trials tried, LocalDate today) {
    var evidence = Evidence.of(wanted, found, tried, today);
    var copies = new Copies(wanted);
    var tally =
        new Tally(evidence, copies.all().stream().map(Service::name).collect(Collectors.toSet()));
    for (var check : checks) {
      if (check.detection() instanceof Check.Detection.OnWorkspace(var look)) {
        tally.add(check, new Scope.OfWorkspace(), look.apply(evidence));
      }
    }
    eachOf(wanted.services())
        .map(service -> ask(evidence, service))
        .forEachOrdered(answers ->
            answers.forEach(
                a -> tally.add(a.check, a.scope, copies.ofTemplate(a.check, a.service, a.hits))));
    var codes = new ConcurrentHashMap<ServiceName, CodeUse>();
    eachOf(copies.all())
        .map(copy ->
            askOfCopy(
                evidence, copy, codes.computeIfAbsent(copy.copy().of(), _ -> CodeUse.of(copy))))
        .forEachOrdered(answers ->
            answers.forEach(a -> tally.tell(a.check, a.scope, copies.ofCopy(a.check, a.hits))));
    var stages = EnumSet.of(Stage.STATIC);
    if (found.access() != Access.OFFLINE) {
      stages.add(Stage.ONLINE);
    }
    stages.addAll(tried.stages());
    var suppressions = new Suppressions(wanted);
    var findings = new ArrayList<Finding>();
    var suppressed = new ArrayList<Suppressed>();
    for (var finding : tally.findings()) {
      suppressions.of(finding).ifPresentOrElse(suppressed::add, () -> findings.add(finding));
    }
    return new Assessment(
        wanted,
        found,
        findings,
        tally.run,
        tally.unknown,
        stages,
        suppressed,
        suppressions.remarks(CapabilityAssessmentEngine::known));
  }

  /** The ids of all checks, also of those that are left out. */
  private static Set<String> known() {
    return Stream.concat(
            Catalogue.CHECKS.stream().map(c -> c.id().value()),
            Explanations.all().stream().map(e -> e.check().value()))
        .collect(Collectors.toSet());
  }

  /** What a check says of one service. */
  private record Answer(Check check, Service service, Scope scope, List<? extends Hit> hits) {}

  private List<Answer> askOfCopy(Evidence evidence, Service copy, CodeUse code) {
    var scope = new Scope.OfService(copy.name(), copy.environment());
    var one = new Case(evidence, copy, List.of(), code);
    var answers = new ArrayList<Answer>();
    for (var check : checks) {
      if (Copies.concerns(check)
          && check.detection() instanceof Check.Detection.PerService(var look)) {
        answers.add(new Answer(check, copy, scope, look.apply(one)));
      }
    }
    return answers;
  }

  private List<Answer> ask(Evidence evidence, Service service) {
    var answers = new ArrayList<Answer>(checks.size());
    var scope = new Scope.OfService(service.name(), service.environment());
    var one = caseOf(evidence, service);
    var build = Optional.ofNullable(evidence.tried().builds().get(service.target()));
    var start = Optional.ofNullable(evidence.tried().starts().get(service.target()));
    var decided = decided(build, start);
    for (var check : checks) {
      switch (check.detection()) {
        case Check.Detection.OnWorkspace _ -> {}
        case Check.Detection.PerService(var look) -> {
          if (!decided.contains(check.id())) {
            answers.add(new Answer(check, service, scope, look.apply(one)));
          }
        }
        case Check.Detection.OfBuild(var look) ->
            build.ifPresent(b ->
                answers.add(
                    new Answer(check, service, scope, Case.judging(b, x -> look.apply(one, x)))));
        case Check.Detection.OfStart(var look) ->
            start.ifPresent(s ->
                answers.add(
                    new Answer(check, service, scope, Case.judging(s, x -> look.apply(one, x)))));
      }
    }
    return answers;
  }

  /** Checks know only their case, so where there is enough to do, every processor does a part. */
  private static Stream<Service> eachOf(List<Service> services) {
    return services.size() < WORTH_SHARING ? services.stream() : services.parallelStream();
  }

  /** The checks that the build or the start of a service answered for good. */
  private Set<CheckId> decided(Optional<Looked<Build>> build, Optional<Looked<Start>> start) {
    boolean built =
        build.isPresent()
            && build.get() instanceof Looked.Known<Build>(Build.Made made)
            && made.isBundled();
    boolean started = start.isPresent() && start.get() instanceof Looked.Known<Start>(Start.Up _);
    var decided = new HashSet<CheckId>();
    for (var check : checks) {
      if ((built && check.detection() instanceof Check.Detection.OfBuild)
          || (started && check.detection() instanceof Check.Detection.OfStart)) {
        decided.add(check.id());
      }
    }
    return decided;
  }

  private static Case caseOf(Evidence evidence, Service service) {
    return new Case(evidence, service, WranglerGrammar.violations(service), CodeUse.of(service));
  }

  /** Collects hits and makes findings of them: suppressed, deduplicated and ordered. */
  private static final class Tally {
    private final Evidence evidence;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Path, Optional<Edits>> edits = new HashMap<>();
    private final Map<Path, Service> byConfig = new HashMap<>();
    private final Map<Cause, Set<CheckId>> unsure = new LinkedHashMap<>();
    private final Set<ServiceName> copies;
    private int run;
    private int unknown;

    Tally(Evidence evidence, Set<ServiceName> copies) {
      this.evidence = evidence;
      this.copies = copies;
    }

    private record Entry(
        Check check, Scope scope, Severity severity, Hit.Fault fault, boolean symptom) {
      Entry(Check check, Scope scope, Severity severity, Hit.Fault fault) {
        this(check, scope, severity, fault, false);
      }

      boolean blocks() {
        return severity == Severity.ERROR || severity == Severity.ERROR_PROD;
      }

      /** Whether this, seen by reading, is the cause of what building or starting met. */
      boolean explains(Entry other) {
        return !symptom
            && other.symptom
            && scope.equals(other.scope)
            && blocks()
            && (check.id().equals(other.check.id())
                || (other.check.detection() instanceof Check.Detection.OfBuild
                    && (check.stopsAt() == StopsAt.CONFIG || check.stopsAt() == StopsAt.BUILD)));
      }

      /** Whether this was met where the other only suspects the same. */
      boolean confirms(Entry other) {
        return symptom
            && !other.symptom
            && !other.blocks()
            && scope.equals(other.scope)
            && check.id().equals(other.check.id());
      }
    }

    /** Why something could not be told. */
    private record Cause(String why, String permission) {}

    private record Spot(CheckId check, Scope scope, String subject) {}

    /** Where something that holds for copies has its cause. */
    private record Spring(CheckId check, Location at, String subject) {}

    void add(Check check, Scope scope, List<? extends Hit> hits) {
      run++;
      if (!tell(check, scope, hits)) {
        unknown++;
      }
    }

    /** Takes up what a check says; tells whether it could be told. */
    boolean tell(Check check, Scope scope, List<? extends Hit> hits) {
      boolean told = true;
      for (var hit : hits) {
        switch (hit) {
          case Hit.Fault fault -> entries.add(new Entry(check, scope, check.severity(), fault));
          case Hit.Milder(var severity, var fault) ->
              entries.add(new Entry(check, scope, severity, fault));
          case Hit.Symptom(var severity, var fault) ->
              entries.add(new Entry(check, scope, severity, fault, true));
          case Hit.Unsure(var why, var permission) -> {
            told = false;
            unsure
                .computeIfAbsent(new Cause(why, permission), c -> new LinkedHashSet<>())
                .add(check.id());
          }
        }
      }
      return told;
    }

    List<Finding> findings() {
      var spots =
          entries.stream()
              .map(e -> new Spot(e.check.id(), e.scope, e.fault.subject()))
              .collect(Collectors.toSet());
      var tried =
          entries.stream().filter(e -> e.symptom).map(Entry::scope).collect(Collectors.toSet());
      var around =
          entries.stream()
              .filter(e -> tried.contains(e.scope))
              .collect(Collectors.groupingBy(Entry::scope));
      var seen = new HashSet<Entry>();
      var findings =
          entries.stream()
              .filter(e ->
                  e.check.yieldsTo().stream()
                      .noneMatch(
                          other -> spots.contains(new Spot(other, e.scope, e.fault.subject()))))
              .filter(e ->
                  around.getOrDefault(e.scope, List.of()).stream()
                      .noneMatch(o -> o.explains(e) || o.confirms(e)))
              .filter(seen::add)
              .collect(
                  Collectors.groupingBy(this::causeOf, LinkedHashMap::new, Collectors.toList()))
              .values()
              .stream()
              .map(this::finding)
              .collect(Collectors.toCollection(ArrayList::new));
      findings.addAll(unknowns());
      var order = new HashMap<Scope, Integer>();
      Stream.concat(
              evidence.inventory().services().stream(), evidence.inventory().released().stream())
          .map(s -> new Scope.OfService(s.name(), s.environment()))
          .forEach(scope -> order.putIfAbsent(scope, order.size() + 1));
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

    /** What holds for several copies is one cause; anything else is one of its own. */
    private Object causeOf(Entry e) {
      return isOfCopy(e.scope) ? new Spring(e.check.id(), e.fault.at(), e.fault.subject()) : e;
    }

    private boolean isOfCopy(Scope scope) {
      return scope instanceof Scope.OfService(var name, _) && copies.contains(name);
    }

    private Finding finding(List<Entry> alike) {
      var worst = alike.stream().min(Comparator.comparing(Entry::severity)).orElseThrow();
      var others =
          alike.stream()
              .filter(e -> !e.scope.equals(worst.scope))
              .flatMap(e ->
                  e.scope instanceof Scope.OfService(var name, _)
                      ? Stream.of(name)
                      : Stream.empty())
              .distinct()
              .toList();
      return finding(worst, Copies.alsoOf(worst.fault.message(), others));
    }

    private Finding finding(Entry e, String message) {
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
          message,
          settled(e),
          check.docs());
    }

    private Remedy settled(Entry e) {
      return e.fault.remedy() instanceof Remedy.Edit edit
          ? editsOf(edit.at().file()).map(all -> all.settled(edit)).orElse(edit)
          : e.fault.remedy();
    }

    private Optional<Edits> editsOf(Path config) {
      if (byConfig.isEmpty()) {
        evidence.inventory().services().forEach(s -> byConfig.putIfAbsent(s.config(), s));
      }
      return edits.computeIfAbsent(
          config, file -> Optional.ofNullable(byConfig.get(file)).map(Edits::of));
    }

    private List<Finding> unknowns() {
      var access = evidence.account().access();
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
          evidence.root(),
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
