package dev.clodo.assess;

import static dev.clodo.assess.Check.error;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Bindings from one Worker to another. */
final class ServiceChecks {
  private ServiceChecks() {}

  private static final String SERVICES = "workers/runtime-apis/bindings/service-bindings/";

  static final List<Check> CHECKS =
      List.of(
          error("services/target-not-found", StopsAt.UPLOAD, SERVICES, ServiceChecks::notFound)
              .yieldingTo("services/target-typo", "services/self-reference-name-mismatch"),
          error("services/target-typo", StopsAt.UPLOAD, SERVICES, ServiceChecks::typo)
              .yieldingTo("services/self-reference-name-mismatch"),
          error(
              "services/self-reference-name-mismatch",
              StopsAt.UPLOAD,
              "https://opennext.js.org/cloudflare/get-started",
              ServiceChecks::selfReference),
          error(
              "tail/consumer-not-found",
              StopsAt.UPLOAD,
              "workers/observability/logs/tail-workers/",
              ServiceChecks::tailMissing));

  private record Call(String binding, Case.Word target) {}

  /** Calls to Workers that this workspace does not deploy. */
  private static List<Call> outside(Case c) {
    var own = c.settings().text("name").orElse("");
    return c.settings().tables("services").stream()
        .flatMap(t ->
            Case.word(t, "service").stream()
                .filter(w -> !w.value().isBlank() && !w.value().equals(own))
                .map(w -> new Call(t.text("binding").orElse(""), w)))
        .filter(call -> !isHere(c, call.target().value()))
        .toList();
  }

  private static boolean isHere(Case c, String name) {
    return c.workspace().names().contains(new ServiceName(name));
  }

  static List<String> texts(Set<ServiceName> names) {
    return names.stream().map(ServiceName::value).toList();
  }

  private static List<? extends Hit> notFound(Case c) {
    var calls = outside(c);
    if (calls.isEmpty()) {
      return List.of();
    }
    return Case.judging(
        c.account().services(),
        known -> {
          var hits = new ArrayList<Hit>();
          for (var call : calls) {
            if (!known.contains(new ServiceName(call.target().value()))) {
              hits.add(
                  new Hit.Fault(
                      call.binding(),
                      call.target().at(),
                      missing(call) + Similar.question(call.target().value(), texts(known)),
                      Similar.to(call.target().value(), texts(known))
                          .<Remedy>map(near -> rename(call, near))
                          .orElseGet(() ->
                              new Remedy.Advice(
                                  "Deploy \""
                                      + call.target().value()
                                      + "\" first, or correct the name."))));
            }
          }
          return hits;
        });
  }

  private static String missing(Call call) {
    return "The service binding \""
        + call.binding()
        + "\" calls the Worker \""
        + call.target().value()
        + "\", which does not exist. The deploy fails with code 10143";
  }

  private static Remedy rename(Call call, String near) {
    return new Remedy.Edit(
        call.target().at(), "\"" + call.target().value() + "\"", "\"" + near + "\"");
  }

  /** A Worker of this workspace whose name is one or two typing mistakes away. */
  private static Optional<String> meant(Case c, String target) {
    return texts(c.workspace().names()).stream()
        .filter(n -> !n.equals(c.service().name().value()))
        .filter(n -> target.length() >= 5 && Similar.edits(n, target) <= 2)
        .findFirst();
  }

  private static List<? extends Hit> typo(Case c) {
    var hits = new ArrayList<Hit>();
    for (var call : outside(c)) {
      var near = meant(c, call.target().value());
      var looked = c.account().services();
      boolean exists =
          looked instanceof Looked.Known<Set<ServiceName>>(var known)
              && known.contains(new ServiceName(call.target().value()));
      if (near.isPresent() && !exists) {
        boolean certain = looked instanceof Looked.Known;
        var fault =
            new Hit.Fault(
                call.binding(),
                call.target().at(),
                certain
                    ? missing(call) + "; did you mean \"" + near.get() + "\"?"
                    : "The service binding \""
                        + call.binding()
                        + "\" calls \""
                        + call.target().value()
                        + "\", which is no Worker of this workspace; did"
                        + " you mean \""
                        + near.get()
                        + "\"?",
                rename(call, near.get()));
        hits.add(certain ? fault : fault.as(Severity.WARNING));
      }
    }
    return hits;
  }

  private static List<? extends Hit> selfReference(Case c) {
    var own = c.settings().text("name").orElse("");
    return outside(c).stream()
        .filter(call -> call.binding().equals("WORKER_SELF_REFERENCE") && !own.isEmpty())
        .map(call ->
            new Hit.Fault(
                call.binding(),
                call.target().at(),
                "\""
                    + call.binding()
                    + "\" has to call this Worker itself, but it calls \""
                    + call.target().value()
                    + "\" and not \""
                    + own
                    + "\".",
                rename(call, own)))
        .toList();
  }

  private static List<? extends Hit> tailMissing(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("tail_consumers")) {
      var target = Case.word(t, "service").filter(w -> !w.value().isBlank());
      if (target.isPresent() && !isHere(c, target.get().value())) {
        hits.addAll(
            Case.judging(
                c.account().services(),
                known ->
                    known.contains(new ServiceName(target.get().value()))
                        ? List.<Hit>of()
                        : List.of(
                            new Hit.Fault(
                                target.get().value(),
                                target.get().at(),
                                "The tail consumer \""
                                    + target.get().value()
                                    + "\" does not exist. The deploy fails"
                                    + Similar.question(target.get().value(), texts(known)),
                                new Remedy.Advice("Deploy it first, or remove the entry.")))));
      }
    }
    return hits;
  }
}
