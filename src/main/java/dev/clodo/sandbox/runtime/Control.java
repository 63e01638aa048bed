package dev.clodo.sandbox.runtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// What the helper beside each version asks: where another Worker runs, and to report traces.
final class Control implements InnerServer.Service {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Platform platform;
  private final Router router;
  private final Fleet fleet;
  private final AssetServer assets;
  private final Map<String, Lease> leases = new ConcurrentHashMap<>();
  private final AtomicLong leaseNumbers = new AtomicLong();

  Control(Platform platform, Router router, Fleet fleet, AssetServer assets) {
    this.assets = assets;
    this.platform = platform;
    this.router = router;
    this.fleet = fleet;
  }

  @Override
  public Reply answer(HttpHead head, byte[] body) throws IOException {
    return switch (head.target()) {
      case "/locate" -> locate(head);
      case "/release" -> release(head.get("X-Clodo-Lease"));
      case "/asset" -> asset(head);
      case "/tail" -> tail(head, body);
      default -> Reply.text(404, "no such request");
    };
  }

  /// One call of a service binding goes to the version that the callee's deployment chooses for it.
  private Reply locate(HttpHead head) {
    var script = head.get("X-Clodo-Callee");
    var deployment = router.deployment(script);
    if (deployment.isEmpty()) {
      return Reply.text(
          404, "Worker \"" + script + "\" is bound here and not deployed in the sandbox");
    }
    var versionId =
        deployment
            .get()
            .choose(
                head.get("Cloudflare-Workers-Version-Overrides"),
                head.get("Cloudflare-Workers-Version-Key"));
    var version = platform.version(versionId);
    var place = JsonNodeFactory.instance.objectNode().put("version", versionId);
    place.put("assets", version.map(each -> !each.assets().isEmpty()).orElse(false));
    if (version.isPresent() && version.get().code() instanceof Code.AssetsOnly) {
      return Reply.json(place.toString());
    }
    var lease = fleet.lease(script, versionId);
    var _ =
        place
            .put("address", lease.place().debugAddress())
            .put("service", lease.place().service())
            .put("objects", lease.place().objects());
    if (fleet.hasHost(script)) {
      var number = String.valueOf(leaseNumbers.incrementAndGet());
      leases.put(number, lease);
      place.put("lease", number);
    } else {
      lease.close();
    }
    return Reply.json(place.toString());
  }

  private Reply release(String number) {
    var lease = leases.remove(number);
    if (lease != null) {
      lease.close();
    }
    return Reply.empty(204);
  }

  /// A call of a service binding meets the callee's assets first, as a visitor does.
  private Reply asset(HttpHead head) throws IOException {
    var url = URI.create(head.get("X-Clodo-Url"));
    var query = url.getRawQuery();
    var version =
        platform
            .version(head.get("X-Clodo-Version"))
            .orElseThrow(() -> new IllegalStateException("the version is gone"));
    return assets
        .beforeWorker(
            version,
            new AssetServer.Ask(
                head.get("X-Clodo-Method"),
                String.valueOf(url.getHost()),
                (url.getRawPath().isEmpty() ? "/" : url.getRawPath())
                    + (query == null ? "" : "?" + query),
                head))
        .map(reply -> reply.with("X-Clodo-Asset", "yes"))
        .orElseGet(() -> Reply.empty(204));
  }

  private Reply tail(HttpHead head, byte[] body) throws IOException {
    for (var item : JSON.readTree(body)) {
      platform.onTrace(head.get("X-Clodo-Script"), head.get("X-Clodo-Version"), item);
    }
    return Reply.empty(204);
  }
}
