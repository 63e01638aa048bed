package dev.clodo.plan;

import dev.clodo.model.Account;
import dev.clodo.model.Binding;
import dev.clodo.model.Change;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Plan;
import dev.clodo.model.Service;
import dev.clodo.model.Step;
import dev.clodo.model.Step.Provision.Kind;
import dev.clodo.model.StepId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds what services bind and the account lacks, and plans to create it. */
public final class Provisions {
  private static final StepId LATER = new StepId(1);

  private final Inventory inventory;
  private final Account account;
  private final Set<String> planned = new HashSet<>();

  private Provisions(Inventory inventory, Account account) {
    this.inventory = inventory;
    this.account = account;
  }

  /**
   * The plan that creates what is missing; empty when nothing is, or nothing that can be seen. What
   * names an id that does not exist is not created: that id is wrong.
   */
  public static Plan plan(Inventory inventory, Account account) {
    return new Provisions(inventory, account).plan();
  }

  private Plan plan() {
    var releases = new ArrayList<Plan.Release>();
    int first = 1;
    for (var service : inventory.released()) {
      var steps = new ArrayList<Step>();
      for (var missing : missing(service)) {
        steps.add(
            new Step.Provision(
                new StepId(first + steps.size()),
                service.target(),
                missing.kind(),
                missing.name(),
                missing.binding()));
      }
      if (!steps.isEmpty()) {
        first += steps.size();
        releases.add(new Plan.Release(change(service), steps, notes(service, steps)));
      }
    }
    return new Plan(
        releases.isEmpty() ? List.of() : List.of(new Plan.Wave("resources", releases)),
        List.of(),
        Bases.of(inventory, account, Map.of()));
  }

  private static List<String> notes(Service service, List<Step> steps) {
    var notes = new ArrayList<String>();
    notes.add("the release itself is planned once it can bind what is created here");
    if (!service.copy().domain().isShared()) {
      for (var step : steps) {
        if (step instanceof Step.Provision made && made.kind().hasId()) {
          var kind = made.kind() == Kind.KV ? "kv" : "d1";
          notes.add(
              "%s is found again by its name; to write its id down: %s in clodo.yaml"
                  .formatted(made.name(), OwnResources.place(service, kind, made.binding())));
        }
      }
    }
    return notes;
  }

  private Change change(Service service) {
    return account
        .liveOf(service.name())
        .flatMap(l -> l.deployment().soleVersion())
        .<Change>map(v -> new Change.Update(service.target(), v))
        .orElseGet(() -> new Change.Create(service.target()));
  }

  private List<Step.Provision> missing(Service service) {
    var missing = new ArrayList<Step.Provision>();
    boolean isShared = service.copy().domain().isShared();
    for (var binding : service.bindings()) {
      switch (binding) {
        case Binding.Kv kv when kv.namespaceId().isEmpty() ->
            add(missing, service, Kind.KV, OwnResources.name(service, kv.name()), kv.name());
        case Binding.D1 d1 when d1.databaseId().isEmpty() ->
            add(
                missing,
                service,
                Kind.D1,
                d1.databaseName().isEmpty() || !isShared
                    ? OwnResources.name(service, d1.name())
                    : d1.databaseName(),
                d1.name());
        case Binding.R2 r2
            when lacks(account.buckets(), r2.bucket()) && !isElsewhere(service, r2) ->
            add(missing, service, Kind.R2, r2.bucket(), r2.name());
        case Binding.Queue queue when lacks(account.queues(), queue.queue()) ->
            add(missing, service, Kind.QUEUE, queue.queue(), queue.name());
        case Binding _ -> {}
      }
    }
    for (var consumer :
        service.settings().table("queues").map(q -> q.tables("consumers")).orElse(List.of())) {
      for (var key : List.of("queue", "dead_letter_queue")) {
        consumer
            .text(key)
            .filter(q -> lacks(account.queues(), q))
            .ifPresent(q -> add(missing, service, Kind.QUEUE, q, ""));
      }
    }
    return missing;
  }

  private void add(
      List<Step.Provision> missing, Service service, Kind kind, String name, String binding) {
    // What has an id is written into each configuration that wants it.
    var key = kind + " " + name + (kind.hasId() ? " " + service.name() + " " + binding : "");
    if (!name.isEmpty() && planned.add(key)) {
      missing.add(new Step.Provision(LATER, service.target(), kind, name, binding));
    }
  }

  private static boolean lacks(Looked<Set<String>> known, String name) {
    return !name.isEmpty()
        && known instanceof Looked.Known<Set<String>>(var names)
        && !names.contains(name);
  }

  /** A bucket of a jurisdiction is in a list of its own. */
  private static boolean isElsewhere(Service service, Binding.R2 r2) {
    return service.settings().tables("r2_buckets").stream()
        .filter(t -> t.text("binding").filter(r2.name()::equals).isPresent())
        .anyMatch((ConfigValue.Table t) -> t.get("jurisdiction").isPresent());
  }
}
