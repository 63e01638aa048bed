package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Account;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Remedies that are commands and need nothing but this machine: typed, and the check passes. */
final class CommandRemediesTest {
  /** The kinds that a story below carries out. */
  private static final Set<CommandKind> HERE =
      EnumSet.of(
          CommandKind.KEEP_FROM_ASSETS,
          CommandKind.MOVE,
          CommandKind.SWITCH_BRANCH,
          CommandKind.UNTRACK,
          CommandKind.UNSET,
          CommandKind.RUN_BUILD,
          CommandKind.LOCK,
          CommandKind.INSTALL,
          CommandKind.ADD);

  private static final Map<String, String> HERMIT =
      Map.of(
          "PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"),
          "GIT_CONFIG_GLOBAL", "/dev/null",
          "GIT_CONFIG_NOSYSTEM", "1");

  @TempDir Path folder;

  @Test
  void everyKindIsCarriedOutOrSaysWhyNot() {
    var left = EnumSet.allOf(CommandKind.class);
    left.removeAll(HERE);
    left.removeAll(WranglerRemediesTest.WITH_WRANGLER);
    assertThat(left).allSatisfy(kind -> assertThat(kind.unproven()).as(kind.name()).isPresent());
    assertThat(Stream.concat(HERE.stream(), WranglerRemediesTest.WITH_WRANGLER.stream()))
        .allSatisfy(kind -> assertThat(kind.unproven()).as(kind.name()).isEmpty());
  }

  private Assessed worker(String more) {
    return Assessed.in(folder)
        .file(
            "wrangler.toml",
            "name = \"api\"\nmain = \"src/index.js\"\ncompatibility_date = \"2026-11-01\"\n" + more)
        .file("src/index.js", "export default { fetch() { return new Response('ok'); } };\n");
  }

  private void mends(CommandKind kind, String check, Assessed workspace) throws Exception {
    Carried.of(kind, check, workspace::assessment).typed(variables(), "").passes();
  }

  private Map<String, String> variables() {
    var all = new HashMap<>(HERMIT);
    all.put("HOME", folder.toString());
    all.put("npm_config_update_notifier", "false");
    return all;
  }

  @Test
  void keepsSecretFilesFromTheAssets() throws Exception {
    mends(
        CommandKind.KEEP_FROM_ASSETS,
        "assets/sensitive-files",
        worker("[assets]\ndirectory = \"public\"\n")
            .file("public/index.html", "hello")
            .file("public/.env", "KEY=1\n")
            .file("public/.git/HEAD", "ref: refs/heads/main\n"));
  }

  @Test
  void keepsSourceMapsFromTheAssets() throws Exception {
    mends(
        CommandKind.KEEP_FROM_ASSETS,
        "assets/source-maps-public",
        worker("[assets]\ndirectory = \"public\"\n")
            .file("public/index.html", "hello")
            .file("public/app.js.map", "{\"sourcesContent\": [\"secret\"]}"));
  }

  @Test
  void movesFunctionsToWherePagesLooks() throws Exception {
    mends(
        CommandKind.MOVE,
        "pages/functions-inside-output",
        Assessed.in(folder)
            .file(
                "wrangler.toml",
                "name = \"site\"\ncompatibility_date = \"2026-11-01\"\n"
                    + "pages_build_output_dir = \"dist\"\n")
            .file("dist/index.html", "hello")
            .file("dist/functions/api.ts", "export const onRequest = () => new Response('a');\n"));
  }

  @Test
  void goesBackToTheUsualBranch() throws Exception {
    var workspace = worker("");
    git(workspace, "init", "-q", "-b", "main");
    git(
        workspace,
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b.c",
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "m");
    git(workspace, "update-ref", "refs/remotes/origin/main", "HEAD");
    git(workspace, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
    git(workspace, "switch", "-q", "-c", "try");

    mends(CommandKind.SWITCH_BRANCH, "ci/not-on-default-branch", workspace);
  }

  @Test
  void takesLocalSecretsOutOfGit() throws Exception {
    var workspace = worker("").file(".dev.vars", "KEY=planted\n");
    git(workspace, "init", "-q");
    git(workspace, "add", ".dev.vars");

    mends(CommandKind.UNTRACK, "secrets/dev-vars-committed", workspace);
  }

  /** What the shell's variables are afterwards is what the next command is asked with. */
  @Test
  void forgetsTheKeyThatWinsOverTheToken() throws Exception {
    var workspace = worker("");
    var given =
        Map.of("CLOUDFLARE_API_TOKEN", "t", "CLOUDFLARE_API_KEY", "k", "CLOUDFLARE_EMAIL", "a@b.c");
    workspace.account(holding(given.keySet()));
    var carried =
        Carried.of(
            CommandKind.UNSET, "credentials/global-key-overrides-token", workspace::assessment);
    var all = variables();
    all.putAll(given);

    carried.typed(carried.line() + "; env", all, "");

    var left = new ArrayList<String>();
    carried
        .output()
        .lines()
        .map(l -> l.replaceAll("=.*", ""))
        .filter(given::containsKey)
        .forEach(left::add);
    assertThat(left).containsExactly("CLOUDFLARE_API_TOKEN");
    workspace.account(holding(Set.copyOf(left)));
    carried.passes();
  }

  private static Account holding(Set<String> names) {
    return Assessed.emptyAccount()
        .list(
            ResourceKind.ENVIRONMENT,
            "",
            names.stream().map(n -> new Resource(n, n, Map.of())).toArray(Resource[]::new))
        .build();
  }

  @Test
  @Tag("slow")
  void buildsWhatTheConfigurationNames() throws Exception {
    mends(
        CommandKind.RUN_BUILD,
        "config/main-is-unbuilt-output",
        Assessed.in(folder)
            .file(
                "wrangler.toml",
                "name = \"api\"\nmain = \"dist/index.js\"\ncompatibility_date = \"2026-11-01\"\n")
            .file("src/index.js", "export default { fetch() { return new Response('ok'); } };\n")
            .file(
                "package.json",
                "{\"scripts\": {\"build\": \"mkdir -p dist && cp src/index.js dist/\"}}"));
  }

  @Test
  @Tag("slow")
  void locksDependencies() throws Exception {
    mends(
        CommandKind.LOCK,
        "toolchain/lockfile-missing",
        worker("")
            .file("near/package.json", "{\"name\": \"near\", \"version\": \"1.0.0\"}")
            .file("package.json", "{\"dependencies\": {\"near\": \"file:near\"}}"));
  }

  @Test
  @Tag("slow")
  void installsDependencies() throws Exception {
    mends(
        CommandKind.INSTALL,
        "toolchain/dependencies-not-installed",
        worker("")
            .file("src/index.js", "import 'near';\nexport default { fetch() {} };\n")
            .file("near/package.json", "{\"name\": \"near\", \"version\": \"1.0.0\"}")
            .file("package.json", "{\"dependencies\": {\"near\": \"file:near\"}}"));
  }

  /** From npm's registry, as the tools of the slow tests are. */
  @Test
  @Tag("slow")
  void addsWrangler() throws Exception {
    var workspace = worker("").file("package.json", "{\"private\": true}");
    var carried =
        Carried.of(CommandKind.ADD, "toolchain/wrangler-not-installed", workspace::assessment);
    var all = new HashMap<>(System.getenv());
    all.put("npm_config_prefer_offline", "true");
    all.put("npm_config_ignore_scripts", "true");
    all.put("npm_config_audit", "false");

    carried.typed(all, "").passes();
  }

  private static void git(Assessed workspace, String... arguments) throws Exception {
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
