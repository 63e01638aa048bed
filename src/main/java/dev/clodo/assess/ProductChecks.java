package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Products with a check or two of their own. */
final class ProductChecks {
  private ProductChecks() {}

  private static final String RATE_LIMITS = "workers/runtime-apis/bindings/rate-limit/";

  /** Database drivers that use Node's modules. */
  private static final Set<String> DRIVERS = Set.of("pg", "postgres", "mysql2", "mysql");

  private static final Set<String> BROWSERS =
      Set.of("@cloudflare/puppeteer", "@cloudflare/playwright");

  static final List<Check> CHECKS =
      List.of(
          error(
                  "hyperdrive/id-malformed",
                  StopsAt.UPLOAD,
                  "hyperdrive/get-started/",
                  ProductChecks::hyperdrive)
              .yieldingTo("bindings/id-and-name-swapped"),
          config("ratelimits/shape", RATE_LIMITS),
          error("ratelimits/shape", StopsAt.UPLOAD, RATE_LIMITS, ProductChecks::rateLimitIds),
          advice("ratelimits/shared-namespace", RATE_LIMITS, ProductChecks::sharedLimits),
          error(
                  "hyperdrive/not-found",
                  StopsAt.UPLOAD,
                  "hyperdrive/",
                  c ->
                      lost(
                          c,
                          "hyperdrive",
                          "id",
                          ResourceKind.HYPERDRIVE,
                          "Hyperdrive configuration",
                          "10157",
                          "hyperdrive list"))
              .yieldingTo("hyperdrive/id-malformed", "bindings/id-and-name-swapped"),
          errorProd(
              "hyperdrive/needs-nodejs-compat",
              "hyperdrive/get-started/",
              c -> needsNode(c, !c.settings().items("hyperdrive").isEmpty(), DRIVERS)),
          warning(
              "hyperdrive/local-connection-string-secret",
              "hyperdrive/configuration/local-development/",
              ProductChecks::localPassword),
          error(
              "vectorize/index-not-found",
              StopsAt.UPLOAD,
              "vectorize/",
              ProductChecks::vectorizeMissing),
          warning(
              "vectorize/v1-binding",
              "vectorize/reference/transition-vectorize-legacy/",
              ProductChecks::vectorizeOld),
          advice("ai/unknown-model", "workers-ai/models/", ProductChecks::unknownModel),
          errorProd(
              "browser/needs-nodejs-compat",
              "browser-rendering/",
              c -> needsNode(c, c.settings().table("browser").isPresent(), BROWSERS)),
          error(
              "mtls/certificate-not-found",
              StopsAt.UPLOAD,
              "workers/runtime-apis/bindings/mtls/",
              ProductChecks::certificate),
          error(
              "dispatch/namespace-not-found",
              StopsAt.UPLOAD,
              "cloudflare-for-platforms/workers-for-platforms/",
              ProductChecks::dispatch),
          advice(
              "logpush/not-configured",
              "workers/observability/logs/logpush/",
              ProductChecks::logpush),
          error("pipelines/not-found", StopsAt.UPLOAD, "pipelines/", ProductChecks::pipelines),
          config("workflows/name-invalid", "workflows/reference/limits/"),
          config("vpc/shape", "workers-vpc/"),
          config("python/flag-missing", "workers/languages/python/"),
          error("containers/image-invalid", StopsAt.CONFIG, "containers/", ProductChecks::image),
          config("containers/class-invalid", "containers/"),
          config("ai/binding-shape", "workers-ai/configuration/bindings/"),
          config("pages/reserved-assets-binding", "pages/functions/bindings/"));

  /** A check that wrangler's own validation makes too. */
  private static Check config(String id, String docs) {
    return error(id, StopsAt.CONFIG, docs, c -> c.violationsOf(id));
  }

