package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.ServiceName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
              .yieldingTo("secrets/required-not-set"),
          advice("secrets/undeclared", SECRETS, SecretChecks::undeclared),
          warning("secrets/secret-in-vars", SECRETS, SecretChecks::secretInVars),
          errorProd("secrets/empty-var-shadows", SECRETS, SecretChecks::emptyVar),
          advice("secrets/dev-vars-not-ignored", SECRETS, SecretChecks::notIgnored));

  /** The names of the secrets that the service has at Cloudflare. */
  static Looked<Set<String>> remote(Case c) {
    if (isNew(c)) {
      return new Looked.Known<>(Set.of());
    }
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
    return c.isPages()
        ? c.account("pages secret put " + name + " --project-name " + c.service().name())
        : c.wrangler("secret put " + name);
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
                            c.wrangler("secret put " + name));
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
}
