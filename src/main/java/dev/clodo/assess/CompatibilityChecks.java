package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;

import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import dev.clodo.model.ResourceKind;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The date and the flags that pin the runtime's behaviour. */
final class CompatibilityChecks {
  private CompatibilityChecks() {}

  private static final String DATES = "workers/configuration/compatibility-dates/";

  private static final String FLAGS = "workers/configuration/compatibility-flags/";
  private static final String NODE = "workers/runtime-apis/nodejs/";

  static final List<Check> CHECKS =
      List.of(
          error("compatibility/date-missing", StopsAt.BUILD, DATES, CompatibilityChecks::missing),
          error(
              "compatibility/date-invalid",
              StopsAt.CONFIG,
              DATES,
              c -> c.violationsOf("compatibility/date-invalid")),
          error("compatibility/date-invalid", StopsAt.UPLOAD, DATES, CompatibilityChecks::inForm),
          error("compatibility/date-future", StopsAt.UPLOAD, DATES, CompatibilityChecks::future),
          error(
              "compatibility/flag-duplicate",
              StopsAt.UPLOAD,
              FLAGS,
              CompatibilityChecks::duplicateFlag),
          error("compatibility/flag-unknown", StopsAt.UPLOAD, FLAGS, CompatibilityChecks::unknown),
          error(
              "compatibility/flag-contradictory",
              StopsAt.UPLOAD,
              FLAGS,
              CompatibilityChecks::contradictory),
          error(
              "compatibility/flag-experimental",
              StopsAt.UPLOAD,
              FLAGS,
              CompatibilityChecks::experimental),
          error("compatibility/nodejs-compat-both", StopsAt.BUILD, NODE, CompatibilityChecks::both),
          advice("compatibility/flag-redundant", FLAGS, CompatibilityChecks::redundant)
              .yieldingTo("compatibility/nodejs-compat-both", "compatibility/flag-duplicate"),
          advice("compatibility/date-old", FLAGS, CompatibilityChecks::old),
          advice("compatibility/date-bump-risk", FLAGS, CompatibilityChecks::raised),
          errorProd("compatibility/nodejs-compat-missing", NODE, CompatibilityChecks::nodeMissing),
          errorProd("compatibility/nodejs-compat-old-date", NODE, CompatibilityChecks::nodeOld),
          errorProd(
              "compatibility/node-module-needs-date", NODE, CompatibilityChecks::moduleNeedsDate),
          errorProd(
              "compatibility/process-env-empty",
              "workers/configuration/environment-variables/",
              CompatibilityChecks::processEnv),
          errorProd(
              "compatibility/feature-needs-date", FLAGS, CompatibilityChecks::featureNeedsDate));

  private static List<? extends Hit> missing(Case c) {
    if (c.isPages() || c.settings().get("compatibility_date").isPresent()) {
      return List.of();
    }
    var start = Location.startOf(c.service().config());
    return List.of(
        new Hit.Fault(
            "compatibility_date",
            start,
            "The configuration has no \"compatibility_date\". wrangler deploy stops.",
            c.edits()
                .addTopLevel("compatibility_date", c.evidence().today().toString())
                .certain()));
  }

  private static List<? extends Hit> inForm(Case c) {
    return Case.word(c.settings(), "compatibility_date").stream()
        .filter(w -> DateText.isReadableByWrangler(w.value()) && DateText.iso(w.value()).isEmpty())
        .map(w ->
            new Hit.Fault(
                "compatibility_date",
                w.at(),
                "compatibility_date is \""
                    + w.value()
                    + "\". wrangler takes it, Cloudflare does"
                    + " not: it wants YYYY-MM-DD.",
                new Remedy.Advice("Write the same date as YYYY-MM-DD.")))
        .toList();
  }

