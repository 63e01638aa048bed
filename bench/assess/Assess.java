import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Measures what `bench/assess/run` says it measures. */
final class Assess {
  private static final Path CLODO = Path.of("clodo").toAbsolutePath();
  private static final int[] SIZES = {10, 100, 1_000, 5_000};
  private static final long MOST_SECONDS = 300;

  /**
   * How one process went.
   *
   * @param cpu seconds of processor, its children that ended included
   * @param mib most memory resident at one time, 0 where the system does not tell
   */
  private record Cost(double wall, double cpu, double mib) {}

  private Assess() {}

  public static void main(String[] arguments) throws Exception {
    int rounds = Integer.parseInt(arguments[0]);
    var folder = Files.createTempDirectory("clodo-assess");
    try {
      boolean kept = oneProject(folder, rounds, arguments[1], arguments[2]);
      kept &= monorepos(folder);
      System.exit(kept ? 0 : 1);
    } finally {
      delete(folder);
    }
  }

  private static boolean oneProject(Path folder, int rounds, String node, String wrangler)
      throws Exception {
    Monorepo.write(folder.resolve("one"), 1);
    var project = folder.resolve("one/services/service-00000");
    var clodo = List.of(CLODO.toString(), "assess", "--offline", project.toString());
    var dryRun =
        List.of(
            node, "--no-warnings", wrangler, "deploy", "--dry-run", "--outdir",
            folder.resolve("bundle").toString());
    var ours = new ArrayList<Double>();
    var theirs = new ArrayList<Double>();
    for (int i = -1; i < rounds; i++) {
      double mine = run(project, clodo).cpu();
      double its = run(project, dryRun).cpu();
      if (i >= 0) {
        ours.add(mine);
        theirs.add(its);
      }
    }
    double ratio = median(ours) / median(theirs);
    System.out.printf(
        Locale.ROOT,
        "one project, %d rounds, processor time: clodo %.3f s, wrangler %.3f s, ratio %.2f%n",
        rounds,
        median(ours),
        median(theirs),
        ratio);
    return require("ratio", ratio, 0.3);
  }

  private static boolean monorepos(Path folder) throws Exception {
    boolean kept = true;
    double smaller = 0;
    System.out.printf("%8s %9s %9s %9s %14s%n", "Workers", "wall s", "cpu s", "MiB", "cpu ms/Worker");
    for (int size : SIZES) {
      var root = folder.resolve("monorepo-" + size);
      Monorepo.write(root, size);
      // What was written this moment might change again unseen, so nothing is remembered of it.
      Thread.sleep(3_000);
      var command = List.of(CLODO.toString(), "assess", "--offline", "--json", root.toString());
      var cost = run(folder, command);
      print(String.valueOf(size), size, cost);
      if (size == 1_000) {
        kept &= require("seconds for 1,000 Workers", cost.wall(), 3);
        kept &= require("MiB for 1,000 Workers", cost.mib(), 512);
        var again = run(folder, command);
        print("again", size, again);
        kept &= require("seconds for 1,000 Workers again", again.wall(), 1);
        smaller = cost.cpu();
      }
      if (size == 5_000) {
        kept &= require("processor time, 5,000 to 1,000 Workers", cost.cpu() / smaller, 6);
      }
      delete(root);
    }
    return kept;
  }

  private static void print(String name, int size, Cost cost) {
    System.out.printf(
        Locale.ROOT,
        "%8s %9.2f %9.2f %9.0f %14.2f%n",
        name,
        cost.wall(),
        cost.cpu(),
        cost.mib(),
        1_000 * cost.cpu() / size);
  }

  private static boolean require(String what, double measured, double most) {
    boolean kept = measured <= most;
    System.out.printf(
        Locale.ROOT, "  %s: %.2f, wanted at most %.2f%s%n", what, measured, most, kept ? "" : ": missed");
    return kept;
  }

  private static final Pattern TIMES = Pattern.compile("(\\d+)m([0-9.]+)s (\\d+)m([0-9.]+)s\\s*$");

  /** The shell's {@code times} tells the processor time of what it waited for. */
  private static Cost run(Path folder, List<String> command) throws Exception {
    var words = new ArrayList<>(List.of("sh", "-c", "\"$@\" >/dev/null 2>&1; times", "sh"));
    words.addAll(command);
    var builder = new ProcessBuilder(words).directory(folder.toFile());
    builder.environment().put("WRANGLER_SEND_METRICS", "false");
    builder.environment().put("CI", "1");
    builder.environment().put("CLODO_CACHE", folder.resolveSibling("answers").toString());
    builder.environment().keySet().removeIf(k -> k.startsWith("CLOUDFLARE_"));
    long began = System.nanoTime();
    var process = builder.start();
    double mib = 0;
    while (!process.waitFor(20, TimeUnit.MILLISECONDS)) {
      mib = Math.max(mib, resident(process));
      if (System.nanoTime() - began > MOST_SECONDS * 1_000_000_000L) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new IOException("took more than " + MOST_SECONDS + " s: " + command);
      }
    }
    double wall = (System.nanoTime() - began) / 1e9;
    var told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    var m = TIMES.matcher(told);
    if (!m.find()) {
      throw new IOException("the shell tells no times: " + told);
    }
    return new Cost(wall, seconds(m.group(1), m.group(2)) + seconds(m.group(3), m.group(4)), mib);
  }

  private static double seconds(String minutes, String seconds) {
    return 60 * Double.parseDouble(minutes) + Double.parseDouble(seconds);
  }

  /** The most that any process below this one had resident so far, as Linux keeps it. */
  private static double resident(Process process) {
    return process
        .descendants()
        .mapToDouble(p -> {
          try (var lines = Files.lines(Path.of("/proc", String.valueOf(p.pid()), "status"))) {
            return lines
                .filter(l -> l.startsWith("VmHWM:"))
                .mapToDouble(l -> Double.parseDouble(l.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
          } catch (IOException | java.io.UncheckedIOException e) {
            // It has ended meanwhile, or this is no Linux.
            return 0;
          }
        })
        .max()
        .orElse(0);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static void delete(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
