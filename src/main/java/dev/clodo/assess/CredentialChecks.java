package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.workspaceError;

import dev.clodo.model.Account.Access;
import dev.clodo.model.AccountId;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Who may ask Cloudflare, and about which account. */
final class CredentialChecks {
  private CredentialChecks() {}

  static final List<Check> CHECKS =
      List.of(
          workspaceError(
              "credentials/none",
              StopsAt.BUILD,
              "workers/ci-cd/external-cicd/",
              CredentialChecks::none),
          workspaceError(
              "credentials/token-invalid",
              StopsAt.UPLOAD,
              "fundamentals/api/troubleshooting/",
              CredentialChecks::tokenInvalid),
          workspaceError(
              "credentials/account-ambiguous",
              StopsAt.BUILD,
              "workers/wrangler/system-environment-variables/",
              CredentialChecks::accountAmbiguous),
          error(
              "credentials/account-id-malformed",
              StopsAt.UPLOAD,
              "fundamentals/account/find-account-and-zone-ids/",
              CredentialChecks::accountIdMalformed),
          error(
                  "credentials/account-not-accessible",
                  StopsAt.UPLOAD,
                  "workers/ci-cd/external-cicd/",
                  CredentialChecks::accountNotAccessible)
              .yieldingTo("credentials/account-id-malformed", "config/placeholder"));

  static final Pattern HEX_32 = Pattern.compile("[0-9a-fA-F]{32}");

  private static final Remedy.Advice MAKE_A_TOKEN =
      new Remedy.Advice(
          "Create a token at https://dash.cloudflare.com/profile/api-tokens (template \"Edit"
              + " Cloudflare Workers\") and set CLOUDFLARE_API_TOKEN.");

  private static List<? extends Hit> none(Workspace workspace) {
    if (workspace.account().access() != Access.NO_CREDENTIALS) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "",
            workspace.root(),
            "No Cloudflare API token is set. A deploy stops before it begins, and nothing at"
                + " Cloudflare could be looked at.",
            MAKE_A_TOKEN));
  }

  private static List<? extends Hit> tokenInvalid(Workspace workspace) {
    if (workspace.account().access() != Access.REJECTED) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "",
            workspace.root(),
            "Cloudflare refuses the API token: it is mistyped, expired or revoked. A deploy fails"
                + " with \"Authentication error\", and nothing at Cloudflare could be looked at.",
            MAKE_A_TOKEN));
  }

  private static List<? extends Hit> accountAmbiguous(Workspace workspace) {
    var account = workspace.account();
    if (account.id() instanceof Looked.Known
        || !(account.choices() instanceof Looked.Known<List<AccountId>>(var choices))
        || choices.size() < 2) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "",
            workspace.root(),
            "The token reaches "
                + choices.size()
                + " accounts and the configuration names none. Without a terminal wrangler gives"
                + " up; with one it asks.",
            new Remedy.Advice(
                "Set CLOUDFLARE_ACCOUNT_ID, or account_id in the configuration, to one of "
                    + choices.stream().map(AccountId::value).collect(Collectors.joining(", "))
                    + ".")));
  }

  private static List<? extends Hit> accountIdMalformed(Case c) {
    return Case.word(c.settings(), "account_id").stream()
        .filter(id -> !id.value().isEmpty() && !HEX_32.matcher(id.value()).matches())
        .map(id ->
            new Hit.Fault(
                "account_id",
                id.at(),
                "account_id is \""
                    + id.value()
                    + "\", but an account's id has 32 hexadecimal digits. Every request of the"
                    + " deploy fails with code 7003.",
                c.account("whoami")))
        .toList();
  }

  private static List<? extends Hit> accountNotAccessible(Case c) {
    var id = Case.word(c.settings(), "account_id").filter(w -> !w.value().isEmpty());
    if (id.isEmpty()
        || c.account().access() != Access.ACCEPTED
        || !(c.account().choices() instanceof Looked.Known<List<AccountId>>(var choices))
        || choices.isEmpty()
        // Answers about the account prove the access that a token can't list.
        || c.account().services() instanceof Looked.Known) {
      return List.of();
    }
    boolean reached = choices.stream().anyMatch(a -> a.value().equals(id.get().value()));
    return reached
        ? List.of()
        : List.of(
            new Hit.Fault(
                "account_id",
                id.get().at(),
                "The token does not reach account "
                    + id.get().value()
                    + ". The deploy fails with \"Authentication error\".",
                new Remedy.Advice(
                    "Use one of the accounts it reaches: "
                        + choices.stream().map(AccountId::value).collect(Collectors.joining(", "))
                        + ".")));
  }
}