  private static List<? extends Hit> future(Case c) {
    var today = c.evidence().today();
    var word = Case.word(c.settings(), "compatibility_date");
    return word.stream()
        .flatMap(w -> DateText.iso(w.value()).stream())
        .filter(day -> day.isAfter(today))
        .map(day -> {
          var fault =
              new Hit.Fault(
                  "compatibility_date",
                  word.get().at(),
                  "compatibility_date is "
                      + day
                      + ", which has not come yet (today is "
                      + today
                      + " UTC). Cloudflare refuses the upload.",
                  new Remedy.Edit(word.get().at(), "\"" + day + "\"", "\"" + today + "\"")
                      .certain());
          // Clocks differ: tomorrow may have begun where it counts.
          return day.equals(today.plusDays(1)) ? (Hit) fault.as(Severity.WARNING) : fault;
        })
        .toList();
  }

  private static List<? extends Hit> duplicateFlag(Case c) {
    var seen = new HashSet<String>();
    var hits = new ArrayList<Hit>();
    for (var flag : c.settings().items("compatibility_flags")) {
      if (flag instanceof Text(var text, var at) && !seen.add(text)) {
        hits.add(
            new Hit.Fault(
                text,
                at,
                "The compatibility flag \""
                    + text
                    + "\" is listed twice. Cloudflare refuses the"
                    + " upload.",
                c.edits().remove(at).certain()));
      }
    }
    return hits;
  }

  private static List<Case.Word> flags(Case c) {
    return c.settings().items("compatibility_flags").stream()
        .filter(Text.class::isInstance)
        .map(v -> new Case.Word(((Text) v).value(), v.at()))
        .toList();
  }

  private static Set<String> flagNames(Case c) {
    var names = new LinkedHashSet<String>();
    flags(c).forEach(f -> names.add(f.value()));
    return names;
  }

  private static Optional<LocalDate> date(Case c) {
    return c.settings().text("compatibility_date").flatMap(DateText::iso);
  }

  /**
   * A flag that is not in the table may be newer than the table; one that looks like a known flag
   * is a mistake.
   */
  private static List<? extends Hit> unknown(Case c) {
    var hits = new ArrayList<Hit>();
    for (var flag : flags(c)) {
      var table = CompatibilityTable.get();
      if (table.of(flag.value()).isPresent()) {
        continue;
      }
      var meant =
          Similar.to(flag.value(), table.flags())
              .filter(k -> Similar.edits(k, flag.value()) <= 2 || isFolded(k, flag.value()));
      var fault =
          new Hit.Fault(
              flag.value(),
              flag.at(),
              "There is no compatibility flag \""
                  + flag.value()
                  + "\""
                  + meant
                      .map(k -> "; did you mean \"" + k + "\"? Cloudflare refuses the upload.")
                      .orElse(
                          " among those known on "
                              + table.asOf()
                              + ". Cloudflare refuses flags that do not exist."),
              meant
                  .<Remedy>map(
                      k -> new Remedy.Edit(flag.at(), "\"" + flag.value() + "\"", "\"" + k + "\""))
                  .orElseGet(() -> new Remedy.Advice("Remove the flag, or correct its name.")));
      hits.add(meant.isPresent() ? fault : fault.as(Severity.WARNING));
    }
    return hits;
  }

  private static boolean isFolded(String a, String b) {
    return a.replaceAll("[-_]", "").equalsIgnoreCase(b.replaceAll("[-_]", ""));
  }

  private static List<? extends Hit> contradictory(Case c) {
    var names = flagNames(c);
    return flags(c).stream()
        .filter(f ->
            CompatibilityTable.get()
                .of(f.value())
                .filter(x -> x.disable().equals(f.value()) && names.contains(x.enable()))
                .isPresent())
        .map(f ->
            new Hit.Fault(
                f.value(),
                f.at(),
                "The compatibility flags \""
                    + f.value()
                    + "\" and \""
                    + CompatibilityTable.get().of(f.value()).orElseThrow().enable()
                    + "\" contradict each other. Cloudflare refuses the upload.",
                c.edits().remove(f.at())))
        .toList();
  }

