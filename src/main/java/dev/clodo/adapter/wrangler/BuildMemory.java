package dev.clodo.adapter.wrangler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Remembers what a build gave and what it was made from, so that a service of which nothing has
 * changed need not be built to find that out. Sources, configuration, lock files, the folders in
 * which the bundler searched, wrangler and its environment all have to be what they were; where
 * that can't be told for certain, nothing is remembered, and the service is built.
 */
final class BuildMemory {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Grows when something else is compared. */
  private static final int FORMAT = 1;

  /** What a build also depends on, wherever one lies in the folders above the sources. */
  private static final List<String> PROJECT_FILES =
      List.of(
          "package.json",
          "tsconfig.json",
          "jsconfig.json",
          "package-lock.json",
          "npm-shrinkwrap.json",
          "yarn.lock",
          "pnpm-lock.yaml",
          "bun.lock",
          "bun.lockb",
          ".env",
          ".env.local",
          ".pnp.cjs",
          "node_modules/.package-lock.json",
          "node_modules/.modules.yaml",
          "node_modules/.yarn-state.yml",
          "node_modules/.yarn-integrity");

  /** Which packages are installed, as the package managers write it down. */
  private static final List<String> INSTALLED =
      List.of(
          "node_modules/.package-lock.json",
          "node_modules/.modules.yaml",
          "node_modules/.yarn-state.yml",
          "node_modules/.yarn-integrity");

  /** With these a build may read files of which the bundler does not tell. */
  private static final Set<String> UNCERTAIN =
      Set.of(
          "build",
          "site",
          "containers",
          "find_additional_modules",
          "no_bundle",
          "base_dir",
          "wasm_modules",
          "text_blobs",
          "data_blobs",
          "python_modules");

  /** No part of what a build depends on; the token and the like must have no part in a digest. */
  private static final Pattern NO_MATTER =
      Pattern.compile(
          "PATH|PATHEXT|HOME|USER|LOGNAME|SHELL|TMPDIR|TEMP|TMP|LANG|LANGUAGE|LC_.*|TZ|USERPROFILE"
              + "|APPDATA|LOCALAPPDATA|SYSTEM.*|COMSPEC|WINDIR|PROGRAM.*|XDG_.*|DBUS_.*|.*_PROXY"
              + "|SSL_.*|NODE_EXTRA_CA_CERTS|NODE_TLS_.*|DOCKER_.*|CLOUDFLARE_API_.*"
              + "|CLOUDFLARE_ACCOUNT_ID|CLOUDFLARE_ACCESS_.*|CLOUDFLARE_EMAIL|CF_.*|CLOUDFLARE_AUTH_.*"
              + "|WRANGLER_.*|NODE_COMPILE_CACHE");

  private static final Pattern EXTENDS_OR_PATHS = Pattern.compile("\"(?:extends|paths)\"\\s*:");

  /** Written by the tools themselves; no source is looked for in them. */
  private static final Set<String> IGNORED = Set.of(".clodo", ".wrangler", ".git");

  /** A file that was changed just now may change again without another time of change. */
  private static final Duration REST = Duration.ofSeconds(2);

  /** Modules that wrangler makes up by itself. */
  private static final String VIRTUAL = "/wrangler/_virtual_unenv";

  private final Path folder;
  private final Set<String> secrets;
  private final Map<Path, Seen> digests = new ConcurrentHashMap<>();
  private final Map<Path, Seen> listings = new ConcurrentHashMap<>();

  /**
   * @param folder where it is kept
   * @param secrets values that must appear in no message
   */
  BuildMemory(Path folder, Set<String> secrets) {
    this.folder = folder;
    this.secrets = secrets;
  }

  /** What a build wrote, and what wrangler said, in place of a build. */
  record Remembered(Examination examination, Ran ran) {}

  /** What the last build of the service gave; empty when anything is different, or in doubt. */
  Optional<Remembered> recall(Service service, Tools tools, WranglerCommand command) {
    var kept = kept(service);
    var file = kept.resolve("made-from.json");
    try {
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      var then = JSON.readTree(Files.readAllBytes(file));
      if (!then.path("surroundings").asText("").equals(surroundings(tools, command))
          || !sameFiles(then)
          || !digestOf(Examination.outfile(kept)).equals(then.path("outfile").asText(""))) {
        return Optional.empty();
      }
      var ran =
          new Ran(
              Ran.End.BY_ITSELF,
              0,
              then.path("out").asText(""),
              then.path("err").asText(""),
              List.of());
      return Optional.of(new Remembered(new Examination(service, kept, secrets), ran));
    } catch (IOException | RuntimeException unreadable) {
      // Any doubt means building, which is always right.
      return Optional.empty();
    }
  }

