package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.PagesProjects.Deployment;
import dev.clodo.sandbox.PagesProjects.Project;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Pages: projects, uploads of files, and deployments, whose files the edge serves. Functions are
/// refused by name.
final class PagesApi {
  private static final String PROJECTS = Routes.A + "/pages/projects";
  private static final String PROJECT = PROJECTS + "/{project}";
  private static final String DEPLOYMENTS = PROJECT + "/deployments";
  private static final String DEPLOYMENT = DEPLOYMENTS + "/{deployment}";

  /// The platform's tokens last five minutes; wrangler asks for another one when they end.
  private static final Duration TOKEN_LIFETIME = Duration.ofMinutes(5);

  /// The platform's limit of the free plan, which wrangler reads from the token.
  private static final int MAX_FILES = 20_000;

  /// Parts that bring code.
  private static final Set<String> CODE = Set.of("_worker.js", "_worker.bundle");

  private final PagesProjects projects;
  private final Resources resources;
  private final Blobs blobs;
  private final InstantSource clock;
  private final Set<String> tokens = ConcurrentHashMap.newKeySet();

  PagesApi(PagesProjects projects, Resources resources, Blobs blobs, InstantSource clock) {
    this.projects = projects;
    this.resources = resources;
    this.blobs = blobs;
    this.clock = clock;
  }

  void enter(Routes routes) {
    var pages = routes.needing("Pages");
    pages.get(
        PROJECTS,
        call -> Answer.page(call, projects.projects().stream().map(this::shown).toList()));
    pages.post(PROJECTS, this::create);
    pages.get(PROJECT, call -> Answer.of(shown(project(call))));
    pages.delete(PROJECT, this::delete);
    pages.get(PROJECT + "/upload-token", this::uploadToken);
    pages.get(DEPLOYMENTS, this::list);
    pages.post(DEPLOYMENTS, this::deploy);
    pages.get(DEPLOYMENT, call -> Answer.of(shown(deployment(call))));
    pages.delete(DEPLOYMENT, this::deleteDeployment);
    pages.post(DEPLOYMENT + "/rollback", this::rollBack);
    // Their token is the one for uploads, not the account's.
    routes.open().post("/pages/assets/check-missing", this::checkMissing);
    routes.open().post("/pages/assets/upload", this::upload);
    routes.open().post("/pages/assets/upsert-hashes", this::keep);
  }

  private Project project(Call call) {
    return projects
        .project(call.path("project"))
        .orElseThrow(() ->
            ApiError.of(
                404,
                8000007,
                "Project not found. The specified project name does not match any of your"
                    + " existing projects."));
  }

  private Deployment deployment(Call call) {
    var project = project(call).name();
    return projects
        .deployment(call.path("deployment"))
        .filter(deployment -> deployment.project().equals(project))
        .orElseThrow(() ->
            ApiError.of(404, 8000009, "The deployment ID you have specified does not exist."));
  }

  private Answer create(Call call) {
    var body = call.bodyObject();
    var name = body.path("name").asText();
    if (!name.matches("[a-z0-9]([a-z0-9-]{0,56}[a-z0-9])?")) {
      throw ApiError.badBody("'%s' is no name for a Pages project".formatted(name));
    }
    if (projects.project(name).isPresent()) {
      throw ApiError.of(
          409,
          8000002,
          "A project with this name already exists. Choose a different project name.");
    }
    var configs = Json.object();
    for (var environment : new String[] {"production", "preview"}) {
      configs.set(environment, Json.objectOf(body.path("deployment_configs").path(environment)));
    }
    var project =
        new Project(
            Ids.uuid(),
            name,
            clock.instant(),
            body.path("production_branch").asText("main"),
            configs);
    projects.add(project);
    return Answer.of(shown(project));
  }

  private Answer delete(Call call) {
    projects.deleteProject(project(call).name());
    return Answer.done();
  }

  private Answer list(Call call) {
    var project = project(call).name();
    var environment = call.query("env");
    return Answer.page(
        call,
        projects.deployments(project).stream()
            .filter(each -> environment.isEmpty() || environment.get().equals(each.environment()))
            .map(this::shown)
            .toList());
  }

  private Answer deleteDeployment(Call call) {
    projects.deleteDeployment(deployment(call).id());
    return Answer.done();
  }

  /// The contract says no more than "roll back production to a previous successful deployment":
  /// that no new one is made is an assumption.
  private Answer rollBack(Call call) {
    var deployment = deployment(call);
    if (!deployment.isProduction()) {
      throw ApiError.of(
          400, 8000000, "Only deployments to production can be rolled back to, not previews.");
    }
    projects.serve(deployment);
    call.note("deployment", deployment.id());
    return Answer.of(shown(deployment));
  }

  // Uploads

  private Answer uploadToken(Call call) {
    var name = project(call).name();
    var payload = Json.object().put("project", name).put("max_file_count_allowed", MAX_FILES);
    var token = Ids.jwt(payload.put("exp", clock.instant().plus(TOKEN_LIFETIME).getEpochSecond()));
    tokens.add(token);
    return Answer.of(Json.object().put("jwt", token));
  }