  private static List<? extends Hit> experimental(Case c) {
    return flags(c).stream()
        .filter(f ->
            CompatibilityTable.get()
                .of(f.value())
                .filter(x -> x.isExperimental() && x.enable().equals(f.value()))
                .isPresent())
        .map(f -> {
          var fault =
              new Hit.Fault(
                  f.value(),
                  f.at(),
                  "The compatibility flag \""
                      + f.value()
                      + "\" is experimental. Cloudflare refuses it in a deployed Worker.",
                  c.edits().remove(f.at()));
          // Cloudflare lets some accounts use them; a Worker that runs may be one of those.
          boolean runs = c.account().liveOf(c.service().name()).isPresent();
          return runs ? (Hit) fault.as(Severity.WARNING) : fault;
        })
        .toList();
  }

  private static List<? extends Hit> both(Case c) {
    var names = flagNames(c);
    return flags(c).stream()
        .filter(f -> f.value().equals("nodejs_compat_v2") && names.contains("nodejs_compat"))
        .limit(1)
        .map(f ->
            new Hit.Fault(
                f.value(),
                f.at(),
                "\"nodejs_compat\" and \"nodejs_compat_v2\" can't be used together. wrangler deploy"
                    + " stops.",
                c.edits().remove(f.at())))
        .toList();
  }

  /** Runtimes before this one do not start with a flag that the date implies. */
  private static final int TOLERANT_RUNTIME = 20260820;

  private static List<? extends Hit> redundant(Case c) {
    var date = date(c);
    if (date.isEmpty()) {
      return List.of();
    }
    return flags(c).stream()
        .flatMap(f ->
            CompatibilityTable.get()
                .of(f.value())
                .filter(x -> x.enable().equals(f.value()))
                .flatMap(CompatibilityTable.Feature::from)
                .filter(from -> !date.get().isBefore(from))
                .map(from -> {
                  var fault =
                      new Hit.Fault(
                          f.value(),
                          f.at(),
                          "The compatibility flag \""
                              + f.value()
                              + "\" is on by itself since "
                              + from
                              + ", and compatibility_date is "
                              + date.get()
                              + ".",
                          c.edits().remove(f.at()));
                  boolean stops =
                      Packages.installedRuntime(c).filter(r -> r < TOLERANT_RUNTIME).isPresent();
                  return stops ? (Hit) fault.as(Severity.WARNING) : fault;
                })
                .stream())
        .toList();
  }

  /** Years after which a date counts as old. */
  private static final int OLD = 2;

  /** Named in a message; the rest is counted. */
  private static final int MOST_NAMED = 5;

  private static List<? extends Hit> old(Case c) {
    var today = c.evidence().today();
    var word = Case.word(c.settings(), "compatibility_date");
    var date = date(c).filter(d -> d.isBefore(today.minusYears(OLD)));
    if (word.isEmpty() || date.isEmpty()) {
      return List.of();
    }
    var crossed = named(date.get(), today);
    return List.of(
        new Hit.Fault(
            "compatibility_date",
            word.get().at(),
            "compatibility_date is "
                + date.get()
                + ", more than "
                + OLD
                + " years ago. Today's date would turn on "
                + listed(crossed)
                + ".",
            new Remedy.Advice(
                "Read what these flags change, raise the date, and test. Each can be kept off by its"
                    + " opposite flag.")));
  }

