package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.ofStart;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.ConfigValue.Numeric;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Start;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Queues: that they exist, and that one Worker consumes each. */
final class QueueChecks {
  private QueueChecks() {}

  private static final String HANDLER = "queues/configuration/javascript-apis/";

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
              QueueChecks::conflict),
          error(
              "queues/consumer-without-handler",
              StopsAt.UPLOAD,
              HANDLER,
              QueueChecks::seemsUnhandled),
          ofStart(
              "queues/consumer-without-handler",
              Severity.ERROR,
              StopsAt.UPLOAD,
              HANDLER,
              QueueChecks::unhandled),
          warning(
              "queues/handler-without-consumer",
              "queues/get-started/",
              c -> handled(c, Sources.seemsToHandle(c.service(), "queue", "(?:batch|messages?)"))),
          ofStart(
              "queues/handler-without-consumer",
              Severity.WARNING,
              StopsAt.NONE,
              "queues/get-started/",
              (c, start) ->
                  handled(c, start instanceof Start.Up up && up.handlers().contains("queue"))),
          advice(
              "queues/no-dead-letter-queue",
              "queues/configuration/dead-letter-queues/",
              QueueChecks::noDeadLetters),
          warning(
              "queues/removed-consumer-still-attached",
              "queues/configuration/configure-queues/",
              QueueChecks::stillAttached));

  private static List<Case.Word> consumed(Case c) {
    return consumers(c).stream()
        .flatMap(t -> Case.word(t, "queue").stream())
        .filter(w -> !w.value().isBlank())
        .toList();
  }

  private static Hit.Fault unhandled(Case.Word queue) {
    return new Hit.Fault(
        queue.value(),
        queue.at(),
        "The Worker is to consume the queue \""
            + queue.value()
            + "\", but has no queue() handler. The code goes live, then the consumer is refused"
            + " with code 11001.",
        new Remedy.Advice(
            "Add the handler: export default { async queue(batch, env, ctx) { … } }"));
  }

  private static List<? extends Hit> seemsUnhandled(Case c) {
    return !consumed(c).isEmpty() && Sources.lacksWord(c, "queue")
        ? consumed(c).stream().map(q -> unhandled(q).as(Severity.WARNING)).toList()
        : List.of();
  }

  private static List<? extends Hit> unhandled(Case c, Start start) {
    return start instanceof Start.Up up && !up.handlers().contains("queue")
        ? consumed(c).stream().map(q -> unhandled(q)).toList()
        : List.of();
  }

  private static List<? extends Hit> handled(Case c, boolean hasHandler) {
    if (!hasHandler || !consumed(c).isEmpty() || c.isPages()) {
      return List.of();
    }
    var fault =
        new Hit.Fault(
            "queues",
            c.at("main"),
            "The Worker has a queue() handler, but its configuration names no queue that it"
                + " consumes: nobody calls it.",
            new Remedy.Advice(
                c.isToml()
                    ? "Add [[" + c.section("queues.consumers") + "]] with queue = \"…\"."
                    : "Add \"queues\": { \"consumers\": [{ \"queue\": \"…\" }] }."));
    boolean elsewhere =
        c.service()
                .written()
                .table("queues")
                .filter(q -> !q.tables("consumers").isEmpty())
                .isPresent()
            || otherEnvironmentConsumes(c);
    if (elsewhere) {
      return List.of(fault);
    }
    // It may be attached by other means; only the account can tell.
    return c.account().resources(ResourceKind.QUEUES)
                instanceof Looked.Known<List<Resource>>(var all)
            && all.stream().noneMatch(q -> names(q).contains(c.service().name().value()))
        ? List.of(fault)
        : List.of(fault.as(Severity.ADVICE));
  }

  private static boolean otherEnvironmentConsumes(Case c) {
    return c.service().environments().stream()
        .flatMap(e -> c.service().written().table("env").flatMap(t -> t.table(e.value())).stream())
        .flatMap(t -> t.table("queues").stream())
        .anyMatch(q -> !q.tables("consumers").isEmpty());
  }

  private static List<String> names(Resource queue) {
    return List.of(queue.trait("consumers").split(","));
  }

  private static List<? extends Hit> noDeadLetters(Case c) {
    return consumers(c).stream()
        .filter(t -> t.get("dead_letter_queue").isEmpty())
        .flatMap(t -> Case.word(t, "queue").stream())
        .map(q ->
            new Hit.Fault(
                q.value(),
                q.at(),
                "Messages of the queue \""
                    + q.value()
                    + "\" that fail too often are thrown away: it has no dead_letter_queue.",
                new Remedy.Advice(
                    "Create one with npx wrangler queues create, and name it as"
                        + " dead_letter_queue.")))
        .toList();
  }

  /** Leaving a consumer out of the configuration does not detach it. */
  private static List<? extends Hit> stillAttached(Case c) {
    if (c.isPages()
        || !(c.account().resources(ResourceKind.QUEUES)
            instanceof Looked.Known<List<Resource>>(var all))) {
      return List.of();
    }
    var own = c.service().name().value();
    var wanted = consumed(c).stream().map(Case.Word::value).collect(Collectors.toSet());
    return all.stream()
        .filter(q -> names(q).contains(own) && !wanted.contains(q.name()))
        .map(q ->
            new Hit.Fault(
                q.name(),
                c.at("queues"),
                "The queue \""
                    + q.name()
                    + "\" still delivers to this Worker, though its configuration no longer names"
                    + " it: a deploy does not detach a consumer.",
                c.account("queues consumer remove " + Words.argument(q.name()) + " " + own)))
        .toList();
  }

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

  private static List<? extends Hit> limits(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : consumers(c)) {
      t.entries()
          .forEach((key, entry) -> {
            var limit = Limits.find("queueConsumer." + key);
            long most = limit.orElse(Long.MAX_VALUE);
            if (limit.isPresent()
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
      c.evidence().consumersOf(c.service(), queue.get().value()).stream()
          .filter(other -> !other.equals(c.service().name()))
          .findFirst()
          .ifPresent(other ->
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
                      new Remedy.Advice("Remove one of the two consumers."))));
      if (hits.isEmpty()) {
        hits.addAll(attachedElsewhere(c, queue.get()));
      }
    }
    return hits;
  }

  private static List<? extends Hit> attachedElsewhere(Case c, Case.Word queue) {
    if (!(c.account().resources(ResourceKind.QUEUES)
        instanceof Looked.Known<List<Resource>>(var all))) {
      return List.of();
    }
    var own = c.service().name().value();
    return all.stream()
        .filter(q -> q.name().equals(queue.value()))
        .flatMap(q -> names(q).stream())
        .filter(other -> !other.isEmpty() && !other.equals(own))
        .limit(1)
        .map(other ->
            new Hit.Fault(
                queue.value(),
                queue.at(),
                "The Worker \""
                    + other
                    + "\" consumes the queue \""
                    + queue.value()
                    + "\" already; Cloudflare allows one consumer. The code goes live, then the"
                    + " consumer is refused with code 11004.",
                c.account(
                    "queues consumer remove "
                        + Words.argument(queue.value())
                        + " "
                        + Words.argument(other))))
        .toList();
  }
}
