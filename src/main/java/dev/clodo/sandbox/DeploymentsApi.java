package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.runtime.Share;
import java.util.ArrayList;
import java.util.List;

/// Deployments: which versions serve, now and before.
final class DeploymentsApi {
  private static final String DEPLOYMENTS = Routes.A + "/workers/scripts/{script}/deployments";

  private final State state;
  private final Releases releases;
  private final Views views;

  DeploymentsApi(State state, Releases releases, Views views) {
    this.state = state;
    this.releases = releases;
    this.views = views;
  }

  void enter(Routes routes) {
    var scripts = routes.needing("Workers Scripts");
    scripts.get(DEPLOYMENTS, this::list);
    scripts.post(DEPLOYMENTS, this::create);
    scripts.get(DEPLOYMENTS + "/{deployment}", this::show);
    scripts.delete(DEPLOYMENTS + "/{deployment}", this::delete);
  }

  private Answer list(Call call) {
    state.script(call.script());
    var result = Json.object();
    result.set(
        "deployments",
        Json.array(state.deployments(call.script()).stream().map(views::deployment).toList()));
    return Answer.of(result);
  }

  private Answer create(Call call) {
    var body = call.bodyObject();
    var annotations = Json.objectOf(body.path("annotations"));
    annotations.put("workers/triggered_by", "deployment");
    var deployment =
        releases.deploy(
            call.script(), shares(body), annotations, call.flag("force"), call.source());
    call.note("deployment", deployment.id());
    return Answer.of(views.deployment(deployment));
  }

  private static List<Share> shares(ObjectNode body) {
    if (!body.path("strategy").asText("percentage").equals("percentage")) {
      throw ApiError.badBody("strategy must be \"percentage\"");
    }
    var shares = new ArrayList<Share>();
    for (var version : body.path("versions")) {
      shares.add(share(version));
    }
    return shares;
  }

  private static Share share(JsonNode version) {
    var percentage = version.path("percentage");
    try {
      return new Share(
          version.path("version_id").asText(), percentage.isNumber() ? percentage.asDouble() : -1);
    } catch (IllegalArgumentException e) {
      throw ApiError.badBody(String.valueOf(e.getMessage()));
    }
  }

  private Answer show(Call call) {
    return Answer.of(views.deployment(find(call)));
  }

  private Answer delete(Call call) {
    var deployment = find(call);
    var live = state.liveDeployment(call.script());
    if (live.isPresent() && live.get().id().equals(deployment.id())) {
      throw ApiError.badBody("the deployment that serves can't be deleted");
    }
    state.deleteDeployment(deployment.id());
    return Answer.done();
  }

  private Deployment find(Call call) {
    state.script(call.script());
    return state.deployments(call.script()).stream()
        .filter(each -> each.id().equals(call.path("deployment")))
        .findFirst()
        .orElseThrow(() -> ApiError.of(404, 10336, "The deployment could not be found."));
  }
}