  /** Compared with the version that serves now, where that can be seen. */
  private static List<? extends Hit> raised(Case c) {
    var word = Case.word(c.settings(), "compatibility_date");
    var date = date(c);
    var live =
        c.seen(ResourceKind.WORKERS, "").stream()
            .filter(w -> w.id().equals(c.service().name().value()))
            .flatMap(w -> DateText.iso(w.trait("compatibility_date")).stream())
            .findFirst();
    if (word.isEmpty() || date.isEmpty() || live.isEmpty()) {
      return List.of();
    }
    var crossed = named(live.get(), date.get());
    return crossed.isEmpty()
        ? List.of()
        : List.of(
            new Hit.Fault(
                "compatibility_date",
                word.get().at(),
                "This deploy raises the compatibility date from "
                    + live.get()
                    + " to "
                    + date.get()
                    + " and turns on "
                    + listed(crossed)
                    + ".",
                new Remedy.Advice(
                    "Read what these flags change and test. Each can be kept off by its opposite"
                        + " flag.")));
  }

  private static List<String> named(LocalDate after, LocalDate to) {
    return CompatibilityTable.get().between(after, to).stream()
        .map(CompatibilityTable.Feature::enable)
        .filter(f -> !f.isEmpty())
        .toList();
  }

  private static String listed(List<String> flags) {
    return (flags.size() == 1 ? "1 change" : flags.size() + " changes")
        + " of the runtime: "
        + String.join(", ", flags.subList(0, Math.min(MOST_NAMED, flags.size())))
        + (flags.size() > MOST_NAMED ? " …" : "");
  }

  // ---- Node ----------------------------------------------------------------------------------

  /** Modules of Node that the source itself loads, by name, each with its first certain place. */
  private static List<Imported> nodeModules(Case c, Predicate<String> wanted) {
    var aliases = c.settings().table("alias");
    var byName = new LinkedHashMap<String, Imported>();
    for (var imported : Imported.of(c)) {
      var name = imported.module().replaceFirst("^node:", "");
      boolean node =
          imported.module().startsWith("node:")
              || (CompatibilityTable.get().isNodeModule(name)
                  && !Packages.declared(c.around()).contains(name)
                  && !Packages.declared(c.around()).contains(name.replaceFirst("/.*", "")));
      if (node
          && wanted.test(name)
          && aliases.filter(t -> t.get(imported.module()).isPresent()).isEmpty()
          && (!byName.containsKey(name) || byName.get(name).isOptional())) {
        byName.put(name, imported);
      }
    }
    return List.copyOf(byName.values());
  }

  /** Where the source is not what is deployed, nothing is certain. */
  private static Hit judged(Case c, boolean optional, Hit.Fault fault) {
    return optional || !c.code().isDecisive() ? fault.as(Severity.WARNING) : fault;
  }

  static boolean isNodeOn(Case c, LocalDate date) {
    var table = CompatibilityTable.get();
    var names = flagNames(c);
    return table.isOn("nodejs_compat", names, date) || table.isOn("nodejs_compat_v2", names, date);
  }

  private static List<? extends Hit> nodeMissing(Case c) {
    var date = date(c);
    var names = flagNames(c);
    if (date.isEmpty() || names.contains("no_nodejs_compat") || isNodeOn(c, date.get())) {
      return List.of();
    }
    return nodeModules(c, name -> !(name.equals("async_hooks") && names.contains("nodejs_als")))
        .stream()
        .limit(1)
        .map(m ->
            judged(
                c,
                m.isOptional(),
                new Hit.Fault(
                    m.module(),
                    m.at(),
                    "The code imports \""
                        + m.module()
                        + "\", but Node's modules are not there: \"nodejs_compat\" is not among the"
                        + " compatibility_flags and compatibility_date is before 2026-08-04. The"
                        + " upload fails.",
                    addFlag(c, "nodejs_compat"))))
        .toList();
  }

  /** A list of the environment's own replaces the inherited one, so the one in force grows. */
  static Remedy addFlag(Case c, String flag) {
    var environment = c.service().environment();
    boolean own =
        !environment.isTopLevel()
            && c.service()
                .written()
                .table("env")
                .flatMap(e -> e.table(environment.value()))
                .flatMap(l -> l.get("compatibility_flags"))
                .isPresent();
    return own
        ? c.edits().append("compatibility_flags", flag)
        : c.edits().append(List.of("compatibility_flags"), flag);
  }

