package dev.clodo.assess;

import static dev.clodo.assess.Check.error;

import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** The date and the flags that pin the runtime's behaviour. */
final class CompatibilityChecks {
  private CompatibilityChecks() {}

  private static final String DATES = "workers/configuration/compatibility-dates/";

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
              "workers/configuration/compatibility-flags/",
              CompatibilityChecks::duplicateFlag));

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
            new Remedy.Edit(
                start, "", c.assignment("compatibility_date", c.workspace().today().toString()))));
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
    var today = c.workspace().today();
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
                  new Remedy.Edit(word.get().at(), "\"" + day + "\"", "\"" + today + "\""));
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
                new Remedy.Advice("Remove one of the two.")));
      }
    }
    return hits;
  }
}
