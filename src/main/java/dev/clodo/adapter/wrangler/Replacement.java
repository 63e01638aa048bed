package dev.clodo.adapter.wrangler;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Replaces this process by another program ({@code execv(2)}, which POSIX has): process id,
 * signals, terminal, job control, open files and folder are then its own, and nothing of Java stays
 * in memory beside a server that runs for hours.
 */
final class Replacement {
  private static final Path OWN_ARGUMENTS = Path.of("/proc/self/cmdline");

  private Replacement() {}

  /**
   * Becomes another program; returns only where that is impossible, with nothing changed but
   * variables.
   *
   * @param program what is run, with the arguments that come before the user's
   * @param arguments the user's
   * @param variables added to those that this process has; no variable is taken away
   */
  // Foreign calls are why this class exists; the jar's manifest allows them.
  @SuppressWarnings("restricted")
  static void become(List<String> program, List<String> arguments, Map<String, String> variables) {
    if (program.getFirst().indexOf('\\') >= 0) {
      // A Windows path: there is no exec there.
      return;
    }
    try (var arena = Arena.ofConfined()) {
      var linker = Linker.nativeLinker();
      var known = linker.defaultLookup();
      var setenv =
          linker.downcallHandle(
              symbol(known, "setenv"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_INT));
      var execv =
          linker.downcallHandle(
              symbol(known, "execv"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
      for (var variable : variables.entrySet()) {
        set(setenv, arena.allocateFrom(variable.getKey()), arena.allocateFrom(variable.getValue()));
      }
      var words = new ArrayList<MemorySegment>();
      program.forEach(p -> words.add(arena.allocateFrom(p)));
      asTyped(arguments).forEach(a -> words.add(zeroEnded(arena, a)));
      var argv = arena.allocate(ValueLayout.ADDRESS, words.size() + 1L);
      for (int i = 0; i < words.size(); i++) {
        argv.setAtIndex(ValueLayout.ADDRESS, i, words.get(i));
      }
      execute(execv, words.getFirst(), argv);
    } catch (UnsupportedOperationException | IllegalCallerException | LinkageError unable) {
      // Harmless: the caller runs the program as a child instead.
    }
  }

  private static MemorySegment symbol(SymbolLookup known, String name) {
    return known
        .find(name)
        .orElseThrow(() -> new UnsupportedOperationException("this system has no " + name));
  }

  private static void set(MethodHandle setenv, MemorySegment name, MemorySegment value) {
    try {
      int done = (int) setenv.invokeExact(name, value, 1);
      if (done != 0) {
        throw new UnsupportedOperationException("can't set a variable");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static void execute(MethodHandle execv, MemorySegment program, MemorySegment argv) {
    try {
      int failed = (int) execv.invokeExact(program, argv);
      if (failed != -1) {
        throw new IllegalStateException("execv returned " + failed);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static MemorySegment zeroEnded(Arena arena, byte[] text) {
    return arena.allocateFrom(ValueLayout.JAVA_BYTE, Arrays.copyOf(text, text.length + 1));
  }

  /**
   * The arguments byte by byte as they came. Without a UTF-8 locale, as on many CI machines, Java
   * loses what is not ASCII; Linux still tells it.
   */
  private static List<byte[]> asTyped(List<String> arguments) {
    var decoded = arguments.stream().map(a -> a.getBytes(StandardCharsets.UTF_8)).toList();
    if (arguments.stream().allMatch(Replacement::isAscii)) {
      return decoded;
    }
    try {
      var all = split(Files.readAllBytes(OWN_ARGUMENTS));
      var last = all.subList(Math.max(0, all.size() - arguments.size()), all.size());
      return sameWhereAscii(last, arguments) ? last : decoded;
    } catch (IOException notLinux) {
      return decoded;
    }
  }

  private static boolean sameWhereAscii(List<byte[]> raw, List<String> arguments) {
    if (raw.size() != arguments.size()) {
      return false;
    }
    for (int i = 0; i < raw.size(); i++) {
      var text = new String(raw.get(i), StandardCharsets.ISO_8859_1);
      if (isAscii(text) != isAscii(arguments.get(i))
          || (isAscii(text) && !text.equals(arguments.get(i)))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private static List<byte[]> split(byte[] zeroEnded) {
    var parts = new ArrayList<byte[]>();
    int start = 0;
    for (int i = 0; i < zeroEnded.length; i++) {
      if (zeroEnded[i] == 0) {
        parts.add(Arrays.copyOfRange(zeroEnded, start, i));
        start = i + 1;
      }
    }
    return parts;
  }
}
