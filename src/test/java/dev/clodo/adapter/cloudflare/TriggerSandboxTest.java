package dev.clodo.adapter.cloudflare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.adapter.wrangler.Toolchain;
import dev.clodo.adapter.wrangler.WranglerAdapter;
import dev.clodo.fixture.Services;
import dev.clodo.model.RunId;
import dev.clodo.model.Step.Provision;
import dev.clodo.model.StepId;
import dev.clodo.model.Tag;
import dev.clodo.model.Target;
import dev.clodo.model.Trigger;
import dev.clodo.model.Trigger.Kind;
import dev.clodo.model.TriggerChange;
import dev.clodo.port.StepFailed;
import dev.clodo.sandbox.NpmTools;
import dev.clodo.sandbox.Sandbox;
import dev.clodo.sandbox.SandboxHooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Triggers, resources and secrets through the API alone, as copies of domains get them. */
@org.junit.jupiter.api.Tag("slow")
class TriggerSandboxTest {
  private static final Set<Kind> ALL = EnumSet.allOf(Kind.class);

  @TempDir static Path shared;

  @Test
  void setsReadsAndReplacesWhatLeadsToAWorker() throws IOException, InterruptedException {
    var tools = NpmTools.install();
    var options = Sandbox.Options.of(shared.resolve("sandbox"), tools::workerd);
    try (var sandbox = Sandbox.start(options);
        var api = new CloudflareApi(variables(sandbox), _ -> {});
        var wrangler =
            new WranglerAdapter(new Toolchain(variables(sandbox), _ -> {}), variables(sandbox))) {
      SandboxHooks.of(sandbox).addZone("example.com");
      var shop = target("shop");
      wrangler.bootstrap(shop, tag(1));
      wrangler.bootstrap(target("other"), tag(2));

      for (var kind : Provision.Kind.values()) {
        assertThat(api.find(shop, kind, named(kind))).isEmpty();
        var id = api.provide(shop, kind, named(kind));
        assertThat(api.find(shop, kind, named(kind))).contains(id);
      }
      var queue = named(Provision.Kind.QUEUE);

      var first =
          List.of(
              new Trigger(Kind.WORKERS_DEV, "", "on"),
              new Trigger(Kind.ROUTE, "example.com/shop/*", "zone_name=example.com"),
              new Trigger(Kind.DOMAIN, "shop.example.com", ""),
              new Trigger(Kind.SCHEDULE, "0 0 * * *", ""),
              new Trigger(Kind.CONSUMER, queue, "max_batch_size=5 max_batch_timeout=2"));
      api.applyTriggers(shop, change(first, List.of()));
      assertThat(api.triggers(shop, ALL))
          .extracting(Trigger::toString)
          .containsExactlyInAnyOrder(
              "workers.dev on",
              "route example.com/shop/*",
              "domain shop.example.com",
              "schedule 0 0 * * *");
      // Doing it again does no harm: a lost answer is nothing to fear.
      api.applyTriggers(shop, change(first, List.of()));

      var second =
          List.of(
              new Trigger(Kind.WORKERS_DEV, "", "off"),
              new Trigger(Kind.ROUTE, "example.com/store/*", ""),
              new Trigger(Kind.SCHEDULE, "5 5 * * *", ""));
      api.applyTriggers(shop, change(second, List.of()));
      assertThat(api.triggers(shop, ALL))
          .extracting(Trigger::toString)
          .containsExactlyInAnyOrder(
              "workers.dev off",
              "route example.com/store/*",
              "domain shop.example.com",
              "schedule 5 5 * * *");

      // A host of another Worker is taken over only where the plan says so.
      var host = List.of(new Trigger(Kind.DOMAIN, "shop.example.com", ""));
      assertThatThrownBy(() -> api.applyTriggers(target("other"), change(host, List.of())))
          .isInstanceOf(StepFailed.class);
      api.applyTriggers(target("other"), change(host, List.of("shop.example.com from shop")));
      assertThat(api.triggers(target("other"), Set.of(Kind.DOMAIN))).hasSize(1);

      var put = api.putSecrets(shop, Map.of("KEY", "value"), tag(3));
      assertThat(put.tag()).isEqualTo("run1/3");
      assertThat(api.versions(shop).getFirst().id()).isEqualTo(put.id());
      assertThat(api.deployment(shop).orElseThrow().soleVersion()).isNotEqualTo(put.id());
    }
  }

  private static TriggerChange change(List<Trigger> wanted, List<String> taken) {
    return new TriggerChange(wanted, List.of(), wanted, List.of(), taken, Set.of());
  }

  private static Target target(String name) throws IOException {
    var service = Services.worker(name);
    var home = Files.createDirectories(shared.resolve(name));
    return new Target(service.name(), service.environment(), home, home.resolve("wrangler.json"));
  }

  private static String named(Provision.Kind kind) {
    return "shop-" + kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Tag tag(int step) {
    return new Tag(new RunId("run1"), new StepId(step));
  }

  private static Map<String, String> variables(Sandbox sandbox) {
    return NpmTools.install().variables(sandbox, shared.resolve("home"));
  }
}
