import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Starts whole processes, as a person does, and compares the median with what is promised. */
final class Startup {
  private static final Path EXAMPLE = Path.of("examples/multi-tenant-saas");
  private static final int WARM_UPS = 3;

  private record Case(String name, List<String> command, long promisedMillis) {}

  private static final List<Case> CASES =
      List.of(
          new Case("clodo --version", List.of("--version"), 100),
          new Case(
              "clodo assess --offline " + EXAMPLE,
              List.of("assess", "--offline", EXAMPLE.toString()),
              250));

  public static void main(String[] arguments) throws Exception {
    int runs = Integer.parseInt(arguments[0]);
    boolean kept = true;
    System.out.printf("%-52s %8s %8s %8s %10s%n", runs + " runs, wall ms", "median", "min", "max", "promised");
    for (var each : CASES) {
      var millis = new ArrayList<Double>();
      for (int i = 0; i < WARM_UPS + runs; i++) {
        double took = run(each.command());
        if (i >= WARM_UPS) {
          millis.add(took);
        }
      }
      Collections.sort(millis);
      double median = millis.get(millis.size() / 2);
      kept &= median <= each.promisedMillis();
      System.out.printf(
          "%-52s %8.0f %8.0f %8.0f %10s%n",
          each.name(), median, millis.getFirst(), millis.getLast(), "<= " + each.promisedMillis());
    }
    System.exit(kept ? 0 : 1);
  }

  private static double run(List<String> arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of("clodo").toAbsolutePath().toString());
    command.addAll(arguments);
    var builder = new ProcessBuilder(command);
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    long began = System.nanoTime();
    builder.start().waitFor();
    return (System.nanoTime() - began) / 1e6;
  }
}