  /** From this day, {@code nodejs_compat} brings its second, much larger form. */
  private static final LocalDate SECOND_FORM = LocalDate.of(2024, 9, 23);

  private static List<? extends Hit> nodeOld(Case c) {
    var date = date(c).filter(d -> d.isBefore(SECOND_FORM));
    var names = flagNames(c);
    if (date.isEmpty() || !names.contains("nodejs_compat") || names.contains("nodejs_compat_v2")) {
      return List.of();
    }
    return nodeModules(c, n -> CompatibilityTable.get().flagOfNodeModule(n).isPresent()).stream()
        .map(m ->
            judged(
                c,
                m.isOptional(),
                new Hit.Fault(
                    m.module(),
                    m.at(),
                    "The code imports \""
                        + m.module()
                        + "\", which \"nodejs_compat\" brings only with a compatibility_date of "
                        + SECOND_FORM
                        + " or later; it is "
                        + date.get()
                        + ". The Worker does not start.",
                    raise(c, SECOND_FORM))))
        .toList();
  }

  private static Remedy raise(Case c, LocalDate to) {
    var word = Case.word(c.settings(), "compatibility_date");
    return word.isPresent()
        ? new Remedy.Edit(word.get().at(), "\"" + word.get().value() + "\"", "\"" + to + "\"")
        : new Remedy.Advice("Set compatibility_date to " + to + " or later.");
  }

  /** wrangler puts a stand-in for a module that the runtime lacks, so it loads; calls may throw. */
  private static List<? extends Hit> moduleNeedsDate(Case c) {
    var date = date(c).filter(d -> !d.isBefore(SECOND_FORM));
    if (date.isEmpty() || !isNodeOn(c, date.get())) {
      return List.of();
    }
    var table = CompatibilityTable.get();
    var names = flagNames(c);
    return nodeModules(
            c,
            n ->
                table
                    .flagOfNodeModule(n)
                    .filter(flag -> !table.isOn(flag, names, date.get()))
                    .isPresent())
        .stream()
        .map(m -> {
          var flag = table.flagOfNodeModule(m.module().replaceFirst("^node:", "")).orElseThrow();
          var from = table.of(flag).flatMap(CompatibilityTable.Feature::impliedFrom);
          return new Hit.Fault(
                  m.module(),
                  m.at(),
                  "The runtime brings \""
                      + m.module()
                      + "\" only with compatibility_date "
                      + from.map(LocalDate::toString).orElse("of a later day")
                      + " or the flag \""
                      + flag
                      + "\". Before, wrangler puts a stand-in, whose functions may throw \"not"
                      + " implemented\".",
                  addFlag(c, flag))
              .as(Severity.ADVICE);
        })
        .toList();
  }

  /**
   * Certain only for a name that the configuration gives a value: other reads may be meant for
   * another place than the Worker.
   */
  private static List<? extends Hit> processEnv(Case c) {
    var date = date(c);
    if (date.isEmpty()
        || Builds.framework(c.around()).isPresent()
        || CompatibilityTable.get()
            .isOn("nodejs_compat_populate_process_env", flagNames(c), date.get())) {
      return List.of();
    }
    var declared = new HashSet<String>();
    c.settings().table("vars").ifPresent(t -> declared.addAll(t.entries().keySet()));
    c.settings()
        .table("secrets")
        .ifPresent(t ->
            t.items("required")
                .forEach(v -> {
                  if (v instanceof Text(var name, var _)) {
                    declared.add(name);
                  }
                }));
    var defined = c.settings().table("define");
    var faults = new LinkedHashMap<String, Hit.Fault>();
    var guarded = new HashSet<String>();
    c.code()
        .eachFile((path, facts) -> {
          for (var use : facts.processEnv()) {
            var name = use.name();
            if (use.guarded()) {
              guarded.add(name);
            } else if (declared.contains(name)
                && !name.equals("NODE_ENV")
                && defined.filter(t -> t.get("process.env." + name).isPresent()).isEmpty()) {
              faults.putIfAbsent(name, empty(c, name, use.at().in(path)));
            }
          }
        });
    guarded.forEach(faults::remove);
    return faults.values().stream().map(f -> judged(c, false, f)).toList();
  }

