package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.ServiceName;
import dev.clodo.model.SourceFacts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Secrets and variables. Values are looked at here and never leave. */
final class SecretChecks {
  private SecretChecks() {}

  private static final String SECRETS = "workers/configuration/secrets/";

  static final List<Check> CHECKS =
      List.of(
          error(
                  "secrets/required-not-set",
                  StopsAt.UPLOAD,
                  "workers/wrangler/configuration/",
                  SecretChecks::requiredNotSet)
              .yieldingTo("secrets/required-on-first-deploy"),
          error(
              "secrets/required-on-first-deploy",
              StopsAt.UPLOAD,
              "workers/wrangler/commands/",
              SecretChecks::firstDeploy),
          errorProd("secrets/missing-remote", SECRETS, SecretChecks::missingRemote)
              .yieldingTo("secrets/required-not-set", "secrets/build-vs-runtime"),
          advice("secrets/undeclared", SECRETS, SecretChecks::undeclared),
          warning("secrets/secret-in-vars", SECRETS, SecretChecks::secretInVars),
          errorProd("secrets/empty-var-shadows", SECRETS, SecretChecks::emptyVar),
          advice("secrets/dev-vars-not-ignored", SECRETS, SecretChecks::notIgnored)
              .yieldingTo("secrets/dev-vars-committed"),
          errorProd("secrets/var-replaces-secret", SECRETS, SecretChecks::varOverSecret)
              .yieldingTo("secrets/empty-var-shadows"),
          error(
              "secrets/secret-put-over-var", StopsAt.UPLOAD, SECRETS, SecretChecks::secretOverVar),
          warning(
              "secrets/dev-vars-committed",
              SECRETS + "#local-development-with-secrets",
              SecretChecks::committed),
          warning("secrets/hardcoded-in-source", SECRETS, SecretChecks::hardcoded),
          errorProd("secrets/exposed-to-client", SECRETS, SecretChecks::exposed),
          error(
              "secrets/secrets-store-not-found",
              StopsAt.UPLOAD,
              "secrets-store/integrations/workers/",
              SecretChecks::storeSecretMissing),
          errorProd(
              "secrets/secrets-store-used-as-string",
              "secrets-store/integrations/workers/",
              SecretChecks::storeSecretAsText),
          advice(
              "secrets/dev-vars-incomplete",
              SECRETS + "#local-development-with-secrets",
              SecretChecks::incomplete),
          errorProd(
              "secrets/build-vs-runtime",
              "workers/ci-cd/builds/configuration/#environment-variables",
              SecretChecks::onlyInPipeline));

  /** The names of the secrets that the service has at Cloudflare. */
  static Looked<Set<String>> remote(Case c) {
    var given = given(c);
    if (isNew(c)) {
      return new Looked.Known<>(given);
    }
    return atCloudflare(c)
        .map(names -> {
          var all = new LinkedHashSet<>(names);
          all.addAll(given);
          return all;
        });
  }

  /** The secrets that a release sends, because the workspace says where they come from. */
  private static Set<String> given(Case c) {
    return c.evidence().inventory().workspace().secretsOf(c.service()).keySet();
  }

  private static Looked<Set<String>> atCloudflare(Case c) {
    return c.account()
        .secrets()
        .getOrDefault(
            c.service().name(),
            switch (c.account().services()) {
              case Looked.Unknown<?>(var why, var permission) ->
                  new Looked.Unknown<Set<String>>(why, permission);
              case Looked.Known<?> _ ->
                  new Looked.Unknown<Set<String>>(
                      "The secrets of " + c.service().name() + " were not read", "");
            });
  }

  /** Whether the account is known not to have the service. */
  private static boolean isNew(Case c) {
    return c.account().services() instanceof Looked.Known<Set<ServiceName>>(var known)
        && !c.isPages()
        && !known.contains(c.service().name());
  }

  private static List<? extends Hit> firstDeploy(Case c) {
    if (!isNew(c)) {
      return List.of();
    }
    // wrangler creates an empty Worker for a secret that is put before the first deploy.
    return Declared.in(c.settings()).stream()
        .filter(d -> d.kind().equals("secrets"))
        .filter(d -> !given(c).contains(d.name()))
        .map(d ->
            new Hit.Fault(
                d.name(),
                d.at(),
                "\""
                    + c.service().name()
                    + "\" does not exist yet, so its required secret \""
                    + d.name()
                    + "\" is not set. The first deploy stops.",
                put(c, d.name())))
        .toList();
  }

