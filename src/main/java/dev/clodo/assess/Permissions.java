package dev.clodo.assess;

import dev.clodo.model.Account;
import dev.clodo.model.Account.Access;
import dev.clodo.model.Checkup.Line;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a deploy of a workspace needs the credentials to permit, against what they do permit. */
public final class Permissions {
  private static final String TOKENS = "https://dash.cloudflare.com/profile/api-tokens";

  private Permissions() {}

  /** A line for each operation that the workspace plans. */
  public static List<Line> of(Inventory inventory, Account account) {
    var lines = new ArrayList<Line>();
    if (inventory.services().isEmpty()) {
      return lines;
    }
    boolean listed = account.services() instanceof Looked.Known;
    lines.add(
        line(
            "deploying Workers",
            "Workers Scripts: Edit",
            "Workers Scripts Write",
            account,
            listed,
            account.services() instanceof Looked.Unknown<?>(var _, var p) && !p.isEmpty(),
            inventory.services()));
    for (var feature : CredentialChecks.Feature.ALL) {
      var users =
          inventory.services().stream()
              .filter(s -> s.settings().get(feature.key()).isPresent())
              .toList();
      if (!users.isEmpty()) {
        var looked =
            feature.list().isEmpty()
                ? new Looked.Unknown<List<Resource>>("", "")
                : account.resources(ResourceKind.valueOf(feature.list()));
        lines.add(
            line(
                feature.name(),
                feature.edit(),
                feature.group(),
                account,
                looked instanceof Looked.Known,
                looked instanceof Looked.Unknown<List<Resource>>(var _, var p) && !p.isEmpty(),
                users));
      }
    }
    return lines;
  }

  private static Line line(
      String operation,
      String permission,
      String group,
      Account account,
      boolean readable,
      boolean refused,
      List<Service> users) {
    var topic = "permission";
    var what =
        permission
            + " for "
            + operation
            + " ("
            + users.stream()
                .map(Service::name)
                .map(ServiceName::value)
                .distinct()
                .limit(3)
                .collect(Collectors.joining(", "))
            + (users.size() > 3 ? ", …" : "")
            + ")";
    if (account.access() != Access.ACCEPTED) {
      return Line.unknown(topic, what + ": needed; Cloudflare was not asked", "");
    }
    var granted = CredentialChecks.granted(account);
    if (granted.isPresent() && !group.isEmpty()) {
      return granted.get().contains(group)
          ? Line.good(topic, what + ": held")
          : Line.problem(topic, what + ": missing", "Add it to the token: " + TOKENS);
    }
    if (refused) {
      return Line.problem(topic, what + ": missing", "Add it to the token: " + TOKENS);
    }
    return Line.unknown(
        topic,
        what
            + ": "
            + (readable
                ? "may be read; whether it may be changed, these credentials can't tell"
                : "these credentials can't tell"),
        "");
  }
}
