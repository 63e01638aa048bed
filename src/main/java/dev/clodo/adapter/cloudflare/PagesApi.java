package dev.clodo.adapter.cloudflare;

import com.fasterxml.jackson.databind.JsonNode;
import dev.clodo.model.Account;
import dev.clodo.model.Deployment;
import dev.clodo.model.Tag;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Pages project in the words of Workers: each of its deployments to production is a version, and
 * the canonical one is what serves. Tag and message stand in the commit message.
 */
final class PagesApi {
  /** "Project not found". */
  static final int NO_PROJECT = 8000007;

  /** More than this Pages does not give at once. */
  private static final int PAGE = 25;

  /** As many deployments as a Worker has versions that can serve again. */
  private static final int MOST = 100;

  private final ApiClient client;
  private final String path;

  /**
   * @param path the project's, from the API's base
   */
  PagesApi(ApiClient client, String path) {
    this.client = client;
    this.path = path;
  }

  /** What serves; empty when there is no such project, or nothing was deployed to it. */
  Optional<Deployment> deployment() throws ApiFailure {
    return canonical().map(PagesApi::deployment);
  }

  Optional<Account.Live> live() throws ApiFailure {
    return canonical().map(d -> new Account.Live(deployment(d), List.of(version(d)), "", false));
  }

  private Optional<JsonNode> canonical() throws ApiFailure {
    try {
      var canonical = client.get(path).path("result").path("canonical_deployment");
      return canonical.path("id").asText("").isEmpty() ? Optional.empty() : Optional.of(canonical);
    } catch (ApiFailure failure) {
      if (failure.code() == NO_PROJECT) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /**
   * The deployments to production that serve, can serve again, or are on their way there, newest
   * first; failed ones are left out.
   */
  List<UploadedVersion> versions() throws ApiFailure {
    var versions = new ArrayList<UploadedVersion>();
    try {
      for (int page = 1; page * PAGE <= MOST; page++) {
        var result =
            client
                .get(path + "/deployments?env=production&per_page=" + PAGE + "&page=" + page)
                .path("result");
        for (var deployment : result) {
          if (!hasFailed(deployment)) {
            versions.add(version(deployment));
          }
        }
        if (result.size() < PAGE) {
          break;
        }
      }
    } catch (ApiFailure failure) {
      if (failure.code() != NO_PROJECT) {
        throw failure;
      }
    }
    return List.copyOf(versions);
  }

  /** Lets an earlier deployment serve again. */
  void serve(VersionId deployment) throws ApiFailure {
    client.change(
        path + "/deployments/" + deployment + "/rollback", Json.MAPPER.createObjectNode());
  }

  private static boolean hasFailed(JsonNode deployment) {
    return switch (deployment.path("latest_stage").path("status").asText("")) {
      case "failure", "canceled", "skipped" -> true;
      default -> deployment.path("is_skipped").asBoolean(false);
    };
  }

  private static Deployment deployment(JsonNode canonical) {
    var version = version(canonical);
    return new Deployment(
        version.id().value(),
        List.of(new Deployment.Share(version.id(), 100)),
        version.createdAt(),
        version.message());
  }

  /** Deployments of Pages have no numbers. */
  private static UploadedVersion version(JsonNode deployment) {
    var message =
        deployment.path("deployment_trigger").path("metadata").path("commit_message").asText("");
    return new UploadedVersion(
        new VersionId(deployment.path("id").asText()),
        0,
        AccountApi.instant(deployment.path("created_on")),
        Tag.endOf(message),
        Tag.withoutEnd(message));
  }
}
