package dev.clodo.adapter.cloudflare;

import java.time.Duration;
import java.util.List;

/** What Cloudflare's API answered in place of a result, or why there was no answer. */
final class ApiFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** What kind of "no" it is; each is treated apart. */
  enum Kind {
    /** The thing asked for does not exist. */
    ABSENT,
    /** The credentials are bad or lack a permission; the API does not tell which. */
    FORBIDDEN,
    /** Asked too often or too much; nothing has happened. */
    THROTTLED,
    /** A definite no for another reason. */
    REFUSED,
    /** A server error: the request may have been carried out. */
    TROUBLE,
    /** No answer, or none that can be read: the request may have been carried out. */
    SILENCE
  }

  /** A 429 in the field has this code, sometimes with another status. */
  private static final int THROTTLE_CODE = 971;

  private static final List<Integer> FORBIDDEN_CODES =
      List.of(10000, 9106, 9109, 9103, 6003, 10023);

  private final Kind kind;
  private final int code;
  private final Duration retryAfter;

  ApiFailure(Kind kind, int code, Duration retryAfter, String message) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  static Kind kindOf(int status, int code) {
    if (status == 429 || code == THROTTLE_CODE) {
      return Kind.THROTTLED;
    }
    if (status >= 500) {
      return Kind.TROUBLE;
    }
    if (status == 401 || FORBIDDEN_CODES.contains(code) || (status == 403 && code == 0)) {
      return Kind.FORBIDDEN;
    }
    return status == 404 ? Kind.ABSENT : status == 403 ? Kind.FORBIDDEN : Kind.REFUSED;
  }

  Kind kind() {
    return kind;
  }

  /** Cloudflare's number for it; 0 without one. It means something only together with the path. */
  int code() {
    return code;
  }

  /** How long the answer asks to wait; zero when it does not say. */
  Duration retryAfter() {
    return retryAfter;
  }

  String why() {
    return String.valueOf(getMessage());
  }
}
