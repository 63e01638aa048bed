package dev.clodo.adapter.cloudflare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.Account;
import dev.clodo.model.AccountId;
import dev.clodo.model.Deployment;
import dev.clodo.model.Needs;
import dev.clodo.model.Resource;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Step;
import dev.clodo.model.Target;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.regex.Pattern;

/** Cloudflare's API as questions about one account, answered with the model's nouns. */
final class AccountApi {

  /** "This Worker does not exist on your account", and the older answer for services. */
  private static final Set<Integer> NO_WORKER = Set.of(10007, 10090);

  /** R2 was never switched on for the account, so it holds no bucket. */
  private static final Set<Integer> NO_R2 = Set.of(10042, 10136);

  static final int PAGE = 100;

  /** An upload is answered with the version's id without its dashes. */
  private static final Pattern DASHES =
      Pattern.compile(
          "^(\\p{XDigit}{8})(\\p{XDigit}{4})(\\p{XDigit}{4})(\\p{XDigit}{4})(\\p{XDigit}{12})$");

  private final ApiClient client;
  private final Map<String, String> migrationTables;
  private final Map<VersionId, UploadedVersion> versions = new ConcurrentHashMap<>();
  private final Map<VersionId, Needs> needs = new ConcurrentHashMap<>();
  private final Map<Needs.Kind, Set<String>> existing = new ConcurrentHashMap<>();
  private final Queue<ApiFailure> noted = new ConcurrentLinkedQueue<>();
  private volatile Optional<AccountId> account;
  private Optional<String> subdomain = Optional.empty();

  /**
   * @param configured the account named by the environment
   */
  AccountApi(ApiClient client, Optional<String> configured) {
    this(client, configured.map(AccountId::new), new ConcurrentHashMap<>());
  }

  private AccountApi(
      ApiClient client, Optional<AccountId> account, Map<String, String> migrationTables) {
    this.client = client;
    this.account = account;
    this.migrationTables = migrationTables;
  }

  /** The same questions about another account that the same credentials reach. */
  AccountApi of(AccountId other) {
    return new AccountApi(client, Optional.of(other), migrationTables);
  }

  /** Refusals that were understood as an answer. */
  List<ApiFailure> noted() {
    return List.copyOf(noted);
  }

  Optional<AccountId> account() {
    return account;
  }

  void use(AccountId chosen) {
    if (!account.equals(Optional.of(chosen))) {
      forgetSubdomain();
    }
    account = Optional.of(chosen);
  }

  /** Remembers the table in which a database notes its migrations, where it is not the usual. */
  void useMigrationsTable(String databaseId, String table) {
    migrationTables.put(databaseId, table);
  }

  /**
   * What the API says about an API token: its id, and its status and end as traits. Tokens that
   * belong to an account rather than a person are verified elsewhere.
   */
  Resource token() throws ApiFailure {
    try {
      return token("user", client.get("/user/tokens/verify"));
    } catch (ApiFailure notAUserToken) {
      if (account.isEmpty()) {
        throw notAUserToken;
      }
      try {
        return token("account", client.get(in("/tokens/verify")));
      } catch (ApiFailure neither) {
        throw notAUserToken;
      }
    }
  }

  private static Resource token(String kind, JsonNode envelope) {
    var result = envelope.path("result");
    return new Resource(
        result.path("id").asText(""),
        "",
        Map.of(
            "kind", kind,
            "status", result.path("status").asText(""),
            "expires_on", result.path("expires_on").asText("")));
  }

  /** The permission groups of a token's policies; most tokens may not read their own. */
  List<Resource> permissions(Resource token) throws ApiFailure {
    var path =
        token.trait("kind").equals("user")
            ? "/user/tokens/" + encoded(token.id())
            : in("/tokens/" + encoded(token.id()));
    var found = new ArrayList<Resource>();
    for (var policy : client.get(path).path("result").path("policies")) {
      var over = String.join(",", names(policy.path("resources")));
      for (var group : policy.path("permission_groups")) {
        found.add(
            new Resource(
                group.path("id").asText(""),
                group.path("name").asText(""),
                Map.of("effect", policy.path("effect").asText(""), "resources", over)));
      }
    }
    return found;
  }

  private static List<String> names(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }

  /** The zone with this id, and the account it belongs to. */
  Resource zone(String id) throws ApiFailure {
    var zone = client.get("/zones/" + encoded(id)).path("result");
    return new Resource(
        zone.path("id").asText(""),
        zone.path("name").asText(""),
        Map.of("account", zone.path("account").path("id").asText("")));
  }

