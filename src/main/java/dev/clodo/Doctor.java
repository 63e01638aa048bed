package dev.clodo;

import dev.clodo.assess.Permissions;
import dev.clodo.model.Account;
import dev.clodo.model.AccountId;
import dev.clodo.model.Checkup;
import dev.clodo.model.Checkup.Line;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks at everything that a deploy rests on. */
final class Doctor {
  private static final String TOKENS = "https://dash.cloudflare.com/profile/api-tokens";

  private final Ports ports;
  private final Path folder;

  Doctor(Ports ports, Path folder) {
    this.ports = ports;
    this.folder = folder;
  }

  Checkup examine(Inventory inventory, boolean online) {
    var lines = new ArrayList<>(ports.machine().look(folder));
    lines.add(git());
    lines.add(workspace(inventory));
    lines.add(credentials());
    var account =
        online ? ports.cloudflare().look(inventory) : Account.unseen("not asked (--offline)");
    lines.add(access(account));
    lines.addAll(Permissions.of(inventory, account));
    return new Checkup(lines);
  }

  private Line git() {
    var origin = ports.git().origin(folder);
    if (origin.commit().isEmpty()) {
      return Line.note(
          "git", "no repository: the history will not say what was deployed", "git init");
    }
    var at = origin.branch() + " at " + shortened(origin.commit());
    return origin.who().isEmpty()
        ? Line.note(
            "git",
            at + ", without a name: the history will not say who deployed",
            "git config user.name \"…\"")
        : Line.good("git", at + ", as " + origin.who());
  }

  private static String shortened(String commit) {
    boolean dirty = commit.endsWith("+dirty");
    return commit.substring(0, Math.min(12, commit.length()))
        + (dirty ? ", with changes that are not committed" : "");
  }

  private Line workspace(Inventory inventory) {
    if (!inventory.unreadable().isEmpty()) {
      var first = inventory.unreadable().getFirst();
      return Line.problem("workspace", first.at() + " " + first.message(), "clodo assess");
    }
    int services = inventory.services().size();
    return services == 0
        ? Line.problem(
            "workspace", "no wrangler configuration in " + folder, "npm create cloudflare")
        : Line.good(
            "workspace", services + (services == 1 ? " service in " : " services in ") + folder);
  }

  private Line credentials() {
    var found = ports.cloudflare().credentials();
    if (found.what().isEmpty()) {
      return Line.problem("credentials", found.problem(), "export CLOUDFLARE_API_TOKEN=…");
    }
    var text = found.what() + " from " + found.from();
    return found.problem().isEmpty()
        ? Line.good("credentials", text)
        : Line.note("credentials", text + ": " + found.problem(), "");
  }

  private static Line access(Account account) {
    return switch (account.access()) {
      case OFFLINE -> Line.unknown("account", "Cloudflare was not asked", "clodo doctor");
      case NO_CREDENTIALS -> Line.unknown("account", "nobody can be asked without credentials", "");
      case REJECTED ->
          Line.problem(
              "account", "Cloudflare refuses the credentials", "Create a token: " + TOKENS);
      case UNREACHABLE ->
          Line.problem(
              "account",
              "Cloudflare does not answer",
              "curl -sS https://api.cloudflare.com/client/v4/ips");
      case ACCEPTED -> accepted(account);
    };
  }

  private static Line accepted(Account account) {
    return switch (account.id()) {
      case Looked.Known<AccountId>(var id) -> Line.good("account", id.value());
      case Looked.Unknown<AccountId>(var why, var _) -> {
        var choices =
            account.choices() instanceof Looked.Known<List<AccountId>>(var all)
                ? all.stream().map(AccountId::value).toList()
                : List.<String>of();
        yield Line.problem(
            "account",
            why + (choices.isEmpty() ? "" : ": " + String.join(", ", choices)),
            "export CLOUDFLARE_ACCOUNT_ID=" + (choices.isEmpty() ? "…" : choices.getFirst()));
      }
    };
  }
}