  /** Keeps what a build that succeeded has written, unless something about it is uncertain. */
  void remember(
      Service service,
      Tools tools,
      WranglerCommand command,
      Path written,
      Ran ran,
      Instant started) {
    var kept = kept(service);
    try {
      Files.createDirectories(kept);
      Files.deleteIfExists(kept.resolve("made-from.json"));
      var from = madeFrom(service, written, started);
      if (from.isEmpty()) {
        return;
      }
      replace(Examination.outfile(written), Examination.outfile(kept));
      replace(Examination.metafile(written), Examination.metafile(kept));
      var now = from.get();
      now.put("surroundings", surroundings(tools, command));
      now.put("outfile", digestOf(Examination.outfile(kept)));
      now.put("out", withoutSecrets(ran.out()));
      now.put("err", withoutSecrets(ran.err()));
      var fresh = Files.createTempFile(kept, "made-from", ".tmp");
      Files.writeString(fresh, now.toString());
      Files.move(
          fresh,
          kept.resolve("made-from.json"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException unable) {
      // Then the next run builds again, as it would without this.
      return;
    }
  }

  private static void replace(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  private Path kept(Service service) {
    var named = service.config() + "\n" + service.environment().value();
    return folder.resolve(
        service.name() + "-" + digestOf(named.getBytes(StandardCharsets.UTF_8)).substring(0, 8));
  }

  /** All files that a build has read and all folders it has searched; empty in any doubt. */
  private Optional<ObjectNode> madeFrom(Service service, Path written, Instant started)
      throws IOException {
    if (service.settings().entries().keySet().stream().anyMatch(UNCERTAIN::contains)
        || hasModulesOfOtherKinds(written)) {
      return Optional.empty();
    }
    var base = Optional.ofNullable(service.config().getParent()).orElse(service.home());
    var files = new TreeSet<Path>();
    var folders = new TreeSet<Path>();
    files.add(service.config());
    var inputs = JSON.readTree(Examination.metafile(written).toFile()).path("inputs");
    if (inputs.isEmpty()) {
      return Optional.empty();
    }
    for (var input : inputs.properties()) {
      var path = base.resolve(input.getKey()).normalize();
      if (Files.isRegularFile(path)) {
        files.add(path);
        addFolders(path, base, folders);
      } else if (!path.toString().contains(VIRTUAL)) {
        return Optional.empty();
      }
    }
    var projectFiles = projectFiles(folders, base);
    files.addAll(projectFiles);
    if (isUncertain(projectFiles, base)) {
      return Optional.empty();
    }
    var from = JSON.createObjectNode();
    var digestsOfFiles = from.putObject("files");
    for (var file : files) {
      if (!Files.getLastModifiedTime(file).toInstant().isBefore(started)) {
        // It may have changed after it was read.
        return Optional.empty();
      }
      digestsOfFiles.put(file.toString(), digestOf(file));
    }
    var digestsOfFolders = from.putObject("folders");
    for (var each : folders) {
      digestsOfFolders.put(each.toString(), listing(each));
    }
    var absent = from.putArray("absent");
    absentFiles(folders, base).forEach(a -> absent.add(a.toString()));
    return Optional.of(from);
  }

  /** Data, text, WebAssembly: wrangler reads them by itself, and the bundler does not tell. */
  private static boolean hasModulesOfOtherKinds(Path written) throws IOException {
    return UploadBody.parse(Files.readAllBytes(Examination.outfile(written))).parts().stream()
        .anyMatch(p ->
            !p.name().equals("metadata")
                && !p.isSourceMap()
                && !p.type().equals("application/javascript+module"));
  }

  /**
   * The folder of a source and those above it up to the project's: a new file in one could be found
   * in place of another.
   */
  private static void addFolders(Path source, Path base, Set<Path> folders) {
    boolean isInstalled = source.toString().contains("/node_modules/");
    for (var folder = source.getParent(); folder != null; folder = folder.getParent()) {
      folders.add(folder);
      if (isInstalled || base.startsWith(folder) || isTop(folder)) {
        break;
      }
    }
  }

  private static boolean isTop(Path folder) {
    return Files.exists(folder.resolve(".git"));
  }

  /** The folders in which project files count: those of the sources, and all above them. */
  private static Set<Path> projectFolders(Set<Path> folders, Path base) {
    var all = new LinkedHashSet<Path>();
    for (var folder : folders) {
      if (!folder.toString().contains("/node_modules/")) {
        for (var above = folder; above != null; above = above.getParent()) {
          all.add(above);
        }
      }
    }
    for (var above = base; above != null; above = above.getParent()) {
      all.add(above);
    }
    return all;
  }

  private static Set<Path> projectFiles(Set<Path> folders, Path base) {
    return projectFolders(folders, base).stream()
        .flatMap(f -> PROJECT_FILES.stream().map(f::resolve))
        .filter(Files::isRegularFile)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What would matter if it appeared. */
  private static List<Path> absentFiles(Set<Path> folders, Path base) {
    return projectFolders(folders, base).stream()
        .flatMap(f ->
            List.of(
                    "package.json",
                    "tsconfig.json",
                    "jsconfig.json",
                    "node_modules",
                    ".env",
                    ".env.local")
                .stream()
                .map(f::resolve))
        .filter(Files::notExists)
        .sorted()
        .toList();
  }

  /** Whether settings reach further than is followed here, or installed packages can't be told. */
  private static boolean isUncertain(Set<Path> projectFiles, Path base) throws IOException {
    boolean hasPackages = false;
    boolean isInstalledKnown = false;
    for (var file : projectFiles) {
      var name = file.getFileName().toString();
      if (name.endsWith("config.json") && EXTENDS_OR_PATHS.matcher(Files.readString(file)).find()) {
        return true;
      }
      if (name.equals(".pnp.cjs")) {
        return true;
      }
      if (name.equals("package.json") && base.startsWith(file.getParent())) {
        hasPackages |= Files.readString(file).contains("ependencies\"");
      }
      isInstalledKnown |= INSTALLED.stream().anyMatch(i -> file.endsWith(Path.of(i)));
    }
    return hasPackages && !isInstalledKnown;
  }

  private boolean sameFiles(JsonNode then) throws IOException {
    for (var file : then.path("files").properties()) {
      var path = Path.of(file.getKey());
      if (!Files.isRegularFile(path) || !digestOf(path).equals(file.getValue().asText())) {
        return false;
      }
    }
    for (var each : then.path("folders").properties()) {
      var path = Path.of(each.getKey());
      if (!Files.isDirectory(path) || !listing(path).equals(each.getValue().asText())) {
        return false;
      }
    }
    for (var absent : then.path("absent")) {
      if (!Files.notExists(Path.of(absent.asText()))) {
        return false;
      }
    }
    return !then.path("files").isEmpty();
  }

  /** The wrangler, its arguments and its environment, as far as a build depends on them. */
  private static String surroundings(Tools tools, WranglerCommand command) throws IOException {
    var all = new StringBuilder();
    all.append(FORMAT).append('\n').append(tools.version()).append('\n');
    all.append(tools.cli()).append(' ').append(Files.size(tools.cli())).append(' ');
    all.append(Files.getLastModifiedTime(tools.cli()))
        .append('\n')
        .append(tools.node())
        .append('\n');
    command.arguments().stream()
        .filter(a -> !a.contains("clodo-wrangler"))
        .forEach(a -> all.append(a).append('\n'));
    new TreeMap<>(command.environment())
        .forEach((name, value) -> {
          if (!NO_MATTER.matcher(name).matches()) {
            all.append(name).append('=').append(value).append('\n');
          }
        });
    return digestOf(all.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The names in a folder, and which of them are folders. */
  private String listing(Path path) throws IOException {
    return steadily(
        listings,
        path,
        () -> {
          try (var entries = Files.list(path)) {
            return digestOf(
                entries
                    .filter(e -> !IGNORED.contains(String.valueOf(e.getFileName())))
                    .map(e -> e.getFileName() + (Files.isDirectory(e) ? "/" : ""))
                    .sorted()
                    .collect(Collectors.joining("\n"))
                    .getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  private String digestOf(Path file) throws IOException {
    return steadily(digests, file, () -> digestOf(Files.readAllBytes(file)));
  }

  private interface Reading {
    String read() throws IOException;
  }

  /** Reads again unless the file has rested since: many services share packages and lock files. */
  private static String steadily(Map<Path, Seen> seen, Path path, Reading reading)
      throws IOException {
    var attributes = Files.readAttributes(path, BasicFileAttributes.class);
    var known = seen.get(path);
    if (known != null
        && known.modified().equals(attributes.lastModifiedTime())
        && known.size() == attributes.size()
        && attributes.lastModifiedTime().toInstant().isBefore(known.at().minus(REST))) {
      return known.digest();
    }
    var at = Instant.now();
    var digest = reading.read();
    seen.put(path, new Seen(digest, attributes.lastModifiedTime(), attributes.size(), at));
    return digest;
  }

  /** What was read, and when. */
  private record Seen(String digest, FileTime modified, long size, Instant at) {}

  private static String digestOf(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  private String withoutSecrets(String text) {
    var clean = text;
    for (var secret : secrets) {
      clean = clean.replace(secret, "***");
    }
    return clean;
  }
}