  private static Remedy put(Case c, String name) {
    if (!c.service().copy().domain().isShared()) {
      return new Remedy.Advice(
          "Say where its value comes from, for the domain or under domain-defaults: secrets: { "
              + name
              + ": { env: "
              + name
              + " } }.");
    }
    return c.isPages()
        ? c.account("pages secret put " + name + " --project-name " + c.service().name())
        : c.wrangler("secret put " + name);
  }

  private static String inWords(Remedy remedy) {
    return switch (remedy) {
      case Remedy.Command(var line, _) -> "Set it as a secret: " + line;
      case Remedy.Advice(var text) -> text;
      case Remedy.Edit edit -> "Write " + edit.text() + ".";
    };
  }

  private static List<? extends Hit> requiredNotSet(Case c) {
    var required =
        Declared.in(c.settings()).stream().filter(d -> d.kind().equals("secrets")).toList();
    if (required.isEmpty()) {
      return List.of();
    }
    return Case.judging(
        remote(c),
        set -> {
          var hits = new ArrayList<Hit>();
          for (var d : required) {
            if (!set.contains(d.name())) {
              hits.add(
                  new Hit.Fault(
                      d.name(),
                      d.at(),
                      "The required secret \""
                          + d.name()
                          + "\" is not set at Cloudflare. wrangler deploy"
                          + " stops.",
                      put(c, d.name())));
            }
          }
          return hits;
        });
  }

  /** Names that builds, platforms and libraries give; no secret of the user's. */
  private static final Pattern NOT_A_SECRET =
      Pattern.compile(
          "NODE_ENV|CI|VITE_.*|NEXT_PUBLIC_.*|PUBLIC_.*|npm_.*|CF_PAGES.*|WORKERS_CI.*|ASSETS|"
              + "CF_VERSION_METADATA|__STATIC_CONTENT.*|ENVIRONMENT|DEBUG|LOG_LEVEL|MODE|DEV|PROD");

  /** The strings that the code reads and nobody declares. */
  private static List<CodeUse.Use> wanted(Case c) {
    if (!c.code().isDecisive()) {
      return List.of();
    }
    // What another layer of the file declares is a matter of the environment that is chosen.
    var declared = Declared.anywhere(c.service());
    return c.code().uses().values().stream()
        .filter(u -> !u.isResource() && !u.guarded())
        .filter(u -> u.name().matches("[A-Z][A-Z0-9_]+"))
        .filter(u -> !NOT_A_SECRET.matcher(u.name()).matches())
        .filter(u -> !declared.contains(u.name()))
        .toList();
  }

  private static List<? extends Hit> missingRemote(Case c) {
    var wanted = wanted(c);
    if (wanted.isEmpty()) {
      return List.of();
    }
    boolean keeps = c.settings().get("keep_vars").isPresent();
    return Case.judging(
        remote(c),
        set -> {
          var hits = new ArrayList<Hit>();
          for (var use : wanted) {
            if (!set.contains(use.name())) {
              var fault =
                  new Hit.Fault(
                      use.name(),
                      use.at(),
                      "The code reads env."
                          + use.name()
                          + ", which is neither configured nor set as a"
                          + " secret at Cloudflare: in production it is undefined.",
                      put(c, use.name()));
              // A name that looks like a binding may be one of a kind that nobody can see here.
              hits.add(
                  keeps || !isSecretName(use.name()) || use.onlyInTry()
                      ? fault.as(Severity.WARNING)
                      : fault);
            }
          }
          return hits;
        });
  }

