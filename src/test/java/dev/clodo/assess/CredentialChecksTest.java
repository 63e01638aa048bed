package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Account;
import dev.clodo.model.Account.Access;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Looked;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialChecksTest {
  private static final String OTHER = "b".repeat(32);

  @TempDir Path folder;

  private Assessed worker(String more) {
    return Assessed.in(folder)
        .file("index.js", "export default { fetch() {} }")
        .file(
            "wrangler.toml",
            "name = \"api\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n" + more);
  }

  private static Resource variable(String name, String... traits) {
    return new Resource(name, "", traits.length == 0 ? Map.of() : Map.of(traits[0], traits[1]));
  }

  private static Account rejected(ResourceKind kind, Looked<List<Resource>> list) {
    return Account.unseen(Access.REJECTED, "refused")
        .with(Map.of(new Account.Shelf(kind, ""), list));
  }

  @Test
  void namesWhatIsWrongWithATokensFormInPlaceOfATokenThatIsRefused() {
    var account =
        rejected(
            ResourceKind.ENVIRONMENT,
            new Looked.Known<>(
                List.of(
                    variable("CLOUDFLARE_API_TOKEN", "flaw", "has quotation marks around it"))));

    var project = worker("").account(account);

    assertThat(project.only("credentials/token-malformed").message()).contains("quotation marks");
    assertThat(project.checks()).doesNotContain("credentials/token-invalid");
  }

  @Test
  void tellsARestrictedTokenFromABadOne() {
    var project =
        worker("")
            .account(
                rejected(
                    ResourceKind.TOKEN,
                    new Looked.Unknown<>(
                        "HTTP 403: Cannot use the access token from location: 1.2.3.4", "")));

    assertThat(project.checks())
        .contains("credentials/token-ip-restricted")
        .doesNotContain("credentials/token-invalid");
  }

  @Test
  void remindsOfATokenThatEndsSoon() {
    var soon = new Resource("t", "", Map.of("expires_on", "2026-11-25T00:00:00Z"));
    var later = new Resource("t", "", Map.of("expires_on", "2027-11-25T00:00:00Z"));

    assertThat(
            worker("")
                .account(Assessed.emptyAccount().list(ResourceKind.TOKEN, "", soon).build())
                .only("credentials/token-expiring")
                .message())
        .contains("in 5 days");
    assertThat(
            worker("")
                .account(Assessed.emptyAccount().list(ResourceKind.TOKEN, "", later).build())
                .of("credentials/token-expiring"))
        .isEmpty();
  }

  @Test
  void warnsThatAKeyWinsOverTheToken() {
    var both =
        Assessed.emptyAccount()
            .list(
                ResourceKind.ENVIRONMENT,
                "",
                variable("CLOUDFLARE_API_TOKEN"),
                variable("CLOUDFLARE_API_KEY"),
                variable("CLOUDFLARE_EMAIL"));
    assertThat(worker("").account(both.build()).checks())
        .contains("credentials/global-key-overrides-token");
    both.list(ResourceKind.ENVIRONMENT, "", variable("CLOUDFLARE_API_TOKEN"));
    assertThat(worker("").account(both.build()).checks())
        .doesNotContain("credentials/global-key-overrides-token");
  }

  @Test
  void pointsAtOldNamesOnlyWhereTheyCount() {
    var account = Assessed.emptyAccount();
    account.list(ResourceKind.ENVIRONMENT, "", variable("CF_API_TOKEN"));
    assertThat(
            worker("").account(account.build()).only("credentials/deprecated-env-name").subject())
        .isEqualTo("CF_API_TOKEN");
    account.list(
        ResourceKind.ENVIRONMENT, "", variable("CLOUDFLARE_API_TOKEN"), variable("CF_API_TOKEN"));
    assertThat(worker("").account(account.build()).of("credentials/deprecated-env-name")).isEmpty();
    account.list(
        ResourceKind.ENVIRONMENT,
        "",
        variable("CLOUDFLARE_API_TOKEN"),
        variable("CF_API_TOKEN", "differs", "true"));
    assertThat(worker("").account(account.build()).of("credentials/deprecated-env-name"))
        .hasSize(1);
  }

  @Test
  void recognisesAZonesIdAndNamesTheAccount() {
    var project =
        worker("")
            .account(
                rejected(
                    ResourceKind.ZONE_AS_ACCOUNT,
                    new Looked.Known<>(
                        List.of(
                            new Resource("a".repeat(32), "acme.dev", Map.of("account", OTHER))))));

    assertThat(project.only("credentials/account-is-zone-id").message()).contains("acme.dev");
    assertThat(project.checks()).doesNotContain("credentials/token-invalid");
  }

  @Test
  void seesTwoAccountsThatContradictEachOther() {
    var project =
        worker("account_id = \"" + "a".repeat(32) + "\"\n")
            .account(
                Assessed.emptyAccount()
                    .list(
                        ResourceKind.ENVIRONMENT,
                        "",
                        variable("CLOUDFLARE_ACCOUNT_ID", "value", OTHER))
                    .build());

    assertThat(project.only("credentials/account-mismatch").severity()).isEqualTo(Severity.WARNING);
    assertThat(
            worker("account_id = \"" + "a".repeat(32) + "\"\n")
                .file(".git/HEAD", "x")
                .file(
                    ".github/workflows/d.yml",
                    "on: push\njobs:\n  d:\n    steps:\n      - uses: cloudflare/wrangler-action@v3\n        with:\n          accountId: "
                        + OTHER
                        + "\n")
                .only("credentials/account-mismatch")
                .message())
        .contains("d.yml");
  }

  @Test
  void saysThatNoAccountCanBeListed() {
    assertThat(worker("").account(Assessed.emptyAccount().choices().build()).checks())
        .contains("credentials/membership-read-missing");
    assertThat(worker("").account(Assessed.emptyAccount().choices("a", "b").build()).checks())
        .doesNotContain("credentials/membership-read-missing")
        .contains("credentials/account-ambiguous");
  }

  private static final String QUEUE = "[[queues.producers]]\nbinding = \"Q\"\nqueue = \"jobs\"\n";

  @Test
  void namesThePermissionThatADeployWillMiss() {
    var account =
        Assessed.emptyAccount()
            .queues("jobs")
            .forbidden(ResourceKind.QUEUES, "", "Queues: Read")
            .build();

    assertThat(worker(QUEUE).account(account).only("credentials/permission-missing").subject())
        .isEqualTo("Queues: Edit");
    assertThat(worker("").account(account).of("credentials/permission-missing")).isEmpty();
  }

  @Test
  void readsThePoliciesOfTheTokenWhereItMay() {
    var granted = new Resource("g", "Workers Scripts Write", Map.of("effect", "allow"));
    var queues = new Resource("q", "Queues Write", Map.of("effect", "allow"));
    var account = Assessed.emptyAccount().queues("jobs");

    account.list(ResourceKind.PERMISSIONS, "", granted);
    assertThat(
            worker(QUEUE).account(account.build()).only("credentials/permission-missing").subject())
        .isEqualTo("Queues: Edit");
    account.list(ResourceKind.PERMISSIONS, "", granted, queues);
    assertThat(worker(QUEUE).account(account.build()).of("credentials/permission-missing"))
        .isEmpty();
    // A namespace that exists already needs no permission of its own.
    assertThat(
            worker("[[kv_namespaces]]\nbinding = \"A\"\nid = \"%s\"\n".formatted("a".repeat(32)))
                .account(account.build())
                .of("credentials/permission-missing"))
        .isEmpty();
  }

  @Test
  void looksAtTheRoutesOfEachZone() {
    var zone = new Resource("z1", "acme.dev", Map.of("status", "active"));
    var account =
        Assessed.emptyAccount()
            .list(ResourceKind.ZONES, "", zone)
            .forbidden(ResourceKind.ROUTES, "acme.dev", "Workers Routes: Read")
            .build();

    var finding =
        worker("routes = [\"api.acme.dev/*\"]\n")
            .account(account)
            .only("credentials/zone-permission-missing");

    assertThat(finding.subject()).isEqualTo("acme.dev");
    assertThat(finding.where().line()).isEqualTo(4);
  }

  @Test
  void seesALoginThatIsOlderThanTheProduct() {
    var old = new Resource("", "", Map.of("kind", "login", "scopes", "account:read,workers:write"));
    var account = Assessed.emptyAccount().queues("jobs").list(ResourceKind.TOKEN, "", old).build();

    assertThat(worker(QUEUE).account(account).only("credentials/oauth-scopes-stale").subject())
        .isEqualTo("queues:write");
    assertThat(worker("").account(account).of("credentials/oauth-scopes-stale")).isEmpty();
  }

  @Test
  void asksToVerifyTheEmailAddress() {
    var account =
        Assessed.emptyAccount()
            .list(ResourceKind.REFUSALS, "", new Resource("10034", "verify", Map.of()))
            .build();

    assertThat(worker("").account(account).checks()).contains("credentials/email-unverified");
  }
}
