package dev.clodo.sandbox.runtime;

/// The uploaded code can't be started, as the platform would refuse it at upload.
public final class StartupRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// The code's syntax, its top level or its configuration fails.
  public static final int VALIDATION_FAILED = 10021;

  /// The code starts but handles no event.
  public static final int NO_HANDLERS = 10068;

  /// The code does not export a class that its Durable Objects are to run.
  public static final int NO_SUCH_CLASS = 10061;

  private final int code;

  public StartupRefused(int code, String message) {
    super(message);
    this.code = code;
  }

  /// The platform's error code.
  public int code() {
    return code;
  }
}
