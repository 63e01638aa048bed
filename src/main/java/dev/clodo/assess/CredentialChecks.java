package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.warning;
import static dev.clodo.assess.Check.workspaceAdvice;
import static dev.clodo.assess.Check.workspaceError;
import static dev.clodo.assess.Check.workspaceWarning;

import dev.clodo.model.Account;
import dev.clodo.model.Account.Access;
import dev.clodo.model.AccountId;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
                  CredentialChecks::tokenInvalid)
              .yieldingTo(
                  "credentials/token-malformed",
                  "credentials/token-ip-restricted",
                  "credentials/account-is-zone-id"),
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
              .yieldingTo("credentials/account-id-malformed", "config/placeholder"),
          workspaceError(
              "credentials/token-malformed",
              StopsAt.UPLOAD,
              "workers/wrangler/system-environment-variables/",
              CredentialChecks::tokenMalformed),
          workspaceError(
              "credentials/token-ip-restricted",
              StopsAt.UPLOAD,
              "fundamentals/api/how-to/restrict-tokens/",
              CredentialChecks::ipRestricted),
          workspaceAdvice(
              "credentials/token-expiring",
              "fundamentals/api/how-to/roll-token/",
              CredentialChecks::expiring),
          workspaceWarning(
              "credentials/global-key-overrides-token",
              "workers/wrangler/system-environment-variables/",
              CredentialChecks::keyOverToken),
          workspaceWarning(
              "credentials/deprecated-env-name",
              "workers/wrangler/system-environment-variables/#deprecated-global-variables",
              CredentialChecks::oldNames),
          workspaceError(
              "credentials/account-is-zone-id",
              StopsAt.UPLOAD,
              "fundamentals/account/find-account-and-zone-ids/",
              CredentialChecks::zoneAsAccount),
          warning(
              "credentials/account-mismatch",
              "workers/wrangler/system-environment-variables/",
              CredentialChecks::accountMismatch),
          workspaceError(
              "credentials/membership-read-missing",
              StopsAt.BUILD,
              "workers/ci-cd/external-cicd/",
              CredentialChecks::noAccountListed),
          error(
              "credentials/permission-missing",
              StopsAt.UPLOAD,
              "fundamentals/api/reference/permissions/",
              CredentialChecks::permissionMissing),
          error(
              "credentials/zone-permission-missing",
              StopsAt.UPLOAD,
              "fundamentals/api/reference/permissions/#zone-permissions",
              CredentialChecks::zonePermissionMissing),
          error(
              "credentials/oauth-scopes-stale",
              StopsAt.UPLOAD,
              "workers/wrangler/commands/#login",
              CredentialChecks::staleScopes),
          workspaceError(
              "credentials/email-unverified",
              StopsAt.UPLOAD,
              "fundamentals/user-profiles/verify-email-address/",
              CredentialChecks::emailUnverified));

  static final Pattern HEX_32 = Pattern.compile("[0-9a-fA-F]{32}");

  private static final Remedy.Advice MAKE_A_TOKEN =
      new Remedy.Advice(
          "Create a token at https://dash.cloudflare.com/profile/api-tokens (template \"Edit"
              + " Cloudflare Workers\") and set CLOUDFLARE_API_TOKEN.");

  private static List<? extends Hit> none(Evidence evidence) {
    if (evidence.account().access() != Access.NO_CREDENTIALS) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "",
            evidence.root(),
            "No Cloudflare API token is set. A deploy stops before it begins, and nothing at"
                + " Cloudflare could be looked at.",
            MAKE_A_TOKEN));
  }

  private static List<? extends Hit> tokenInvalid(Evidence evidence) {
    if (evidence.account().access() != Access.REJECTED) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "",
            evidence.root(),
            "Cloudflare refuses the API token: it is mistyped, expired or revoked. A deploy fails"
                + " with \"Authentication error\", and nothing at Cloudflare could be looked at.",
            MAKE_A_TOKEN));
  }

  private static List<? extends Hit> accountAmbiguous(Evidence evidence) {
    var account = evidence.account();
    if (account.id() instanceof Looked.Known
        || !(account.choices() instanceof Looked.Known<List<AccountId>>(var choices))
        || choices.size() < 2) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "",
            evidence.root(),
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
                Case.look("whoami", "copy the id from there.")))
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

  private static List<Resource> variables(Evidence evidence) {
    return evidence.account().resources(ResourceKind.ENVIRONMENT)
            instanceof Looked.Known<List<Resource>>(var all)
        ? all
        : List.of();
  }

  private static boolean isSet(List<Resource> variables, String... names) {
    return variables.stream().anyMatch(v -> List.of(names).contains(v.id()));
  }

  private static List<? extends Hit> tokenMalformed(Evidence evidence) {
    var all = variables(evidence);
    return all.stream()
        .filter(v -> !v.trait("flaw").isEmpty())
        // The old name counts only where the new one is not set.
        .filter(v -> !v.id().startsWith("CF_") || !isSet(all, v.id().replace("CF_", "CLOUDFLARE_")))
        .map(v ->
            new Hit.Fault(
                "",
                evidence.root(),
                v.id() + " " + v.trait("flaw") + ". Requests with it are refused or can't be sent.",
                new Remedy.Advice(
                    "Set " + v.id() + " to the bare token, without quotes or spaces.")))
        .toList();
  }

  private static List<? extends Hit> ipRestricted(Evidence evidence) {
    var said = new ArrayList<String>();
    if (evidence.account().resources(ResourceKind.TOKEN)
        instanceof Looked.Unknown<List<Resource>>(var why, var _)) {
      said.add(why);
    }
    refusals(evidence).forEach(r -> said.add(r.name()));
    return said.stream()
        .filter(s -> s.contains("Cannot use the access token from location"))
        .findFirst()
        .map(s ->
            List.of(
                new Hit.Fault(
                    "",
                    evidence.root(),
                    "The API token may not be used from this machine's address: it is restricted to"
                        + " others. Cloudflare refuses every request with code 9109.",
                    new Remedy.Advice(
                        "Add this machine's address to the token at"
                            + " https://dash.cloudflare.com/profile/api-tokens, or remove the"
                            + " restriction for pipelines."))))
        .orElse(List.of());
  }

  private static List<Resource> refusals(Evidence evidence) {
    return evidence.account().resources(ResourceKind.REFUSALS)
            instanceof Looked.Known<List<Resource>>(var all)
        ? all
        : List.of();
  }

  private static Optional<Resource> token(Evidence evidence) {
    return evidence.account().resources(ResourceKind.TOKEN)
                instanceof Looked.Known<List<Resource>>(var all)
            && !all.isEmpty()
        ? Optional.of(all.getFirst())
        : Optional.empty();
  }

  private static List<? extends Hit> expiring(Evidence evidence) {
    var end = token(evidence).map(t -> t.trait("expires_on")).orElse("");
    if (end.length() < 10 || !end.substring(0, 10).matches("\\d{4}-\\d\\d-\\d\\d")) {
      return List.of();
    }
    LocalDate last;
    try {
      last = LocalDate.parse(end.substring(0, 10));
    } catch (DateTimeParseException noDay) {
      return List.of();
    }
    long left = ChronoUnit.DAYS.between(evidence.today(), last);
    return left < 0 || left > Limits.of("token.warn.days")
        ? List.of()
        : List.of(
            new Hit.Fault(
                "",
                evidence.root(),
                "The API token ends on "
                    + last
                    + (left == 0 ? ", today." : ", in " + left + (left == 1 ? " day." : " days.")),
                new Remedy.Advice(
                    "Roll it at https://dash.cloudflare.com/profile/api-tokens before pipelines"
                        + " stop.")));
  }

  private static List<? extends Hit> keyOverToken(Evidence evidence) {
    var all = variables(evidence);
    boolean both =
        isSet(all, "CLOUDFLARE_API_TOKEN", "CF_API_TOKEN")
            && isSet(all, "CLOUDFLARE_API_KEY", "CF_API_KEY")
            && isSet(all, "CLOUDFLARE_EMAIL", "CF_EMAIL");
    return both
        ? List.of(
            new Hit.Fault(
                "",
                evidence.root(),
                "A global API key and an API token are both set. wrangler uses the key, whatever the"
                    + " token may do.",
                new Remedy.Command(
                    "unset CLOUDFLARE_API_KEY CLOUDFLARE_EMAIL CF_API_KEY CF_EMAIL",
                    evidence.inventory().root())))
        : List.of();
  }

  private static List<? extends Hit> oldNames(Evidence evidence) {
    var all = variables(evidence);
    var hits = new ArrayList<Hit>();
    for (var v : all) {
      if (!v.id().startsWith("CF_")) {
        continue;
      }
      var current = v.id().replace("CF_", "CLOUDFLARE_");
      if (!isSet(all, current) || !v.trait("differs").isEmpty()) {
        hits.add(
            new Hit.Fault(
                v.id(),
                evidence.root(),
                isSet(all, current)
                    ? v.id()
                        + " and "
                        + current
                        + " are set to different values; only the second counts."
                    : v.id() + " is an old name that wrangler may stop reading.",
                new Remedy.Advice("Set " + current + " and remove " + v.id() + ".")));
      }
    }
    return hits;
  }

  private static List<? extends Hit> zoneAsAccount(Evidence evidence) {
    return evidence.account().resources(ResourceKind.ZONE_AS_ACCOUNT)
                instanceof Looked.Known<List<Resource>>(var zones)
            && !zones.isEmpty()
        ? List.of(
            new Hit.Fault(
                "",
                evidence.root(),
                zones.getFirst().id()
                    + " is given as the account's id, but it is the id of the zone "
                    + zones.getFirst().name()
                    + ". Every request of a deploy fails.",
                zones.getFirst().trait("account").isEmpty()
                    ? new Remedy.Advice("Use the id of the account: npx wrangler whoami")
                    : new Remedy.Advice(
                        "Use the id of that zone's account: " + zones.getFirst().trait("account"))))
        : List.of();
  }

  private static final Pattern ACCOUNT_IN_PIPELINE =
      Pattern.compile(
          "(?:accountId|CLOUDFLARE_ACCOUNT_ID|CF_ACCOUNT_ID)\"?\\s*[:=]\\s*['\"]?([0-9a-f]{32})\\b");

  private static List<? extends Hit> accountMismatch(Case c) {
    var own =
        Case.word(c.settings(), "account_id").filter(w -> HEX_32.matcher(w.value()).matches());
    if (own.isEmpty()) {
      return List.of();
    }
    var others = new TreeMap<String, String>();
    for (var v : variables(c.evidence())) {
      if (v.id().equals("CLOUDFLARE_ACCOUNT_ID")) {
        others.put(v.trait("value"), v.id());
      }
    }
    c.around()
        .texts()
        .forEach((file, text) -> {
          if (Calls.isPipeline(file)) {
            ACCOUNT_IN_PIPELINE
                .matcher(text)
                .results()
                .forEach(m ->
                    others.putIfAbsent(
                        m.group(1), c.evidence().inventory().root().relativize(file).toString()));
          }
        });
    return others.entrySet().stream()
        .filter(o -> !o.getKey().equalsIgnoreCase(own.get().value()))
        .filter(o -> HEX_32.matcher(o.getKey()).matches())
        .map(o ->
            new Hit.Fault(
                "account_id",
                own.get().at(),
                "The configuration deploys to account "
                    + own.get().value()
                    + ", but "
                    + o.getValue()
                    + " names "
                    + o.getKey()
                    + ". The configuration wins.",
                new Remedy.Advice(
                    "Remove account_id from the configuration, or correct one of them.")))
        .toList();
  }

  private static List<? extends Hit> noAccountListed(Evidence evidence) {
    var account = evidence.account();
    if (account.access() != Access.ACCEPTED || account.id() instanceof Looked.Known) {
      return List.of();
    }
    boolean none =
        switch (account.choices()) {
          case Looked.Known<List<AccountId>>(var choices) -> choices.isEmpty();
          case Looked.Unknown<List<AccountId>>(var _, var permission) -> !permission.isEmpty();
        };
    return none
        ? List.of(
            new Hit.Fault(
                "",
                evidence.root(),
                "No account is named, and the token may not list the accounts that it reaches."
                    + " wrangler stops with \"Failed to automatically retrieve account IDs\".",
                new Remedy.Advice(
                    "Set CLOUDFLARE_ACCOUNT_ID, or give the token User: Memberships: Read.")))
        : List.of();
  }

  /** What a feature of the configuration needs, from {@code permissions.json}. */
  record Feature(
      String key,
      String name,
      String edit,
      String group,
      String scope,
      String list,
      String certain) {
    static final List<Feature> ALL = read();

    private static List<Feature> read() {
      var all = new ArrayList<Feature>();
      if (Resources.data("permissions.json").get("features") instanceof List<?> rows) {
        for (var row : rows) {
          if (row instanceof Map<?, ?> r) {
            all.add(
                new Feature(
                    text(r, "feature"),
                    text(r, "name"),
                    text(r, "edit"),
                    text(r, "group"),
                    text(r, "scope"),
                    text(r, "list"),
                    text(r, "certain")));
          }
        }
      }
      return List.copyOf(all);
    }

    private static String text(Map<?, ?> row, String key) {
      return String.valueOf(row.get(key));
    }

    boolean isUsed(Case c) {
      return c.settings().get(key).isPresent();
    }

    /** Whether a deploy asks for it in any case: an existing resource needs no look. */
    boolean isCertain(Case c) {
      if (certain.startsWith("without ")) {
        var id = certain.substring("without ".length());
        return c.settings().tables(key).stream()
            .anyMatch(t ->
                t.get(id).isEmpty()
                    && c.liveBindings()
                        .filter(live -> !live.contains(t.text("binding").orElse("")))
                        .isPresent());
      }
      return certain.equals("always");
    }
  }

  private static List<? extends Hit> permissionMissing(Case c) {
    if (c.isPages() || c.account().access() != Access.ACCEPTED) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    if (c.account().services() instanceof Looked.Unknown<?>(var _, var permission)
        && !permission.isEmpty()) {
      hits.add(
          lacking(c, "Workers", "Workers Scripts: Edit", Location.startOf(c.service().config())));
    }
    var granted = granted(c);
    for (var feature : Feature.ALL) {
      if (!feature.isUsed(c) || !feature.isCertain(c)) {
        continue;
      }
      boolean refused =
          !feature.list().isEmpty()
              && c.account().resources(ResourceKind.valueOf(feature.list()))
                  instanceof Looked.Unknown<List<Resource>>(var _, var permission)
              && !permission.isEmpty();
      boolean absent =
          granted.isPresent()
              && !feature.group().isEmpty()
              && !granted.get().contains(feature.group());
      if (refused || absent) {
        hits.add(lacking(c, feature.name(), feature.edit(), c.at(feature.key())));
      }
    }
    return hits;
  }

  private static Hit lacking(Case c, String feature, String permission, Location at) {
    return new Hit.Fault(
        permission,
        at,
        feature
            + " of \""
            + c.service().name()
            + "\" needs the permission \""
            + permission
            + "\", which the API token lacks. The deploy fails half-way with code 10000.",
        new Remedy.Advice(
            "Add \""
                + permission
                + "\" to the token at https://dash.cloudflare.com/profile/api-tokens; the template"
                + " \"Edit Cloudflare Workers\" may not have it."));
  }

  /** The names of what the token may do; empty when it may not tell. */
  private static Optional<Set<String>> granted(Case c) {
    return granted(c.account());
  }

  /** The names of what the token may do; empty when it can't tell. */
  static Optional<Set<String>> granted(Account account) {
    return account.resources(ResourceKind.PERMISSIONS)
                instanceof Looked.Known<List<Resource>>(var all)
            && !all.isEmpty()
        ? Optional.of(
            all.stream()
                .filter(p -> p.trait("effect").equals("allow"))
                .map(Resource::name)
                .collect(Collectors.toSet()))
        : Optional.empty();
  }

  private static List<? extends Hit> zonePermissionMissing(Case c) {
    var hits = new ArrayList<Hit>();
    for (var zone : RouteChecks.zonesOf(c)) {
      if (c.account().resources(ResourceKind.ROUTES, zone.getKey())
              instanceof Looked.Unknown<List<Resource>>(var _, var permission)
          && !permission.isEmpty()) {
        hits.add(
            new Hit.Fault(
                zone.getKey(),
                zone.getValue(),
                "The API token may not see the routes of "
                    + zone.getKey()
                    + ", so it may not change them. The code goes live, then the routes fail with"
                    + " code 10000.",
                new Remedy.Advice(
                    "Give the token Workers Routes: Edit and Zone: Read for "
                        + zone.getKey()
                        + " at https://dash.cloudflare.com/profile/api-tokens.")));
      }
    }
    return hits;
  }

  private static List<? extends Hit> staleScopes(Case c) {
    var scopes =
        token(c.evidence())
            .filter(t -> t.trait("kind").equals("login"))
            .map(t -> t.trait("scopes"))
            .orElse("");
    if (scopes.isEmpty()) {
      return List.of();
    }
    var held = Set.of(scopes.split(",", -1));
    return Feature.ALL.stream()
        .filter(f -> f.isUsed(c) && f.isCertain(c) && !held.contains(f.scope()))
        .map(f ->
            new Hit.Fault(
                f.scope(),
                c.at(f.key()),
                "wrangler's login was made without \""
                    + f.scope()
                    + "\", which "
                    + f.name()
                    + " needs. The deploy fails.",
                c.account("login")))
        .toList();
  }

  private static final String UNVERIFIED = "10034";

  private static List<? extends Hit> emailUnverified(Evidence evidence) {
    return refusals(evidence).stream()
        .filter(r -> r.id().equals(UNVERIFIED))
        .map(r ->
            new Hit.Fault(
                "",
                evidence.root(),
                "The e-mail address of the Cloudflare account is not verified. A deploy fails with"
                    + " code 10034.",
                new Remedy.Advice(
                    "Follow the link in Cloudflare's mail, or ask for a new one at"
                        + " https://dash.cloudflare.com/profile.")))
        .toList();
  }
}
