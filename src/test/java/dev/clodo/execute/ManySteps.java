package dev.clodo.execute;

import dev.clodo.adapter.sql.SqliteDataBridge;
import dev.clodo.fixture.Services;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Outcome;
import dev.clodo.model.Plan;
import dev.clodo.model.Rollout;
import dev.clodo.model.Rollout.OnFailure;
import dev.clodo.model.Rollout.Share;
import dev.clodo.model.Run;
import dev.clodo.model.RunId;
import dev.clodo.model.Service;
import dev.clodo.plan.MultiDomainOrchestrator;
import dev.clodo.plan.MultiDomainOrchestrator.Wanted;
import dev.clodo.port.DataBridge;
import dev.clodo.render.PlanJson;
import dev.clodo.testing.InMemoryBridge;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures what a step costs by itself, without wrangler and network, in plans of growing length:
 * it should cost the same in each.
 */
public final class ManySteps {
  private static final List<Integer> DOMAINS = List.of(100, 1_000, 10_000);

  private ManySteps() {}

  /**
   * @param args {@code memory}, or {@code sqlite FOLDER} to write the journal durably
   */
  public static void main(String[] args) throws Exception {
    // The first runs pay for loading and compiling.
    for (int i = 0; i < 3; i++) {
      measure(args, 300, false);
    }
    for (int domains : DOMAINS) {
      measure(args, domains, true);
    }
  }

  private static void measure(String[] args, int domains, boolean tell) throws Exception {
    var clock = new SettableClock();
    var account = new SimulatedAccount(clock);
    var services = new ArrayList<Service>();
    for (int i = 0; i < domains; i++) {
      var name = "d%05d".formatted(i);
      services.add(Services.copy(Services.worker("web"), name + ".example.com"));
      account.deployed(Services.name("web-" + name), "");
    }
    var inventory = Services.inventory(services);
    var rollout =
        new Rollout(
            List.of(new Share.Percent(10), new Share.Percent(100)),
            OnFailure.EVERYTHING,
            Rollout.STANDARD_CONCURRENCY,
            List.of(0, 100));
    var plan =
        new MultiDomainOrchestrator(rollout)
            .plan(new Wanted(inventory, account.cloudflare().look(inventory), Map.of(), ""));
    try (var bridge = bridge(args, clock)) {
      var run = run(plan);
      var executor =
          new SagaExecutor(
              new World(account.wrangler(), account.cloudflare(), account.traffic()),
              bridge,
              clock,
              Timing.standard(),
              "bench",
              _ -> {});
      long began = System.nanoTime();
      var outcome = executor.start(run);
      var took = Duration.ofNanos(System.nanoTime() - began);
      if (!outcome.equals(new Outcome.Released())) {
        throw new IllegalStateException(outcome.toString());
      }
      began = System.nanoTime();
      executor.resume(run);
      var read = Duration.ofNanos(System.nanoTime() - began);
      int steps = plan.steps().size();
      if (tell) {
        System.out.printf(
            Locale.ROOT,
            "%6d releases %7d steps: %6d ms, %5.1f µs a step; told again in %d ms%n",
            domains,
            steps,
            took.toMillis(),
            took.toNanos() / 1000.0 / steps,
            read.toMillis());
      }
    }
  }

  private static DataBridge bridge(String[] args, SettableClock clock) throws Exception {
    if (args.length == 2 && args[0].equals("sqlite")) {
      var folder = Files.createDirectories(Path.of(args[1]));
      var file = Files.createTempDirectory(folder, "steps").resolve("state.db");
      return new SqliteDataBridge(file, p -> PlanJson.of(p).toString(), PlanJson::read, clock::now);
    }
    return new InMemoryBridge(clock);
  }

  private static Run run(Plan plan) {
    return new Run(
        new RunId("bench"), plan, EnvironmentName.TOP_LEVEL, Instant.EPOCH, "somebody", "", "");
  }
}
