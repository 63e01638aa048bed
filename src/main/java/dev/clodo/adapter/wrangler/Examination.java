package dev.clodo.adapter.wrangler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.Build;
import dev.clodo.model.Bundle;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import dev.clodo.port.Wrangler.Examined;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** Reads what {@code wrangler deploy --dry-run} wrote and said. */
final class Examination {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** More inputs explain nothing more; they are kept by size. */
  private static final int MOST_INPUTS = 5_000;

  private static final Pattern ERROR = Pattern.compile("^\\s*[✘X]? ?\\[ERROR\\] ?(.*)$");
  private static final Pattern WARNING = Pattern.compile("^\\s*[▲!]? ?\\[WARNING\\] ?(.*)$");
  private static final Pattern PLACE = Pattern.compile("^\\s+(\\S.*?):(\\d+):(\\d+):$");
  private static final Pattern SUMMARY = Pattern.compile("Build failed with \\d+ errors?:.*");

  /** Lines of a box that are neither headline nor reason: the excerpt of the source, a stack. */
  private static final Pattern EXCERPT =
      Pattern.compile("^\\s*(?:\\d+ │|╵|│|at (?:async )?\\S+ \\(|at (?:async )?/).*");

  private static final int LONGEST = 800;

  private final Service service;
  private final Path folder;
  private final Set<String> secrets;

  /**
   * @param folder where the command wrote
   * @param secrets values that must appear in no message
   */
  Examination(Service service, Path folder, Set<String> secrets) {
    this.service = service;
    this.folder = folder;
    this.secrets = secrets;
  }

  static Path outdir(Path folder) {
    return folder.resolve("out");
  }

  static Path outfile(Path folder) {
    return folder.resolve("upload.form");
  }

  static Path metafile(Path folder) {
    return folder.resolve("meta.json");
  }

  /** The upload body as wrangler wrote it. */
  Path outfile() {
    return outfile(folder);
  }

  /** Of a command that failed by itself. */
  Build.Broken broken(Ran ran) {
    var problems = problems(ran.err() + "\n" + ran.out());
    if (problems.isEmpty()) {
      problems = List.of(new Build.Problem(lastLine(ran), Optional.empty()));
    }
    return new Build.Broken(problems);
  }

  /** What an upload would carry. */
  UploadBody body() throws IOException {
    return UploadBody.parse(Files.readAllBytes(outfile(folder)));
  }

  /** What a command that succeeded has built. */
  Build.Made build(UploadBody body, Ran ran) throws IOException {
    var code = code(body);
    var entry = entry(tree(metafile(folder)));
    return new Build.Made(
        code.stream().map(p -> new Build.Module(p.name(), p.type(), p.content().length())).toList(),
        gzipped(code),
        inputs(entry),
        words(entry.path("exports")),
        entry.isObject() && !entry.isEmpty(),
        warnings(ran.err() + "\n" + ran.out()));
  }

  /** Of a command that succeeded. */
  Examined made(Ran ran) throws IOException {
    var body = body();
    var metadata =
        body.parts().stream()
            .filter(p -> p.name().equals("metadata"))
            .findFirst()
            .map(p -> tree(p.content().getBytes(StandardCharsets.ISO_8859_1)))
            .orElseGet(JSON::createObjectNode);
    return new Examined(
        new Looked.Known<>(build(body, ran)),
        Optional.of(bundle(metadata, metadata.path("main_module").asText(""), code(body))));
  }

  private static List<UploadBody.Part> code(UploadBody body) {
    return body.parts().stream()
        .filter(p -> !p.isSourceMap() && !p.name().equals("metadata"))
        .toList();
  }

  private JsonNode entry(JsonNode meta) {
    for (var output : meta.path("outputs")) {
      if (output.has("entryPoint")) {
        return output;
      }
    }
    return JSON.createObjectNode();
  }

  private List<Build.Input> inputs(JsonNode entry) {
    var inputs = new ArrayList<Build.Input>();
    entry
        .path("inputs")
        .properties()
        .forEach(e ->
            path(e.getKey())
                .ifPresent(file ->
                    inputs.add(
                        new Build.Input(file, e.getValue().path("bytesInOutput").asLong()))));
    inputs.sort(
        Comparator.comparingLong(Build.Input::bytes)
            .reversed()
            .thenComparing(i -> i.file().toString()));
    return inputs.size() > MOST_INPUTS ? inputs.subList(0, MOST_INPUTS) : inputs;
  }

  /** Paths of the bundler are relative to the folder of the configuration. */
  private Optional<Path> path(String written) {
    try {
      var base = Optional.ofNullable(service.config().getParent()).orElse(service.home());
      return Optional.of(base.resolve(written).normalize());
    } catch (InvalidPathException virtual) {
      return Optional.empty();
    }
  }

