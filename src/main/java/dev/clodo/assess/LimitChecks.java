package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.ofBuild;
import static dev.clodo.assess.Check.ofStart;

import dev.clodo.model.Build;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Start;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** How much of everything: sizes, counts, and what a plan includes. */
final class LimitChecks {
  private LimitChecks() {}

  private static final String LIMITS = "workers/platform/limits/";

  static final List<Check> CHECKS =
      List.of(
          ofBuild(
              "limits/script-size",
              Severity.ERROR,
              StopsAt.UPLOAD,
              LIMITS + "#worker-size",
              LimitChecks::size),
          ofStart(
              "limits/startup-cpu",
              Severity.ERROR,
              StopsAt.UPLOAD,
              LIMITS + "#worker-startup-time",
              LimitChecks::startup),
          error(
              "limits/env-vars-count",
              StopsAt.UPLOAD,
              LIMITS + "#environment-variables",
              LimitChecks::count),
          error(
              "limits/env-var-size",
              StopsAt.UPLOAD,
              LIMITS + "#environment-variables",
              LimitChecks::variableSize),
          error("limits/workers-per-account", StopsAt.UPLOAD, LIMITS, LimitChecks::workers),
          error(
              "limits/free-plan-feature",
              StopsAt.UPLOAD,
              "workers/platform/pricing/",
              LimitChecks::paidFeatures));

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / 1_048_576.0);
  }

  private static String shown(Case c, Path file) {
    var root = c.evidence().inventory().root();
    return (file.startsWith(root) ? root.relativize(file) : file).toString();
  }

  private static List<? extends Hit> size(Case c, Build build) {
    if (!(build instanceof Build.Made made)) {
      return List.of();
    }
    long most = Limits.of("script.bytes");
    if (made.bytes() * 10 <= most * 8) {
      return List.of();
    }
    var biggest =
        made.inputs().stream()
            .limit(3)
            .map(i -> shown(c, i.file()) + " " + mebibytes(i.bytes()))
            .collect(Collectors.joining(", "));
    var fault =
        new Hit.Fault(
            "",
            c.at("main"),
            "The Worker has "
                + mebibytes(made.bytes())
                + " ("
                + mebibytes(made.gzip())
                + " compressed); Cloudflare takes "
                + mebibytes(most)
                + (made.bytes() > most ? ". The upload fails with code 10027." : ".")
                + (biggest.isEmpty() ? "" : " The biggest parts: " + biggest + "."),
            new Remedy.Advice("Set minify, and leave out or load from elsewhere what is big."));
    return made.bytes() > most ? List.of(fault) : List.of(fault.as(Severity.WARNING));
  }

  private static List<? extends Hit> startup(Case c, Start start) {
    long most = Limits.of("startup.cpuMillis");
    return switch (start) {
      case Start.Up up -> {
        long took = up.cpu().toMillis();
        // Machines differ: certain only far above the limit, of interest from half of it on.
        if (took * 2 <= most) {
          yield List.of();
        }
        var fault = slow(c, "takes " + took + " ms of processor time here");
        yield List.of(took * 2 > most * 3 ? fault : fault.as(Severity.WARNING));
      }
      case Start.Overdue(var after) ->
          List.of(slow(c, "had not ended after " + after.toSeconds() + " seconds here"));
      case Start.Refused _ -> List.of();
    };
  }

  private static Hit.Fault slow(Case c, String how) {
    return new Hit.Fault(
        "",
        c.at("main"),
        "Starting the Worker "
            + how
            + "; Cloudflare allows "
            + Limits.of("startup.cpuMillis")
            + " ms, else the upload fails with code 10021.",
        new Remedy.Advice(
            "Import heavy modules when they are first needed, and move work into handlers."));
  }

  private static List<? extends Hit> count(Case c) {
    var names = new LinkedHashSet<String>();
    c.settings().table("vars").ifPresent(t -> names.addAll(t.entries().keySet()));
    c.settings()
        .table("secrets")
        .ifPresent(t ->
            t.items("required")
                .forEach(v -> {
                  if (v instanceof ConfigValue.Text(var name, _)) {
                    names.add(name);
                  }
                }));
    if (c.account().secrets().get(c.service().name())
        instanceof Looked.Known<Set<String>>(var there)) {
      names.addAll(there);
    }
    long free = Limits.of("variables.count.free");
    long paid = Limits.of("variables.count.paid");
    if (names.size() <= free || (names.size() <= paid && Plan.isPaid(c.account()))) {
      return List.of();
    }
    var fault =
        new Hit.Fault(
            "vars",
            c.at("vars"),
            "The Worker has "
                + names.size()
                + " variables and secrets; Cloudflare takes "
                + free
                + " on the free plan and "
                + paid
                + " on the paid one, else the upload fails with code 10055.",
            new Remedy.Advice("Merge them into one JSON variable, or keep them in KV."));
    return names.size() > paid || Plan.isFree(c.account())
        ? List.of(fault)
        : List.of(fault.as(Severity.WARNING));
  }

  private static List<? extends Hit> variableSize(Case c) {
    long most = Limits.of("variables.bytes");
    var hits = new ArrayList<Hit>();
    c.settings()
        .table("vars")
        .ifPresent(vars ->
            vars.entries()
                .forEach((name, entry) -> {
                  long bytes =
                      entry.value() instanceof ConfigValue.Text(var text, _)
                          ? utf8(text)
                          : json(entry.value());
                  if (bytes > most) {
                    hits.add(
                        new Hit.Fault(
                            name,
                            entry.value().at(),
                            "The variable \""
                                + name
                                + "\" has "
                                + bytes
                                + " bytes; Cloudflare takes "
                                + most
                                + ". The upload fails with code 10054.",
                            new Remedy.Advice("Split it, or keep it in KV or Secrets Store.")));
                  }
                }));
    return hits;
  }

  private static long utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** The length of a value as compact JSON; what has to be escaped counts once, which is less. */
  private static long json(ConfigValue value) {
    return switch (value) {
      case ConfigValue.Text(var text, _) -> utf8(text) + 2;
      case ConfigValue.Numeric(var number, _) -> number.toString().length();
      case ConfigValue.Flag(var on, _) -> on ? 4 : 5;
      case ConfigValue.Nothing _ -> 4;
      case ConfigValue.Date(var written, _) -> written.length() + 2L;
      case ConfigValue.Sequence(var items, _) ->
          1 + items.stream().mapToLong(i -> json(i) + 1).sum();
      case Table table ->
          1
              + table.entries().entrySet().stream()
                  .mapToLong(e -> utf8(e.getKey()) + 4 + json(e.getValue().value()))
                  .sum();
    };
  }

  private static List<? extends Hit> workers(Case c) {
    if (!(c.account().services() instanceof Looked.Known<Set<ServiceName>>(var there))
        || c.isPages()) {
      return List.of();
    }
    var added = c.evidence().newWorkers();
    if (added.stream().noneMatch(s -> s.copy().of().equals(c.service().name()))) {
      return List.of();
    }
    var free = Plan.isFree(c.account());
    long limit = Limits.of(free ? "workers.free" : "workers.paid");
    long sum = (long) there.size() + added.size();
    if (sum <= limit || there.size() > limit) {
      return List.of();
    }
    var fault =
        new Hit.Fault(
            "",
            c.at("name"),
            "The account has "
                + there.size()
                + " Workers, and with the new ones "
                + sum
                + "; it may have "
                + limit
                + (free ? "" : " unless Cloudflare has raised its limit")
                + ". The upload of those above fails with code 10037.",
            new Remedy.Advice(
                "Delete Workers that nobody needs (npx wrangler delete --name …)"
                    + (free ? "." : ", or let Cloudflare raise the limit.")));
    return List.of(free ? fault : fault.as(Severity.WARNING));
  }

  /** What is in the configuration and not in the free plan, where no other check says so. */
  private static List<? extends Hit> paidFeatures(Case c) {
    if (Plan.isPaid(c.account()) || c.isPages()) {
      return List.of();
    }
    Map<String, String> used = new LinkedHashMap<>();
    if (!c.settings().items("containers").isEmpty()) {
      used.put("containers", "Containers");
    }
    if (c.settings().get("logpush").orElse(c.settings()) instanceof ConfigValue.Flag(var on, _)
        && on) {
      used.put("logpush", "Logpush");
    }
    if (!c.settings().items("tail_consumers").isEmpty()) {
      used.put("tail_consumers", "Tail Workers");
    }
    if (!c.settings().items("dispatch_namespaces").isEmpty()) {
      used.put("dispatch_namespaces", "Workers for Platforms");
    }
    if (used.isEmpty()) {
      return List.of();
    }
    var first = used.keySet().iterator().next();
    Location at = c.at(first);
    var fault =
        new Hit.Fault(
            first,
            at,
            String.join(", ", used.values())
                + (Plan.isFree(c.account())
                    ? ": the account is on the free plan, which does not include that."
                    : ": only the paid plan includes that."),
            new Remedy.Advice(
                "Check the plan in the dashboard under Workers & Pages, or remove the setting."));
    return List.of(Plan.isFree(c.account()) ? fault : fault.as(Severity.ADVICE));
  }
}
