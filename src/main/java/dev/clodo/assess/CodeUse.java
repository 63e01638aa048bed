package dev.clodo.assess;

import dev.clodo.model.Location;
import dev.clodo.model.Service;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a service's source reads from {@code env}. Deliberately narrow: it sees what is certain by
 * looking at the text, {@code env.NAME.method(} and {@code env.NAME}, and takes every doubt for a
 * guard.
 *
 * @param isSeen whether there was source to look at
 * @param isDecisive whether this source is what is really deployed
 * @param uses by name
 * @param literals the string literals of the source; a name among them may be looked up by string
 */
record CodeUse(
    boolean isSeen,
    boolean isDecisive,
    Map<String, Use> uses,
    List<ShortLived> shortLived,
    Set<String> literals) {

  /**
   * How a name is used, all places taken together.
   *
   * @param at the first place that matters
   * @param method the resource's method that is called there; empty when none is
   * @param kind the section of the configuration that such a method belongs to; empty when several
   * @param guarded whether any place asks first if it is there
   * @param onlyInTry whether each use stands inside a try block
   */
  record Use(
      String name, Location at, String method, String kind, boolean guarded, boolean onlyInTry) {
    boolean isResource() {
      return !method.isEmpty();
    }
  }

  /** A KV write that asks to expire sooner than KV allows. */
  record ShortLived(String binding, int seconds, Location at) {}

  static final CodeUse UNSEEN = new CodeUse(false, false, Map.of(), List.of(), Set.of());

  private static final Pattern SOURCE = Pattern.compile(".*\\.(?:[cm]?[jt]s|[jt]sx)");

  /** Methods that only one kind of resource has, with the section that declares it. */
  private static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry("prepare", "d1_databases"),
          Map.entry("batch", "d1_databases"),
          Map.entry("exec", "d1_databases"),
          Map.entry("withSession", "d1_databases"),
          Map.entry("idFromName", "durable_objects"),
          Map.entry("idFromString", "durable_objects"),
          Map.entry("newUniqueId", "durable_objects"),
          Map.entry("getByName", "durable_objects"),
          Map.entry("writeDataPoint", "analytics_engine_datasets"),
          Map.entry("getWithMetadata", "kv_namespaces"),
          Map.entry("createMultipartUpload", "r2_buckets"),
          Map.entry("head", "r2_buckets"),
          Map.entry("send", "queues"),
          Map.entry("sendBatch", "queues"),
          Map.entry("upsert", "vectorize"),
          Map.entry("fetch", "services"),
          Map.entry("limit", "ratelimits"),
          Map.entry("get", ""),
          Map.entry("put", ""),
          Map.entry("list", ""));

  static boolean isSource(Path file) {
    return SOURCE.matcher(file.toString()).matches();
  }

  /** The source of a service, where discovery read it. */
  static CodeUse of(Service service) {
    var files = new LinkedHashMap<Path, String>();
    service
        .surroundings()
        .texts()
        .forEach((path, text) -> {
          if (isSource(path)) {
            files.put(path, text);
          }
        });
    if (files.isEmpty()) {
      return UNSEEN;
    }
    var scan = new Scan();
    files.forEach(scan::file);
    return new CodeUse(
        true,
        isWhatIsDeployed(service, files.keySet()),
        scan.uses(),
        scan.shortLived,
        scan.literals);
  }

  /** Other tools than wrangler may add bindings that no configuration file shows. */
  private static final Set<String> OTHER_TOOLS =
      Set.of("alchemy.run.ts", "sst.config.ts", "Pulumi.yaml", "main.tf", "infra.ts");

  private static boolean isWhatIsDeployed(Service service, Set<Path> files) {
    var main = service.settings().text("main");
    var folder = service.config().getParent();
    if (main.isEmpty() || folder == null) {
      return false;
    }
    boolean otherTool =
        service.surroundings().existing().stream()
            .map(Path::getFileName)
            .anyMatch(n -> n != null && OTHER_TOOLS.contains(n.toString()));
    return files.contains(folder.resolve(main.get()).normalize())
        && !Builds.isOutput(main.get())
        && Builds.framework(service.surroundings()).isEmpty()
        && !otherTool;
  }

  /** Puts together what the files of one service say. */
  private static final class Scan {
    private static final String ROOT = "(?:env|(?:this|c|ctx|context)\\.env)";
    private static final Pattern OWNER = Pattern.compile("(?<![\\w$.])(?:this|c|ctx|context)\\.$");
    private static final Pattern MEMBER =
        Pattern.compile("\\s*(\\??)\\.\\s*([A-Za-z_$][\\w$]*)\\b");
    private static final Pattern CALL =
        Pattern.compile("\\s*\\.\\s*([A-Za-z]+)\\s*(?:<[^<>()]*>)?\\s*\\(");
    private static final Pattern AFTER_GUARD =
        Pattern.compile("\\s*(?:\\?|&&|\\|\\||[=!]==?)", Pattern.DOTALL);
    private static final Pattern BEFORE_GUARD =
        Pattern.compile(
            "(?:!|typeof\\s|\\bif\\s*\\(|\\bwhile\\s*\\(|Boolean\\s*\\(|&&|\\|\\||\\?\\?|[=!]==?)\\s*$");
    private static final Pattern ALIAS =
        Pattern.compile("(?:const|let|var)\\s+([A-Za-z_$][\\w$]*)\\s*(?::[^=;]*)?=\\s*$");
    private static final Pattern DESTRUCTURED =
        Pattern.compile("(?:const|let|var)\\s*\\{([^}]*)}\\s*(?::[^=]*)?=\\s*" + ROOT + "\\b");
    private static final Pattern BINDS = Pattern.compile("(?:\\b(?:const|let|var|import)\\s+)$");
    private static final Pattern IMPORTED =
        Pattern.compile("import\\s*\\{[^}]*\\benv\\b[^}]*}\\s*from\\s*(['\"])");
    private static final Pattern EXPIRATION =
        Pattern.compile("expirationTtl\\s*:\\s*([0-9]{1,6})\\b(?!\\s*[*+])");

    private final Map<String, List<Seen>> seen = new LinkedHashMap<>();
    private final Set<String> guarded = new LinkedHashSet<>();
    private final List<ShortLived> shortLived = new ArrayList<>();
    private final Set<String> literals = new LinkedHashSet<>();

    private record Seen(Location at, String method, boolean inTry) {}

    void file(Path path, String text) {
      var code = JsText.of(text);
      literals.addAll(code.literals());
      var bare = code.bare();
      var reads = reads(bare);
      if (reads.isEmpty() || isReboundTo(bare, text)) {
        return;
      }
      reads.forEach(read -> read(path, code, read));
      DESTRUCTURED
          .matcher(bare)
          .results()
          .forEach(m -> {
            for (var part : m.group(1).split(",")) {
              // What becomes of a name taken out of env is beyond a look at the text.
              guarded.add(part.strip().replaceAll("[^\\w$].*", ""));
            }
          });
    }

    /**
     * A mention of the Worker's environment, with the name that is read from it.
     *
     * @param start where {@code env} or its owner begins
     * @param nameAt where the name begins
     * @param end behind the name
     */
    private record Read(String name, boolean asks, int start, int nameAt, int end) {}

    private static List<Read> reads(String bare) {
      var reads = new ArrayList<Read>();
      for (int i = bare.indexOf("env"); i >= 0; i = bare.indexOf("env", i + 3)) {
        int start = i;
        if (i > 0 && bare.charAt(i - 1) == '.') {
          var owner = OWNER.matcher(bare).region(Math.max(0, i - 10), i);
          owner.useTransparentBounds(true);
          if (!owner.find()) {
            continue;
          }
          start = owner.start();
        } else if (i > 0 && isPart(bare.charAt(i - 1))) {
          continue;
        }
        var member = MEMBER.matcher(bare).region(i + 3, bare.length());
        if (member.lookingAt()) {
          reads.add(
              new Read(
                  member.group(2),
                  !member.group(1).isEmpty(),
                  start,
                  member.start(2),
                  member.end()));
        }
      }
      return reads;
    }

    private static boolean isPart(char c) {
      return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }

    private void read(Path path, JsText code, Read read) {
      var bare = code.bare();
      var name = read.name;
      var before = bare.substring(Math.max(0, read.start - 60), read.start);
      var after = bare.substring(read.end, Math.min(bare.length(), read.end + 60));
      if (read.asks
          || AFTER_GUARD.matcher(after).lookingAt()
          || BEFORE_GUARD.matcher(before).find()) {
        guarded.add(name);
      }
      var alias = ALIAS.matcher(before);
      if (alias.find() && isTested(bare, alias.group(1))) {
        guarded.add(name);
      }
      var call = CALL.matcher(after);
      var method = call.lookingAt() && KINDS.containsKey(call.group(1)) ? call.group(1) : "";
      seen.computeIfAbsent(name, n -> new ArrayList<>())
          .add(new Seen(code.location(path, read.nameAt), method, code.isInTry(read.start)));
      if (method.equals("put")) {
        shortLived(path, code, name, read.end);
      }
    }

    /** Whether {@code env} is something else in this file than the Worker's environment. */
    private static boolean isReboundTo(String bare, String text) {
      for (int i = bare.indexOf("env"); i >= 0; i = bare.indexOf("env", i + 3)) {
        boolean whole = i + 3 >= bare.length() || !isPart(bare.charAt(i + 3));
        if (whole && BINDS.matcher(bare).region(Math.max(0, i - 20), i).find()) {
          return true;
        }
      }
      var imported = IMPORTED.matcher(bare);
      return imported.find() && !text.startsWith("cloudflare:workers", imported.end());
    }

    private static boolean isTested(String code, String alias) {
      var a = Pattern.quote(alias);
      return Pattern.compile(
              "!\\s*"
                  + a
                  + "\\b|\\bif\\s*\\(\\s*"
                  + a
                  + "\\b|(?<![\\w$.])"
                  + a
                  + "\\s*(?:\\?|&&|\\|\\|)")
          .matcher(code)
          .find();
    }

    private void shortLived(Path path, JsText code, String name, int from) {
      int end = code.endOfCall(from);
      var m = EXPIRATION.matcher(code.bare()).region(from, end);
      if (m.find() && Integer.parseInt(m.group(1)) < 60) {
        shortLived.add(
            new ShortLived(name, Integer.parseInt(m.group(1)), code.location(path, m.start(1))));
      }
    }

    Map<String, Use> uses() {
      var uses = new LinkedHashMap<String, Use>();
      seen.forEach((name, places) -> {
        var main =
            places.stream()
                .filter(p -> !p.method.isEmpty() && !p.inTry)
                .findFirst()
                .or(() -> places.stream().filter(p -> !p.method.isEmpty()).findFirst())
                .orElse(places.getFirst());
        uses.put(
            name,
            new Use(
                name,
                main.at,
                main.method,
                KINDS.getOrDefault(main.method, ""),
                guarded.contains(name) || literals.contains(name),
                places.stream().allMatch(Seen::inTry)));
      });
      return uses;
    }
  }
}
