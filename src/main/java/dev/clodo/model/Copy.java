package dev.clodo.model;

import java.util.List;

/**
 * What a release is a copy of: a service of the workspace is built once and released for many
 * domains, each time under a name of its own and with bindings of its own.
 *
 * @param of the service as its own configuration names it
 * @param domain whom it is released for
 * @param account the account it is released to; the account in use when empty, else one
 */
public record Copy(ServiceName of, DomainName domain, List<AccountId> account) {
  public Copy {
    account = List.copyOf(account);
    if (account.size() > 1) {
      throw new IllegalArgumentException("a release goes to one account: " + account);
    }
  }

  /** The same, in an account unless it names one already. */
  Copy in(List<AccountId> stated) {
    return account.isEmpty() && !stated.isEmpty() ? new Copy(of, domain, stated) : this;
  }

  /** A service that is released once, as it stands in the workspace. */
  public static Copy none(ServiceName service) {
    return new Copy(service, DomainName.SHARED, List.of());
  }
}
