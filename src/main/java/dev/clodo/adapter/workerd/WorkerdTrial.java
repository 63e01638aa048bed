package dev.clodo.adapter.workerd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.model.Bundle;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import dev.clodo.model.Start;
import dev.clodo.port.UserError;
import dev.clodo.port.Workerd;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Starts bundles with {@code workerd test}: it opens no port, imports the program, runs Clodo's own
 * entry and ends. Each start has a process of its own, which is ended whatever happens.
 */
public final class WorkerdTrial implements Workerd {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Ten times what Cloudflare allows a start, for slow machines. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final Duration FAREWELL = Duration.ofSeconds(5);

  /** A start that took longer is measured again: a busy machine inflates the first figure. */
  private static final Duration WORTH_MEASURING = Duration.ofMillis(250);

  private static final int MEASUREMENTS = 3;

  /** What is kept of its output, in lines. */
  private static final int MOST_LINES = 2_000;

  /** What workerd says of a compatibility date that is later than it knows, or than today. */
  private static final Pattern LATEST_DATE =
      Pattern.compile(
          "(?:supported by this server binary is|Today's date \\(UTC\\) is) \"([0-9-]{10})\"");

  private static final Pattern FRAME =
      Pattern.compile("^\\s+at (?:.*\\()?([^()\\s]+?):(\\d+):(\\d+)\\)?$");

  /** workerd's own trouble, which says nothing about the program. */
  private static final String INTERNAL = "internal error; reference";

  /** {@code import { env } from "cloudflare:workers"}, whose reads can't be watched. */
  private static final Pattern IMPORTS_ENV =
      Pattern.compile("import\\s*\\{[^}]*\\benv\\b[^}]*}\\s*from\\s*[\"']cloudflare:workers[\"']");

  private static final Pattern READS_ENV =
      Pattern.compile("\\benv\\d*(?:\\.|\\[[\"'])([A-Z][A-Z0-9_]*)\\b");

  private final UnaryOperator<Path> workerd;
  private final Duration limit;

  /**
   * @param workerd finds the executable for a project's folder; may throw {@link UserError}
   */
  public WorkerdTrial(UnaryOperator<Path> workerd) {
    this(workerd, LIMIT);
  }

  WorkerdTrial(UnaryOperator<Path> workerd, Duration limit) {
    this.workerd = workerd;
    this.limit = limit;
  }

  @Override
  public Looked<Start> start(Service service, Bundle bundle) {
    if (bundle.parts().stream().anyMatch(p -> p.type().startsWith("text/x-python"))) {
      return new Looked.Unknown<>(
          "the Worker \"" + service.name() + "\" is written in Python, which is not started here",
          "");
    }
    try {
      return new Looked.Known<>(started(workerd.apply(service.home()), bundle));
    } catch (UserError | IOException e) {
      return new Looked.Unknown<>(
          "the Worker \"" + service.name() + "\" could not be started: " + e.getMessage(), "");
    }
  }

  private Start started(Path executable, Bundle bundle) throws IOException {
    var first = once(executable, bundle, bundle.compatibilityDate());
    if (!first.isUp()) {
      // A date after workerd's own build means nothing that this workerd could know of.
      var latest =
          LATEST_DATE
              .matcher(String.join("\n", first.err()))
              .results()
              .map(m -> m.group(1))
              .min(Comparator.naturalOrder());
      if (latest.isPresent()) {
        bundle = at(bundle, latest.get());
        first = once(executable, bundle, bundle.compatibilityDate());
      }
    }
    if (first.isUp()) {
      var cpu = first.cpu();
      for (int i = 1; i < MEASUREMENTS && cpu.compareTo(WORTH_MEASURING) > 0; i++) {
        var again = once(executable, bundle, bundle.compatibilityDate());
        cpu = again.isUp() && again.cpu().compareTo(cpu) < 0 ? again.cpu() : cpu;
      }
      return up(first, cpu);
    }
    if (first.isOverdue()) {
      return new Start.Overdue(limit);
    }
    var refused = refused(first, bundle);
    if (refused.message().contains(INTERNAL)) {
      throw new IOException("workerd says: " + refused.message());
    }
    return refused;
  }

  private static Bundle at(Bundle b, String date) {
    return new Bundle(
        b.main(),
        b.isModule(),
        b.parts(),
        date,
        b.compatibilityFlags(),
        b.texts(),
        b.json(),
        b.others(),
        b.sourceMap());
  }

  /**
   * What one process left behind.
   *
   * @param up what the entry said, where it came to that
   */
  private record Ran(
      Optional<String> up,
      Set<String> events,
      Set<String> unset,
      List<String> err,
      Duration cpu,
      boolean isOverdue) {
    boolean isUp() {
      return up.isPresent();
    }
  }

  private Ran once(Path executable, Bundle bundle, String date) throws IOException {
    var folder = Files.createTempDirectory("clodo-start");
    try {
      var mark = "clodo-" + UUID.randomUUID();
      var config = new StartConfig(folder, mark).write(bundle, date);
      var builder =
          new ProcessBuilder(
                  executable.toString(), "test", config.toString(), StartConfig.asked(bundle))
              .directory(folder.toFile());
      var temporary = builder.environment().get("TMPDIR");
      builder.environment().clear();
      if (temporary != null) {
        builder.environment().put("TMPDIR", temporary);
      }
      var process = builder.start();
      try {
        process.getOutputStream().close();
        return watch(process, mark);
      } finally {
        process.destroyForcibly();
      }
    } finally {
      delete(folder);
    }
  }

