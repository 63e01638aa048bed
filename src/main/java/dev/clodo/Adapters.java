package dev.clodo;

import dev.clodo.adapter.cloudflare.CloudflareApi;
import dev.clodo.adapter.cloudflare.DotEnv;
import dev.clodo.adapter.cloudflare.HttpTraffic;
import dev.clodo.adapter.git.GitCli;
import dev.clodo.adapter.sql.SqliteDataBridge;
import dev.clodo.adapter.system.LocalFiles;
import dev.clodo.adapter.system.LocalSecrets;
import dev.clodo.adapter.system.SharedPace;
import dev.clodo.adapter.system.SystemClock;
import dev.clodo.adapter.workerd.WorkerdTrial;
import dev.clodo.adapter.wrangler.LocalMachine;
import dev.clodo.adapter.wrangler.Toolchain;
import dev.clodo.adapter.wrangler.WranglerAdapter;
import dev.clodo.execute.Timing;
import dev.clodo.model.AccountId;
import dev.clodo.model.EnvironmentName;
import dev.clodo.port.Clock;
import dev.clodo.port.Cloudflare;
import dev.clodo.port.DataBridge;
import dev.clodo.port.Git;
import dev.clodo.port.Pace;
import dev.clodo.port.Secrets;
import dev.clodo.port.Traffic;
import dev.clodo.port.Workerd;
import dev.clodo.port.WorkspaceFiles;
import dev.clodo.port.Wrangler;
import dev.clodo.render.PlanJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The adapters, each made when it is first asked for and closed at the end. */
final class Adapters implements Ports {
  /**
   * How long, in milliseconds, a call whose answer was lost may still take effect. Less than the
   * standard is safe only where calls are known to end sooner, as in a local sandbox.
   */
  private static final String SETTLE = "CLODO_SETTLE_MS";

  private final Path workspace;
  private final Map<String, String> variables;
  private final Consumer<String> progress;
  private final Clock clock = new SystemClock();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Toolchain toolchain;
  private final Pace pace;
  private final Once<WranglerAdapter> wrangler;
  private final Once<CloudflareApi> cloudflare;
  private final Once<DataBridge> bridge;
  private final Once<HttpTraffic> traffic;
  private final Git git;

  /**
   * @param variables what would be the process's environment variables
   * @param progress told a sentence before anything that takes long
   * @param loading a wrangler that has begun to load for this process
   */
  Adapters(
      Path workspace,
      EnvironmentName environment,
      Map<String, String> variables,
      Consumer<String> progress,
      Optional<WranglerAdapter> loading) {
    this.workspace = workspace.toAbsolutePath().normalize();
    // What a .env file gives, wrangler gets too: it runs in the services' own folders.
    var given = DotEnv.over(variables, folder(this.workspace), environment.value());
    this.variables = given.variables();
    this.progress = progress;
    this.toolchain = new Toolchain(this.variables, progress);
    this.pace =
        SharedPace.of(
            this.variables,
            CloudflareApi.isLocal(this.variables),
            folder(this.workspace).resolve(".clodo").resolve("pace"),
            clock,
            progress);
    this.wrangler = new Once<>(() -> kept(wrangler(loading)));
    this.cloudflare = new Once<>(() -> kept(new CloudflareApi(given, progress, pace)));
    this.traffic = new Once<>(() -> kept(new HttpTraffic(this.variables)));
    this.git = new GitCli(this.variables);
    this.bridge =
        new Once<>(() ->
            kept(
                new SqliteDataBridge(
                    this.workspace.resolve(".clodo").resolve("state.db"),
                    plan -> PlanJson.of(plan).toString(),
                    PlanJson::read)));
  }

  /** A configuration may be named instead of its folder. */
  private static Path folder(Path workspace) {
    var parent = workspace.getParent();
    return Files.isRegularFile(workspace) && parent != null ? parent : workspace;
  }

  private WranglerAdapter wrangler(Optional<WranglerAdapter> loading) {
    var builds = folder(workspace).resolve(".clodo").resolve("builds");
    return loading
        .map(early -> early.in(toolchain, variables, this::account, builds, pace))
        .orElseGet(() -> new WranglerAdapter(toolchain, variables, this::account, builds, pace));
  }

  /** Known once the account has been looked at; the configuration alone may name it. */
  private Optional<AccountId> account() {
    return cloudflare.get().account();
  }

  private <T extends AutoCloseable> T kept(T adapter) {
    synchronized (opened) {
      opened.push(adapter);
    }
    return adapter;
  }

  @Override
  public Cloudflare cloudflare() {
    return cloudflare.get();
  }

  @Override
  public Wrangler wrangler() {
    return wrangler.get();
  }

  @Override
  public Workerd workerd() {
    return new WorkerdTrial(toolchain::workerd);
  }

  @Override
  public DataBridge bridge() {
    return bridge.get();
  }

  @Override
  public Traffic traffic() {
    return traffic.get();
  }

  @Override
  public Secrets secrets() {
    return new LocalSecrets(folder(workspace), variables);
  }

  @Override
  public Git git() {
    return git;
  }

  @Override
  public dev.clodo.port.Programs programs() {
    return new dev.clodo.adapter.wrangler.ConfigPrograms(toolchain, variables);
  }

  @Override
  public dev.clodo.port.Machine machine() {
    return new LocalMachine(new Toolchain(variables, progress), variables);
  }

  @Override
  public WorkspaceFiles files() {
    return new LocalFiles();
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public Timing timing() {
    var standard = Timing.standard();
    var settle = variables.getOrDefault(SETTLE, "");
    if (!settle.matches("[0-9]{1,6}")) {
      return standard;
    }
    var chosen = Duration.ofMillis(Long.parseLong(settle));
    return new Timing(
        chosen,
        longer(standard.lease(), chosen.multipliedBy(3)),
        standard.propagation(),
        standard.attempts());
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  @Override
  public String holder() {
    var user = variables.getOrDefault("USER", System.getProperty("user.name", "somebody"));
    return user + ", process " + ProcessHandle.current().pid();
  }

  @Override
  public void warmUp() {
    Thread.ofPlatform().daemon().start(() -> wrangler.get().warmUp(workspace));
  }

  @Override
  public void close() {
    List<AutoCloseable> newestFirst;
    synchronized (opened) {
      newestFirst = List.copyOf(opened);
      opened.clear();
    }
    for (var adapter : newestFirst) {
      try {
        adapter.close();
      } catch (Exception e) {
        // What was to be done is done and written down; a connection that does not close well
        // changes nothing about that.
        progress.accept("while closing: " + e.getMessage());
      }
    }
  }

  /** A value that is made when it is first asked for. */
  private static final class Once<T> {
    private final Supplier<T> make;
    private @Nullable T value;

    Once(Supplier<T> make) {
      this.make = make;
    }

    synchronized T get() {
      var known = value;
      if (known == null) {
        known = make.get();
        value = known;
      }
      return known;
    }
  }
}
