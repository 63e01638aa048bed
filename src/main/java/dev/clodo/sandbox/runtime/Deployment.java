package dev.clodo.sandbox.runtime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/// The versions of a script that serve, and how requests are split between them.
///
/// Each version owns an interval of 0 to 100, laid out by ascending version number, so that a
/// request with a version key only ever moves towards the newer version as its share grows.
final class Deployment {

  /// A version with its number and the end of its interval.
  private record Interval(String versionId, double percent, double end) {}

  private final String script;
  private final List<Interval> intervals;

  private Deployment(String script, List<Interval> intervals) {
    this.script = script;
    this.intervals = List.copyOf(intervals);
  }

  /// @param versions the shares' versions, to know their numbers
  static Deployment of(String script, List<Share> shares, List<ScriptVersion> versions) {
    var ordered = new ArrayList<>(versions);
    ordered.sort(Comparator.comparingLong(ScriptVersion::number));
    var intervals = new ArrayList<Interval>();
    double end = 0;
    for (var version : ordered) {
      double percent =
          shares.stream()
              .filter(share -> share.versionId().equals(version.versionId()))
              .mapToDouble(Share::percent)
              .sum();
      end += percent;
      intervals.add(new Interval(version.versionId(), percent, end));
    }
    if (intervals.isEmpty() || Math.abs(end - 100) > 0.01) {
      throw new IllegalArgumentException("shares of " + script + " add up to " + end + ", not 100");
    }
    return new Deployment(script, intervals);
  }

  String script() {
    return script;
  }

  List<String> versionIds() {
    return intervals.stream().map(Interval::versionId).toList();
  }

  /// The version with the largest share; the newer of equal ones.
  String main() {
    var best = intervals.getFirst();
    for (var each : intervals) {
      if (each.percent() >= best.percent()) {
        best = each;
      }
    }
    return best.versionId();
  }

  /// The version for one request.
  ///
  /// @param overrides value of `Cloudflare-Workers-Version-Overrides`, empty if absent
  /// @param key value of `Cloudflare-Workers-Version-Key`, empty if absent
  String choose(String overrides, String key) {
    if (!overrides.isEmpty()) {
      var wanted = VersionOverrides.versionFor(overrides, script);
      if (wanted.isPresent() && has(wanted.get())) {
        return wanted.get();
      }
    }
    if (intervals.size() == 1) {
      return intervals.getFirst().versionId();
    }
    return at(key.isEmpty() ? ThreadLocalRandom.current().nextDouble(100) : point(key));
  }

  private boolean has(String versionId) {
    return intervals.stream().anyMatch(each -> each.versionId().equals(versionId));
  }

  private String at(double point) {
    Optional<Interval> last = Optional.empty();
    for (var each : intervals) {
      if (each.percent() > 0) {
        last = Optional.of(each);
        if (point < each.end()) {
          break;
        }
      }
    }
    return last.orElseThrow().versionId();
  }

  /// Where a key lies between 0 and 100: the same for each deployment of the script.
  private double point(String key) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256")
              .digest((script + "\n" + key).getBytes(StandardCharsets.UTF_8));
      return new SplittableRandom(ByteBuffer.wrap(digest).getLong()).nextDouble(100);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
