package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Failures that a test asks for. The first one that fits a request and is not used up happens.
final class Faults {
  /// Longer than any client waits.
  private static final long MAX_DELAY_MILLIS = 10 * 60 * 1000;

  private final List<Fault> faults = new CopyOnWriteArrayList<>();

  /// What happens to the request.
  sealed interface Effect {
    /// Answered without having any effect.
    ///
    /// @param body sent as it is, instead of the error envelope, unless empty
    /// @param retryAfter seconds, as the header says it, unless empty
    record Reply(int status, int code, String message, String body, String retryAfter)
        implements Effect {}

    /// The connection is reset before anything happens.
    record Reset() implements Effect {}

    /// Everything happens, and then the connection is reset instead of an answer.
    record LostReply() implements Effect {}

    /// Everything happens as usual, only slower.
    record Slow() implements Effect {}
  }

  /// @param chance tells of each request that fits whether it happens
  /// @param before time that passes before the request is looked at
  /// @param after time that passes between the effect and the answer
  record Fault(
      Pattern method,
      Pattern path,
      AtomicInteger left,
      BooleanSupplier chance,
      Duration before,
      Duration after,
      Effect effect) {}

  /// Adds a fault: `{"method":"PUT","path":"/workers/scripts/.*","times":2,"effect":"reply",
  /// "status":503,"code":10013,"message":"…","retryAfter":"2","body":"<html>","delayMs":0,
  /// "lateMs":0}`. `method` and `path` are regular expressions that the whole method, and some part
  /// of path and query, must match; with `percent` and `seed` it happens by chance; `effect` is
  /// `reply`, `reset`, `lost-reply` or `slow`.
  ///
  /// @throws ApiError 10026 if it makes no sense
  void add(ObjectNode json) {
    faults.add(
        new Fault(
            pattern(json, "method"),
            pattern(json, "path"),
            new AtomicInteger(json.path("times").asInt(1)),
            chance(json.path("percent").asDouble(100), json.path("seed").asLong(0)),
            millis(json.path("delayMs")),
            millis(json.path("lateMs")),
            effect(json)));
  }

  /// The fault that happens to this request, which uses it once.
  ///
  /// @param target path below the API's root, and query
  Optional<Fault> take(String method, String target) {
    for (var fault : faults) {
      if (fault.method().matcher(method).matches()
          && fault.path().matcher(target).find()
          && fault.chance().getAsBoolean()
          && fault.left().getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        return Optional.of(fault);
      }
    }
    return Optional.empty();
  }

  void clear() {
    faults.clear();
  }

  /// Times that the faults can still happen, added up.
  int left() {
    return faults.stream().mapToInt(fault -> fault.left().get()).sum();
  }

  private static Effect effect(ObjectNode json) {
    var word = json.path("effect").asText("reply").toLowerCase(Locale.ROOT);
    return switch (word) {
      case "reply" ->
          new Effect.Reply(
              json.path("status").asInt(500),
              json.path("code").asInt(10013),
              json.path("message").asText("workers.api.error.unknown"),
              json.path("body").asText(""),
              json.path("retryAfter").asText(""));
      case "reset" -> new Effect.Reset();
      case "lost-reply" -> new Effect.LostReply();
      case "slow" -> new Effect.Slow();
      default -> throw ApiError.badBody("there is no effect named " + word);
    };
  }

  /// The same seed gives the same answers, in the order in which requests come.
  private static BooleanSupplier chance(double percent, long seed) {
    if (percent >= 100) {
      return () -> true;
    }
    var random = new Random(seed);
    return () -> random.nextDouble() * 100 < percent;
  }

  private static Pattern pattern(ObjectNode json, String name) {
    try {
      return Pattern.compile(json.path(name).asText(".*"));
    } catch (PatternSyntaxException e) {
      throw ApiError.badBody(name + ": " + e.getMessage());
    }
  }

  private static Duration millis(JsonNode value) {
    return Duration.ofMillis(Math.clamp(value.asLong(0), 0, MAX_DELAY_MILLIS));
  }
}