  /**
   * One list of what a shelf holds. Of a Worker or project that does not exist it is empty.
   *
   * @param of what fills the gap in the shelf's path; empty where it has none
   */
  List<Resource> list(Shelves.Shelf shelf, String of) throws ApiFailure {
    var path =
        shelf
            .path()
            .replace("{account}", account.map(AccountId::value).orElse(""))
            .replace("{}", encoded(of));
    try {
      return resources(shelf, path);
    } catch (ApiFailure failure) {
      if (isNoWorker(failure) || failure.code() == PagesApi.NO_PROJECT) {
        return List.of();
      }
      throw failure;
    }
  }

  /** The records for a host, and those of the wildcard that would answer for it. */
  List<Resource> records(Shelves.Shelf shelf, String zone, String host) throws ApiFailure {
    var path = shelf.path().replace("{}", encoded(zone));
    var found = new ArrayList<>(resources(shelf, path.replace("{host}", encoded(host))));
    var dot = host.indexOf('.');
    if (!host.startsWith("*") && dot > 0) {
      found.addAll(resources(shelf, path.replace("{host}", encoded("*" + host.substring(dot)))));
    }
    return found;
  }

  /** Names of the buckets that only a jurisdiction's own list shows. */
  List<Resource> bucketsIn(String jurisdiction) throws ApiFailure {
    var found = new ArrayList<Resource>();
    client
        .get(in("/r2/buckets?per_page=1000"), "cf-r2-jurisdiction", jurisdiction)
        .path("result")
        .path("buckets")
        .forEach(b -> found.add(new Resource(b.path("name").asText(), "", Map.of())));
    return found;
  }

  private List<Resource> resources(Shelves.Shelf shelf, String path) throws ApiFailure {
    if (shelf.pageSize() > 0) {
      return client.all(path, shelf.pageSize()).stream().map(shelf::resource).toList();
    }
    var result = client.get(path).path("result");
    var items = shelf.list().isEmpty() ? result : result.at(shelf.list());
    if (items.isObject()) {
      return List.of(shelf.resource(items));
    }
    var found = new ArrayList<Resource>();
    items.forEach(i -> found.add(shelf.resource(i)));
    return found;
  }

  List<AccountId> accounts() throws ApiFailure {
    return client.all("/accounts", PAGE / 2).stream()
        .map(a -> new AccountId(a.path("id").asText()))
        .toList();
  }

  private synchronized void forgetSubdomain() {
    subdomain = Optional.empty();
  }

  /** The account's workers.dev name, asked for once; empty when none is registered. */
  synchronized String subdomain() throws ApiFailure {
    var known = subdomain;
    if (known.isEmpty()) {
      known = Optional.of(askSubdomain());
      subdomain = known;
    }
    return known.get();
  }

  private String askSubdomain() throws ApiFailure {
    try {
      return client.get(in("/workers/subdomain")).path("result").path("subdomain").asText("");
    } catch (ApiFailure failure) {
      // Here the code for a missing Worker means that no subdomain is registered.
      if (isNoWorker(failure)) {
        return "";
      }
      throw failure;
    }
  }

  private PagesApi pages(Target target) {
    return new PagesApi(client, in("/pages/projects/" + encoded(target.service().value())));
  }

  /** What is asked of the API, or known from an answer that was given already. */
  @FunctionalInterface
  interface Question<T> {
    T ask() throws ApiFailure;
  }

  /** How a Pages project stands; empty when it does not exist. */
  Optional<Account.Live> project(Target target) throws ApiFailure {
    return pages(target).live();
  }

  /**
   * How a Worker stands, its parts asked for side by side; empty when it does not exist.
   *
   * @param migrationTag the Durable Object migration last applied
   * @param onWorkersDev whether its workers.dev address leads to it
   */
  Optional<Account.Live> live(
      Target target,
      Question<String> migrationTag,
      Question<Boolean> onWorkersDev,
      ExecutorService threads)
      throws ApiFailure {
    var service = target.service();
    var deployment = deployment(target);
    if (deployment.isEmpty()) {
      return Optional.empty();
    }
    var isOpen = threads.submit(onWorkersDev::ask);
    var tag = threads.submit(migrationTag::ask);
    var asked = new ArrayList<Future<UploadedVersion>>();
    for (var share : deployment.get().shares()) {
      asked.add(threads.submit(() -> version(service, share.version())));
    }
    var serving = new ArrayList<UploadedVersion>();
    for (var version : asked) {
      serving.add(answer(version));
    }
    return Optional.of(new Account.Live(deployment.get(), serving, answer(tag), answer(isOpen)));
  }

