package dev.clodo.adapter.wrangler;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.model.AccountId;
import dev.clodo.model.Artifact;
import dev.clodo.model.Build;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import dev.clodo.model.Step;
import dev.clodo.model.Tag;
import dev.clodo.model.Target;
import dev.clodo.model.VersionId;
import dev.clodo.port.Pace;
import dev.clodo.port.StepFailed;
import dev.clodo.port.Unreachable;
import dev.clodo.port.UserError;
import dev.clodo.port.Wrangler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Changes Cloudflare through wrangler. What wrangler says is never taken on trust: a success needs
 * the exit code and the entry in its output file, and after a failure that may have had an effect
 * the truth is read back.
 */
public final class WranglerAdapter implements Wrangler, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Stands for the folder of a build in the command that is compared with that of an earlier one.
   */
  private static final Path REMEMBERED = Path.of("/clodo-wrangler");

  /** {@code off} makes every run build every service. */
  private static final String MEMORY = "CLODO_BUILD_MEMORY";

  /** Any date that the platform knows will do: the stand-in uses nothing that depends on it. */
  private static final String STAND_IN_DATE = "2024-09-23";

  private static final String STAND_IN =
      """
      // Stands in until the service itself is deployed, so that others can bind to it.
      export default {
        fetch() {
          return new Response("This service is being deployed.\\n", {
            status: 503,
            headers: { "Retry-After": "30" },
          });
        },
      };
      """;

  /** A row of the table that wrangler prints while it applies migrations: name and mark. */
  private static final Pattern MIGRATION_ROW =
      Pattern.compile("^[│|]\\s*(\\S.*?)\\s*[│|]\\s*(✅|❌|🕒)[^│|]*[│|]\\s*$");

  private final Toolchain toolchain;
  private final Map<String, String> environment;
  private final Supplier<Optional<AccountId>> account;
  private final WranglerCommands commands;
  private final Runner runner;
  private final KeptBuilds builds;
  private final Optional<BuildMemory> memory;
  private final Pace pace;
  private final Set<String> secrets;

  /**
   * @param environment the environment of this process
   */
  public WranglerAdapter(Toolchain toolchain, Map<String, String> environment) {
    this(
        toolchain,
        environment,
        Optional::empty,
        toolchain.cache().resolve("builds"),
        Pace.UNLIMITED);
  }

  /**
   * @param environment the environment of this process
   * @param account the account in use, as far as it is known when it is asked for; only what Clodo
   *     deploys by itself needs it, since everything else has a configuration that may name one
   * @param builds the folder in which builds are kept
   * @param pace in which wrangler's own requests are counted
   */
  public WranglerAdapter(
      Toolchain toolchain,
      Map<String, String> environment,
      Supplier<Optional<AccountId>> account,
      Path builds,
      Pace pace) {
    this(
        toolchain,
        environment,
        account,
        runner(new Scripts(toolchain), environment),
        new KeptBuilds(builds),
        memory(environment, builds),
        pace);
  }

  private static Optional<BuildMemory> memory(Map<String, String> environment, Path builds) {
    return environment.getOrDefault(MEMORY, "").strip().equals("off")
        ? Optional.empty()
        : Optional.of(new BuildMemory(builds, WranglerEnvironment.secrets(environment)));
  }

  private static Runner runner(Scripts scripts, Map<String, String> environment) {
    var plain = new WranglerProcess(scripts);
    return WarmRunner.isOn(environment) ? new WarmRunner(scripts, plain) : plain;
  }

  /**
   * One that goes on with what this one has loaded; closing either closes both.
   *
   * @param wanted the environment in which its commands run
   * @param kept the folder in which builds are kept
   * @param shared the pace in which wrangler's own requests are counted
   */
  public WranglerAdapter in(
      Toolchain tools,
      Map<String, String> wanted,
      Supplier<Optional<AccountId>> known,
      Path kept,
      Pace shared) {
    return new WranglerAdapter(
        tools, wanted, known, runner, new KeptBuilds(kept), memory(wanted, kept), shared);
  }

  WranglerAdapter(Toolchain toolchain, Map<String, String> environment, Runner runner) {
    this(toolchain, environment, Optional::empty, runner);
  }

  WranglerAdapter(
      Toolchain toolchain,
      Map<String, String> environment,
      Supplier<Optional<AccountId>> account,
      Runner runner) {
    this(
        toolchain,
        environment,
        account,
        runner,
        new KeptBuilds(toolchain.cache().resolve("builds")),
        Optional.empty(),
        Pace.UNLIMITED);
  }

  WranglerAdapter(
      Toolchain toolchain,
      Map<String, String> environment,
      Supplier<Optional<AccountId>> account,
      Runner runner,
      KeptBuilds builds,
      Optional<BuildMemory> memory,
      Pace pace) {
    this.builds = builds;
    this.pace = pace;
    this.account = account;
    this.toolchain = toolchain;
    this.environment = Map.copyOf(environment);
    this.commands = new WranglerCommands(environment);
    this.runner = runner;
    this.secrets = WranglerEnvironment.secrets(environment);
    this.memory = memory;
  }

  @Override
  public Built build(Service service) {
    try {
      if (service.isPages()) {
        return builtPages(service);
      }
      var tools = toolchain.tools(service.home());
      var command = commands.build(service.target(), REMEMBERED);
      var remembered = memory.flatMap(m -> m.recall(service, tools, command));
      return remembered.isPresent()
          ? built(service, remembered.get().examination(), remembered.get().ran())
          : builtNow(service, tools);
    } catch (IOException e) {
      throw new StepFailed(
          "can't read what wrangler built for " + service.name() + ": " + e.getMessage(), e);
    }
  }

  private Built builtNow(Service service, Tools tools) throws IOException {
    try (var folder = TemporaryFolder.create()) {
      var started = Instant.now();
      var command = commands.build(service.target(), folder.path());
      var ran = run(service.target(), command);
      if (!ran.succeeded()) {
        throw complaint(ran).asException(command, service.name().value());
      }
      var built = built(service, new Examination(service, folder.path(), secrets), ran);
      memory.ifPresent(m ->
          m.remember(
              service,
              tools,
              commands.build(service.target(), REMEMBERED),
              folder.path(),
              ran,
              started));
      return built;
    }
  }

  private Built built(Service service, Examination examination, Ran ran) throws IOException {
    var digest = sha256();
    var body = examination.body();
    body.addTo(digest);
    for (var assets : assetFolders(service)) {
      assets.addTo(digest);
    }
    var named = HexFormat.of().formatHex(digest.digest());
    builds.keep(named, examination.outfile());
    return new Built(named, examination.build(body, ran));
  }

  /**
   * A Pages project's files, and its code where it has any. The configuration itself is no part of
   * the digest, as for a Worker.
   */
  private Built builtPages(Service service) throws IOException {
    var directory = service.output();
    var digest = sha256();
    new AssetFolder(directory).addTo(digest);
    if (PagesProject.hasCode(service)) {
      try (var folder = TemporaryFolder.create()) {
        var functions = service.home().resolve(PagesProject.FUNCTIONS);
        var command = commands.buildPages(service.target(), functions, directory, folder.path());
        var ran = run(service.target(), command);
        if (!ran.succeeded() && !PagesProject.hasNothingToBuild(ran)) {
          throw complaint(ran).asException(command, service.name().value());
        }
        new AssetFolder(folder.path()).addTo(digest);
      }
    }
    return new Built(
        HexFormat.of().formatHex(digest.digest()),
        new Build.Made(List.of(), 0, List.of(), Set.of(), false, List.of()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public Artifact kept(String digest) {
    return builds.get(digest);
  }

  @Override
  public Examined examine(Service service) {
    try (var folder = TemporaryFolder.create()) {
      var command = commands.examine(service, folder.path());
      var ran = run(service.target(), command);
      var examination = new Examination(service, folder.path(), secrets);
      if (ran.succeeded()) {
        return examination.made(ran);
      }
      return ran.end() == Ran.End.BY_ITSELF
          ? new Examined(new Looked.Known<>(examination.broken(ran)), Optional.empty())
          : Examined.unknown(
              "the Worker \"" + service.name() + "\" could not be built: " + complaint(ran).said());
    } catch (IOException | IllegalArgumentException e) {
      return Examined.unknown(
          "can't read what wrangler built for " + service.name() + ": " + e.getMessage());
    } catch (UserError e) {
      return Examined.unknown(
          "the Worker \"" + service.name() + "\" could not be built: " + e.getMessage());
    }
  }

  @Override
  public VersionId upload(Target target, Tag tag, String message) {
    var command = commands.upload(target, tag, message);
    var ran = run(target, command);
    var version = ran.versionIn("version-upload");
    if (ran.succeeded() && version.isPresent()) {
      return new VersionId(version.get());
    }
    throw trouble(target, command, ran);
  }

  @Override
  public VersionId deploy(Target target, Tag tag, String message) {
    var command = commands.deploy(target, tag, message);
    var ran = run(target, command);
    if (stoppedOverApiChange(ran)) {
      // The change that wrangler warns of is the split that Clodo itself set through the API; an
      // edit in the dashboard gives another warning, and that one still stops the deploy.
      command = commands.deployOverApiChange(target, tag, message);
      ran = run(target, command);
    }
    var version = ran.versionIn("deploy");
    if (ran.succeeded() && version.isPresent()) {
      return new VersionId(version.get());
    }
    throw trouble(target, command, ran);
  }

  @Override
  public VersionId deployPages(Step.DeployPages step, Tag tag, String commit) {
    var command = commands.deployPages(step, tag, commit, account.get());
    var ran = run(step.target(), command);
    var deployment = ran.entry("pages-deploy").map(e -> e.path("deployment_id").asText(""));
    if (ran.succeeded() && deployment.filter(d -> !d.isEmpty()).isPresent()) {
      return new VersionId(deployment.get());
    }
    if (ran.succeeded()) {
      throw new Unreachable(
          command.title()
              + " did not say which deployment of "
              + step.target().service()
              + " it made.");
    }
    throw complaint(ran).asException(command, step.target().service().value());
  }

  @Override
  public void bootstrap(Target target, Tag tag) {
    try (var folder = TemporaryFolder.create()) {
      var config = folder.path().resolve("wrangler.json");
      var settings = JSON.createObjectNode();
      settings.put("name", target.service().value());
      settings.put("main", "stand-in.js");
      settings.put("compatibility_date", STAND_IN_DATE);
      settings.put("workers_dev", false);
      settings.put("preview_urls", false);
      account.get().ifPresent(id -> settings.put("account_id", id.value()));
      Files.writeString(config, settings.toString());
      Files.writeString(folder.path().resolve("stand-in.js"), STAND_IN);
      var standIn =
          new Target(
              target.service(), dev.clodo.model.EnvironmentName.TOP_LEVEL, folder.path(), config);
      var command = commands.deploy(standIn, tag, "stands in until the service is deployed");
      var ran = run(target, command);
      if (!ran.succeeded() || ran.versionIn("deploy").isEmpty()) {
        throw complaint(ran).asException(command, target.service().value());
      }
    } catch (IOException e) {
      throw new UserError(
          UserError.Kind.ENVIRONMENT, "can't write a temporary configuration: " + e.getMessage());
    }
  }

  @Override
  public void applyTriggers(Target target) {
    var command = commands.triggers(target);
    var ran = run(target, command);
    if (!ran.succeeded()) {
      throw complaint(ran).asException(command, target.service().value());
    }
  }

  @Override
  public List<String> migrate(Target target, String database) {
    var command = commands.migrate(target, database);
    var ran = run(target, command);
    var applied = appliedIn(ran.out());
    if (ran.succeeded()) {
      return applied;
    }
    var complaint = complaint(ran);
    var about =
        "database "
            + database
            + (applied.isEmpty() ? "" : " after it had applied " + String.join(", ", applied));
    throw complaint.asException(command, about);
  }

  /**
   * Starts a process that loads wrangler, so that the first command finds it ready. Installs
   * nothing and never fails: what is missing is said when it is needed.
   *
   * @param home a folder of the project
   */
  public void warmUp(Path home) {
    if (runner instanceof WarmRunner warm) {
      toolchain.toolsAtHand(home).ifPresent(tools -> warm.warmUp(tools, commands.any(home)));
    }
  }

  /**
   * Lets wrangler take this process's place, as if it had been typed instead: process id, signals,
   * terminal and streams are then its own. Returns only where a system knows no such thing.
   *
   * @param own the variables that this process has itself; those of this adapter are added
   */
  public void become(Path directory, List<String> arguments, Map<String, String> own) {
    new PassThrough(toolchain, environment).become(directory, arguments, own);
  }

  /**
   * Runs wrangler as if it had been typed: same arguments, same streams, same folder.
   *
   * @return its exit code
   */
  public int passThrough(Path directory, List<String> arguments) {
    return new PassThrough(toolchain, environment).run(directory, arguments);
  }

  @Override
  public void close() {
    runner.close();
  }

  private Ran run(Target target, WranglerCommand command) {
    pace.take(command.requests());
    return runner.run(toolchain.tools(target.home()), command);
  }

  private Complaint complaint(Ran ran) {
    return Complaint.of(ran, secrets);
  }

  /** Static assets and the older Workers Sites: neither is part of the upload body. */
  private static List<AssetFolder> assetFolders(Service service) {
    var base = Optional.ofNullable(service.config().getParent()).orElse(service.home());
    var folders = new ArrayList<AssetFolder>();
    folderIn(service.settings(), "assets", "directory")
        .ifPresent(d -> folders.add(new AssetFolder(base.resolve(d).normalize())));
    folderIn(service.settings(), "site", "bucket")
        .ifPresent(d -> folders.add(new AssetFolder(base.resolve(d).normalize())));
    return folders;
  }

  private static Optional<String> folderIn(ConfigValue.Table settings, String table, String key) {
    return settings.table(table).flatMap(t -> t.text(key));
  }

  /** wrangler prints this line as soon as Cloudflare has taken the upload. */
  private static boolean hasUploaded(Ran ran) {
    return ran.out().lines().anyMatch(l -> l.startsWith("Uploaded "));
  }

  /** wrangler then writes an entry without a version, and none that says it failed. */
  private static boolean stoppedByStrict(Ran ran) {
    return !ran.succeeded() && ran.entry("deploy").isPresent() && ran.versionIn("deploy").isEmpty();
  }

  private static boolean stoppedOverApiChange(Ran ran) {
    return stoppedByStrict(ran) && ran.err().contains("last updated via the script API");
  }

  /**
   * Tells what a deploy without a version id means. One that has uploaded may be serving and may
   * have failed only over a route: whoever called looks for the tag, and does the rest again.
   */
  private RuntimeException trouble(Target target, WranglerCommand command, Ran ran) {
    var complaint = complaint(ran);
    if (ran.succeeded() || hasUploaded(ran)) {
      return new Unreachable(
          command.title()
              + " uploaded "
              + target.service()
              + " but did not finish"
              + (ran.succeeded() ? "." : ": " + complaint.said()));
    }
    if (stoppedByStrict(ran)) {
      return new StepFailed(
          "wrangler did not deploy "
              + target.service()
              + ", because somebody changed it elsewhere since: "
              + complaint.said()
              + " Bring the change into "
              + target.config()
              + ", or deploy once with: wrangler deploy");
    }
    return complaint.asException(command, target.service().value());
  }

  /** The migrations marked as done in the tables that wrangler prints, in order. */
  static List<String> appliedIn(String out) {
    var done = new LinkedHashSet<String>();
    for (var line : out.lines().toList()) {
      var row = MIGRATION_ROW.matcher(line);
      if (row.find() && row.group(2).equals("✅")) {
        done.add(row.group(1));
      }
    }
    return List.copyOf(done);
  }

  /** A folder that is gone when it is no longer needed. */
  private record TemporaryFolder(Path path) implements AutoCloseable {
    static TemporaryFolder create() {
      try {
        return new TemporaryFolder(Files.createTempDirectory("clodo-wrangler").toRealPath());
      } catch (IOException e) {
        throw new UserError(
            UserError.Kind.ENVIRONMENT,
            "can't write to the temporary folder: "
                + e.getMessage()
                + ". Free some space or set TMPDIR.");
      }
    }

    @Override
    public void close() {
      try (var files = Files.walk(path)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        // A left-over in the temporary folder harms nobody.
        return;
      }
    }
  }
}
