package dev.clodo.model;

import dev.clodo.model.Finding.Scope;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The answer to "would this deploy, and would it work?" for one workspace and environment.
 *
 * @param findings of the workspace, then of each service in the inventory's order, the worst first;
 *     what is unknown comes last
 * @param checksRun how many times a check was asked, once per service or once per workspace
 * @param checksUnknown how many of those could not be answered
 * @param stages how deep it looked, in their order
 * @param suppressed findings that are not among the others because somebody said so
 * @param remarks what is odd in how that was said
 */
public record Assessment(
    Inventory inventory,
    Account account,
    List<Finding> findings,
    int checksRun,
    int checksUnknown,
    Set<Stage> stages,
    List<Suppressed> suppressed,
    List<Remark> remarks) {
  public Assessment {
    findings = List.copyOf(findings);
    suppressed = List.copyOf(suppressed);
    remarks = List.copyOf(remarks);
    stages = Collections.unmodifiableSet(new TreeSet<>(stages));
  }

  /** Nothing is suppressed. */
  public Assessment(
      Inventory inventory,
      Account account,
      List<Finding> findings,
      int checksRun,
      int checksUnknown,
      Set<Stage> stages) {
    this(inventory, account, findings, checksRun, checksUnknown, stages, List.of(), List.of());
  }

  /**
   * What findings are about: the services, and after them those copies that have any of their own.
   */
  public List<Service> judged() {
    var services = inventory.services();
    var own = services.stream().map(Service::name).collect(Collectors.toSet());
    var named = findings.stream().map(Finding::scope).collect(Collectors.toSet());
    return Stream.concat(
            services.stream(),
            inventory.released().stream()
                .filter(s -> !own.contains(s.name()))
                .filter(s -> named.contains(new Scope.OfService(s.name(), s.environment()))))
        .toList();
  }

  /** Nothing found blocks a deploy. */
  public boolean ready() {
    return findings.stream().noneMatch(Finding::blocks);
  }

  /**
   * Nothing found blocks a deploy from here. What is wrong with a pipeline stops only the deploys
   * that the pipeline makes by itself.
   */
  public boolean deployable() {
    return findings.stream()
        .filter(f -> !f.check().group().equals("ci"))
        .noneMatch(Finding::blocks);
  }
}
