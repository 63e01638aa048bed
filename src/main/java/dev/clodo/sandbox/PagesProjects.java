package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Pages projects and their deployments, in the same file as {@link State}.
final class PagesProjects {
  private static final String SCHEMA =
      """
      CREATE TABLE IF NOT EXISTS pages_project(
        id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_on TEXT NOT NULL,
        production_branch TEXT NOT NULL, deployment_configs TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS pages_deployment(
        ordinal INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        project TEXT NOT NULL REFERENCES pages_project(name) ON DELETE CASCADE,
        environment TEXT NOT NULL, trigger TEXT NOT NULL, created_on TEXT NOT NULL,
        program TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS pages_canonical(
        project TEXT PRIMARY KEY REFERENCES pages_project(name) ON DELETE CASCADE,
        deployment TEXT NOT NULL REFERENCES pages_deployment(id) ON DELETE CASCADE);
      """;

  private final Db db;

  PagesProjects(Db db) {
    this.db = db;
    db.script(SCHEMA);
  }

  /// @param deploymentConfigs `{"production":{…},"preview":{…}}`
  record Project(
      String id,
      String name,
      Instant createdOn,
      String productionBranch,
      ObjectNode deploymentConfigs) {
    Project {
      deploymentConfigs = deploymentConfigs.deepCopy();
    }

    String host() {
      return name + ".pages.dev";
    }
  }

  /// @param environment `production` or `preview`
  /// @param trigger `{"branch":…,"commit_hash":…,"commit_message":…}`
  record Deployment(
      String id,
      String project,
      String environment,
      ObjectNode trigger,
      Instant createdOn,
      Program program) {
    Deployment {
      trigger = trigger.deepCopy();
    }

    String shortId() {
      return id.substring(0, 8);
    }

    boolean isProduction() {
      return environment.equals("production");
    }

    /// The branch as a label of a host name; the platform cuts it after 28 characters.
    String alias() {
      var label =
          trigger.path("branch").asText().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
      return label.substring(0, Math.min(28, label.length())).replaceAll("^-|-$", "");
    }
  }

  /// In order of their names.
  List<Project> projects() {
    return db.list("SELECT * FROM pages_project ORDER BY name", PagesProjects::project);
  }

  Optional<Project> project(String name) {
    return db.one("SELECT * FROM pages_project WHERE name = ?", PagesProjects::project, name);
  }

  void add(Project project) {
    db.update(
        "INSERT INTO pages_project VALUES (?, ?, ?, ?, ?)",
        project.id(),
        project.name(),
        project.createdOn(),
        project.productionBranch(),
        project.deploymentConfigs());
  }

  /// Removes the project with its deployments.
  void deleteProject(String name) {
    db.update("DELETE FROM pages_project WHERE name = ?", name);
  }

  /// Newest first.
  List<Deployment> deployments(String project) {
    return db.list(
        "SELECT * FROM pages_deployment WHERE project = ? ORDER BY ordinal DESC",
        PagesProjects::deployment,
        project);
  }

  Optional<Deployment> deployment(String id) {
    return db.one("SELECT * FROM pages_deployment WHERE id = ?", PagesProjects::deployment, id);
  }

  void add(Deployment deployment) {
    db.update(
        """
        INSERT INTO pages_deployment(id, project, environment, trigger, created_on, program)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        deployment.id(),
        deployment.project(),
        deployment.environment(),
        deployment.trigger(),
        deployment.createdOn(),
        deployment.program().toJson());
    if (deployment.isProduction()) {
      serve(deployment);
    }
  }

  /// The project's own host leads to this deployment from now on.
  void serve(Deployment deployment) {
    db.update(
        "INSERT OR REPLACE INTO pages_canonical VALUES (?, ?)",
        deployment.project(),
        deployment.id());
  }

  /// What the project's own host leads to: what was deployed to production last, or rolled back to
  /// since; when that was deleted, the newest one in production.
  Optional<Deployment> canonical(String project) {
    return db.one(
            """
            SELECT * FROM pages_deployment
            WHERE id = (SELECT deployment FROM pages_canonical WHERE project = ?)
            """,
            PagesProjects::deployment,
            project)
        .or(() -> deployments(project).stream().filter(Deployment::isProduction).findFirst());
  }

  void deleteDeployment(String id) {
    db.update("DELETE FROM pages_deployment WHERE id = ?", id);
  }

  /// The deployment that answers at a host: the canonical one at the project's own, and others at
  /// `<first 8 of the id>` or `<branch>` below it.
  Optional<Deployment> at(String host) {
    for (var project : host.endsWith(".pages.dev") ? projects() : List.<Project>of()) {
      if (host.equals(project.host())) {
        return canonical(project.name());
      }
      if (host.endsWith("." + project.host())) {
        var label = host.substring(0, host.length() - project.host().length() - 1);
        return deployments(project.name()).stream()
            .filter(each -> each.shortId().equals(label) || each.alias().equals(label))
            .findFirst();
      }
    }
    return Optional.empty();
  }

  private static Project project(Db.Row row) {
    return new Project(
        row.text("id"),
        row.text("name"),
        row.instant("created_on"),
        row.text("production_branch"),
        Json.objectOf(row.json("deployment_configs")));
  }

  private static Deployment deployment(Db.Row row) {
    return new Deployment(
        row.text("id"),
        row.text("project"),
        row.text("environment"),
        Json.objectOf(row.json("trigger")),
        row.instant("created_on"),
        Program.fromJson(row.json("program")));
  }
}
