package dev.clodo.cli;

import dev.clodo.Exit;
import dev.clodo.Failed;
import dev.clodo.sandbox.Sandbox;
import dev.clodo.sandbox.SandboxDaemon;
import dev.clodo.sandbox.SandboxDaemon.Running;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sandbox of this user, which goes on between commands. */
final class SandboxAccess {
  private final Session session;
  private final Path home;

  private SandboxAccess(Session session, Path home) {
    this.session = session;
    this.home = home;
  }

  /** {@code $CLODO_SANDBOX_HOME}, else {@code ~/.clodo/sandbox}. */
  static SandboxAccess of(Session session) {
    var variables = session.host().environment();
    var configured = variables.getOrDefault("CLODO_SANDBOX_HOME", "");
    var user = variables.getOrDefault("HOME", System.getProperty("user.home", "."));
    var home = configured.isBlank() ? Path.of(user, ".clodo", "sandbox") : Path.of(configured);
    return new SandboxAccess(session, home.toAbsolutePath());
  }

  Path home() {
    return home;
  }

  Optional<Running> status() {
    try {
      return SandboxDaemon.status(home);
    } catch (IOException e) {
      throw failed("can't tell whether the sandbox in " + home + " runs", e);
    }
  }

  /** The running sandbox, started when it is not. */
  Running start(int apiPort, int edgePort, List<String> outboundHosts) {
    var running = status();
    if (running.isPresent()) {
      return running.get();
    }
    var host = session.host();
    try {
      return SandboxDaemon.start(
          Sandbox.Options.of(home, () -> host.workerd(host.folder()))
              .withPorts(apiPort, edgePort)
              .withOutboundHosts(outboundHosts));
    } catch (IOException e) {
      throw failed("the sandbox does not start", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted while the sandbox was starting", e);
    }
  }

  boolean stop() {
    try {
      return SandboxDaemon.stop(home);
    } catch (IOException e) {
      throw failed("the sandbox does not stop", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted while the sandbox was stopping", e);
    }
  }

  void reset() {
    try {
      SandboxDaemon.reset(home);
    } catch (IOException e) {
      throw failed("the sandbox can't be emptied", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted while the sandbox was being emptied", e);
    }
  }

  /** The environment variables that lead wrangler and Clodo to the sandbox. */
  Map<String, String> exports() {
    var running = start(0, 0, List.of());
    try {
      return exports(running.apiUrl(), running.token(), running.accountId(), running.edgeUrl());
    } catch (IOException e) {
      throw failed("can't read the sandbox's token in " + running.tokenFile(), e);
    }
  }

  static Map<String, String> exports(String api, String token, String account, String edge) {
    var exports = new LinkedHashMap<String, String>();
    exports.put("CLOUDFLARE_API_BASE_URL", api);
    exports.put("CLOUDFLARE_API_TOKEN", token);
    exports.put("CLOUDFLARE_ACCOUNT_ID", account);
    exports.put("CLODO_EDGE", edge);
    return exports;
  }

  private static Failed failed(String what, Exception cause) {
    return new Failed(Exit.ENVIRONMENT, what + ": " + cause.getMessage(), cause);
  }
}
