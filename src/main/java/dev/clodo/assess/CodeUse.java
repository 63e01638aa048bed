package dev.clodo.assess;

import dev.clodo.model.Location;
import dev.clodo.model.Service;
import dev.clodo.model.SourceFacts;
import dev.clodo.model.SourceFacts.Call;
import dev.clodo.model.SourceFacts.Form;
import dev.clodo.model.SourceFacts.Touch;
import dev.clodo.model.SourceFacts.Value;
import dev.clodo.model.Sources;
import dev.clodo.model.Sources.Source;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a service's source uses and exports, all files together: the syntax of each file, read by
 * discovery, put together along the imports.
 *
 * @param isSeen whether there was source to look at
 * @param doubt why this source may not be what is really deployed; empty when it is
 * @param isComplete whether every file of the service's own was seen and understood
 * @param escapes whether the environment is handed on as a whole, so that other names may be used
 * @param uses what the code reads from {@code env}, by name
 * @param optional names that the code declares as optional, sets itself or has from a library
 * @param literals the string literals of the source; a name among them may be looked up by string
 * @param types the types that the source declares for members of an environment, by name
 */
record CodeUse(
    boolean isSeen,
    String doubt,
    boolean isComplete,
    boolean escapes,
    Map<String, Use> uses,
    Set<String> optional,
    Set<String> literals,
    Map<String, Set<String>> types,
    Sources sources) {

  /**
   * How a name is used, all places taken together.
   *
   * @param at the first place that matters
   * @param method the resource's method that is called there; empty when none is
   * @param kind the section of the configuration that such a resource belongs to; empty when it may
   *     be several
   * @param type what the code's own type of it says it is; empty where it says nothing of the kind
   * @param guarded whether any place asks first if it is there
   * @param onlyInTry whether each use stands inside a try block
   * @param onlyKind the only section that has such a method, whatever the code's types say; empty
   *     when several have it
   * @param isCertain whether it is surely a resource: by a method that only one kind has, by its
   *     type, or by two methods
   */
  record Use(
      String name,
      Location at,
      String method,
      String kind,
      String type,
      boolean guarded,
      boolean onlyInTry,
      String onlyKind,
      boolean isCertain) {
    boolean isResource() {
      return !method.isEmpty() || !type.isEmpty();
    }

    /** The start of a sentence that says what the code does with it. */
    String does() {
      if (method.isEmpty()) {
        return "The code reads env." + name + ", a " + type;
      }
      if (method.equals("connectionString")) {
        return "The code reads env." + name + "." + method;
      }
      int taker = method.indexOf('#');
      return taker < 0
          ? "The code calls env." + name + "." + method + "()"
          : "The code gives env." + name + " to " + method.substring(taker + 1) + "()";
    }
  }

  /** A KV write that asks to expire sooner than KV allows. */
  record ShortLived(String binding, int seconds, Location at) {}

  /** What the entry exports under a name. */
  sealed interface Exported {
    record Is(Value value, Location at) implements Exported {}

    /** Certainly nothing. */
    record Absent() implements Exported {}

    /** It can't be told: a module that is not seen, or not understood. */
    record Unclear() implements Exported {}
  }

  /** What the source says about something that it may or may not do. */
  enum Answer {
    YES,
    NO,
    UNCLEAR
  }

  static final CodeUse UNSEEN =
      new CodeUse(
          false,
          "There is no source to look at",
          false,
          true,
          Map.of(),
          Set.of(),
          Set.of(),
          Map.of(),
          Sources.none());

  /** Whether this source is what is really deployed. */
  boolean isDecisive() {
    return isSeen && doubt.isEmpty();
  }

  /** Whether a file of this name is source. */
  static boolean isSource(Path file) {
    return SOURCE.matcher(file.toString()).matches();
  }

  private static final Pattern SOURCE = Pattern.compile(".*\\.(?:[cm]?[jt]s|[jt]sx)");

  // ---------------------------------------------------------------- reading

  /** Methods that only one kind of resource has, with the section that declares it. */
  private static final Map<String, String> DISTINCTIVE =
      Map.ofEntries(
          Map.entry("prepare", "d1_databases"),
          Map.entry("withSession", "d1_databases"),
          Map.entry("idFromName", "durable_objects"),
          Map.entry("idFromString", "durable_objects"),
          Map.entry("newUniqueId", "durable_objects"),
          Map.entry("getByName", "durable_objects"),
          Map.entry("writeDataPoint", "analytics_engine_datasets"),
          Map.entry("getWithMetadata", "kv_namespaces"),
          Map.entry("createMultipartUpload", "r2_buckets"),
          Map.entry("sendBatch", "queues"),
          Map.entry("connectionString", "hyperdrive"));

  /** Methods that several kinds of resource have, with the likeliest section, if there is one. */
  private static final Map<String, String> AMBIGUOUS =
      Map.ofEntries(
          Map.entry("batch", "d1_databases"),
          Map.entry("exec", "d1_databases"),
          Map.entry("head", "r2_buckets"),
          Map.entry("send", "queues"),
          Map.entry("upsert", "vectorize"),
          Map.entry("fetch", "services"),
          Map.entry("limit", "ratelimits"),
          Map.entry("run", "ai"),
          Map.entry("create", "workflows"),
          Map.entry("get", ""),
          Map.entry("put", ""),
          Map.entry("list", ""),
          Map.entry("delete", ""),
          Map.entry("query", ""));

  /** Types that wrangler and Cloudflare's own type packages give to bindings. */
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("D1Database", "d1_databases"),
          Map.entry("KVNamespace", "kv_namespaces"),
          Map.entry("R2Bucket", "r2_buckets"),
          Map.entry("DurableObjectNamespace", "durable_objects"),
          Map.entry("Queue", "queues"),
          Map.entry("Fetcher", "services"),
          Map.entry("Service", "services"),
          Map.entry("Ai", "ai"),
          Map.entry("VectorizeIndex", "vectorize"),
          Map.entry("Vectorize", "vectorize"),
          Map.entry("Hyperdrive", "hyperdrive"),
          Map.entry("AnalyticsEngineDataset", "analytics_engine_datasets"),
          Map.entry("RateLimit", "ratelimits"),
          Map.entry("Workflow", "workflows"),
          Map.entry("SendEmail", "send_email"),
          Map.entry("ImagesBinding", "images"),
          Map.entry("BrowserWorker", "browser"),
          Map.entry("DispatchNamespace", "dispatch_namespaces"),
          Map.entry("SecretsStoreSecret", "secrets_store_secrets"));

  /** Names that a library puts into the environment, or reads from it, by the package. */
  private static final Map<String, Set<String>> LIBRARIES =
      Map.of("@cloudflare/workers-oauth-provider", Set.of("OAUTH_PROVIDER", "OAUTH_KV"));

  /** Libraries that call a database at once or never work without. */
  private static final Map<String, String> TAKERS =
      Map.of(
          "drizzle-orm/d1#drizzle", "d1_databases",
          "@prisma/adapter-d1#PrismaD1", "d1_databases",
          "kysely-d1#D1Dialect", "d1_databases");

  /** The source of a service, as discovery read it. */
  static CodeUse of(Service service) {
    var sources = service.surroundings().sources();
    if (sources.files().values().stream().allMatch(Source::typesOnly)) {
      return UNSEEN;
    }
    var merge = new Merge();
    sources.files().forEach(merge::file);
    return new CodeUse(
        true,
        doubt(service, sources),
        sources.gaps().isEmpty() && merge.understood,
        merge.escapes,
        merge.uses(),
        merge.optional,
        merge.literals,
        merge.types,
        sources);
  }

  /** Other tools than wrangler may add bindings that no configuration file shows. */
  private static final Set<String> OTHER_TOOLS =
      Set.of("alchemy.run.ts", "sst.config.ts", "Pulumi.yaml", "main.tf", "infra.ts");

  private static String doubt(Service service, Sources sources) {
    var around = service.surroundings();
    boolean isPages = service.kind() == Service.Kind.PAGES;
    var main = service.settings().text("main");
    if (sources.entry().isEmpty() && !isPages) {
      return "The entry is no source file";
    }
    if (main.isPresent() && Builds.isOutput(main.get())) {
      return "The entry is made by a build";
    }
    if (sources.gaps().stream().anyMatch(g -> g.contains("too large"))) {
      return "The source is too large to be read as a whole";
    }
    if (sources.entry().isPresent() && !sources.files().containsKey(sources.entry().get())) {
      return "The entry could not be scanned";
    }
    var framework = Builds.framework(around);
    if (framework.isPresent()) {
      return framework.get() + " makes what is deployed";
    }
    return around.existing().stream()
        .map(Path::getFileName)
        .filter(n -> n != null && OTHER_TOOLS.contains(n.toString()))
        .findFirst()
        .map(n -> n + " deploys with another tool")
        .orElse("");
  }

  /** Puts together what the files of one service say. */
  private static final class Merge {
    private final Map<String, List<Seen>> seen = new LinkedHashMap<>();
    private final Set<String> optional = new HashSet<>();
    private final Set<String> literals = new LinkedHashSet<>();
    private final Map<String, Set<String>> types = new LinkedHashMap<>();
    private boolean escapes;
    private boolean understood = true;

    private record Seen(Path file, SourceFacts.Use use) {}

    void file(Path path, Source source) {
      var facts = source.facts();
      optional.addAll(facts.optional());
      facts.types().forEach((n, t) -> types.computeIfAbsent(n, _ -> new HashSet<>()).addAll(t));
      if (source.typesOnly()) {
        return;
      }
      understood &= facts.understood();
      escapes |= facts.escapes();
      literals.addAll(facts.literals());
      facts
          .imports()
          .forEach(i -> optional.addAll(LIBRARIES.getOrDefault(i.specifier(), Set.of())));
      for (var use : facts.uses()) {
        seen.computeIfAbsent(use.name(), _ -> new ArrayList<>()).add(new Seen(path, use));
        if (use.touch() == Touch.WRITTEN) {
          optional.add(use.name());
        }
      }
    }

    Map<String, Use> uses() {
      var uses = new LinkedHashMap<String, Use>();
      seen.forEach((name, places) -> uses.put(name, use(name, places)));
      return uses;
    }

    private Use use(String name, List<Seen> places) {
      var declared = kindByType(name);
      var main =
          places.stream()
              .filter(p -> !method(p.use).isEmpty() && !p.use.inTry())
              .findFirst()
              .or(() -> places.stream().filter(p -> !method(p.use).isEmpty()).findFirst())
              .orElse(places.getFirst());
      var methods = new HashSet<String>();
      places.forEach(p -> methods.add(method(p.use)));
      methods.remove("");
      var kinds = methods.stream().map(Merge::kind).collect(Collectors.toSet());
      kinds.remove("");
      var onlyKind = kinds.size() == 1 ? kinds.iterator().next() : "";
      var method = method(main.use);
      var likely = methods.size() == 1 ? AMBIGUOUS.getOrDefault(method, "") : "";
      var kind = !onlyKind.isEmpty() ? onlyKind : !declared.isEmpty() ? declared : likely;
      boolean isCertain =
          !method.isEmpty()
              && (!kinds.isEmpty()
                  || methods.size() > 1
                  || !declared.isEmpty()
                  || (name.equals("ASSETS") && method.equals("fetch")));
      return new Use(
          name,
          main.use.at().in(main.file),
          method,
          kind,
          declared.isEmpty() ? "" : types.getOrDefault(name, Set.of()).iterator().next(),
          places.stream().anyMatch(p -> p.use.guarded())
              || optional.contains(name)
              || literals.contains(name),
          places.stream().allMatch(p -> p.use.inTry()),
          onlyKind,
          isCertain);
    }

    /** The section that the code's own type of a name belongs to; empty when it has none. */
    private String kindByType(String name) {
      var declared = types.getOrDefault(name, Set.of());
      return declared.size() == 1 ? TYPES.getOrDefault(declared.iterator().next(), "") : "";
    }

    /** The section of a method that only one kind of resource has. */
    private static String kind(String method) {
      var taker = TAKERS.get(method);
      return taker != null ? taker : DISTINCTIVE.getOrDefault(method, "");
    }

    /** The resource's method that a use calls, or the library that takes the resource. */
    private static String method(SourceFacts.Use use) {
      return switch (use.touch()) {
        case CALLED, DROPPED ->
            (DISTINCTIVE.containsKey(use.member()) && !use.member().equals("connectionString"))
                    || AMBIGUOUS.containsKey(use.member())
                ? use.member()
                : "";
        case PROPERTY -> use.member().equals("connectionString") ? use.member() : "";
        case ARGUMENT -> {
          var taker = use.from() + "#" + use.member();
          yield TAKERS.containsKey(taker) ? taker : "";
        }
        case READ, WRITTEN -> "";
      };
    }
  }

  // ---------------------------------------------------------------- files

  /** Calls with each bundled file. */
  void eachFile(BiConsumer<Path, SourceFacts> look) {
    sources
        .files()
        .forEach((path, source) -> {
          if (!source.typesOnly()) {
            look.accept(path, source.facts());
          }
        });
  }

  /** A call with the file it stands in. */
  record Placed(Path file, Call call) {
    Location at() {
      return call.at().in(file);
    }
  }

  /** The calls of globals and packages in all files. */
  List<Placed> calls() {
    var all = new ArrayList<Placed>();
    eachFile((path, facts) -> facts.calls().forEach(c -> all.add(new Placed(path, c))));
    return all;
  }

  /** The files that are evaluated when the Worker starts, whatever happens. */
  Set<Path> filesAtStart() {
    var reached = new LinkedHashSet<Path>();
    var open = new ArrayDeque<Path>();
    sources.entry().ifPresent(open::add);
    while (!open.isEmpty()) {
      var file = open.poll();
      var source = sources.files().get(file);
      if (source == null || source.typesOnly() || !reached.add(file)) {
        continue;
      }
      for (var imported : source.facts().imports()) {
        var target = source.found().get(imported.specifier());
        // The bundler drops what is imported and not used; a name that is bound may be a type.
        boolean kept = imported.form() == Form.REEXPORT || (imported.form() == Form.STATIC);
        if (target != null && kept) {
          open.add(target);
        }
      }
    }
    return reached;
  }

  List<ShortLived> shortLived() {
    var all = new ArrayList<ShortLived>();
    eachFile((path, facts) -> {
      for (var use : facts.uses()) {
        var ttl = use.constants().get("expirationTtl");
        if (use.member().equals("put") && ttl != null && ttl.text().matches("[0-9]{1,6}")) {
          int seconds = Integer.parseInt(ttl.text());
          if (seconds < 60) {
            all.add(new ShortLived(use.name(), seconds, ttl.at().in(path)));
          }
        }
      }
    });
    return all;
  }

  // ---------------------------------------------------------------- exports

  /** More modules than a chain of re-exports goes through. */
  private static final int MAX_STEPS = 30;

  /** What the entry exports under a name. */
  Exported exported(String name) {
    return sources
        .entry()
        .<Exported>map(e -> exported(e, name, MAX_STEPS))
        .orElse(new Exported.Unclear());
  }

  private Exported exported(Path file, String name, int steps) {
    var source = sources.files().get(file);
    if (source == null || steps == 0 || !source.facts().understood()) {
      return new Exported.Unclear();
    }
    boolean open = false;
    for (var export : source.facts().exports()) {
      if (export.name().equals(name)) {
        return switch (export.value()) {
          case Value.Imported(var specifier, var imported) -> {
            var target = source.found().get(specifier);
            yield target == null || imported.equals("*")
                ? new Exported.Is(export.value(), export.at().in(file))
                : exported(target, imported, steps - 1);
          }
          default -> new Exported.Is(export.value(), export.at().in(file));
        };
      }
    }
    for (var export : source.facts().exports()) {
      if (export.name().equals("*") && !name.equals("default")) {
        var target =
            export.value() instanceof Value.Imported(var specifier, var _)
                ? source.found().get(specifier)
                : null;
        var found = target == null ? new Exported.Unclear() : exported(target, name, steps - 1);
        if (found instanceof Exported.Is) {
          return found;
        }
        open |= found instanceof Exported.Unclear;
      }
    }
    return open ? new Exported.Unclear() : new Exported.Absent();
  }

  /** Whether the Worker is written as a module; the old format has no exports. */
  Answer isModule() {
    var entry = sources.entry().map(sources.files()::get);
    if (entry.isEmpty() || !entry.get().facts().understood()) {
      return Answer.UNCLEAR;
    }
    return entry.get().facts().exports().isEmpty() ? Answer.NO : Answer.YES;
  }

  /** Whether the default export handles an event, such as {@code fetch} or {@code scheduled}. */
  Answer handles(String event) {
    boolean[] listens = {false};
    eachFile((_, facts) -> listens[0] |= facts.listeners().contains(event));
    if (listens[0]) {
      return Answer.YES;
    }
    return switch (exported("default")) {
      case Exported.Unclear _ -> Answer.UNCLEAR;
      case Exported.Absent _ -> isModule() == Answer.YES && isComplete ? Answer.NO : Answer.UNCLEAR;
      case Exported.Is(var value, var _) -> handles(value, event);
    };
  }

  private static Answer handles(Value value, String event) {
    return switch (value) {
      case Value.Members(var members, boolean open) ->
          members.containsKey(event)
              ? (members.get(event) instanceof SourceFacts.Member(var _, boolean callable)
                      && callable
                  ? Answer.YES
                  : Answer.NO)
              : (open ? Answer.UNCLEAR : Answer.NO);
      case Value.ClassOf c ->
          c.methods().contains(event)
              ? Answer.YES
              : c.base().isEmpty() || c.from().equals("cloudflare:workers")
                  ? Answer.NO
                  : Answer.UNCLEAR;
      case Value.Function _ -> Answer.NO;
      case Value.Made made ->
          made.isNew() && made.callee().equals("Hono") && made.from().startsWith("hono")
              ? (event.equals("fetch") ? Answer.YES : Answer.NO)
              : Answer.UNCLEAR;
      case Value.Imported _, Value.Unclear _ -> Answer.UNCLEAR;
    };
  }

  /** The name that a class extends, if the entry exports such a class; empty when not told. */
  Answer exportsClass(String name) {
    return switch (exported(name)) {
      case Exported.Absent _ -> Answer.NO;
      case Exported.Unclear _ -> Answer.UNCLEAR;
      case Exported.Is(var value, var _) ->
          switch (value) {
            case Value.ClassOf _ -> Answer.YES;
            // A library may make classes: withSentry(…), Agent.extend(…).
            case Value.Made _, Value.Imported _, Value.Unclear _ -> Answer.UNCLEAR;
            case Value.Members _, Value.Function _ -> Answer.NO;
          };
    };
  }
}
