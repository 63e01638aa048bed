package dev.clodo.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.AccountId;
import dev.clodo.model.Change;
import dev.clodo.model.Copy;
import dev.clodo.model.DomainName;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.HealthCheck;
import dev.clodo.model.Obstacle;
import dev.clodo.model.Plan;
import dev.clodo.model.Rewrite;
import dev.clodo.model.Rollout;
import dev.clodo.model.SecretSource;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Split;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.Target;
import dev.clodo.model.Trigger;
import dev.clodo.model.TriggerChange;
import dev.clodo.model.VersionId;
import dev.clodo.model.VersionRef;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** {@code clodo.plan/1}: a plan as JSON, and back. Reading what was written gives an equal plan. */
public final class PlanJson {
  public static final String SCHEMA = "clodo.plan/1";

  /** What a target is, where it is no Worker. */
  private static final String PAGES = "pages";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private PlanJson() {}

  /** The plan as a JSON object. */
  public static ObjectNode of(Plan plan) {
    var root = JSON.objectNode();
    root.put("schema", SCHEMA);
    var basis = root.putObject("basis");
    names(basis.putObject("wanted"), plan.basis().wanted());
    names(basis.putObject("found"), plan.basis().found());
    var waves = root.putArray("waves");
    for (var wave : plan.waves()) {
      var waveNode = waves.addObject().put("name", wave.name());
      if (!wave.share().isEmpty()) {
        waveNode.put("share", wave.share());
      }
      var releases = waveNode.putArray("releases");
      for (var release : wave.releases()) {
        var node = releases.addObject();
        node.set("change", change(release.change()));
        var steps = node.putArray("steps");
        release.steps().forEach(s -> steps.add(step(s)));
        release.notes().forEach(node.putArray("notes")::add);
        node.put("reversible", release.obstacles().isEmpty());
        var obstacles = node.putArray("obstacles");
        release
            .obstacles()
            .forEach(o -> obstacles.addObject().put("kind", word(o.kind())).put("what", o.what()));
      }
    }
    var skipped = root.putArray("skipped");
    plan.skipped().forEach(s -> skipped.add(change(s)));
    var estimate = Estimate.of(plan);
    root.putObject("estimate")
        .put("requests", estimate.requests())
        .put("atLeastSeconds", estimate.atLeast().toSeconds());
    conduct(root.putObject("conduct"), plan.conduct());
    return root;
  }