  private Ran watch(Process process, String mark) throws IOException {
    var said = new CountDownLatch(1);
    var out = Collections.synchronizedList(new ArrayList<String>());
    var err = Collections.synchronizedList(new ArrayList<String>());
    var reader =
        Thread.ofPlatform().daemon().start(() -> read(process.inputReader(), out, mark, said));
    var errors =
        Thread.ofPlatform()
            .daemon()
            .start(() -> read(process.errorReader(), err, mark, new CountDownLatch(1)));
    try {
      boolean inTime = said.await(limit.toMillis(), TimeUnit.MILLISECONDS);
      var cpu = process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
      process.destroyForcibly();
      if (!process.waitFor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)
          || !reader.join(FAREWELL)
          || !errors.join(FAREWELL)) {
        throw new IOException("workerd did not end");
      }
      return ran(List.copyOf(out), List.copyOf(err), mark, cpu, !inTime);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while workerd started", e);
    }
  }

  /** Reads to the end; what a program of its own says is let go beyond a number of lines. */
  private static void read(
      BufferedReader lines, List<String> kept, String mark, CountDownLatch said) {
    try (lines) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        boolean own = line.contains(mark);
        if (own || kept.size() < MOST_LINES) {
          kept.add(line);
        }
        if (own && line.contains(mark + " up ")) {
          said.countDown();
        }
      }
    } catch (IOException ended) {
      // The process was ended: what it still had to say is lost with it.
      return;
    } finally {
      said.countDown();
    }
  }

  private static Ran ran(
      List<String> out, List<String> err, String mark, Duration cpu, boolean overdue) {
    var up = Optional.<String>empty();
    var unset = new TreeSet<String>();
    var events = new LinkedHashSet<String>();
    for (var line : concat(out, err)) {
      int at = line.indexOf(mark + " ");
      if (at < 0) {
        continue;
      }
      var rest = line.substring(at + mark.length() + 1);
      if (rest.startsWith("up ")) {
        up = Optional.of(rest.substring(3));
      } else if (rest.startsWith("unset ")) {
        unset.add(rest.substring(6).replaceAll("\\W.*", ""));
      } else if (rest.startsWith("events ")) {
        events.addAll(List.of(rest.substring(7).replaceAll("[\"\\]].*", "").split(",")));
        events.remove("");
      }
    }
    return new Ran(up, events, unset, err, cpu, overdue && up.isEmpty());
  }

  private static List<String> concat(List<String> a, List<String> b) {
    var all = new ArrayList<>(a);
    all.addAll(b);
    return all;
  }

  private static Start up(Ran ran, Duration cpu) {
    var exports = new HashMap<String, Start.Export>();
    var handlers = new LinkedHashSet<>(ran.events());
    var told = tree(ran.up().orElse("{}"));
    told.path("exports").properties().forEach(e -> exports.put(e.getKey(), export(e.getValue())));
    told.path("handlers").forEach(h -> handlers.add(h.asText()));
    return new Start.Up(exports, handlers, cpu);
  }

  private static Start.Export export(JsonNode node) {
    var members = new LinkedHashSet<String>();
    node.path("members").forEach(m -> members.add(m.asText()));
    return new Start.Export(
        Start.Kind.valueOf(node.path("kind").asText("OTHER").toUpperCase(Locale.ROOT)),
        Start.Base.valueOf(node.path("base").asText("NONE").toUpperCase(Locale.ROOT)),
        members);
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException cutOff) {
      return JSON.createObjectNode();
    }
  }

  private static Start.Refused refused(Ran ran, Bundle bundle) {
    var message = new ArrayList<String>();
    var frames = new ArrayList<String>();
    for (var line : ran.err()) {
      if (message.isEmpty()) {
        if (line.startsWith("service main: ")) {
          message.add(line.substring("service main: ".length()));
        }
      } else if (FRAME.matcher(line).matches()) {
        frames.add(line);
      } else if (frames.isEmpty() && line.startsWith("  ")) {
        message.add(line.strip());
      } else {
        break;
      }
    }
    var text =
        message.isEmpty()
            ? ran.err().stream().findFirst().orElse("workerd ended without a word")
            : String.join(" ", message);
    return new Start.Refused(text, place(frames, bundle), unset(ran, bundle));
  }

  /** The innermost frame that leads into a source file of the project, else any source file. */
  private static Optional<Location> place(List<String> frames, Bundle bundle) {
    if (bundle.sourceMap().isEmpty()) {
      return Optional.empty();
    }
    var map = SourceMap.parse(bundle.sourceMap());
    var places = new ArrayList<Location>();
    for (var frame : frames) {
      var match = FRAME.matcher(frame);
      if (match.matches() && isMain(match.group(1), bundle)) {
        map.original(number(match.group(2)), number(match.group(3))).ifPresent(places::add);
      }
    }
    return places.stream()
        .filter(l -> !l.file().toString().contains("node_modules"))
        .findFirst()
        .or(() -> places.stream().findFirst());
  }

  private static boolean isMain(String name, Bundle bundle) {
    return bundle.isModule() ? name.equals(bundle.main()) : name.equals("main");
  }

  private static int number(String digits) {
    return digits.length() > 9 ? 0 : Integer.parseInt(digits);
  }

  private static Set<String> unset(Ran ran, Bundle bundle) {
    var names = new TreeSet<>(ran.unset());
    for (var part : bundle.parts()) {
      if (IMPORTS_ENV.matcher(part.content()).find()) {
        var read = READS_ENV.matcher(part.content());
        while (read.find()) {
          names.add(read.group(1));
        }
      }
    }
    names.removeAll(bundle.texts().keySet());
    names.removeAll(bundle.json().keySet());
    names.removeAll(bundle.others().keySet());
    return names;
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A left-over in the temporary folder harms nobody.
      return;
    }
  }
}
