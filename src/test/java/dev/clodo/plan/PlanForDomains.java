package dev.clodo.plan;

import dev.clodo.assess.CapabilityAssessmentEngine;
import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.Edge;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Inventory;
import dev.clodo.model.Plan;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Trials;
import dev.clodo.render.PlanJson;
import dev.clodo.render.PlanText;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What it takes to plan two services for many domains, one of them calling the other, and a third
 * that all share: {@code bench/plan/run}. Prints a line with the processor time in milliseconds of
 * each part, their sum, and memory in MiB. The account is a stand-in without network, whose own
 * time is not counted.
 */
public final class PlanForDomains {
  private PlanForDomains() {}

  private interface Part<T> {
    T done() throws IOException;
  }

  private static long counted;
  private static final StringBuilder LINE = new StringBuilder();

  /**
   * @param arguments the number of domains, and an empty folder
   */
  public static void main(String[] arguments) throws IOException {
    int domains = Integer.parseInt(arguments[0]);
    var folder = Path.of(arguments[1]);
    write(folder, domains);
    LINE.append(String.format(Locale.ROOT, "%7d", domains));

    long began = System.nanoTime();
    var inventory =
        timed(() -> new ServiceAutoDiscovery().discover(folder, EnvironmentName.TOP_LEVEL));
    require(inventory, domains);
    var account = new SimulatedAccount(new SettableClock());
    inventory.released().forEach(s -> account.deployed(s.name(), ""));
    long aside = System.nanoTime();
    var found = account.cloudflare().look(inventory);
    long looking = System.nanoTime() - aside;
    var assessment =
        timed(() ->
            new CapabilityAssessmentEngine()
                .assess(inventory, found, Trials.none(), LocalDate.of(2026, 1, 1)));
    if (!assessment.inventory().root().equals(inventory.root())) {
      throw new IllegalStateException("assessed something else");
    }
    var built = timed(() -> fingerprints(inventory));
    var plan =
        timed(() ->
            new MultiDomainOrchestrator(inventory.workspace().rollout())
                .plan(new MultiDomainOrchestrator.Wanted(inventory, found, built, "")));
    if (plan.steps().size() < 2 * domains) {
      throw new IllegalStateException("too few steps: " + plan.steps().size());
    }
    timed(() -> PlanText.of(plan, PlanText.Detail.COLLAPSED));
    timed(() -> PlanJson.of(plan).toPrettyString());
    long wall = System.nanoTime() - began - looking;
    LINE.append(
        String.format(
            Locale.ROOT,
            "  %8d %8d  %7d %7d",
            counted / 1_000_000,
            wall / 1_000_000,
            kept(plan),
            highest()));
    System.out.println(LINE);
  }

  private static Map<ServiceName, Fingerprint> fingerprints(Inventory inventory) {
    var built = new HashMap<ServiceName, Fingerprint>();
    inventory.released().forEach(s -> built.put(s.name(), Fingerprint.of(s, "digest")));
    return built;
  }

  private static void require(Inventory inventory, int domains) {
    long calls = inventory.releasedEdges().stream().map(Edge::from).distinct().count();
    if (inventory.released().size() != 2 * domains + 1 || calls < domains) {
      throw new IllegalStateException(
          "%d released, %d call; %s"
              .formatted(inventory.released().size(), calls, inventory.unreadable()));
    }
  }

  private static <T> T timed(Part<T> part) throws IOException {
    long before = cpu();
    var result = part.done();
    long took = cpu() - before;
    counted += took;
    LINE.append(String.format(Locale.ROOT, " %8d", took / 1_000_000));
    return result;
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** What is in use with the plan and what it was made from, in MiB. */
  private static long kept(Plan plan) {
    System.gc();
    var used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    return plan.isEmpty() ? 0 : used >> 20;
  }

  /** The most that the process ever had resident, in MiB; 0 where the system does not tell. */
  private static long highest() throws IOException {
    var status = Path.of("/proc/self/status");
    return Files.exists(status)
        ? Files.readAllLines(status).stream()
            .filter(l -> l.startsWith("VmHWM:"))
            .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) >> 10)
            .findFirst()
            .orElse(0)
        : 0;
  }

  private static void write(Path folder, int domains) throws IOException {
    service(folder, "auth", "");
    service(folder, "api", ", \"services\": [{ \"binding\": \"AUTH\", \"service\": \"auth\" }]");
    service(folder, "web", ", \"services\": [{ \"binding\": \"API\", \"service\": \"api\" }]");
    var yaml = new StringBuilder("services:\n  auth:\n    domains: none\nrelease:\n");
    yaml.append("  waves: [[d0.example.com], 10%, 100%]\ndomains:\n");
    for (int i = 0; i < domains; i++) {
      yaml.append("  d%d.example.com:\n    vars: { TENANT: \"tenant %d\" }\n".formatted(i, i));
      yaml.append("    routes: [\"d%d.example.com/*\"]\n    zone: example.com\n".formatted(i));
    }
    Files.writeString(folder.resolve("clodo.yaml"), yaml);
  }

  private static void service(Path folder, String name, String more) throws IOException {
    var source = Files.createDirectories(folder.resolve(name).resolve("src"));
    Files.writeString(
        source.resolve("index.js"),
        "export default { fetch() { return new Response(\"ok\"); } };\n");
    Files.writeString(
        folder.resolve(name).resolve("wrangler.json"),
        "{ \"name\": \"%s\", \"main\": \"src/index.js\", \"compatibility_date\": \"2025-09-01\"%s }"
            .formatted(name, more));
  }
}
