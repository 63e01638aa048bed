package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Account;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Remedies that are commands and need no account: typed, and the check passes. */
final class CommandRemediesTest {
  private static final Map<String, String> HERMIT =
      Map.of(
          "PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"),
          "GIT_CONFIG_GLOBAL", "/dev/null",
          "GIT_CONFIG_NOSYSTEM", "1");

  private static final String CODE = "export default { fetch() { return new Response('ok'); } };\n";

  private static final Story<CommandRemediesTest> UNSET =
      new Story<>("credentials/global-key-overrides-token", CommandKind.UNSET, t -> t.worker(""));

  /** What a shell and git do. */
  static Stream<Story<CommandRemediesTest>> quick() {
    return Stream.of(
        new Story<>(
            "assets/sensitive-files",
            CommandKind.KEEP_FROM_ASSETS,
            t ->
                t.site("")
                    .file("public/index.html", "hello")
                    .file("public/.env", "KEY=1\n")
                    .file("public/.git/HEAD", "ref: refs/heads/main\n")),
        new Story<>(
            "assets/source-maps-public",
            CommandKind.KEEP_FROM_ASSETS,
            t ->
                t.site("")
                    .file("public/index.html", "hello")
                    .file("public/app.js.map", "{\"sourcesContent\": [\"secret\"]}")),
        new Story<>(
            "assets/worker-js-in-assets",
            CommandKind.KEEP_FROM_ASSETS,
            t -> t.site("").file("public/index.html", "hello").file("public/_worker.js", CODE)),
        new Story<>(
            "pages/functions-inside-output",
            CommandKind.MOVE,
            t ->
                t.pages()
                    .file("dist/index.html", "hello")
                    .file(
                        "dist/functions/api.ts",
                        "export const onRequest = () => new Response('a');\n")),
        new Story<>(
            "ci/not-on-default-branch",
            CommandKind.SWITCH_BRANCH,
            t -> {
              t.worker("");
              t.git("init", "-q", "-b", "main");
              t.git("-c user.name=a -c user.email=a@b.c commit -q --allow-empty -m m".split(" "));
              t.git("update-ref", "refs/remotes/origin/main", "HEAD");
              t.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
              t.git("switch", "-q", "-c", "try");
            }),
        new Story<>(
            "secrets/dev-vars-committed",
            CommandKind.UNTRACK,
            t -> {
              t.worker("").file(".dev.vars", "KEY=planted\n");
              t.git("init", "-q");
              t.git("add", ".dev.vars");
            }));
  }

  /** What npm does, from its registry where a package is not the project's own. */
  static Stream<Story<CommandRemediesTest>> slow() {
    return Stream.of(
        new Story<>(
            "config/main-is-unbuilt-output",
            CommandKind.RUN_BUILD,
            t ->
                t.workspace
                    .file(
                        "wrangler.toml",
                        "name = \"api\"\nmain = \"dist/index.js\"\n"
                            + "compatibility_date = \"2026-11-01\"\n")
                    .file("src/index.js", CODE)
                    .file("package.json", build("mkdir -p dist && cp src/index.js dist/"))),
        new Story<>(
            "config/redirect-stale",
            CommandKind.RUN_BUILD,
            t ->
                t.workspace
                    .file("wrangler.json", config("src/index.js", "CACHE"))
                    .file("src/index.js", CODE)
                    .file(
                        ".wrangler/deploy/config.json",
                        "{\"configPath\": \"../../dist/wrangler.json\"}")
                    .file("dist/index.js", CODE)
                    .file("dist/wrangler.json", generated(config("index.js", "OLD")))
                    .file("built.json", generated(config("index.js", "CACHE")))
                    .file("package.json", build("cp built.json dist/wrangler.json"))),
        new Story<>(
            "assets/directory-missing",
            CommandKind.RUN_BUILD,
            t ->
                t.site("")
                    .file("package.json", build("mkdir public && echo hello > public/index.html"))),
        new Story<>(
            "assets/empty-directory",
            CommandKind.RUN_BUILD,
            t ->
                t.site("")
                    .file("public/.gitkeep", "")
                    .file("package.json", build("echo hello > public/index.html"))),
        new Story<>(
            "assets/spa-index-missing",
            CommandKind.RUN_BUILD,
            t ->
                t.site("not_found_handling = \"single-page-application\"\n")
                    .file("public/app.js", "1")
                    .file("package.json", build("echo hello > public/index.html"))),
        new Story<>(
            "pages/output-dir-missing",
            CommandKind.RUN_BUILD,
            t ->
                t.pages()
                    .file("package.json", build("mkdir dist && echo hello > dist/index.html"))),
        new Story<>(
            "toolchain/lockfile-missing",
            CommandKind.LOCK,
            t -> t.near("{\"dependencies\": {\"near\": \"file:near\"}}")),
        new Story<>(
            "toolchain/lockfile-out-of-sync",
            CommandKind.LOCK,
            t ->
                t.worker("")
                    .file("package.json", "{\"dependencies\": {\"is-number\": \"^7.0.0\"}}")
                    .file(
                        "package-lock.json",
                        "{\"lockfileVersion\": 3, \"packages\": {\"\": {\"dependencies\": {}}}}")),
        new Story<>(
            "toolchain/dependencies-not-installed",
            CommandKind.INSTALL,
            t ->
                t.near("{\"dependencies\": {\"near\": \"file:near\"}}")
                    .file("src/index.js", "import 'near';\n" + CODE)),
        new Story<>(
            "toolchain/wrangler-not-installed",
            CommandKind.ADD,
            t -> t.worker("").file("package.json", "{\"private\": true}")),
        new Story<>(
            "toolchain/wrangler-major-outdated",
            CommandKind.ADD,
            t -> t.worker("").file("package.json", installed("^3.90.0"))),
        new Story<>(
            "toolchain/wrangler-older-than-config",
            CommandKind.ADD,
            t ->
                t.worker("keep_vars = true\n")
                    .file("package.json", installed("4.10.0"))
                    .file("node_modules/wrangler/package.json", "{\"version\": \"4.10.0\"}")
                    .file(
                        "node_modules/wrangler/config-schema.json",
                        "{\"definitions\": {\"RawConfig\": {\"properties\": {\"name\": {},"
                            + " \"main\": {}, \"compatibility_date\": {}}}}}")),
        new Story<>(
            "toolchain/local-runtime-older-than-date",
            CommandKind.ADD,
            t ->
                t.worker("")
                    .file("package.json", installed("4.10.0"))
                    .file("node_modules/workerd/package.json", "{\"version\": \"1.20260101.0\"}")),
        new Story<>(
            "cf/toolchain-too-old",
            CommandKind.ADD,
            t ->
                t.worker("")
                    .file(
                        "package.json",
                        "{\"scripts\": {\"deploy\": \"cf deploy\"}, \"devDependencies\": {\"cf\":"
                            + " \"*\", \"wrangler\": \"4.10.0\"}}")
                    .file("cloudflare.config.ts", "export default {};")
                    .file("node_modules/wrangler/package.json", "{\"version\": \"4.10.0\"}")));
  }

  static Stream<Story<CommandRemediesTest>> all() {
    return Stream.of(quick(), slow(), Stream.of(UNSET)).flatMap(s -> s);
  }

  @TempDir Path folder;
  private Assessed workspace;

  @BeforeEach
  void workspace() {
    workspace = Assessed.in(folder);
  }

  @ParameterizedTest
  @MethodSource("quick")
  void passesAfterWhatItSays(Story<CommandRemediesTest> story) throws Exception {
    story.given().in(this);
    new Carried(workspace::assessment, variables()).mends(story);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("slow")
  void passesAfterWhatItTellsNpmToDo(Story<CommandRemediesTest> story) throws Exception {
    story.given().in(this);
    var all = new HashMap<>(System.getenv());
    all.put("npm_config_prefer_offline", "true");
    all.put("npm_config_ignore_scripts", "true");
    all.put("npm_config_audit", "false");
    new Carried(workspace::assessment, all).mends(story);
  }

  /** What the shell's variables are afterwards is what the next command is asked with. */
  @Test
  void forgetsTheKeyThatWinsOverTheToken() throws Exception {
    UNSET.given().in(this);
    var given =
        Map.of("CLOUDFLARE_API_TOKEN", "t", "CLOUDFLARE_API_KEY", "k", "CLOUDFLARE_EMAIL", "a@b.c");
    workspace.account(holding(given.keySet()));
    var all = variables();
    all.putAll(given);
    var carried = new Carried(workspace::assessment, all);
    var command = carried.command(UNSET);
    assertThat(CommandKind.of(command.line())).isEqualTo(UNSET.kind());

    var left =
        carried
            .typed(command.line() + "; env", command.in())
            .lines()
            .map(l -> l.replaceAll("=.*", ""))
            .filter(given::containsKey)
            .collect(Collectors.toSet());
    assertThat(left).containsExactly("CLOUDFLARE_API_TOKEN");
    workspace.account(holding(left));
    assertThat(workspace.of(UNSET.check())).isEmpty();
  }

  @Test
  void everyKindIsCarriedOutOrSaysWhyNot() {
    var told = Story.all().map(Story::kind).collect(Collectors.toSet());
    for (var kind : EnumSet.allOf(CommandKind.class)) {
      assertThat(kind.unproven().isPresent()).as(kind.name()).isEqualTo(!told.contains(kind));
    }
  }

  private Assessed worker(String more) {
    return workspace
        .file(
            "wrangler.toml",
            "name = \"api\"\nmain = \"src/index.js\"\ncompatibility_date = \"2026-11-01\"\n" + more)
        .file("src/index.js", CODE);
  }

  private Assessed site(String more) {
    return worker("[assets]\ndirectory = \"public\"\n" + more);
  }

  private Assessed pages() {
    return workspace.file(
        "wrangler.toml",
        "name = \"site\"\ncompatibility_date = \"2026-11-01\"\npages_build_output_dir = \"dist\"\n");
  }

  /** A package of the project's own, so that npm needs no registry. */
  private Assessed near(String manifest) {
    return worker("")
        .file("near/package.json", "{\"name\": \"near\", \"version\": \"1.0.0\"}")
        .file("near/index.js", "")
        .file("package.json", manifest);
  }

  private static String build(String command) {
    return "{\"scripts\": {\"build\": \"" + command + "\"}}";
  }

  private static String installed(String wrangler) {
    return "{\"devDependencies\": {\"wrangler\": \"" + wrangler + "\"}}";
  }

  private static String config(String main, String binding) {
    return """
    {
      "name": "api", "main": "%s", "compatibility_date": "2026-11-01",
      "kv_namespaces": [{ "binding": "%s", "id": "0123456789abcdef0123456789abcdef" }]
    }
    """
        .formatted(main, binding);
  }

  /** As a build writes it. */
  private static String generated(String config) {
    return config.replaceFirst("\\{", "{ \"topLevelName\": \"api\", \"definedEnvironments\": [],");
  }

  private static Account holding(Collection<String> names) {
    return Assessed.emptyAccount()
        .list(
            ResourceKind.ENVIRONMENT,
            "",
            Set.copyOf(names).stream()
                .map(n -> new Resource(n, n, Map.of()))
                .toArray(Resource[]::new))
        .build();
  }

  private Map<String, String> variables() {
    var all = new HashMap<>(HERMIT);
    all.put("HOME", folder.toString());
    return all;
  }

  private void git(String... arguments) throws Exception {
    var command = new ArrayList<>(List.of("git"));
    command.addAll(Arrays.asList(arguments));
    var builder =
        new ProcessBuilder(command)
            .directory(workspace.root().toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(HERMIT);
    assertThat(builder.start().waitFor()).as(String.join(" ", command)).isZero();
  }
}