  /** A version never changes, so it is asked for once. */
  private UploadedVersion version(ServiceName service, VersionId id) throws ApiFailure {
    var known = versions.get(id);
    if (known == null) {
      var told = client.get(script(service) + "/versions/" + id).path("result");
      known = version(told);
      versions.put(id, known);
      needs.put(id, needs(told));
    }
    return known;
  }

  private static <T> T answer(Future<T> future) throws ApiFailure {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiFailure(ApiFailure.Kind.SILENCE, 0, Duration.ZERO, "interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ApiFailure failure) {
        throw failure;
      }
      throw new IllegalStateException("looking at a service failed", e.getCause());
    }
  }

  /** Of every Worker of the account whether its workers.dev address leads to it. */
  Map<ServiceName, Boolean> onWorkersDev() throws ApiFailure {
    var open = new HashMap<ServiceName, Boolean>();
    for (var worker : client.all(in("/workers/workers"), PAGE)) {
      var name = worker.path("name").asText("");
      var enabled = worker.path("subdomain").path("enabled");
      if (!name.isEmpty() && enabled.isBoolean()) {
        open.put(new ServiceName(name), enabled.asBoolean());
      }
    }
    return open;
  }

  boolean onWorkersDev(ServiceName service) throws ApiFailure {
    return client
        .get(script(service) + "/subdomain")
        .path("result")
        .path("enabled")
        .asBoolean(false);
  }

  String migrationTag(ServiceName service) throws ApiFailure {
    return client
        .get(in("/workers/services/" + encoded(service.value())))
        .path("result")
        .path("default_environment")
        .path("script")
        .path("migration_tag")
        .asText("");
  }

  Optional<Deployment> deployment(Target target) throws ApiFailure {
    return deployments(target).stream().findFirst();
  }

  /** Newest first; none when there is no such Worker. Of a Pages project only the live one. */
  List<Deployment> deployments(Target target) throws ApiFailure {
    if (target.isPages()) {
      return pages(target).deployment().stream().toList();
    }
    try {
      var listed =
          client.get(script(target.service()) + "/deployments").path("result").path("deployments");
      var deployments = new ArrayList<Deployment>();
      listed.forEach(d -> deployments.add(deployment(d)));
      return List.copyOf(deployments);
    } catch (ApiFailure failure) {
      return AccountApi.<List<Deployment>>emptyIfNoWorker(failure).orElse(List.of());
    }
  }

  private static Deployment deployment(JsonNode listed) {
    var shares = new ArrayList<Deployment.Share>();
    for (var share : listed.path("versions")) {
      shares.add(
          new Deployment.Share(
              new VersionId(share.path("version_id").asText()),
              share.path("percentage").asDouble()));
    }
    return new Deployment(
        listed.path("id").asText(),
        shares,
        instant(listed.path("created_on")),
        listed.path("annotations").path("workers/message").asText(""));
  }

  /** Newest first. */
  List<UploadedVersion> versions(Target target) throws ApiFailure {
    if (target.isPages()) {
      return pages(target).versions();
    }
    try {
      var versions = new ArrayList<UploadedVersion>();
      // All that can be deployed, which are the hundred newest, come in one answer.
      for (var item :
          client
              .get(script(target.service()) + "/versions?deployable=true")
              .path("result")
              .path("items")) {
        versions.add(version(item));
      }
      versions.sort((a, b) -> Long.compare(b.number(), a.number()));
      return List.copyOf(versions);
    } catch (ApiFailure failure) {
      return AccountApi.<List<UploadedVersion>>emptyIfNoWorker(failure).orElse(List.of());
    }
  }

  /**
   * What a version needs; it never changes, so it is asked for once. What a deployment of Pages
   * needs is not told.
   */
  Needs needs(Target target, VersionId version) throws ApiFailure {
    if (target.isPages()) {
      return Needs.none();
    }
    var known = needs.get(version);
    if (known == null) {
      known = needs(client.get(script(target.service()) + "/versions/" + version).path("result"));
      needs.put(version, known);
    }
    return known;
  }

  private static Needs needs(JsonNode version) {
    var resources = new ArrayList<Needs.Resource>();
    for (var binding : version.path("resources").path("bindings")) {
      var name = binding.path("name").asText();
      switch (binding.path("type").asText()) {
        case "kv_namespace" ->
            resources.add(
                new Needs.Resource(
                    Needs.Kind.KV_NAMESPACE, name, binding.path("namespace_id").asText()));
        case "d1" ->
            resources.add(
                new Needs.Resource(
                    Needs.Kind.D1_DATABASE,
                    name,
                    binding.path("database_id").asText(binding.path("id").asText())));
        case "r2_bucket" -> {
          // Buckets of a jurisdiction are in lists of their own.
          if (binding.path("jurisdiction").asText("").isEmpty()) {
            resources.add(
                new Needs.Resource(
                    Needs.Kind.R2_BUCKET, name, binding.path("bucket_name").asText()));
          }
        }
        case "queue" ->
            resources.add(
                new Needs.Resource(Needs.Kind.QUEUE, name, binding.path("queue_name").asText()));
        default -> {
          // Nothing that is deleted by itself.
        }
      }
    }
    return new Needs(
        resources.stream().filter(r -> !r.id().isEmpty()).toList(),
        version.path("resources").path("script_runtime").path("migration_tag").asText(""));
  }

  /** The ids of all that exists of a kind, asked for once. */
  Set<String> existing(Needs.Kind kind) throws ApiFailure {
    var known = existing.get(kind);
    if (known == null) {
      known =
          switch (kind) {
            case KV_NAMESPACE -> namespaces().keySet();
            case D1_DATABASE -> databases().keySet();
            case R2_BUCKET -> buckets();
            case QUEUE -> queueNames();
          };
      existing.put(kind, known);
    }
    return known;
  }

  private Set<String> queueNames() throws ApiFailure {
    var names = new LinkedHashSet<String>();
    client.all(in("/queues"), PAGE).forEach(q -> names.add(q.path("queue_name").asText()));
    return names;
  }

  private static UploadedVersion version(JsonNode item) {
    var annotations = item.path("annotations");
    return new UploadedVersion(
        new VersionId(item.path("id").asText()),
        item.path("number").asLong(),
        instant(item.path("metadata").path("created_on")),
        annotations.path("workers/tag").asText(""),
        annotations.path("workers/message").asText(""));
  }

  /** Title by id. */
  Map<String, String> namespaces() throws ApiFailure {
    return named(client.all(in("/storage/kv/namespaces"), PAGE), "id", "title");
  }

  /** Name by id. */
  Map<String, String> databases() throws ApiFailure {
    return named(client.all(in("/d1/database"), PAGE), "uuid", "name");
  }

  Set<String> buckets() throws ApiFailure {
    var names = new LinkedHashSet<String>();
    var cursor = "";
    try {
      // As many pages as an account may have buckets (a million) at a thousand each.
      for (int page = 0; page < 1000; page++) {
        var envelope =
            client.get(
                in(
                    "/r2/buckets?per_page=1000"
                        + (cursor.isEmpty() ? "" : "&cursor=" + encoded(cursor))));
        envelope.path("result").path("buckets").forEach(b -> names.add(b.path("name").asText()));
        cursor = envelope.path("result_info").path("cursor").asText("");
        if (cursor.isEmpty()) {
          break;
        }
      }
      return names;
    } catch (ApiFailure failure) {
      if (NO_R2.contains(failure.code())) {
        noted.add(failure);
        return Set.of();
      }
      throw failure;
    }
  }

  Set<String> appliedMigrations(String databaseId) throws ApiFailure {
    var table = migrationTables.getOrDefault(databaseId, "d1_migrations");
    var quoted = "\"" + table.replace("\"", "\"\"") + "\"";
    var question = Json.MAPPER.createObjectNode();
    question.put("sql", "SELECT name FROM " + quoted + " ORDER BY id");
    try {
      var names = new LinkedHashSet<String>();
      for (var row :
          client
              .ask(in("/d1/database/" + encoded(databaseId) + "/query"), question)
              .path("result")
              .path(0)
              .path("results")) {
        names.add(row.path("name").asText());
      }
      return names;
    } catch (ApiFailure failure) {
      // wrangler creates the table together with the first migration.
      if (failure.why().contains("no such table")) {
        return Set.of();
      }
      throw failure;
    }
  }

  String bookmark(String databaseId) throws ApiFailure {
    return client
        .get(in("/d1/database/" + encoded(databaseId) + "/time_travel/bookmark"))
        .path("result")
        .path("bookmark")
        .asText("");
  }

  /**
   * Sets the live deployment.
   *
   * @param force also when secrets have changed since a version was uploaded
   */
  void deploy(Target target, List<Deployment.Share> shares, String message, boolean force)
      throws ApiFailure {
    if (target.isPages()) {
      pages(target).serve(sole(target, shares));
      return;
    }
    var body = Json.MAPPER.createObjectNode();
    body.put("strategy", "percentage");
    var versions = body.putArray("versions");
    for (var share : shares) {
      versions
          .addObject()
          .put("version_id", share.version().value())
          .put("percentage", share.percent());
    }
    body.putObject("annotations").put("workers/message", message);
    client.change(script(target.service()) + "/deployments" + (force ? "?force=true" : ""), body);
  }

  private static VersionId sole(Target target, List<Deployment.Share> shares) {
    if (shares.size() != 1) {
      throw new IllegalArgumentException(
          "traffic of the Pages project " + target.service() + " can't be divided: " + shares);
    }
    return shares.getFirst().version();
  }

  /** What leads to a service. */
  TriggerApi triggers(ServiceName service) {
    return new TriggerApi(client, in(""), service.value());
  }

  /** The newest version again with other secrets, as {@code wrangler versions secret bulk} does. */
  UploadedVersion putSecrets(ServiceName service, Map<String, String> values, String tag)
      throws ApiFailure {
    var body = Json.MAPPER.createObjectNode();
    var env = body.putObject("env");
    values.forEach(
        (name, value) -> env.putObject(name).put("type", "secret_text").put("text", value));
    body.putObject("annotations")
        .put("workers/message", "secrets: " + String.join(", ", new TreeSet<>(values.keySet())))
        .put("workers/tag", tag);
    var result =
        client
            .upload(
                "PATCH",
                in("/workers/workers/" + encoded(service.value()) + "/versions/latest"),
                "application/merge-patch+json",
                BodyPublishers.ofString(body.toString()))
            .path("result");
    return version(result);
  }

  Optional<String> find(Step.Provision.Kind kind, String name) throws ApiFailure {
    return switch (kind) {
      case KV -> idOf(namespaces(), name);
      case D1 -> idOf(databases(), name);
      case R2 -> buckets().contains(name) ? Optional.of(name) : Optional.empty();
      case QUEUE -> {
        for (var queue : client.get(in("/queues?page=1&name=" + encoded(name))).path("result")) {
          if (queue.path("queue_name").asText().equals(name)) {
            yield Optional.of(name);
          }
        }
        yield Optional.empty();
      }
    };
  }

  private static Optional<String> idOf(Map<String, String> names, String name) {
    return names.entrySet().stream()
        .filter(e -> e.getValue().equals(name))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  String provide(Step.Provision.Kind kind, String name) throws ApiFailure {
    var body = Json.MAPPER.createObjectNode();
    return switch (kind) {
      case KV ->
          client
              .change(in("/storage/kv/namespaces"), body.put("title", name))
              .path("result")
              .path("id")
              .asText();
      case D1 ->
          client
              .change(in("/d1/database"), body.put("name", name))
              .path("result")
              .path("uuid")
              .asText();
      case R2 -> {
        client.change(in("/r2/buckets"), body.put("name", name));
        yield name;
      }
      case QUEUE -> {
        client.change(in("/queues"), body.put("queue_name", name));
        yield name;
      }
    };
  }

  /** Adds a version that serves nobody. */
  VersionId publish(ServiceName service, UploadForm form, ObjectNode metadata) throws ApiFailure {
    var result =
        client
            .upload(
                "POST",
                script(service) + "/versions?bindings_inherit=strict",
                form.contentType(),
                form.with(metadata))
            .path("result");
    return new VersionId(result.path("id").asText());
  }

  /** Creates or replaces a Worker; its version serves at once. */
  VersionId create(ServiceName service, UploadForm form, ObjectNode metadata) throws ApiFailure {
    var result =
        client
            .upload(
                "PUT",
                script(service) + "?excludeScript=true&bindings_inherit=strict",
                form.contentType(),
                form.with(metadata))
            .path("result");
    return new VersionId(
        DASHES.matcher(result.path("deployment_id").asText()).replaceFirst("$1-$2-$3-$4-$5"));
  }

  private static Map<String, String> named(List<JsonNode> items, String key, String value) {
    var named = new LinkedHashMap<String, String>();
    items.forEach(i -> named.put(i.path(key).asText(), i.path(value).asText()));
    return named;
  }

  private static boolean isNoWorker(ApiFailure failure) {
    return NO_WORKER.contains(failure.code());
  }

  private static <T> Optional<T> emptyIfNoWorker(ApiFailure failure) throws ApiFailure {
    if (isNoWorker(failure)) {
      return Optional.empty();
    }
    throw failure;
  }

  private String script(ServiceName service) {
    return in("/workers/scripts/" + encoded(service.value()));
  }

  private String in(String path) {
    return "/accounts/"
        + account.orElseThrow(() -> new IllegalStateException("the account is not resolved"))
        + path;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** A time as the API writes it; the epoch where there is none. */
  static Instant instant(JsonNode written) {
    try {
      return Instant.parse(written.asText(""));
    } catch (DateTimeParseException absent) {
      return Instant.EPOCH;
    }
  }
}
