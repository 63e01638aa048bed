package dev.clodo.adapter.cloudflare;

import static dev.clodo.adapter.cloudflare.FakeApi.Answer.no;
import static dev.clodo.adapter.cloudflare.FakeApi.Answer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.fixture.Services;
import dev.clodo.model.Deployment;
import dev.clodo.model.Target;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import dev.clodo.port.StepFailed;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Pages project through the questions that are asked of Workers. */
class PagesApiTest {
  private static final String PROJECT = "/accounts/acc/pages/projects/site";
  private static final Target SITE = Services.pages("site").target();

  private FakeApi server;
  private CloudflareApi api;

  @BeforeEach
  void start() throws IOException {
    server = new FakeApi();
    api =
        new CloudflareApi(
            Map.of(
                "CLOUDFLARE_API_TOKEN", "secret-token",
                "CLOUDFLARE_ACCOUNT_ID", "acc",
                "CLOUDFLARE_API_BASE_URL", server.base()),
            _ -> {});
  }

  @AfterEach
  void stop() {
    api.close();
    server.close();
  }

  @Test
  void servesItsCanonicalDeployment() {
    server.on(
        "GET " + PROJECT,
        ok("{\"name\":\"site\",\"canonical_deployment\":" + deployment("d2", "success") + "}"));

    var live = api.deployment(SITE).orElseThrow();

    assertThat(live.shares())
        .containsExactly(new Deployment.Share(new VersionId("d2-of-site"), 100));
    assertThat(live.message()).isEqualTo("commit d2 clodo:0123456789abcdef");
  }

  @Test
  void hasNothingThatServesBeforeItsFirstDeploymentOrWhereThereIsNoProject() {
    server.on(
        "GET " + PROJECT,
        ok("{\"name\":\"site\",\"canonical_deployment\":null}"),
        no(404, 8000007, "Project not found"));
    server.on(
        "GET " + PROJECT + "/deployments?env=production&per_page=25&page=1",
        no(404, 8000007, "Project not found"));

    assertThat(api.deployment(SITE)).isEmpty();
    assertThat(api.deployment(SITE)).isEmpty();
    assertThat(api.versions(SITE)).isEmpty();
  }

  @Test
  void listsDeploymentsOfAllPagesWithTheirTagsButNoFailedOnes() {
    var full = new StringBuilder(deployment("d0", "failure"));
    for (int i = 1; i < 25; i++) {
      full.append(',').append(deployment("d" + i, i == 1 ? "active" : "success"));
    }
    server.on(
        "GET " + PROJECT + "/deployments?env=production&per_page=25&page=1", ok("[" + full + "]"));
    server.on(
        "GET " + PROJECT + "/deployments?env=production&per_page=25&page=2",
        ok("[" + deployment("old", "success") + "]"));

    var versions = api.versions(SITE);

    assertThat(versions).hasSize(25);
    assertThat(versions)
        .extracting(UploadedVersion::id)
        .startsWith(new VersionId("d1-of-site"))
        .endsWith(new VersionId("old-of-site"));
    assertThat(versions.getFirst().tag()).isEqualTo("run1abcd/3");
    assertThat(versions.getFirst().message()).isEqualTo("commit d1 clodo:0123456789abcdef");
  }

  @Test
  void goesBackByTheRollbackOfPages() {
    server.on(
        "POST " + PROJECT + "/deployments/d1/rollback",
        ok(deployment("d1", "success")),
        no(400, 8000000, "not possible"));

    api.split(SITE, List.of(new Deployment.Share(new VersionId("d1"), 100)), "note");

    assertThat(server.asked).containsExactly("POST " + PROJECT + "/deployments/d1/rollback");
    assertThatThrownBy(
            () -> api.split(SITE, List.of(new Deployment.Share(new VersionId("d1"), 100)), "note"))
        .isInstanceOf(StepFailed.class)
        .hasMessageContaining("not possible");
  }

  private static String deployment(String id, String status) {
    return """
    {"id":"%1$s-of-site","created_on":"2026-11-20T09:00:00Z","is_skipped":false,
     "latest_stage":{"name":"deploy","status":"%2$s"},
     "deployment_trigger":{"metadata":{
       "commit_message":"commit %1$s clodo:0123456789abcdef (clodo run1abcd/3)"}}}\
    """
        .formatted(id, status);
  }
}