  private static List<? extends Hit> hyperdrive(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("hyperdrive")) {
      var binding = t.text("binding").orElse("");
      Case.word(t, "id")
          .filter(id -> !CredentialChecks.HEX_32.matcher(id.value()).matches())
          .ifPresent(id ->
              hits.add(
                  new Hit.Fault(
                      binding,
                      id.at(),
                      "The id of Hyperdrive \""
                          + binding
                          + "\" is \""
                          + id.value()
                          + "\", but an id has 32 hexadecimal digits. The deploy fails with code"
                          + " 10157.",
                      Case.look("hyperdrive list", "write the id of one here."))));
    }
    return hits;
  }

  /** An image is the path of a Dockerfile that exists, or a registry's image with a tag. */
  private static List<? extends Hit> image(Case c) {
    var hits = new ArrayList<Hit>(c.violationsOf("containers/image-invalid"));
    for (var t : c.settings().tables("containers")) {
      Case.word(t, "image")
          .filter(w -> !w.value().isEmpty() && !c.exists(c.resolve(w.value())))
          .filter(
              w -> !w.value().replaceFirst(".*/", "").contains(":") || w.value().contains("://"))
          .ifPresent(w ->
              hits.add(
                  new Hit.Fault(
                      "containers",
                      w.at(),
                      "The image \""
                          + w.value()
                          + "\" is neither a file that exists nor an image"
                          + " with a tag. wrangler refuses the configuration.",
                      new Remedy.Advice(
                          "Correct the path of the Dockerfile, or append a tag such"
                              + " as :1.0."))));
    }
    return hits;
  }

  /** Resources that are named by an id which the account does not have. */
  private static List<? extends Hit> lost(
      Case c,
      String section,
      String key,
      ResourceKind kind,
      String what,
      String code,
      String command) {
    var named = c.settings().tables(section);
    if (named.isEmpty()) {
      return List.of();
    }
    return Case.judging(
        c.account().resources(kind),
        all -> {
          var hits = new ArrayList<Hit>();
          var ids = all.stream().map(Resource::id).collect(Collectors.toSet());
          for (var t : named) {
            Case.word(t, key)
                .filter(w -> !w.value().isBlank() && !ids.contains(w.value()))
                .ifPresent(w ->
                    hits.add(
                        new Hit.Fault(
                            t.text("binding").orElse(""),
                            w.at(),
                            "The account has no "
                                + what
                                + " \""
                                + w.value()
                                + "\". The deploy fails with code "
                                + code
                                + Similar.question(w.value(), ids),
                            Similar.to(w.value(), ids)
                                .<Remedy>map(near ->
                                    new Remedy.Edit(
                                        w.at(), "\"" + w.value() + "\"", "\"" + near + "\""))
                                .orElseGet(
                                    () -> Case.look(command, "write here which one is meant.")))));
          }
          return hits;
        });
  }

  /** A package that needs Node's modules, in a Worker that does not have them. */
  private static List<? extends Hit> needsNode(Case c, boolean bound, Set<String> packages) {
    var date = c.settings().text("compatibility_date").flatMap(DateText::iso);
    if (!bound || date.isEmpty() || CompatibilityChecks.isNodeOn(c, date.get())) {
      return List.of();
    }
    return Imported.of(c).stream()
        .filter(i -> packages.contains(BuildChecks.packageOf(i.module())))
        .limit(1)
        .map(i -> {
          var fault =
              new Hit.Fault(
                  i.module(),
                  i.at(),
                  "\""
                      + i.module()
                      + "\" uses modules of Node.js, which this Worker does not have: add the"
                      + " compatibility flag nodejs_compat.",
                  CompatibilityChecks.addFlag(c, "nodejs_compat"));
          return i.isOptional() || !c.code().isDecisive() ? fault.as(Severity.WARNING) : fault;
        })
        .toList();
  }

  private static final Pattern WITH_PASSWORD =
      Pattern.compile("^[a-z][a-z0-9+.-]*://[^/@:]*:([^@/]+)@(\\[[^]]*]|[^:/?]+).*");

  private static final Set<String> HARMLESS_HOSTS =
      Set.of("localhost", "127.0.0.1", "[::1]", "0.0.0.0", "host.docker.internal");

  private static final Set<String> HARMLESS_PASSWORDS =
      Set.of("password", "postgres", "root", "user", "example", "changeme");

  private static List<? extends Hit> localPassword(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("hyperdrive")) {
      var binding = t.text("binding").orElse("");
      Case.word(t, "localConnectionString")
          .filter(w -> {
            var m = WITH_PASSWORD.matcher(w.value());
            return m.matches()
                && !HARMLESS_HOSTS.contains(m.group(2))
                && m.group(2).contains(".")
                && !HARMLESS_PASSWORDS.contains(m.group(1).toLowerCase(Locale.ROOT))
                && !m.group(1).matches("[<{$].*");
          })
          .ifPresent(w ->
              hits.add(
                  new Hit.Fault(
                      binding,
                      w.at(),
                      "localConnectionString of \""
                          + binding
                          + "\" holds a password for a database that is not on this machine, in a"
                          + " file that is committed.",
                      new Remedy.Advice(
                          "Remove it, change the password, and set the variable"
                              + " CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_"
                              + binding
                              + " instead."))));
    }
    return hits;
  }

  private static Set<String> ids(Looked<List<Resource>> looked) {
    return looked instanceof Looked.Known<List<Resource>>(var all)
        ? all.stream().map(Resource::id).collect(Collectors.toSet())
        : Set.of();
  }

  private static List<? extends Hit> vectorizeMissing(Case c) {
    var old = ids(c.account().resources(ResourceKind.VECTORIZE_V1));
    return lost(
            c,
            "vectorize",
            "index_name",
            ResourceKind.VECTORIZE,
            "Vectorize index",
            "10159",
            "vectorize list")
        .stream()
        .filter(h -> !(h instanceof Hit.Fault fault && isNamed(c, fault.subject(), old)))
        .toList();
  }

  private static boolean isNamed(Case c, String binding, Set<String> names) {
    return c.settings().tables("vectorize").stream()
        .filter(t -> t.text("binding").filter(binding::equals).isPresent())
        .anyMatch(t -> t.text("index_name").filter(names::contains).isPresent());
  }

  private static List<? extends Hit> vectorizeOld(Case c) {
    var named = c.settings().tables("vectorize");
    if (named.isEmpty()
        || !(c.account().resources(ResourceKind.VECTORIZE) instanceof Looked.Known)) {
      return List.of();
    }
    var now = ids(c.account().resources(ResourceKind.VECTORIZE));
    var old = ids(c.account().resources(ResourceKind.VECTORIZE_V1));
    return named.stream()
        .flatMap(t -> Case.word(t, "index_name").stream())
        .filter(w -> old.contains(w.value()) && !now.contains(w.value()))
        .map(w ->
            new Hit.Fault(
                w.value(),
                w.at(),
                "The Vectorize index \""
                    + w.value()
                    + "\" is of the first generation, which is being given up.",
                new Remedy.Advice("Make an index of the second generation and fill it again.")))
        .toList();
  }

  private static final Pattern MODEL = Pattern.compile("[\"'`](@(?:cf|hf)/[A-Za-z0-9_./-]+)[\"'`]");

  private static List<? extends Hit> unknownModel(Case c) {
    if (c.settings().table("ai").isEmpty()
        || !(c.account().resources(ResourceKind.AI_MODELS)
            instanceof Looked.Known<List<Resource>>(var all))
        || all.isEmpty()) {
      return List.of();
    }
    var known = all.stream().map(Resource::id).collect(Collectors.toSet());
    var hits = new ArrayList<Hit>();
    for (var source : Sources.of(c.service())) {
      var match = MODEL.matcher(source.text());
      while (match.find()) {
        var model = match.group(1);
        if (!known.contains(model)) {
          var near = Similar.to(model, known);
          hits.add(
              new Hit.Fault(
                  model,
                  JsText.of(source.text()).location(source.file(), match.start()),
                  "Workers AI lists no model \"" + model + "\"" + Similar.question(model, known),
                  near.<Remedy>map(n ->
                          new Remedy.Edit(
                              JsText.of(source.text()).location(source.file(), match.start(1)),
                              model,
                              n))
                      .orElseGet(
                          () -> new Remedy.Advice("Choose one of: npx wrangler ai models"))));
        }
      }
    }
    return hits;
  }

  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private static List<? extends Hit> certificate(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("mtls_certificates")) {
      Case.word(t, "certificate_id")
          .filter(w -> !UUID.matcher(w.value()).matches())
          .ifPresent(w ->
              hits.add(
                  new Hit.Fault(
                      t.text("binding").orElse(""),
                      w.at(),
                      "The certificate_id \""
                          + w.value()
                          + "\" is no id of a certificate, which looks like"
                          + " 01234567-89ab-cdef-0123-456789abcdef. The deploy fails with code"
                          + " 100143.",
                      Case.look("mtls-certificate list", "write the id of one here."))));
    }
    return hits.isEmpty()
        ? lost(
            c,
            "mtls_certificates",
            "certificate_id",
            ResourceKind.MTLS_CERTIFICATES,
            "mTLS certificate",
            "100143",
            "mtls-certificate list")
        : hits;
  }

  private static List<? extends Hit> dispatch(Case c) {
    boolean creates =
        Packages.installedWrangler(c)
            .map(v -> v.compareTo(new Packages.Version(4, 113, 0)) >= 0)
            .orElse(true);
    return lost(
            c,
            "dispatch_namespaces",
            "namespace",
            ResourceKind.DISPATCH_NAMESPACES,
            "dispatch namespace",
            "100119",
            "dispatch-namespace list")
        .stream()
        // Newer wranglers make it, so it may be a slip of the pen or what is wanted.
        .map(h -> creates && h instanceof Hit.Fault fault ? fault.as(Severity.WARNING) : h)
        .toList();
  }

  private static List<? extends Hit> logpush(Case c) {
    boolean on =
        c.settings().get("logpush").orElse(c.settings()) instanceof ConfigValue.Flag(var flag, _)
            && flag;
    if (!on
        || !(c.account().resources(ResourceKind.LOGPUSH)
            instanceof Looked.Known<List<Resource>>(var jobs))
        || jobs.stream().anyMatch(j -> j.trait("dataset").equals("workers_trace_events"))) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "logpush",
            c.at("logpush"),
            "logpush is on, but the account has no Logpush job for workers_trace_events: nothing is"
                + " pushed.",
            new Remedy.Advice(
                "Create the job in the dashboard under Analytics & Logs, or remove logpush.")));
  }

  private static List<? extends Hit> pipelines(Case c) {
    var named = c.settings().tables("pipelines");
    var hits = new ArrayList<Hit>();
    for (var t : named) {
      if (t.get("pipeline").isPresent() && t.get("stream").isEmpty()) {
        hits.add(
            new Hit.Fault(
                    t.text("binding").orElse(""),
                    t.locationOf("pipeline"),
                    "The field \"pipeline\" of a binding is now called \"stream\"; the old name"
                        + " will go.",
                    new Remedy.Edit(
                        t.locationOf("pipeline"),
                        c.isToml() ? "pipeline" : "\"pipeline\"",
                        c.isToml() ? "stream" : "\"stream\""))
                .as(Severity.ADVICE));
      }
    }
    if (named.isEmpty()) {
      return hits;
    }
    var streams = c.account().resources(ResourceKind.STREAMS);
    var pipelines = c.account().resources(ResourceKind.PIPELINES);
    if (streams instanceof Looked.Known<List<Resource>>(var some)
        && pipelines instanceof Looked.Known<List<Resource>>(var more)) {
      var known = new LinkedHashSet<String>();
      for (var list : List.of(some, more)) {
        list.forEach(r -> {
          known.add(r.id());
          known.add(r.name());
        });
      }
      for (var t : named) {
        Case.word(t, t.get("stream").isPresent() ? "stream" : "pipeline")
            .filter(w -> !w.value().isBlank() && !known.contains(w.value()))
            .ifPresent(w ->
                hits.add(
                    new Hit.Fault(
                        t.text("binding").orElse(""),
                        w.at(),
                        "The account has no stream or pipeline \""
                            + w.value()
                            + "\". The deploy fails"
                            + Similar.question(w.value(), known),
                        Case.look("pipelines streams list", "write the id of one here."))));
      }
    } else if (streams instanceof Looked.Unknown<List<Resource>>(var why, var permission)) {
      hits.add(new Hit.Unsure(why, permission));
    }
    return hits;
  }

  private static List<? extends Hit> rateLimitIds(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("ratelimits")) {
      Case.word(t, "namespace_id")
          .filter(w -> !w.value().matches("[0-9]{1,18}"))
          .ifPresent(w ->
              hits.add(
                  new Hit.Fault(
                      t.text("name").orElse(""),
                      w.at(),
                      "The namespace_id \""
                          + w.value()
                          + "\" of a rate limit has to be a whole number in quotes. The upload"
                          + " fails.",
                      new Remedy.Advice("Choose any number that is not used yet, \"1001\"."))));
    }
    return hits;
  }

  private static List<? extends Hit> sharedLimits(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("ratelimits")) {
      var id = Case.word(t, "namespace_id");
      if (id.isEmpty()) {
        continue;
      }
      c.evidence().inventory().services().stream()
          .filter(s -> !s.name().equals(c.service().name()))
          .filter(s ->
              s.settings().tables("ratelimits").stream()
                  .anyMatch(
                      o -> o.text("namespace_id").filter(id.get().value()::equals).isPresent()))
          .findFirst()
          .ifPresent(other ->
              hits.add(
                  new Hit.Fault(
                      t.text("name").orElse(""),
                      id.get().at(),
                      "The Worker \""
                          + other.name()
                          + "\" uses the rate limit \""
                          + id.get().value()
                          + "\" too: both count together.",
                      new Remedy.Advice(
                          "If that is not meant, give one of them another number."))));
    }
    return hits;
  }
}
