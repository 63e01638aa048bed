package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Edge;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Start;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Bindings from one Worker to another. */
final class ServiceChecks {
  private ServiceChecks() {}

  private static final String TAIL = "workers/observability/logs/tail-workers/";
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
          error("tail/consumer-not-found", StopsAt.UPLOAD, TAIL, ServiceChecks::tailMissing),
          error("tail/no-tail-handler", StopsAt.UPLOAD, TAIL, ServiceChecks::noTailHandler),
          error(
              "services/entrypoint-not-found",
              StopsAt.UPLOAD,
              SERVICES + "rpc/",
              ServiceChecks::entrypointMissing),
          error(
              "services/circular-first-deploy", StopsAt.UPLOAD, SERVICES, ServiceChecks::circular),
          warning("services/deploy-order", SERVICES, ServiceChecks::deployOrder),
          error(
              "services/environment-key",
              StopsAt.UPLOAD,
              "workers/wrangler/environments/",
              ServiceChecks::environmentKey),
          errorProd(
              "services/rpc-needs-compat-date",
              "workers/configuration/compatibility-flags/",
              ServiceChecks::rpcTooOld));

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
    return c.evidence().names().contains(new ServiceName(name));
  }

  /**
   * Sections of a configuration whose {@code script_name} is a Worker that nobody has.
   *
   * @param name the key of a section that names its binding
   * @param what is to be in that Worker
   * @param code of Cloudflare's refusal
   */
  static List<Hit> missingHolders(
      Case c, List<Table> sections, String name, String what, String code) {
    var own = c.service().name().value();
    var hits = new ArrayList<Hit>();
    for (var section : sections) {
      var script =
          Case.word(section, "script_name")
              .filter(w -> !w.value().isBlank() && !w.value().equals(own))
              .filter(w -> !c.evidence().names().contains(new ServiceName(w.value())));
      script.ifPresent(holder ->
          hits.addAll(
              Case.judging(
                  c.account().services(),
                  known ->
                      known.contains(new ServiceName(holder.value()))
                          ? List.<Hit>of()
                          : List.of(
                              new Hit.Fault(
                                  section.text(name).orElse(""),
                                  holder.at(),
                                  "The Worker \""
                                      + holder.value()
                                      + "\", which is to hold the "
                                      + what
                                      + ", does not exist. The deploy fails with code "
                                      + code
                                      + Similar.question(holder.value(), texts(known)),
                                  new Remedy.Advice(
                                      "Deploy that Worker first; for a class of this Worker, remove"
                                          + " script_name."))))));
    }
    return hits;
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
    return texts(c.evidence().names()).stream()
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

  private static List<? extends Hit> noTailHandler(Case c) {
    var hits = new ArrayList<Hit>();
    for (var key : List.of("tail_consumers", "streaming_tail_consumers")) {
      for (var t : c.settings().tables(key)) {
        Case.word(t, "service")
            .filter(w -> !w.value().isBlank())
            .flatMap(w -> tailFault(c, w))
            .ifPresent(hits::add);
      }
    }
    return hits;
  }

  private static Optional<Hit> tailFault(Case c, Case.Word target) {
    if (target.value().equals(c.service().name().value())) {
      return Optional.of(
          new Hit.Fault(
              target.value(),
              target.at(),
              "The Worker is its own tail consumer: each trace would make the next one. The deploy"
                  + " fails.",
              new Remedy.Advice("Name another Worker, or remove the entry.")));
    }
    var name = new ServiceName(target.value());
    var fault =
        new Hit.Fault(
            target.value(),
            target.at(),
            "The Worker \""
                + target.value()
                + "\" is to receive traces, but has no tail() handler. The deploy fails.",
            new Remedy.Advice("Add it there: export default { async tail(events) { … } }"));
    var started = c.evidence().startOf(name);
    if (started.isPresent()) {
      var handlers = started.get().handlers();
      return handlers.contains("tail")
              || handlers.contains("trace")
              || handlers.contains("tailStream")
          ? Optional.empty()
          : Optional.of(fault);
    }
    return c.evidence()
        .inventory()
        .service(name)
        .filter(s ->
            Sources.certainlyDoesNotMention(s, "tail", "trace", "tailStream", "WorkerEntrypoint"))
        .map(_ -> fault.as(Severity.WARNING));
  }

  /** Entrypoints that the target, a Worker of this workspace, does not export. */
  private static List<? extends Hit> entrypointMissing(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("services")) {
      var entrypoint = Case.word(t, "entrypoint").filter(w -> !w.value().isBlank());
      var target = t.text("service").filter(s -> !s.isBlank());
      if (entrypoint.isEmpty() || target.isEmpty() || entrypoint.get().value().equals("default")) {
        continue;
      }
      var name = new ServiceName(target.get());
      var wanted = entrypoint.get().value();
      var problem = entrypointProblem(c, name, wanted);
      problem.ifPresent(p ->
          hits.add(
              new Hit.Fault(
                  t.text("binding").orElse(""),
                  entrypoint.get().at(),
                  "The Worker \""
                      + target.get()
                      + "\" "
                      + p.what()
                      + ", which this binding calls. The deploy fails with code 10144"
                      + Similar.question(wanted, p.instead()),
                  Similar.to(wanted, p.instead())
                      .<Remedy>map(near ->
                          new Remedy.Edit(
                              entrypoint.get().at(), "\"" + wanted + "\"", "\"" + near + "\""))
                      .orElseGet(() ->
                          new Remedy.Advice(
                              "Add it there: export class "
                                  + wanted
                                  + " extends WorkerEntrypoint { … }")))));
    }
    return hits;
  }

  /** What is wrong with an entrypoint, and the ones that there are. */
  private record EntrypointProblem(String what, List<String> instead) {}

  private static Optional<EntrypointProblem> entrypointProblem(
      Case c, ServiceName target, String wanted) {
    var started = c.evidence().startOf(target);
    if (started.isPresent()) {
      var exports = started.get().exports();
      var export = exports.get(wanted);
      if (export == null) {
        return Optional.of(
            new EntrypointProblem(
                "does not export \"" + wanted + "\"",
                exports.entrySet().stream()
                    .filter(e -> e.getValue().base() == Start.Base.WORKER_ENTRYPOINT)
                    .map(Map.Entry::getKey)
                    .filter(n -> !n.equals("default"))
                    .toList()));
      }
      boolean isEntrypoint =
          export.base() == Start.Base.WORKER_ENTRYPOINT
              || export.kind() == Start.Kind.OBJECT
              || export.members().contains("fetch");
      return isEntrypoint
          ? Optional.empty()
          : Optional.of(
              new EntrypointProblem(
                  "exports \"" + wanted + "\" without extending WorkerEntrypoint", List.of()));
    }
    var built = c.evidence().buildOf(target);
    if (built.isPresent()) {
      return built.get().exports().contains(wanted)
          ? Optional.empty()
          : Optional.of(
              new EntrypointProblem(
                  "does not export \"" + wanted + "\"",
                  built.get().exports().stream().filter(n -> !n.equals("default")).toList()));
    }
    return c.evidence()
        .inventory()
        .service(target)
        .filter(s -> Sources.certainlyDoesNotExport(s, wanted))
        .map(_ -> new EntrypointProblem("does not export \"" + wanted + "\"", List.of()));
  }

  /** Rings of new Workers that call each other: wrangler can deploy none of them first. */
  private static List<? extends Hit> circular(Case c) {
    if (!(c.account().services() instanceof Looked.Known<Set<ServiceName>>(var known))
        || known.contains(c.service().name())) {
      return List.of();
    }
    var own = c.service().name();
    for (var edge : c.evidence().inventory().edges()) {
      if (edge.from().equals(own)
          && needsFirst(edge.via())
          && !known.contains(edge.to())
          && reaches(c, edge.to(), own, known)) {
        var at =
            c.settings().tables("services").stream()
                .flatMap(t -> Case.word(t, "service").stream())
                .filter(w -> w.value().equals(edge.to().value()))
                .map(Case.Word::at)
                .findFirst()
                .orElseGet(() -> c.at("services"));
        return List.of(
            new Hit.Fault(
                    edge.detail(),
                    at,
                    "\""
                        + own
                        + "\" and \""
                        + edge.to()
                        + "\" need each other, and neither exists yet: by hand, the first deploy"
                        + " of either fails with code 10143.",
                    new Remedy.Advice(
                        "clodo deploy puts a stand-in in place of one. By hand: deploy \""
                            + edge.to()
                            + "\" once without its binding to \""
                            + own
                            + "\", then \""
                            + own
                            + "\", then \""
                            + edge.to()
                            + "\" again."))
                // Clodo's own deploy gets over it, so it must not keep it from trying.
                .as(Severity.WARNING));
      }
    }
    return List.of();
  }

  private static boolean needsFirst(Edge.Via via) {
    return switch (via) {
      case SERVICE_BINDING, DURABLE_OBJECT, WORKFLOW, TAIL, DISPATCH -> true;
      case QUEUE -> false;
    };
  }

  private static boolean reaches(
      Case c, ServiceName from, ServiceName to, Set<ServiceName> existing) {
    var seen = new HashSet<ServiceName>();
    var open = new ArrayDeque<>(List.of(from));
    while (!open.isEmpty()) {
      var at = open.pop();
      if (at.equals(to)) {
        return true;
      }
      if (!existing.contains(at) && seen.add(at)) {
        c.evidence().inventory().edges().stream()
            .filter(e -> e.from().equals(at) && needsFirst(e.via()))
            .forEach(e -> open.push(e.to()));
      }
    }
    return false;
  }

  /** A script or a pipeline that deploys the caller before what it calls, which is new. */
  private static List<? extends Hit> deployOrder(Case c) {
    if (!(c.account().services() instanceof Looked.Known<Set<ServiceName>>(var known))) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var edge : c.evidence().inventory().edges()) {
      if (!edge.from().equals(c.service().name())
          || !needsFirst(edge.via())
          || known.contains(edge.to())) {
        continue;
      }
      var target = c.evidence().inventory().service(edge.to());
      if (target.isEmpty()) {
        continue;
      }
      c.around()
          .texts()
          .forEach((file, text) -> {
            if (runsDeploys(file)) {
              int own = place(c, c.service(), text);
              int other = place(c, target.get(), text);
              if (own >= 0 && other > own) {
                hits.add(
                    new Hit.Fault(
                        edge.to().value(),
                        Location.startOf(file),
                        "This deploys \""
                            + edge.from()
                            + "\" before \""
                            + edge.to()
                            + "\", which it needs and which does not exist yet.",
                        new Remedy.Advice(
                            "Deploy \"" + edge.to() + "\" first; clodo deploy finds the order.")));
              }
            }
          });
    }
    return hits;
  }

  private static boolean runsDeploys(Path file) {
    return Packages.isManifest(file)
        || file.toString().replace('\\', '/').contains(".github/workflows/");
  }

  /** Where a text deploys a service: its folder, named in a line that deploys; -1 when nowhere. */
  private static int place(Case c, Service service, String text) {
    var root = c.evidence().inventory().root();
    if (!service.home().startsWith(root) || service.home().equals(root)) {
      return -1;
    }
    var folder = root.relativize(service.home()).toString().replace('\\', '/');
    var named = Pattern.compile("(?<![\\w/.-])(?:\\./)?" + Pattern.quote(folder) + "(?![\\w.-])");
    int offset = 0;
    for (var command : text.split("(?<=&&|\n|;)")) {
      if (command.contains("deploy") && named.matcher(command).find()) {
        return offset;
      }
      offset += command.length();
    }
    return -1;
  }

  private static List<? extends Hit> environmentKey(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("services")) {
      Case.word(t, "environment")
          .filter(w -> !w.value().isBlank() && !w.value().equals("production"))
          .ifPresent(w ->
              hits.add(
                  new Hit.Fault(
                      t.text("binding").orElse(""),
                      t.locationOf("environment"),
                      "The service binding names the environment \""
                          + w.value()
                          + "\". Environments of services are gone: each is a Worker of its own."
                          + " The deploy fails with code 10144.",
                      new Remedy.Advice(
                          "Remove \"environment\" and name the Worker: "
                              + (c.isToml() ? "service = \"" : "\"service\": \"")
                              + t.text("service").orElse("name")
                              + "-"
                              + w.value()
                              + "\""
                              + "."))));
    }
    return hits;
  }

  private static final Set<String> NO_RPC = Set.of("fetch", "connect", "queue", "scheduled");

  private static List<? extends Hit> rpcTooOld(Case c) {
    var date = c.settings().text("compatibility_date").flatMap(DateText::iso);
    if (date.isEmpty()
        || date.get().toString().compareTo(Limits.day("rpcFrom")) >= 0
        || c.hasFlag("rpc")
        || !c.code().isDecisive()) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("services")) {
      var binding = t.text("binding").filter(b -> b.matches("[A-Za-z_$][\\w$]*"));
      if (binding.isEmpty()) {
        continue;
      }
      var call = Pattern.compile("\\benv\\." + Pattern.quote(binding.get()) + "\\.(\\w+)\\s*\\(");
      for (var source : Sources.of(c.service())) {
        var match = call.matcher(source.text());
        while (match.find()) {
          if (!NO_RPC.contains(match.group(1))) {
            hits.add(
                new Hit.Fault(
                    binding.get(),
                    JsText.of(source.text()).location(source.file(), match.start()),
                    "\""
                        + binding.get()
                        + "."
                        + match.group(1)
                        + "()\" calls a method of another Worker, which needs a compatibility date"
                        + " of "
                        + Limits.day("rpcFrom")
                        + " or later; here it is "
                        + date.get()
                        + ".",
                    new Remedy.Advice(
                        "Raise compatibility_date, or add the compatibility flag rpc.")));
            break;
          }
        }
      }
    }
    return hits;
  }
}
