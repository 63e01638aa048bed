package dev.clodo.sandbox;

import dev.clodo.sandbox.runtime.Platform;
import dev.clodo.sandbox.runtime.RuntimeSettings;
import dev.clodo.sandbox.runtime.SandboxRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// A local Cloudflare on loopback: wrangler and other clients of the API deploy to it, and what
/// they deploy runs in workerd.
///
/// Point wrangler at it with `CLOUDFLARE_API_BASE_URL`, `CLOUDFLARE_API_TOKEN` and
/// `CLOUDFLARE_ACCOUNT_ID`. What was deployed is there again when a sandbox starts with the same
/// home.
public final class Sandbox implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final String token;
  private final Account account;
  private final SandboxRuntime runtime;
  private final Api api;

  /// How a sandbox starts.
  ///
  /// @param home its folder, created if missing
  /// @param apiPort of the API, 0 for any free one
  /// @param edgePort of the edge that serves the Workers, 0 for any free one
  /// @param workerd finds the workerd binary; asked once
  /// @param outboundHosts hosts outside the sandbox that Workers may reach, `*` for any
  /// @param time the real time; tests move the sandbox's own time with {@link SandboxHooks}
  public record Options(
      Path home,
      int apiPort,
      int edgePort,
      Supplier<Path> workerd,
      List<String> outboundHosts,
      InstantSource time) {
    public Options {
      outboundHosts = List.copyOf(outboundHosts);
    }

    /// Free ports, no outbound traffic, the system's time.
    public static Options of(Path home, Supplier<Path> workerd) {
      return new Options(home, 0, 0, workerd, List.of(), InstantSource.system());
    }

    public Options withPorts(int api, int edge) {
      return new Options(home, api, edge, workerd, outboundHosts, time);
    }

    public Options withOutboundHosts(List<String> hosts) {
      return new Options(home, apiPort, edgePort, workerd, hosts, time);
    }
  }

  /// Makes the runtime; tests of the API put another one here.
  @FunctionalInterface
  interface Runtimes {
    SandboxRuntime open(RuntimeSettings settings, Platform platform);
  }

  /// Starts a sandbox. It answers when this returns.
  ///
  /// @throws IOException if the home can't be used, a port is taken, or workerd does not run
  public static Sandbox start(Options options) throws IOException {
    return start(options, SandboxRuntime::open);
  }

  static Sandbox start(Options options, Runtimes runtimes) throws IOException {
    return new Sandbox(options, runtimes);
  }

  private Sandbox(Options options, Runtimes runtimes) throws IOException {
    try {
      var home = opened(Home.open(options.home()));
      token = home.token();
      var clock = new SettableClock(options.time());
      var db = opened(Db.open(home.file("state.db")));
      var state = new State(db);
      var resources = new Resources(db);
      var pages = new PagesProjects(db);
      account = Account.of(state);
      var blobs = new Blobs(home.file("blobs"));
      var knobs = new Knobs();
      var faults = new Faults();
      var journal = new Journal();
      var access = new Access(token, state.setting("token.id", Ids::hex));
      var versions = new RuntimeVersions(blobs);
      var views = new Views(account);
      var tails = opened(new Tails(clock));
      var platform =
          new ControlPlane(
              state,
              new Routing(state, pages, account),
              pages,
              versions,
              knobs,
              clock,
              tails,
              options.outboundHosts());
      runtime =
          opened(
              runtimes.open(
                  new RuntimeSettings(
                      options.workerd().get(), home.file("runtime"), options.edgePort()),
                  platform));
      var assets = new AssetSessions(resources, clock);
      var releases =
          new Releases(state, new Bindings(state, resources), assets, runtime, versions, clock);
      var queues = new QueuesApi(state, resources, runtime, clock);
      releases.restore();
      queues.restore();
      var timeTravel = new D1TimeTravel(resources, runtime, blobs, clock);
      var reset = new Reset(state, resources, pages, releases, runtime, tails);
      var port = new AtomicInteger();
      api =
          opened(
              new Api(
                  options.apiPort(),
                  faults,
                  journal,
                  clock,
                  config -> {
                    var routes = new Routes(config.routes, access, account.id());
                    new AccessApi(account, access).enter(routes, config.routes);
                    new ServicesApi(state, resources, releases, views, account).enter(routes);
                    new ScriptsApi(state, resources, blobs, releases, views).enter(routes);
                    new VersionsApi(state, blobs, releases, views, knobs, clock).enter(routes);
                    new DeploymentsApi(state, releases, views).enter(routes);
                    new SecretsApi(state, releases).enter(routes);
                    new SubdomainsApi(state, account).enter(routes);
                    new SchedulesApi(state, clock).enter(routes);
                    new AssetsApi(assets, blobs).enter(routes);
                    new TailsApi(state, tails).enter(routes);
                    new ZonesApi(state, account).enter(routes);
                    new DomainsApi(state).enter(routes);
                    new KvApi(resources, runtime, clock).enter(routes);
                    new D1Api(resources, runtime, clock).enter(routes);
                    timeTravel.enter(routes);
                    new D1FilesApi(resources, runtime, blobs, timeTravel, port::get)
                        .enter(routes, config.routes);
                    new R2Api(resources, runtime, clock).enter(routes);
                    queues.enter(routes);
                    new DispatchApi(resources, blobs, clock).enter(routes);
                    new PagesApi(pages, resources, blobs, clock).enter(routes);
                    new GraphqlApi().enter(routes);
                    new HooksApi(access, faults, journal, knobs, clock, state, reset, runtime)
                        .enter(config.routes);
                  }));
      port.set(api.port());
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  /// What `CLOUDFLARE_API_BASE_URL` is set to.
  public String apiUrl() {
    return "http://127.0.0.1:%d%s".formatted(api.port(), Routes.ROOT);
  }

  /// Where the Workers answer. Their host goes into `Host`, or into `X-Clodo-Host` where a client
  /// can't set that.
  public String edgeUrl() {
    return "http://127.0.0.1:%d".formatted(runtime.edgePort());
  }

  /// The API token, which only this sandbox accepts.
  public String token() {
    return token;
  }

  public String accountId() {
    return account.id();
  }

  /// The host at which a Worker answers on workers.dev.
  public String workersDevHost(String script) {
    return account.workersDevHost(script);
  }

  /// Ends the API, the edge and every process of the sandbox. What was deployed stays in its home.
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        // The other parts must end all the same, and nothing can be done about this one.
        Thread.currentThread().getThreadGroup().uncaughtException(Thread.currentThread(), e);
      }
    }
  }
}
