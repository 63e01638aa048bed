package dev.clodo.plan;

import dev.clodo.model.Account;
import dev.clodo.model.Looked;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.SecretSource;
import dev.clodo.model.Service;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** A Pages project as the account has it, and what that means for its release. */
final class PagesProject {
  private final Service service;
  private final Resource project;

  private PagesProject(Service service, Resource project) {
    this.service = service;
    this.project = project;
  }

  /**
   * @throws Unplannable when it does not exist, or can't be seen
   */
  static PagesProject of(Service service, Account account) {
    var name = service.name().value();
    return switch (account.resources(ResourceKind.PAGES_PROJECT, name)) {
      case Looked.Unknown<List<Resource>>(var why, _) ->
          throw new Unplannable(List.of("can't see the Pages project %s: %s".formatted(name, why)));
      case Looked.Known<List<Resource>>(var found) ->
          new PagesProject(
              service,
              found.stream()
                  .findFirst()
                  .orElseThrow(() ->
                      new Unplannable(
                          List.of(
                              "there is no Pages project %1$s: wrangler pages project create %1$s --production-branch main"
                                  .formatted(name)))));
    };
  }

  Way way() {
    return new Way.OfPages(service.output(), project.trait("production_branch"));
  }

  /** Its address below pages.dev, which needs no DNS of the user's. */
  static Optional<URI> address(Service service, Account account) {
    return account.resources(ResourceKind.PAGES_PROJECT, service.name().value())
            instanceof Looked.Known<List<Resource>>(var found)
        ? found.stream()
            .map(p -> p.trait("subdomain"))
            .filter(host -> !host.isEmpty())
            .map(host -> URI.create("https://" + host + "/"))
            .findFirst()
        : Optional.empty();
  }

  /**
   * What the steps can't show.
   *
   * @param secrets those that are said for it
   * @param isFirst whether nothing serves yet
   */
  List<String> notes(Map<String, SecretSource> secrets, boolean isFirst) {
    var notes = new ArrayList<String>();
    if (isFirst) {
      notes.add("is deployed for the first time, so there is nothing to go back to");
    }
    if (!project.trait("source").isEmpty()) {
      notes.add(
          "is connected to a repository (%s), from which Cloudflare deploys it too"
              .formatted(project.trait("source")));
    }
    if (!secrets.isEmpty()) {
      notes.add(
          "its secrets are not set (%s), since those of a Pages project are in no deployment: wrangler pages secret put NAME --project-name %s"
              .formatted(String.join(", ", new TreeSet<>(secrets.keySet())), service.name()));
    }
    return notes;
  }
}