  private static Hit.Fault empty(Case c, String name, Location at) {
    boolean node = flagNames(c).contains("nodejs_compat");
    return new Hit.Fault(
        name,
        at,
        "process.env."
            + name
            + " is undefined in the Worker: variables appear there only with \"nodejs_compat\" and a"
            + " compatibility_date of 2025-04-01 or later.",
        node
            ? addFlag(c, "nodejs_compat_populate_process_env")
            : new Remedy.Advice("Read env." + name + ", which the handler gets."));
  }

  // ---- what came with a date -----------------------------------------------------------------

  /**
   * Something whose use can't be mistaken, and the flag that brings it.
   *
   * @param without what happens where the flag is off
   */
  private record Novelty(Pattern use, Pattern inText, String flag, String what, String without) {}

  private static final Pattern ANYTHING = Pattern.compile("");

  private static final List<Novelty> NOVELTIES =
      List.of(
          new Novelty(
              Pattern.compile("(?<![\\w$.])cache\\s*:\\s*(['\"])"),
              Pattern.compile("cache\\s*:\\s*['\"]no-store['\"]"),
              "cache_option_enabled",
              "cache: \"no-store\"",
              "fetch throws that the field 'cache' is not implemented"),
          new Novelty(
              Pattern.compile("(?<![\\w$.])new\\s+FinalizationRegistry\\s*\\("),
              ANYTHING,
              "enable_weak_ref",
              "FinalizationRegistry",
              "it is not defined"),
          new Novelty(
              Pattern.compile("(?<![\\w$.])(?:ctx|this\\.ctx)\\.exports\\.[A-Za-z_$]"),
              ANYTHING,
              "enable_ctx_exports",
              "ctx.exports",
              "it is undefined"));

  private static List<? extends Hit> featureNeedsDate(Case c) {
    var date = date(c);
    if (date.isEmpty() || !c.code().isDecisive()) {
      return List.of();
    }
    var names = flagNames(c);
    var hits = new ArrayList<Hit>();
    for (var novelty : NOVELTIES) {
      if (CompatibilityTable.get().isOn(novelty.flag, names, date.get())) {
        continue;
      }
      c.around()
          .texts()
          .forEach((path, text) -> {
            if (CodeUse.isSource(path) && novelty.inText.matcher(text).find()) {
              first(novelty, path, text).ifPresent(at -> hits.add(tooEarly(c, novelty, at)));
            }
          });
    }
    return hits;
  }

  private static Optional<Location> first(Novelty novelty, Path path, String text) {
    var code = JsText.of(text);
    var m = novelty.use.matcher(code.bare());
    while (m.find()) {
      boolean same =
          novelty.inText == ANYTHING
              || novelty.inText.matcher(text).region(m.start(), text.length()).lookingAt();
      if (same && !code.isInTry(m.start())) {
        return Optional.of(code.location(path, m.start()));
      }
    }
    return Optional.empty();
  }

  private static Hit tooEarly(Case c, Novelty novelty, Location at) {
    var from =
        CompatibilityTable.get()
            .of(novelty.flag)
            .flatMap(CompatibilityTable.Feature::from)
            .map(LocalDate::toString)
            .orElse("of a later day");
    return new Hit.Fault(
        novelty.what,
        at,
        "The code uses "
            + novelty.what
            + ", which needs compatibility_date "
            + from
            + " or the flag \""
            + novelty.flag
            + "\". Without, "
            + novelty.without
            + ".",
        addFlag(c, novelty.flag));
  }
}
