package dev.clodo.assess;

import static dev.clodo.assess.Check.error;

import dev.clodo.model.ConfigValue.Numeric;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Remedy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Queues: that they exist, and that one Worker consumes each. */
final class QueueChecks {
  private QueueChecks() {}

  static final List<Check> CHECKS =
      List.of(
          error(
              "queues/queue-not-found",
              StopsAt.UPLOAD,
              "queues/get-started/",
              QueueChecks::notFound),
          error(
              "queues/dead-letter-queue-missing",
              StopsAt.UPLOAD,
              "queues/configuration/dead-letter-queues/",
              QueueChecks::deadLetters),
          error(
              "queues/consumer-limits",
              StopsAt.UPLOAD,
              "queues/platform/limits/",
              QueueChecks::limits),
          error(
              "queues/consumer-type",
              StopsAt.CONFIG,
              "queues/configuration/pull-consumers/",
              c -> c.violationsOf("queues/consumer-type")),
          error(
              "queues/consumer-conflict",
              StopsAt.UPLOAD,
              "queues/configuration/configure-queues/",
              QueueChecks::conflict));

  private static List<Table> consumers(Case c) {
    return c.settings().table("queues").map(q -> q.tables("consumers")).orElse(List.of());
  }

  private static List<Table> producers(Case c) {
    return c.settings().table("queues").map(q -> q.tables("producers")).orElse(List.of());
  }

  private static List<? extends Hit> notFound(Case c) {
    var produced =
        producers(c).stream()
            .flatMap(t -> Case.word(t, "queue").stream())
            .filter(w -> !w.value().isEmpty())
            .toList();
    var consumed = consumers(c).stream().flatMap(t -> Case.word(t, "queue").stream()).toList();
    if (produced.isEmpty() && consumed.isEmpty()) {
      return List.of();
    }
    var created = produced.stream().map(Case.Word::value).collect(Collectors.toSet());
    return Case.judging(
        c.account().queues(),
        known -> {
          var hits = new ArrayList<Hit>();
          for (var w : consumed) {
            if (!known.contains(w.value()) && !created.contains(w.value())) {
              hits.add(
                  new Hit.Fault(
                      w.value(),
                      w.at(),
                      "The account has no queue \""
                          + w.value()
                          + "\" to consume. The deploy stops"
                          + Similar.question(w.value(), known),
                      create(c, w.value())));
            }
          }
          for (var w : produced) {
            if (!known.contains(w.value())) {
              var fault =
                  new Hit.Fault(
                      w.value(),
                      w.at(),
                      "The account has no queue \""
                          + w.value()
                          + "\". The deploy creates it, or stops"
                          + " where wrangler is older than 4.113"
                          + Similar.question(w.value(), known),
                      create(c, w.value()));
              boolean old =
                  Packages.installedWrangler(c)
                      .filter(v -> v.compareTo(new Packages.Version(4, 113, 0)) < 0)
                      .isPresent();
              hits.add(old ? fault : fault.as(Severity.WARNING));
            }
          }
          return hits;
        });
  }

  private static Remedy create(Case c, String queue) {
    return c.account("queues create " + Words.argument(queue));
  }

  private static List<? extends Hit> deadLetters(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : consumers(c)) {
      var dead = Case.word(t, "dead_letter_queue").filter(w -> !w.value().isEmpty());
      if (dead.isEmpty()) {
        continue;
      }
      if (t.text("queue").filter(dead.get().value()::equals).isPresent()) {
        hits.add(
            new Hit.Fault(
                dead.get().value(),
                dead.get().at(),
                "The queue \"" + dead.get().value() + "\" is its own dead letter queue.",
                create(c, dead.get().value() + "-dlq")));
      } else {
        hits.addAll(
            Case.judging(
                c.account().queues(),
                known ->
                    known.contains(dead.get().value())
                        ? List.<Hit>of()
                        : List.of(
                            new Hit.Fault(
                                dead.get().value(),
                                dead.get().at(),
                                "The account has no queue \""
                                    + dead.get().value()
                                    + "\" for dead letters;"
                                    + " messages that fail are lost"
                                    + Similar.question(dead.get().value(), known),
                                create(c, dead.get().value())))));
      }
    }
    return hits;
  }

  /** The highest values that Cloudflare takes (queues/platform/limits, 2026-11). */
  private static final Map<String, Integer> MOST =
      Map.of(
          "max_batch_size", 100,
          "max_batch_timeout", 60,
          "max_retries", 100,
          "max_concurrency", 250,
          "retry_delay", 86_400);

  private static List<? extends Hit> limits(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : consumers(c)) {
      t.entries()
          .forEach((key, entry) -> {
            var most = MOST.get(key);
            if (most != null
                && entry.value() instanceof Numeric(var number, var at)
                && (number.compareTo(BigDecimal.valueOf(most)) > 0 || number.signum() < 0)) {
              hits.add(
                  new Hit.Fault(
                      t.text("queue").orElse("") + "." + key,
                      at,
                      key
                          + " is "
                          + number.toPlainString()
                          + "; Cloudflare takes 0 to "
                          + most
                          + ". The code goes live, then the consumer is refused.",
                      new Remedy.Edit(at, number.toPlainString(), String.valueOf(most))));
            }
          });
    }
    return hits;
  }

  private static List<? extends Hit> conflict(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : consumers(c)) {
      var queue = Case.word(t, "queue");
      if (queue.isEmpty()) {
        continue;
      }
      for (var other : c.workspace().consumers().getOrDefault(queue.get().value(), List.of())) {
        if (!other.equals(c.service().name())) {
          hits.add(
              new Hit.Fault(
                  queue.get().value(),
                  queue.get().at(),
                  "\""
                      + other
                      + "\" consumes the queue \""
                      + queue.get().value()
                      + "\" too; Cloudflare allows one consumer. The deploy of the second fails"
                      + " with code 11004.",
                  new Remedy.Advice("Remove one of the two consumers.")));
        }
      }
    }
    return hits;
  }
}