  private static List<? extends Hit> undeclared(Case c) {
    var known = new LinkedHashSet<String>();
    c.around()
        .texts()
        .forEach((path, text) -> {
          if (path.getFileName() != null
              && path.getFileName().toString().matches("\\.(?:dev\\.vars|env).*")) {
            NAME_OF_VARIABLE.matcher(text).results().forEach(m -> known.add(m.group(1)));
          }
        });
    var names = wanted(c).stream().map(CodeUse.Use::name).filter(n -> !known.contains(n)).toList();
    // Once the account was read, what is missing is said there.
    if (names.isEmpty() || remote(c) instanceof Looked.Known) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "",
            wanted(c).getFirst().at(),
            "The code reads "
                + String.join(", ", names)
                + ", which no file declares. Nothing checks"
                + " that "
                + (names.size() == 1 ? "it is" : "they are")
                + " set before a deploy.",
            new Remedy.Advice(
                c.isToml()
                    ? "Add [" + c.section("secrets") + "] required = [" + quoted(names) + "]."
                    : "Add \"secrets\": { \"required\": [" + quoted(names) + "] }.")));
  }

  private static final Pattern NAME_OF_VARIABLE =
      Pattern.compile("(?m)^\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=");

  private static String quoted(List<String> names) {
    return "\"" + String.join("\", \"", names) + "\"";
  }

  /** What only a credential looks like. */
  private static final Pattern CREDENTIAL =
      Pattern.compile(
          "(?:sk|rk)_live_\\S{10,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\\S{20,}|"
              + "xox[abprs]-\\S{10,}|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]*|"
              + "SG\\.[\\w-]{16,}\\.[\\w-]{16,}|AIza[\\w-]{35}|sk-(?:proj-|ant-)?[\\w-]{32,}|"
              + "eyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.[\\w-]{10,}|"
              + "[a-z][a-z0-9+]*://[^/\\s:@]+:[^/\\s:@]+@\\S+");

  private static final Pattern SECRET_NAME =
      Pattern.compile(
          ".*(?:SECRET|TOKEN|PASSWORD|PASSWD|PRIVATE_KEY|API_?KEY|ACCESS_KEY|CREDENTIALS)");
  private static final Pattern PUBLIC_NAME =
      Pattern.compile(
          ".*(?:PUBLIC|PUBLISHABLE|SITE_?KEY|KEY_ID|ANON|CLIENT_ID|URL|NAME|HEADER|TTL|"
              + "LIMIT|PREFIX).*");

  private static boolean isSecretName(String name) {
    return SECRET_NAME.matcher(name).matches() && !PUBLIC_NAME.matcher(name).matches();
  }

  private static List<? extends Hit> secretInVars(Case c) {
    var hits = new ArrayList<Hit>();
    c.settings()
        .table("vars")
        .ifPresent(vars ->
            vars.entries()
                .forEach((name, entry) -> {
                  if (!(entry.value() instanceof Text(var value, var _))) {
                    return;
                  }
                  boolean certain =
                      CREDENTIAL.matcher(value).matches() && !PUBLIC_NAME.matcher(name).matches();
                  boolean likely = isSecretName(name) && value.length() >= 16 && isRandom(value);
                  if (certain || likely) {
                    var fault =
                        new Hit.Fault(
                            name,
                            entry.keyAt(),
                            "The variable \""
                                + name
                                + "\" "
                                + (certain ? "holds" : "seems to hold")
                                + " a credential: it is in git and readable in the dashboard.",
                            new Remedy.Advice("Take it out of vars. " + inWords(put(c, name))));
                    hits.add(certain ? fault : fault.as(Severity.ADVICE));
                  }
                }));
    return hits;
  }

  /** Letters and digits mixed in one word, as keys are and sentences and addresses are not. */
  private static boolean isRandom(String value) {
    return value.matches("[A-Za-z0-9+/=_.-]+")
        && value.matches(".*[0-9].*")
        && value.matches(".*[A-Za-z].*")
        && value.chars().distinct().count() >= 10
        && !ConfigChecks.PLACEHOLDER.matcher(value).matches();
  }

  private static List<? extends Hit> emptyVar(Case c) {
    var hits = new ArrayList<Hit>();
    c.settings()
        .table("vars")
        .ifPresent(vars ->
            vars.entries()
                .forEach((name, entry) -> {
                  if (entry.value() instanceof Text(var value, var _)
                      && value.isEmpty()
                      && isSecretName(name)) {
                    hits.add(
                        new Hit.Fault(
                            name,
                            entry.keyAt(),
                            "The variable \""
                                + name
                                + "\" is empty: each deploy overwrites the secret of that"
                                + " name with nothing.",
                            new Remedy.Advice(
                                "Remove the line and add \"" + name + "\" to secrets.required.")));
                  }
                }));
    return hits;
  }

  private static List<? extends Hit> notIgnored(Case c) {
    var file = c.service().home().resolve(".dev.vars");
    if (!c.exists(file)) {
      return List.of();
    }
    boolean ignored =
        c.around().texts().entrySet().stream()
            .filter(e -> e.getKey().endsWith(".gitignore"))
            .anyMatch(e -> ignores(e.getKey(), e.getValue(), file));
    return ignored
        ? List.of()
        : List.of(
            new Hit.Fault(
                ".dev.vars",
                Location.startOf(file),
                ".dev.vars is not in .gitignore: one careless git add publishes its secrets.",
                new Remedy.Advice("Add .dev.vars* to .gitignore.")));
  }

  /** Whether a rule of a .gitignore names the file; rules that are not understood count as such. */
  private static boolean ignores(Path gitignore, String rules, Path file) {
    var folder = gitignore.getParent();
    if (folder == null || !file.startsWith(folder)) {
      return false;
    }
    return rules
        .lines()
        .map(String::strip)
        .anyMatch(r ->
            r.contains(".dev.vars")
                || r.equals(".*")
                || r.equals("*")
                || r.matches("\\*\\*?/?\\.\\*|.*\\*\\.?vars.*|\\.dev.*|\\*\\.local"));
  }

  private static List<? extends Hit> varOverSecret(Case c) {
    var vars = c.settings().table("vars");
    if (vars.isEmpty() || vars.get().entries().isEmpty()) {
      return List.of();
    }
    return remote(c) instanceof Looked.Known<Set<String>>(var secrets)
        ? vars.get().entries().entrySet().stream()
            .filter(v -> secrets.contains(v.getKey()))
            .map(v ->
                new Hit.Fault(
                    v.getKey(),
                    v.getValue().keyAt(),
                    "\""
                        + v.getKey()
                        + "\" is a secret at Cloudflare and a variable here: the deploy replaces the"
                        + " secret by what the file says.",
                    new Remedy.Advice(
                        "Remove it from vars; for local use it belongs into .dev.vars.")))
            .toList()
        : List.of();
  }

  private static final Set<String> PLAIN = Set.of("plain_text", "json");

  private static List<? extends Hit> secretOverVar(Case c) {
    var live = c.seen(ResourceKind.BINDINGS, c.service().name().value());
    return Declared.in(c.settings()).stream()
        .filter(d -> d.kind().equals("secrets"))
        .filter(
            d -> live.stream().anyMatch(b -> b.id().equals(d.name()) && PLAIN.contains(b.name())))
        .map(d ->
            new Hit.Fault(
                d.name(),
                d.at(),
                "\""
                    + d.name()
                    + "\" is required as a secret and is a plain variable at Cloudflare. Setting the"
                    + " secret fails with code 10053.",
                new Remedy.Advice(
                    "Deploy once without the variable, then: npx wrangler secret put " + d.name())))
        .toList();
  }

  private static final Pattern EXAMPLE_FILE =
      Pattern.compile(".*\\.(?:example|sample|template|dist|defaults?)");
  private static final Pattern PUBLIC_PREFIX =
      Pattern.compile("(?:VITE|NEXT_PUBLIC|PUBLIC|NUXT_PUBLIC|REACT_APP|EXPO_PUBLIC)_.*");

  private static List<String> namesIn(String text) {
    return NAME_OF_VARIABLE.matcher(text).results().map(m -> m.group(1)).toList();
  }

  private static List<? extends Hit> committed(Case c) {
    var tracked = new TreeMap<Path, Path>();
    c.around()
        .texts()
        .forEach((file, text) -> {
          if (file.endsWith(Path.of(".git", "index"))) {
            var root = file.getParent() == null ? null : file.getParent().getParent();
            if (root != null) {
              text.lines().forEach(l -> tracked.put(root.resolve(l).normalize(), root));
            }
          }
        });
    var hits = new ArrayList<Hit>();
    tracked.forEach((file, root) -> {
      var name = String.valueOf(file.getFileName());
      var names = namesIn(c.around().texts().getOrDefault(file, ""));
      if (!c.service().home().equals(file.getParent())
          || EXAMPLE_FILE.matcher(name).matches()
          || names.isEmpty()) {
        return;
      }
      boolean harmless =
          names.stream()
              .allMatch(n ->
                  PUBLIC_PREFIX.matcher(n).matches()
                      || NOT_A_SECRET.matcher(n).matches()
                      || n.equals("PORT"));
      var fault =
          new Hit.Fault(
              name,
              Location.startOf(file),
              name
                  + " is in git, with "
                  + (names.size() == 1 ? "a value" : names.size() + " values")
                  + " that everybody with the repository can read.",
              new Remedy.Command(
                  "git rm --cached "
                      + Words.argument(name)
                      + " && echo "
                      + Words.argument(name)
                      + " >> .gitignore",
                  c.service().home()));
      hits.add(harmless ? fault.as(Severity.ADVICE) : fault);
    });
    return hits;
  }

  /** Forms that nothing but a live credential has; test keys and addresses are left out. */
  private static final Pattern LIVE_CREDENTIAL =
      Pattern.compile(
          "(?:sk|rk)_live_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,}|"
              + "xox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{16,}|AKIA[0-9A-Z]{16}|"
              + "-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]{100,}|"
              + "SG\\.[\\w-]{20,}\\.[\\w-]{40,}|sk-(?:proj|ant)-[\\w-]{40,}");

  private static List<? extends Hit> hardcoded(Case c) {
    var hits = new ArrayList<Hit>();
    c.around()
        .sources()
        .files()
        .forEach((file, source) -> {
          boolean isExample =
              file.toString()
                  .replace('\\', '/')
                  .matches(".*/(?:tests?|__tests__|fixtures|mocks?|examples?|docs)/.*");
          if (!isExample
              && !source.typesOnly()
              && source.facts().literals().stream()
                  .anyMatch(l ->
                      LIVE_CREDENTIAL.matcher(l.strip()).matches() && !l.contains("EXAMPLE"))) {
            hits.add(
                new Hit.Fault(
                    String.valueOf(file.getFileName()),
                    Location.startOf(file),
                    "This file holds a credential as text: it is in git and in the Worker that is"
                        + " uploaded.",
                    new Remedy.Advice(
                        "Replace the credential, set the new one with wrangler secret put, and read it"
                            + " from env.")));
          }
        });
    return hits;
  }

  private static final Pattern EXPOSED =
      Pattern.compile(".*(?:SECRET|PASSWORD|PRIVATE_KEY|SERVICE_ROLE).*");

  private static List<? extends Hit> exposed(Case c) {
    var hits = new ArrayList<Hit>();
    var builders = Packages.declared(c.around());
    c.around()
        .texts()
        .forEach((file, text) -> {
          var name = file.getFileName() == null ? "" : file.getFileName().toString();
          if (!name.matches("\\.env(?:\\..*)?")
              || EXAMPLE_FILE.matcher(name).matches()
              || name.contains("test")) {
            return;
          }
          for (var variable : namesIn(text)) {
            if (!PUBLIC_PREFIX.matcher(variable).matches()
                || !EXPOSED.matcher(variable).matches()
                || variable.matches(".*(?:SITE_?KEY|PUBLISHABLE|ANON|PUBLIC_KEY|_URL|_NAME)$")) {
              continue;
            }
            var fault =
                new Hit.Fault(
                    variable,
                    Location.startOf(file),
                    "A name that begins with \""
                        + variable.replaceFirst("_.*", "_")
                        + "\" is put into the code for browsers, and \""
                        + variable
                        + "\" sounds like a secret.",
                    new Remedy.Advice(
                        "Rename it without the prefix and read it on the server only."));
            boolean certain =
                variable.contains("SERVICE_ROLE")
                    && (builders.contains("vite") || builders.contains("next"));
            hits.add(certain ? fault : fault.as(Severity.WARNING));
          }
        });
    return hits;
  }

  private static List<? extends Hit> storeSecretMissing(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("secrets_store_secrets")) {
      var store = t.text("store_id").orElse("");
      var secret = t.text("secret_name").orElse("");
      if (store.isEmpty() || secret.isEmpty()) {
        continue;
      }
      hits.addAll(
          Case.judging(
              c.account().resources(ResourceKind.STORE_SECRETS, store),
              known -> {
                boolean there =
                    known.stream()
                        .anyMatch(s ->
                            s.id().equals(secret)
                                && (s.trait("scopes").isEmpty()
                                    || s.trait("scopes").contains("workers")));
                return there
                    ? List.<Hit>of()
                    : List.of(
                        new Hit.Fault(
                            t.text("binding").orElse(""),
                            t.locationOf("secret_name"),
                            "The store "
                                + store
                                + " has no secret \""
                                + secret
                                + "\" for Workers. The deploy fails with code 10182"
                                + Similar.question(
                                    secret, known.stream().map(Resource::id).toList()),
                            c.account(
                                "secrets-store secret create "
                                    + Words.argument(store)
                                    + " --name "
                                    + Words.argument(secret)
                                    + " --scopes workers --remote")));
              }));
    }
    return hits;
  }

  /** What makes a text of its argument, whatever that is. */
  private static final Set<String> TEXT_TAKERS =
      Set.of("String", "btoa", "atob", "encodeURIComponent", "JSON.parse", "Response");

  private static List<? extends Hit> storeSecretAsText(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("secrets_store_secrets")) {
      var name = t.text("binding").orElse("");
      boolean isRead = false;
      var found = new ArrayList<Hit.Fault>();
      boolean certain = false;
      for (var file : c.around().sources().files().entrySet()) {
        for (var use : file.getValue().facts().uses()) {
          if (!use.name().equals(name)) {
            continue;
          }
          isRead |= use.member().equals("get");
          boolean isTaken =
              use.touch() == SourceFacts.Touch.ARGUMENT
                  && (TEXT_TAKERS.contains(use.member())
                      || use.member().matches(".*[hH]eaders\\.(?:set|append)"));
          if (isTaken || (use.touch() == SourceFacts.Touch.READ && use.direct())) {
            certain |= isTaken;
            found.add(
                new Hit.Fault(
                    name,
                    use.at().in(file.getKey()),
                    "env."
                        + name
                        + " is a secret of the Secrets Store, an object: used as text it reads"
                        + " \"[object Object]\".",
                    new Remedy.Advice("Write: await env." + name + ".get()")));
          }
        }
      }
      if (!found.isEmpty() && (certain || !isRead)) {
        // It may be handed to code that calls get().
        hits.add(certain ? found.getFirst() : found.getFirst().as(Severity.WARNING));
      }
    }
    return hits;
  }

  private static List<? extends Hit> incomplete(Case c) {
    var home = c.service().home();
    var local = c.around().texts().get(home.resolve(".dev.vars"));
    var example = c.around().texts().get(home.resolve(".dev.vars.example"));
    if (local == null || example == null) {
      return List.of();
    }
    var missing = new ArrayList<>(namesIn(example));
    missing.removeAll(namesIn(local));
    return missing.isEmpty()
        ? List.of()
        : List.of(
            new Hit.Fault(
                ".dev.vars",
                Location.startOf(home.resolve(".dev.vars")),
                ".dev.vars lacks what .dev.vars.example names: " + String.join(", ", missing) + ".",
                new Remedy.Advice("Copy them and fill them in.")));
  }

  /** What builds and the pipeline itself read. */
  private static final Pattern FOR_THE_PIPELINE =
      Pattern.compile("(?:CLOUDFLARE|CF|GITHUB|ACTIONS|RUNNER|NODE|NPM|WRANGLER|TURBO|SENTRY)_.*");

  private static List<? extends Hit> onlyInPipeline(Case c) {
    var wanted = wanted(c);
    if (wanted.isEmpty()
        || (remote(c) instanceof Looked.Known<Set<String>>(var set)
            && wanted.stream().allMatch(u -> set.contains(u.name())))) {
      return List.of();
    }
    var own = c.calls();
    if (own.isEmpty()) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var job : c.evidence().pipelines().jobs()) {
      boolean deploysThis = job.deploys().stream().anyMatch(own::contains);
      if (!deploysThis) {
        continue;
      }
      var given = new TreeMap<String, Location>();
      addNames(given, job.workflow());
      addNames(given, job.table());
      job.table().tables("steps").forEach(step -> addNames(given, step));
      var text = c.around().texts().getOrDefault(job.file(), "");
      for (var use : wanted) {
        var at = given.get(use.name());
        boolean passedOn =
            text.contains("secret put " + use.name())
                || text.contains("secret bulk")
                || text.contains("--secrets-file")
                || text.contains("--var " + use.name())
                || Pattern.compile("(?m)^\\s*secrets:\\s*[|>]").matcher(text).find();
        if (at == null || passedOn || FOR_THE_PIPELINE.matcher(use.name()).matches()) {
          continue;
        }
        var fault =
            new Hit.Fault(
                use.name(),
                at,
                "The pipeline has "
                    + use.name()
                    + " while it deploys, but gives it to nobody: the Worker reads env."
                    + use.name()
                    + " and finds nothing.",
                put(c, use.name()));
        switch (remote(c)) {
          case Looked.Known<Set<String>>(var secrets) -> {
            if (!secrets.contains(use.name())) {
              hits.add(isSecretName(use.name()) ? fault : fault.as(Severity.WARNING));
            }
          }
          // It may have been set long ago.
          case Looked.Unknown<Set<String>> _ -> hits.add(fault.as(Severity.WARNING));
        }
      }
    }
    return hits;
  }

  private static void addNames(Map<String, Location> names, Table table) {
    table
        .table("env")
        .ifPresent(env -> env.entries().forEach((name, e) -> names.putIfAbsent(name, e.keyAt())));
  }
}
