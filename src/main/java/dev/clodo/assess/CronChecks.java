package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.ofStart;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Cron triggers, by Cloudflare's grammar: weekdays count from 1, which is Sunday. */
final class CronChecks {
  private CronChecks() {}

  private static final String HANDLER = "workers/runtime-apis/handlers/scheduled/";
  private static final String CRON = "workers/configuration/cron-triggers/";

  static final List<Check> CHECKS =
      List.of(
          error("cron/invalid-expression", StopsAt.UPLOAD, CRON, CronChecks::invalid)
              .yieldingTo("cron/weekday-zero"),
          error(
              "cron/weekday-zero",
              StopsAt.UPLOAD,
              CRON + "#supported-cron-expressions",
              CronChecks::weekdayZero),
          errorProd("cron/crons-outside-triggers", CRON, CronChecks::outside),
          error("cron/not-a-string", StopsAt.UPLOAD, CRON, CronChecks::notAString),
          errorProd("cron/no-scheduled-handler", HANDLER, CronChecks::seemsUnhandled),
          ofStart(
              "cron/no-scheduled-handler",
              Severity.ERROR_PROD,
              StopsAt.PRODUCTION,
              HANDLER,
              CronChecks::unhandled),
          warning(
              "cron/handler-without-trigger",
              CRON,
              c ->
                  handled(
                      c,
                      Sources.seemsToHandle(
                          c.service(), "scheduled", "(?:event|controller|e|evt|ctrl)"))),
          ofStart(
              "cron/handler-without-trigger",
              Severity.WARNING,
              StopsAt.NONE,
              CRON,
              (c, start) ->
                  handled(c, start instanceof Start.Up up && up.handlers().contains("scheduled"))),
          warning("cron/removed-but-still-scheduled", CRON, CronChecks::stillScheduled),
          error(
              "cron/account-limit",
              StopsAt.UPLOAD,
              "workers/platform/limits/",
              CronChecks::accountLimit));

  private static Hit.Fault unhandled(Case.Word cron) {
    return new Hit.Fault(
        cron.value(),
        cron.at(),
        "The schedule \""
            + cron.value()
            + "\" calls scheduled(), which the Worker's default export does not have: each run"
            + " fails.",
        new Remedy.Advice(
            "Export it: export default { fetch: app.fetch, async scheduled(controller, env, ctx) {"
                + " … } }"));
  }

  private static List<? extends Hit> seemsUnhandled(Case c) {
    return !crons(c).isEmpty() && Sources.lacksWord(c, "scheduled", "on_scheduled")
        ? crons(c).stream().limit(1).map(w -> unhandled(w).as(Severity.WARNING)).toList()
        : List.of();
  }

  private static List<? extends Hit> unhandled(Case c, Start start) {
    return start instanceof Start.Up up && !up.handlers().contains("scheduled")
        ? crons(c).stream().limit(1).map(w -> unhandled(w)).toList()
        : List.of();
  }

  private static List<? extends Hit> handled(Case c, boolean hasHandler) {
    if (!hasHandler
        || c.isPages()
        || c.settings().table("triggers").filter(t -> t.get("crons").isPresent()).isPresent()
        || c.settings().get("crons").isPresent()) {
      return List.of();
    }
    var fault =
        new Hit.Fault(
            "triggers",
            c.at("main"),
            "The Worker has a scheduled() handler, but its configuration has no cron trigger:"
                + " nothing calls it.",
            new Remedy.Advice(
                c.isToml()
                    ? "Add [" + c.section("triggers") + "] with crons = [\"0 4 * * *\"]."
                    : "Add \"triggers\": { \"crons\": [\"0 4 * * *\"] }."));
    return switch (schedules(c)) {
      case Looked.Known<List<Resource>>(var live) -> live.isEmpty() ? List.of(fault) : List.of();
      // Schedules made in the dashboard stay, so without the account this is a hint.
      case Looked.Unknown<List<Resource>> _ -> List.of(fault.as(Severity.ADVICE));
    };
  }