  /**
   * Reads a plan.
   *
   * @throws IllegalArgumentException when the text is no such plan; the message says where
   */
  public static Plan read(String text) {
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it is not JSON: " + e.getOriginalMessage(), e);
    }
    if (!SCHEMA.equals(root.path("schema").asText())) {
      throw new IllegalArgumentException("its schema is not " + SCHEMA);
    }
    var basis = object(root, "basis");
    var waves = new ArrayList<Plan.Wave>();
    for (var wave : array(root, "waves")) {
      var releases = new ArrayList<Plan.Release>();
      for (var release : array(wave, "releases")) {
        var change = change(object(release, "change"));
        var steps = new ArrayList<Step>();
        array(release, "steps").forEach(s -> steps.add(step(s, change.target())));
        releases.add(
            new Plan.Release(change, steps, strings(release, "notes"), obstacles(release)));
      }
      waves.add(new Plan.Wave(text(wave, "name"), wave.path("share").asText(""), releases));
    }
    var skipped = new ArrayList<Change.Skipped>();
    for (var node : array(root, "skipped")) {
      if (change(node) instanceof Change.Skipped change) {
        skipped.add(change);
      }
    }
    return new Plan(
        waves,
        skipped,
        new Plan.Basis(names(basis, "wanted"), names(basis, "found")),
        root.has("conduct") ? conduct(object(root, "conduct")) : Plan.Conduct.oneByOne());
  }

  private static void conduct(ObjectNode node, Plan.Conduct conduct) {
    node.put("onFailure", conduct.onFailure().name().toLowerCase(Locale.ROOT))
        .put("concurrency", conduct.concurrency());
    var calls = node.putObject("calls");
    conduct
        .calls()
        .forEach((from, to) -> {
          var callees = calls.putArray(from.value());
          to.forEach(t -> callees.add(t.value()));
        });
  }

  private static Plan.Conduct conduct(JsonNode node) {
    var calls = new LinkedHashMap<ServiceName, Set<ServiceName>>();
    object(node, "calls")
        .properties()
        .forEach(e -> {
          var callees = new TreeSet<ServiceName>();
          e.getValue().forEach(c -> callees.add(new ServiceName(c.asText())));
          calls.put(new ServiceName(e.getKey()), callees);
        });
    return new Plan.Conduct(
        onFailure(text(node, "onFailure")), node.path("concurrency").asInt(), calls);
  }

  private static Rollout.OnFailure onFailure(String name) {
    return Arrays.stream(Rollout.OnFailure.values())
        .filter(p -> p.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no policy " + name));
  }

  private static String word(Obstacle.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Plans that were written before obstacles were known have none. */
  private static List<Obstacle> obstacles(JsonNode release) {
    var obstacles = new ArrayList<Obstacle>();
    for (var node : release.path("obstacles")) {
      for (var kind : Obstacle.Kind.values()) {
        if (word(kind).equals(node.path("kind").asText())) {
          obstacles.add(new Obstacle(kind, node.path("what").asText()));
        }
      }
    }
    return obstacles;
  }

  private static ObjectNode change(Change change) {
    var node = JSON.objectNode();
    target(node, change.target());
    return switch (change) {
      case Change.Create _ -> node.put("kind", "create");
      case Change.Update(_, var baseline, var why) -> {
        node.put("kind", "update").put("baseline", baseline.value());
        yield why.isEmpty() ? node : node.put("why", why);
      }
      case Change.Lifecycle(_, var baseline, var why) ->
          node.put("kind", "lifecycle").put("baseline", baseline.value()).put("why", why);
      case Change.Revert(_, var baseline, var earlier) ->
          node.put("kind", "revert")
              .put("baseline", baseline.value())
              .put("earlier", earlier.value());
      case Change.Unchanged(_, var why) -> node.put("kind", "unchanged").put("why", why);
      case Change.LeftOut(_, var why) -> node.put("kind", "left-out").put("why", why);
    };
  }

  private static Change change(JsonNode node) {
    var target = target(node);
    return switch (text(node, "kind")) {
      case "create" -> new Change.Create(target);
      case "update" ->
          new Change.Update(target, version(node, "baseline"), node.path("why").asText(""));
      case "lifecycle" ->
          new Change.Lifecycle(target, version(node, "baseline"), text(node, "why"));
      case "revert" ->
          new Change.Revert(target, version(node, "baseline"), version(node, "earlier"));
      case "unchanged" -> new Change.Unchanged(target, text(node, "why"));
      case "left-out" -> new Change.LeftOut(target, text(node, "why"));
      case String other -> throw new IllegalArgumentException("there is no change " + other);
    };
  }

  private static void target(ObjectNode node, Target target) {
    node.put("service", target.service().value())
        .put("environment", target.environment().value())
        .put("home", target.home().toString())
        .put("config", target.config().toString());
    if (target.isPages()) {
      node.put("deployed", PAGES);
    }
    var copy = target.copy();
    if (!copy.equals(Copy.none(target.service()))) {
      node.put("of", copy.of().value());
      node.put("domain", copy.domain().value());
      copy.account().forEach(a -> node.put("account", a.value()));
    }
  }

  private static Target target(JsonNode node) {
    return new Target(
        new ServiceName(text(node, "service")),
        new EnvironmentName(text(node, "environment")),
        Path.of(text(node, "home")),
        Path.of(text(node, "config")),
        copy(node),
        node.path("deployed").asText("").equals(PAGES) ? Service.Kind.PAGES : Service.Kind.WORKER);
  }

  private static Copy copy(JsonNode node) {
    return node.has("of")
        ? new Copy(
            new ServiceName(text(node, "of")),
            new DomainName(text(node, "domain")),
            node.has("account") ? List.of(new AccountId(text(node, "account"))) : List.of())
        : Copy.none(new ServiceName(text(node, "service")));
  }

  private static ObjectNode step(Step step) {
    var node = JSON.objectNode().put("id", step.id().ordinal());
    switch (step) {
      case Step.Bootstrap _ -> node.put("kind", "bootstrap");
      case Step.Upload(_, _, var message) -> node.put("kind", "upload").put("message", message);
      case Step.Deploy(_, _, var message, var reason, var before, var triggers) -> {
        node.put("kind", "deploy").put("message", message).put("reason", reason);
        var versions = node.putArray("before");
        before.forEach(v -> versions.add(v.value()));
        triggers(node.putArray("triggers"), triggers);
      }
      case Step.DeployPages(_, _, var message, var directory, var branch, var before) -> {
        node.put("kind", "deploy-pages")
            .put("message", message)
            .put("directory", directory.toString())
            .put("branch", branch);
        var versions = node.putArray("before");
        before.forEach(v -> versions.add(v.value()));
      }
      case Step.Migrate(
              _,
              _,
              var binding,
              var database,
              var databaseId,
              var pending,
              var checksums) -> {
        node.put("kind", "migrate")
            .put("binding", binding)
            .put("database", database)
            .put("databaseId", databaseId);
        pending.forEach(node.putArray("pending")::add);
        var sums = node.putObject("checksums");
        new TreeMap<>(checksums).forEach(sums::put);
      }
      case Step.Shift(_, _, var split, var before) -> {
        node.put("kind", "shift");
        split(node.putArray("split"), split);
        split(node.putArray("before"), before);
      }
      case Step.Probe(_, _, var candidate, var address, var check) -> {
        node.put("kind", "probe");
        node.set("candidate", version(candidate));
        request(node, address, check);
      }
      case Step.CheckHealth(_, _, var expected, var address, var check) -> {
        node.put("kind", "check-health");
        node.set("expected", version(expected));
        request(node, address, check);
      }
      case Step.ApplyTriggers(_, _, var change) -> {
        node.put("kind", "apply-triggers");
        triggers(node.putArray("wanted"), change.wanted());
        triggers(node.putArray("found"), change.found());
        triggers(node.putArray("added"), change.added());
        triggers(node.putArray("removed"), change.removed());
        change.taken().forEach(node.putArray("taken")::add);
        change.guarded().stream().sorted().forEach(k -> node.withArray("guarded").add(word(k)));
      }
      case Step.Publish(_, _, var message, var artifact, var rewrites) -> {
        node.put("kind", "publish").put("message", message).put("artifact", artifact);
        rewrites(node.putArray("rewrites"), rewrites);
      }
      case Step.Create(_, _, var message, var artifact, var rewrites) -> {
        node.put("kind", "create").put("message", message).put("artifact", artifact);
        rewrites(node.putArray("rewrites"), rewrites);
      }
      case Step.Provision(_, _, var kind, var name, var binding) ->
          node.put("kind", "provision")
              .put("resource", kind.name().toLowerCase(Locale.ROOT))
              .put("name", name)
              .put("binding", binding);
      case Step.PutSecrets(_, _, var secrets) -> {
        var sources = node.put("kind", "put-secrets").putObject("secrets");
        new TreeMap<>(secrets).forEach((name, source) -> source(sources.putObject(name), source));
      }
      case Step.Validate(_, _, var expected) -> {
        node.put("kind", "validate");
        node.set("expected", version(expected));
      }
    }
    var undo = node.putObject("undo");
    switch (step.undo()) {
      case Step.Undo.Nothing(var why) -> undo.put("kind", "nothing").put("why", why);
      case Step.Undo.Leave(var what) -> undo.put("kind", "leave").put("what", what);
      case Step.Undo.Restore(var split) ->
          split(undo.put("kind", "restore").putArray("split"), split);
      case Step.Undo.AskHuman(var why) -> undo.put("kind", "ask-human").put("why", why);
    }
    return node;
  }

  /** The undo is not read: it follows from the step. */
  private static Step step(JsonNode node, Target target) {
    var id = new StepId(node.path("id").asInt());
    return switch (text(node, "kind")) {
      case "bootstrap" -> new Step.Bootstrap(id, target);
      case "upload" -> new Step.Upload(id, target, text(node, "message"));
      case "deploy" ->
          new Step.Deploy(
              id,
              target,
              text(node, "message"),
              text(node, "reason"),
              strings(node, "before").stream().map(VersionId::new).toList(),
              triggers(node.path("triggers")));
      case "deploy-pages" ->
          new Step.DeployPages(
              id,
              target,
              text(node, "message"),
              Path.of(text(node, "directory")),
              text(node, "branch"),
              strings(node, "before").stream().map(VersionId::new).toList());
      case "migrate" ->
          new Step.Migrate(
              id,
              target,
              text(node, "binding"),
              text(node, "database"),
              text(node, "databaseId"),
              strings(node, "pending"),
              texts(node.path("checksums")));
      case "shift" -> new Step.Shift(id, target, split(node, "split"), split(node, "before"));
      case "probe" ->
          new Step.Probe(id, target, versionRef(node, "candidate"), address(node), check(node));
      case "check-health" ->
          new Step.CheckHealth(
              id, target, versionRef(node, "expected"), address(node), check(node));
      case "apply-triggers" ->
          new Step.ApplyTriggers(
              id,
              target,
              new TriggerChange(
                  triggers(node.path("wanted")),
                  triggers(node.path("found")),
                  triggers(node.path("added")),
                  triggers(node.path("removed")),
                  node.has("taken") ? strings(node, "taken") : List.of(),
                  kinds(node.path("guarded"))));
      case "publish" ->
          new Step.Publish(
              id, target, text(node, "message"), text(node, "artifact"), rewrites(node));
      case "create" ->
          new Step.Create(
              id, target, text(node, "message"), text(node, "artifact"), rewrites(node));
      case "provision" ->
          new Step.Provision(
              id,
              target,
              Step.Provision.Kind.valueOf(text(node, "resource").toUpperCase(Locale.ROOT)),
              text(node, "name"),
              text(node, "binding"));
      case "put-secrets" -> {
        var secrets = new LinkedHashMap<String, SecretSource>();
        object(node, "secrets")
            .properties()
            .forEach(e -> secrets.put(e.getKey(), source(e.getValue())));
        yield new Step.PutSecrets(id, target, secrets);
      }
      case "validate" -> new Step.Validate(id, target, versionRef(node, "expected"));
      case String other -> throw new IllegalArgumentException("there is no step " + other);
    };
  }

  private static void rewrites(ArrayNode nodes, List<Rewrite> rewrites) {
    for (var rewrite : rewrites) {
      var node = nodes.addObject();
      switch (rewrite) {
        case Rewrite.Variable(var name, var digest) ->
            node.put("variable", name).put("digest", digest);
        case Rewrite.Text _, Rewrite.Json _ ->
            throw new IllegalStateException("a plan tells no values");
        case Rewrite.Without(var name) -> node.put("without", name);
        case Rewrite.Leads(var name, var type, var member, var value) ->
            node.put("binding", name).put("type", type).put("member", member).put("value", value);
        case Rewrite.Tails(var services) -> services.forEach(node.putArray("tails")::add);
      }
    }
  }

  private static List<Rewrite> rewrites(JsonNode node) {
    var rewrites = new ArrayList<Rewrite>();
    for (var one : array(node, "rewrites")) {
      rewrites.add(rewrite(one));
    }
    return rewrites;
  }

  private static Rewrite rewrite(JsonNode node) {
    if (node.has("tails")) {
      return new Rewrite.Tails(strings(node, "tails"));
    }
    if (node.has("without")) {
      return new Rewrite.Without(text(node, "without"));
    }
    if (node.has("binding")) {
      return new Rewrite.Leads(
          text(node, "binding"), text(node, "type"), text(node, "member"), text(node, "value"));
    }
    return new Rewrite.Variable(text(node, "variable"), text(node, "digest"));
  }

  private static void triggers(ArrayNode array, List<Trigger> triggers) {
    for (var trigger : triggers) {
      var node = array.addObject().put("kind", word(trigger.kind())).put("name", trigger.name());
      if (!trigger.detail().isEmpty()) {
        node.put("detail", trigger.detail());
      }
    }
  }

  private static List<Trigger> triggers(JsonNode array) {
    var triggers = new ArrayList<Trigger>();
    for (var node : array) {
      triggers.add(
          new Trigger(
              kind(text(node, "kind")), text(node, "name"), node.path("detail").asText("")));
    }
    return triggers;
  }

  private static Set<Trigger.Kind> kinds(JsonNode array) {
    var kinds = EnumSet.noneOf(Trigger.Kind.class);
    array.forEach(k -> kinds.add(kind(k.asText())));
    return kinds;
  }

  private static String word(Trigger.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Trigger.Kind kind(String word) {
    return Trigger.Kind.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private static void source(ObjectNode node, SecretSource source) {
    switch (source) {
      case SecretSource.Variable(var name) -> node.put("env", name);
      case SecretSource.Line(var path, var key) -> node.put("file", path).put("key", key);
      case SecretSource.Command(var line) -> node.put("command", line);
    }
  }

  private static SecretSource source(JsonNode node) {
    if (node.has("env")) {
      return new SecretSource.Variable(text(node, "env"));
    }
    return node.has("file")
        ? new SecretSource.Line(text(node, "file"), text(node, "key"))
        : new SecretSource.Command(text(node, "command"));
  }

  private static void request(ObjectNode node, URI address, HealthCheck check) {
    node.put("address", address.toString())
        .putObject("check")
        .put("path", check.path())
        .put("statusFrom", check.statusFrom())
        .put("statusBelow", check.statusBelow())
        .put("body", check.body())
        .put("latencyMillis", check.latency().toMillis())
        .put("samples", check.samples())
        .put("timeoutMillis", check.timeout().toMillis());
  }

  private static URI address(JsonNode node) {
    return URI.create(text(node, "address"));
  }

  private static HealthCheck check(JsonNode node) {
    var check = object(node, "check");
    long timeout = check.path("timeoutMillis").asLong();
    return new HealthCheck(
        text(check, "path"),
        check.path("statusFrom").asInt(HealthCheck.LOWEST_STATUS),
        check.path("statusBelow").asInt(),
        check.path("body").asText(""),
        Duration.ofMillis(check.path("latencyMillis").asLong(timeout)),
        check.path("samples").asInt(),
        Duration.ofMillis(timeout));
  }

  private static void split(ArrayNode shares, Split split) {
    for (var share : split.shares()) {
      shares.add(version(share.version()).put("percent", share.percent()));
    }
  }

  private static Split split(JsonNode node, String field) {
    var shares = new ArrayList<Split.Share>();
    for (var share : array(node, field)) {
      shares.add(new Split.Share(versionRef(share), share.path("percent").asInt()));
    }
    return new Split(shares);
  }

  private static ObjectNode version(VersionRef version) {
    return switch (version) {
      case VersionRef.Live(var id) -> JSON.objectNode().put("version", id.value());
      case VersionRef.UploadedBy(var step) -> JSON.objectNode().put("uploadedBy", step.ordinal());
    };
  }

  private static VersionRef versionRef(JsonNode node, String field) {
    return versionRef(object(node, field));
  }

  private static VersionRef versionRef(JsonNode node) {
    return node.has("version")
        ? new VersionRef.Live(version(node, "version"))
        : new VersionRef.UploadedBy(new StepId(node.path("uploadedBy").asInt()));
  }

  private static VersionId version(JsonNode node, String field) {
    return new VersionId(text(node, field));
  }

  private static void names(ObjectNode node, Map<ServiceName, String> values) {
    values.forEach((name, value) -> node.put(name.value(), value));
  }

  private static Map<ServiceName, String> names(JsonNode node, String field) {
    var names = new LinkedHashMap<ServiceName, String>();
    object(node, field)
        .properties()
        .forEach(e -> names.put(new ServiceName(e.getKey()), e.getValue().asText()));
    return names;
  }

  private static List<String> strings(JsonNode node, String field) {
    var strings = new ArrayList<String>();
    array(node, field).forEach(s -> strings.add(s.asText()));
    return strings;
  }

  /** An object's fields; none where there is no object. */
  private static Map<String, String> texts(JsonNode object) {
    var texts = new LinkedHashMap<String, String>();
    object.properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
    return texts;
  }

  private static String text(JsonNode node, String field) {
    if (!node.path(field).isTextual()) {
      throw new IllegalArgumentException("it lacks " + field + " where it is needed");
    }
    return node.path(field).asText();
  }

  private static JsonNode object(JsonNode node, String field) {
    if (!node.path(field).isObject()) {
      throw new IllegalArgumentException("it lacks " + field + " where it is needed");
    }
    return node.path(field);
  }

  private static JsonNode array(JsonNode node, String field) {
    if (!node.path(field).isArray()) {
      throw new IllegalArgumentException("it lacks " + field + " where it is needed");
    }
    return node.path(field);
  }
}
