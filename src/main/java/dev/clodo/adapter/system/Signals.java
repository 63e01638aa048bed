package dev.clodo.adapter.system;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Signals of the terminal. Java offers them only in {@code sun.misc.Signal}, which every JDK has
 * but no compiler likes, so it is looked up at run time; where it is not there nothing is heard,
 * and the process ends as any other does.
 */
public final class Signals {
  private static final long PATIENCE_SECONDS = 2;

  private Signals() {}

  /**
   * Calls somebody each time a signal comes, on a thread of its own, instead of what would happen
   * otherwise.
   *
   * @param name without {@code SIG}: {@code INT}, {@code WINCH}
   * @return puts back what happened before
   */
  @SuppressWarnings("ReferenceEquality") // A proxy's equality is its identity.
  public static Runnable on(String name, Runnable heard) {
    try {
      var signals = Class.forName("sun.misc.Signal");
      var handlers = Class.forName("sun.misc.SignalHandler");
      var handle = signals.getMethod("handle", signals, handlers);
      var signal = signals.getConstructor(String.class).newInstance(name);
      var handler =
          Proxy.newProxyInstance(
              handlers.getClassLoader(),
              new Class<?>[] {handlers},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      heard.run();
                      yield null;
                    }
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> "signal handler";
                  });
      var before = handle.invoke(null, signal, handler);
      return () -> {
        try {
          handle.invoke(null, signal, before);
        } catch (IllegalAccessException | InvocationTargetException unable) {
          // It is heard for ever then, which whoever listens has to bear.
        }
      };
    } catch (ReflectiveOperationException | IllegalArgumentException unknownHere) {
      // Windows knows no WINCH, and a process that was told to ignore INT keeps ignoring it.
      return () -> {};
    }
  }

  /**
   * How large the terminal of this process is now.
   *
   * @param rows its height
   */
  public record Size(int columns, int rows) {}

  /** Asks {@code stty}; empty where there is none, or no terminal. */
  public static Optional<Size> size() {
    try {
      var process = new ProcessBuilder("sh", "-c", "exec stty size </dev/tty 2>/dev/null").start();
      process.getOutputStream().close();
      try (InputStream said = process.getInputStream()) {
        var words = new String(said.readAllBytes(), StandardCharsets.US_ASCII).strip().split(" ");
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
        return words.length == 2
            ? Optional.of(new Size(Integer.parseInt(words[1]), Integer.parseInt(words[0])))
            : Optional.empty();
      }
    } catch (IOException | NumberFormatException none) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