  private void requireToken(Call call) {
    if (call.bearer().filter(tokens::contains).isEmpty()) {
      throw ApiError.of(401, 8000013, "Authorization failed");
    }
  }

  private Answer checkMissing(Call call) {
    requireToken(call);
    var missing = Json.array();
    for (var hash : call.bodyObject().path("hashes")) {
      if (resources.asset(hash.asText()).isEmpty()) {
        missing.add(hash.asText());
      }
    }
    return Answer.of(missing);
  }

  private Answer upload(Call call) {
    requireToken(call);
    var files = call.bodyArray();
    for (var file : files) {
      byte[] content = decoded(file.path("value").asText());
      resources.save(
          new Program.Asset(
              file.path("key").asText(),
              file.path("metadata").path("contentType").asText(""),
              content.length,
              blobs.put(content)));
    }
    var result = Json.object().put("successful_key_count", files.size());
    result.putArray("unsuccessful_keys");
    return Answer.of(result);
  }

  private static byte[] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw ApiError.badBody("a file's value is no base64");
    }
  }

  /// The platform forgets files that nobody asks to keep; the sandbox keeps all.
  private Answer keep(Call call) {
    requireToken(call);
    return Answer.done();
  }

  // Deployments

  private Answer deploy(Call call) {
    var project = project(call);
    var texts = new LinkedHashMap<String, String>();
    for (var part : call.parts()) {
      if (CODE.contains(part.name())) {
        throw ApiError.of(400, 8000000, "Pages Functions are not available in the sandbox.");
      }
      texts.put(part.name(), part.text());
    }
    var branch = texts.getOrDefault("branch", project.productionBranch());
    var trigger =
        Json.object()
            .put("branch", branch)
            .put("commit_hash", texts.getOrDefault("commit_hash", ""))
            .put("commit_message", texts.getOrDefault("commit_message", ""))
            .put("commit_dirty", texts.getOrDefault("commit_dirty", "").equals("true"));
    var deployment =
        new Deployment(
            Ids.uuid(),
            project.name(),
            branch.equals(project.productionBranch()) ? "production" : "preview",
            trigger,
            clock.instant(),
            program(texts));
    projects.add(deployment);
    call.note("deployment", deployment.id());
    return Answer.of(shown(deployment));
  }

  private Program program(Map<String, String> texts) {
    var files = new LinkedHashMap<String, Program.Asset>();
    Json.parse(texts.getOrDefault("manifest", "{}"))
        .properties()
        .forEach(entry ->
            files.put(
                entry.getKey(),
                resources
                    .asset(entry.getValue().asText())
                    .orElseThrow(() ->
                        ApiError.badBody("the file " + entry.getKey() + " was not uploaded"))));
    var config = Json.object();
    for (var name : new String[] {"_headers", "_redirects"}) {
      Optional.ofNullable(texts.get(name)).ifPresent(text -> config.put(name, text));
    }
    // As Pages does: a site without a page for it is an application of one page.
    config.put(
        "not_found_handling",
        files.containsKey("/404.html") ? "404-page" : "single-page-application");
    return Program.ofAssets(files, config);
  }

  // Views

  private ObjectNode shown(Project project) {
    var json = Json.object();
    json.put("id", project.id()).put("name", project.name());
    json.put("subdomain", project.host());
    json.putArray("domains").add(project.host());
    json.put("production_branch", project.productionBranch());
    json.put("created_on", Views.time(project.createdOn()));
    json.set("deployment_configs", project.deploymentConfigs());
    json.put("uses_functions", false);
    json.putNull("latest_deployment");
    json.putNull("canonical_deployment");
    projects.deployments(project.name()).stream()
        .findFirst()
        .ifPresent(latest -> json.set("latest_deployment", shown(latest)));
    projects
        .canonical(project.name())
        .ifPresent(canonical -> json.set("canonical_deployment", shown(canonical)));
    return json;
  }

  private ObjectNode shown(Deployment deployment) {
    var host = deployment.project() + ".pages.dev";
    var time = Views.time(deployment.createdOn());
    var json = Json.object();
    json.put("id", deployment.id()).put("short_id", deployment.shortId());
    json.put("project_name", deployment.project());
    json.put("environment", deployment.environment());
    json.put("url", "https://%s.%s".formatted(deployment.shortId(), host));
    if (deployment.isProduction()) {
      json.putNull("aliases");
    } else {
      json.putArray("aliases").add("https://%s.%s".formatted(deployment.alias(), host));
    }
    json.put("created_on", time).put("modified_on", time);
    var stage = Json.object().put("name", "deploy").put("status", "success");
    stage.put("started_on", time).put("ended_on", time);
    json.set("latest_stage", stage);
    json.putArray("stages").add(stage);
    var trigger = json.putObject("deployment_trigger").put("type", "ad_hoc");
    trigger.set("metadata", deployment.trigger());
    json.put("uses_functions", false).put("is_skipped", false);
    return json;
  }
}
