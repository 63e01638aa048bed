package dev.clodo.assess;

import dev.clodo.model.Account;
import dev.clodo.model.Looked;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.util.List;
import java.util.regex.Pattern;

/** What the account pays for, as far as the token may know. */
final class Plan {
  private Plan() {}

  private static final Pattern PAID =
      Pattern.compile("(?i).*(?:workers_?paid|workers_ent|enterprise|contract).*");

  /** Whether the account is known to pay for Workers. */
  static boolean isPaid(Account account) {
    return account.resources(ResourceKind.SUBSCRIPTIONS)
            instanceof Looked.Known<List<Resource>>(var all)
        && all.stream().anyMatch(s -> PAID.matcher(s.id() + " " + s.name()).matches());
  }

  /** Whether the account is known to pay for nothing that has to do with Workers. */
  static boolean isFree(Account account) {
    return account.resources(ResourceKind.SUBSCRIPTIONS) instanceof Looked.Known<?>
        && !isPaid(account);
  }
}