  private static Looked<List<Resource>> schedules(Case c) {
    return c.account().resources(ResourceKind.SCHEDULES, c.service().name().value());
  }

  /** Only an empty list removes schedules; leaving them out leaves them as they are. */
  private static List<? extends Hit> stillScheduled(Case c) {
    if (c.isPages()
        || c.settings().table("triggers").filter(t -> t.get("crons").isPresent()).isPresent()
        || !(schedules(c) instanceof Looked.Known<List<Resource>>(var live))
        || live.isEmpty()) {
      return List.of();
    }
    boolean handles =
        c.evidence()
            .startOf(c.service().name())
            .map(up -> up.handlers().contains("scheduled"))
            .orElseGet(() -> !Sources.lacksWord(c, "scheduled", "on_scheduled"));
    if (handles) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "triggers",
            c.at("triggers"),
            "The Worker still runs on a schedule ("
                + live.stream().map(Resource::id).limit(3).collect(Collectors.joining("; "))
                + "), which its configuration no longer names and its code does not handle: a"
                + " deploy leaves schedules that are not mentioned.",
            c.settings()
                .table("triggers")
                .map(t -> c.edits().add(t, "crons", List.of()))
                .orElseGet(() -> c.edits().add("triggers", Map.of("crons", List.of())))));
  }

  /** The limit is the account's; what other Workers take of it is not counted here. */
  private static List<? extends Hit> accountLimit(Case c) {
    var own = crons(c);
    if (own.isEmpty()) {
      return List.of();
    }
    long all = c.evidence().crons();
    long free = Limits.of("crons.free");
    long paid = Limits.of("crons.paid");
    if (all <= free || (all <= paid && Plan.isPaid(c.account()))) {
      return List.of();
    }
    var fault =
        new Hit.Fault(
            "triggers",
            own.getFirst().at(),
            "The workspace has "
                + all
                + " cron triggers; an account may have "
                + (all > paid ? paid : free + " on the free plan and " + paid + " on the paid one")
                + ". The code goes live, then schedules are refused with code 10072.",
            new Remedy.Advice(
                "Combine jobs: one schedule, and a switch over controller.cron or the hour."));
    return all > paid || Plan.isFree(c.account())
        ? List.of(fault)
        : List.of(fault.as(Severity.ADVICE));
  }

  private static List<Case.Word> crons(Case c) {
    return c.settings().table("triggers").stream()
        .flatMap(t -> t.items("crons").stream())
        .filter(Text.class::isInstance)
        .map(v -> new Case.Word(((Text) v).value(), v.at()))
        .toList();
  }

  private static List<? extends Hit> invalid(Case c) {
    var hits = new ArrayList<Hit>();
    for (var cron : crons(c)) {
      problem(cron.value())
          .ifPresent(problem ->
              hits.add(
                  new Hit.Fault(
                      cron.value(),
                      cron.at(),
                      "The cron expression \""
                          + cron.value()
                          + "\" is not valid: "
                          + problem
                          + ". The code goes live, then its schedule is refused with code 10100.",
                      new Remedy.Advice(
                          "Write five fields, minute hour day month weekday, for"
                              + " example \"0 4 * * MON-FRI\"."))));
    }
    return hits;
  }

  private static List<? extends Hit> weekdayZero(Case c) {
    var hits = new ArrayList<Hit>();
    for (var cron : crons(c)) {
      var fields = cron.value().strip().split("\\s+");
      if (fields.length != 5) {
        continue;
      }
      if (fields[4].matches("(?:.*,)?0(?:[-,/].*)?|.*-0")) {
        hits.add(
            new Hit.Fault(
                cron.value(),
                cron.at(),
                "\""
                    + cron.value()
                    + "\" uses weekday 0. At Cloudflare Sunday is 1 (or SUN): the"
                    + " code goes live, then its schedule is refused with code 10100.",
                fields[4].equals("0")
                    ? new Remedy.Edit(
                            cron.at(),
                            "\"" + cron.value() + "\"",
                            "\"" + cron.value().strip().replaceAll("0$", "SUN") + "\"")
                        .certain()
                    : new Remedy.Advice("Write the weekdays by name: SUN, MON-FRI.")));
      } else if (fields[4].matches(".*[1-7]-[1-7].*")) {
        hits.add(
            new Hit.Fault(
                    cron.value(),
                    cron.at(),
                    "\""
                        + cron.value()
                        + "\" counts weekdays from 1, which is Sunday at"
                        + " Cloudflare: 1-5 is Sunday to Thursday.",
                    new Remedy.Advice("If Monday to Friday is meant, write MON-FRI."))
                .as(Severity.ADVICE));
      }
    }
    return hits;
  }

  private static List<? extends Hit> outside(Case c) {
    return ConfigChecks.unknownKeysFor(c, "cron/crons-outside-triggers").stream()
        .map(f ->
            new Hit.Fault(
                f.subject(),
                f.at(),
                "\"" + f.subject() + "\" is not where wrangler looks for it: no schedule is made.",
                new Remedy.Advice(
                    c.isToml()
                        ? "Move it into [" + c.section("triggers") + "] as crons = [ … ]."
                        : "Write \"triggers\": { \"crons\": [ … ] }.")))
        .toList();
  }

  private static List<? extends Hit> notAString(Case c) {
    return c.settings().table("triggers").stream()
        .flatMap(t -> t.items("crons").stream())
        .filter(v -> !(v instanceof Text))
        .map(v ->
            new Hit.Fault(
                "triggers.crons",
                v.at(),
                "A cron trigger has to be a string, but is a "
                    + v.kind()
                    + ". The code goes live,"
                    + " then its schedule is refused with code 10026.",
                new Remedy.Advice("Write it as a string, for example \"0 * * * *\".")))
        .toList();
  }

  private static final List<String> MONTHS =
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
  private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

  /** A field of an expression: its name, its range, and the words that stand for numbers. */
  private record Field(String name, int min, int max, List<String> words) {}

  private static final List<Field> FIELDS =
      List.of(
          new Field("minute", 0, 59, List.of()),
          new Field("hour", 0, 23, List.of()),
          new Field("day of the month", 1, 31, List.of()),
          new Field("month", 1, 12, MONTHS),
          new Field("weekday", 1, 7, DAYS));

  /** What is wrong with an expression; empty when it is valid. */
  static Optional<String> problem(String cron) {
    var parts = cron.strip().split("\\s+");
    if (parts.length != 5 || cron.isBlank()) {
      return Optional.of("it has " + (cron.isBlank() ? 0 : parts.length) + " fields, not 5");
    }
    for (int i = 0; i < 5; i++) {
      var field = FIELDS.get(i);
      for (var item : parts[i].split(",", -1)) {
        if (!isItem(field, item.toUpperCase(Locale.ROOT))) {
          return Optional.of("\"" + item + "\" is no " + field.name());
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isItem(Field field, String item) {
    if (field.name().equals("day of the month")
        && item.matches("L|LW|WL|L-[0-9]{1,2}|(?:[1-9]|[12][0-9]|3[01])W")) {
      return true;
    }
    if (field.name().equals("weekday")) {
      if (item.equals("L")) {
        return true;
      }
      var special = item.replaceFirst("L$|#[1-5]$", "");
      if (!special.equals(item)) {
        return isNumber(field, special);
      }
    }
    var step = item.split("/", -1);
    if (step.length > 2 || (step.length == 2 && !step[1].matches("[1-9][0-9]{0,2}"))) {
      return false;
    }
    if (step[0].equals("*")) {
      return true;
    }
    var range = step[0].split("-", -1);
    if (range.length > 2) {
      return false;
    }
    for (var end : range) {
      if (!isNumber(field, end)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNumber(Field field, String text) {
    if (field.words().contains(text)) {
      return true;
    }
    if (!text.matches("[0-9]{1,2}")) {
      return false;
    }
    int n = Integer.parseInt(text);
    return n >= field.min() && n <= field.max();
  }
}