  private Bundle bundle(JsonNode metadata, String main, List<UploadBody.Part> code) {
    Map<String, String> texts = new HashMap<>();
    Map<String, String> json = new HashMap<>();
    Map<String, String> others = new LinkedHashMap<>();
    for (var binding : metadata.path("bindings")) {
      var name = binding.path("name").asText("");
      var type = binding.path("type").asText("");
      switch (type) {
        case "plain_text" -> texts.put(name, binding.path("text").asText(""));
        case "json" -> json.put(name, binding.path("json").toString());
        default -> others.put(name, type);
      }
    }
    boolean isModule = !main.isEmpty();
    var name = isModule ? main : metadata.path("body_part").asText("");
    return new Bundle(
        name,
        isModule,
        code.stream().map(p -> new Bundle.Part(p.name(), p.type(), p.content())).toList(),
        metadata.path("compatibility_date").asText(""),
        List.copyOf(words(metadata.path("compatibility_flags"))),
        texts,
        json,
        others,
        sourceMap(name));
  }

  /** The map of the main module, with its sources as absolute paths. */
  private String sourceMap(String main) {
    var file = outdir(folder).resolve(main + ".map").normalize();
    if (!file.startsWith(outdir(folder)) || !(tree(file) instanceof ObjectNode map)) {
      return "";
    }
    var base = Path.of(map.path("sourceRoot").asText(""));
    var sources = JSON.createArrayNode();
    for (var source : map.path("sources")) {
      sources.add(outdir(folder).resolve(base).resolve(source.asText()).normalize().toString());
    }
    map.set("sources", sources);
    map.remove("sourcesContent");
    map.remove("sourceRoot");
    return map.toString();
  }

  private static JsonNode tree(Path file) {
    try {
      return Files.isRegularFile(file) ? tree(Files.readAllBytes(file)) : JSON.createObjectNode();
    } catch (IOException e) {
      return JSON.createObjectNode();
    }
  }

  private static JsonNode tree(byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      return JSON.createObjectNode();
    }
  }

  private static Set<String> words(JsonNode array) {
    var words = new LinkedHashSet<String>();
    array.forEach(item -> words.add(item.asText()));
    return words;
  }

  /** As wrangler counts it: everything in one stream. */
  private static long gzipped(List<UploadBody.Part> code) throws IOException {
    var counter = new Counter();
    try (var gzip = new GZIPOutputStream(counter)) {
      for (var part : code) {
        gzip.write(part.content().getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    return counter.bytes;
  }

  private static final class Counter extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {
      bytes += length;
    }
  }

  /** A box of wrangler's output: its headline, and the lines below that belong to it. */
  private record Box(String headline, List<String> lines) {}

  private static List<Box> boxes(String text, Pattern headline) {
    var boxes = new ArrayList<Box>();
    Box box = null;
    for (var line : text.lines().toList()) {
      var start = headline.matcher(line);
      if (start.find()) {
        box = new Box(start.group(1).strip(), new ArrayList<>());
        boxes.add(box);
      } else if (box != null) {
        if (!line.isBlank() && !line.startsWith("  ")) {
          box = null;
        } else if (ERROR.matcher(line).find() || WARNING.matcher(line).find()) {
          box = null;
        } else {
          box.lines().add(line);
        }
      }
    }
    return boxes;
  }

  private List<Build.Problem> problems(String text) {
    var problems = new LinkedHashSet<Build.Problem>();
    for (var box : boxes(text, ERROR)) {
      if (SUMMARY.matcher(box.headline()).matches() || box.headline().startsWith("k [Error]")) {
        continue;
      }
      problems.add(new Build.Problem(clean(box.headline(), reasons(box)), place(box)));
    }
    return List.copyOf(problems);
  }

  private static List<String> reasons(Box box) {
    return box.lines().stream()
        .filter(l -> !PLACE.matcher(l).matches() && !EXCERPT.matcher(l).matches())
        .map(String::strip)
        .filter(l ->
            !l.isEmpty()
                && !l.startsWith("If you think this is a bug")
                && !l.startsWith("To fix this, you can add an entry to \"alias\"")
                && !l.startsWith("For more guidance see:"))
        .toList();
  }

  private String clean(String headline, List<String> reasons) {
    var text = headline;
    for (var reason : reasons) {
      char last = text.isEmpty() ? ' ' : text.charAt(text.length() - 1);
      text = text + (".:;,!?[{(".indexOf(last) >= 0 ? " " : "; ") + reason;
    }
    for (var secret : secrets) {
      text = text.replace(secret, "***");
    }
    return text.length() > LONGEST ? text.substring(0, LONGEST) + " …" : text;
  }

  private Optional<Location> place(Box box) {
    for (var line : box.lines()) {
      var place = PLACE.matcher(line);
      if (place.matches()) {
        int row = number(place.group(2));
        int column = number(place.group(3));
        // The bundler counts columns from 0.
        return path(place.group(1))
            .filter(_ -> row > 0)
            .map(file -> new Location(file, row, column + 1));
      }
    }
    return Optional.empty();
  }

  private static int number(String digits) {
    return digits.length() > 8 ? 0 : Integer.parseInt(digits);
  }

  private List<String> warnings(String text) {
    return boxes(text, WARNING).stream()
        .map(b -> clean(b.headline(), reasons(b)))
        .distinct()
        .toList();
  }

  private String lastLine(Ran ran) {
    return clean(
        (ran.out() + "\n" + ran.err())
            .lines()
            .map(String::strip)
            .filter(l -> !l.isEmpty())
            .reduce((a, b) -> b)
            .orElse("it said nothing, exit code " + ran.exit()),
        List.of());
  }
}
