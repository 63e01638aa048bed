package dev.clodo.adapter.wrangler;

import dev.clodo.port.StepFailed;
import dev.clodo.port.TryLater;
import dev.clodo.port.Unreachable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Why a call of wrangler failed, in words for a person.
 *
 * <p>The output file's {@code command-failed} holds neither Cloudflare's own words nor, after a
 * refused token, the right code: wrangler then asks who it is, and that second failure is what gets
 * written. So the first error on standard error leads, the file's entry is the fall-back.
 *
 * @param said one line, without wrangler's advice to open an issue
 * @param code Cloudflare's error code, where there is one
 * @param retryAfter how long Cloudflare asks to wait; zero when it does not say
 */
record Complaint(String said, OptionalInt code, Kind kind, Duration retryAfter) {
  /** What is known about the effect. */
  enum Kind {
    /** A definite no. */
    REFUSED,
    /** Not now, and nothing has happened. */
    LATER,
    /** It may have happened. */
    UNCLEAR
  }

  private static final int THROTTLED = 971;

  /** wrangler's first questions: when they fail, it has changed nothing yet. */
  private static final Pattern FIRST_QUESTION =
      Pattern.compile("API \\(/accounts/[^/]+/workers/(services/[^/)]+|subdomain)\\) failed");

  private static final Pattern CODE = Pattern.compile("\\[code: (\\d+)\\]");
  private static final Pattern MARK = Pattern.compile("^[✘X]? ?\\[ERROR\\] ?");

  /**
   * Codes that Cloudflare sends with a 5xx: internal error, unknown error, time-out. The request
   * may have been carried out all the same.
   */
  private static final Set<Integer> SERVER_TROUBLE = Set.of(1000, 10002, 10013);

  private static final List<String> LOST =
      List.of(
          "fetch failed",
          "malformed response",
          "internal error",
          "ECONNRESET",
          "ETIMEDOUT",
          "socket hang up",
          "UND_ERR_");

  private static final int LONGEST = 800;

  static Complaint of(Ran ran, Set<String> secrets) {
    var heard = firstError(ran.err());
    var written = ran.entry("command-failed");
    var text =
        heard
            .or(() -> written.map(e -> e.path("message").asText("")).filter(m -> !m.isBlank()))
            .orElseGet(() -> lastLine(ran));
    for (var secret : secrets) {
      text = text.replace(secret, "***");
    }
    var inText = CODE.matcher(text);
    OptionalInt code =
        inText.find()
            ? OptionalInt.of(Integer.parseInt(inText.group(1)))
            : heard.isEmpty() && written.map(e -> e.path("code").isInt()).orElse(false)
                ? OptionalInt.of(written.orElseThrow().path("code").asInt())
                : OptionalInt.empty();
    var after = Duration.ofMillis(written.map(e -> e.path("retry_after_ms").asLong(0)).orElse(0L));
    var said =
        switch (ran.end()) {
          case BY_ITSELF -> text;
          case OVERDUE -> "it did not end in time and was stopped";
          case GONE -> "its process was gone before it had answered";
        };
    return new Complaint(
        said.length() > LONGEST ? said.substring(0, LONGEST) + " …" : said,
        code,
        kindOf(ran, text, code, !after.isZero()),
        after);
  }

  private static Kind kindOf(Ran ran, String text, OptionalInt code, boolean toldToWait) {
    if (ran.end() != Ran.End.BY_ITSELF) {
      return Kind.UNCLEAR;
    }
    if (toldToWait || (code.isPresent() && code.getAsInt() == THROTTLED)) {
      return Kind.LATER;
    }
    boolean lost =
        (code.isPresent() && SERVER_TROUBLE.contains(code.getAsInt()))
            || LOST.stream().anyMatch(text::contains);
    if (!lost) {
      return Kind.REFUSED;
    }
    return FIRST_QUESTION.matcher(text).find() ? Kind.LATER : Kind.UNCLEAR;
  }

  /** The exception that the port promises for it. */
  RuntimeException asException(WranglerCommand command, String about) {
    var verb = kind == Kind.UNCLEAR ? "got no clear answer" : "failed";
    var message = "%s %s for %s: %s%s".formatted(command.title(), verb, about, said, remedy());
    return switch (kind) {
      case REFUSED -> new StepFailed(message);
      case LATER -> new TryLater(message + throttled(), retryAfter);
      case UNCLEAR -> new Unreachable(message);
    };
  }

  /** wrangler's headline does not always hold Cloudflare's own words about too many requests. */
  private String throttled() {
    return retryAfter.isZero() || said.contains("throttling")
        ? ""
        : " Cloudflare is throttling and asks to wait.";
  }

  /** What a person can do, for the codes that have one cure. */
  private String remedy() {
    int number = code.orElse(0);
    return switch (number) {
      case 10000, 9109 ->
          " The API token is wrong or lacks a permission: Clodo needs Workers"
              + " Scripts:Edit and Account Settings:Read, for routes also Workers Routes:Edit.";
      case 10063 ->
          " Register a workers.dev subdomain in the dashboard first, or set"
              + " workers_dev = false.";
      case 10027 -> " Make the bundle smaller: wrangler deploy --dry-run --outdir out shows it.";
      default -> "";
    };
  }

  /** The first error box of standard error: its headline, and the indented lines below it. */
  private static Optional<String> firstError(String err) {
    var collected = new ArrayList<String>();
    boolean within = false;
    for (var line : err.lines().toList()) {
      var start = MARK.matcher(line);
      if (start.find()) {
        if (within) {
          break;
        }
        within = true;
        collected.add(line.substring(start.end()).strip());
      } else if (within && !line.isBlank()) {
        if (!line.startsWith("  ")) {
          break;
        }
        var text = line.strip();
        if (!text.startsWith("If you think this is a bug")) {
          collected.add(text);
        }
      }
    }
    return collected.isEmpty() ? Optional.empty() : Optional.of(join(collected));
  }

  /** Joins lines to one, with a full stop only where a line has no end of its own. */
  private static String join(List<String> lines) {
    var joined = new StringBuilder();
    for (var line : lines) {
      if (!joined.isEmpty()) {
        char last = joined.charAt(joined.length() - 1);
        joined.append(".:;,!?[{(".indexOf(last) >= 0 ? " " : "; ");
      }
      joined.append(line);
    }
    return joined.toString();
  }

  private static String lastLine(Ran ran) {
    return (ran.out() + "\n" + ran.err())
        .lines()
        .map(String::strip)
        .filter(l -> !l.isEmpty())
        .reduce((a, b) -> b)
        .orElse("it said nothing, exit code " + ran.exit());
  }
}
