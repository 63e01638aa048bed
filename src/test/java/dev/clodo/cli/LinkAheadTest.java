package dev.clodo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.Main;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code scripts/LinkAhead.java} makes of classes does what they did. */
class LinkAheadTest {
  @TempDir Path temporary;
  private Path tool;

  /** A component of each kind that is compared in its own way. */
  public record Everything(
      boolean flag,
      byte small,
      char letter,
      short shorter,
      int number,
      long longer,
      float real,
      double finer,
      String text,
      List<Integer> list) {}

  /** No component. */
  public record Nothing() {}

  /** Equal to nothing but itself. */
  public record Odd(double value) {
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return 7;
    }
  }

  /** Takes branches by type, by a guard, by a constant, and for null. */
  public static final class Branches implements Function<Object, Object> {
    @Override
    public Object apply(Object of) {
      var first =
          switch (of) {
            case null -> "null";
            case String s when s.length() > 3 -> "long " + s;
            case String s -> "short " + s;
            case Integer i when i > 10 -> "much";
            case Number _ -> "number";
            case Everything(_, _, _, _, var n, _, _, _, _, _) when n == 1 -> "one";
            case Record _ -> "record";
            default -> "else";
          };
      var second =
          of instanceof String s
              ? switch (s) {
                case "a" -> 1;
                case String t when t.isEmpty() -> 2;
                case "bb" -> 3;
                default -> 4;
              }
              : 0;
      return first + " " + second;
    }
  }

  /** Tells of two records whether they are equal, and their hashes. */
  public static final class Compared implements Function<Object, Object> {
    @Override
    public Object apply(Object of) {
      var all = List.of(one(1, 0.0, "x"), one(1, 0.0, "x"), one(1, -0.0, "x"), one(2, 0, "x"));
      var others = List.of(one(1, Double.NaN, "x"), new Nothing(), new Nothing(), new Odd(1), "x");
      var told = new StringBuilder();
      for (var left : concat(all, others)) {
        for (var right : concat(all, others)) {
          told.append(left.equals(right) ? '=' : '.');
        }
        told.append(' ').append(left.hashCode()).append('\n');
      }
      return told.toString();
    }

    private static List<Object> concat(List<?> all, List<?> others) {
      return Stream.<Object>concat(all.stream(), others.stream()).toList();
    }

    private static Everything one(int number, double finer, String text) {
      return new Everything(
          true, (byte) 2, 'c', (short) 4, number, 6L, 7f, finer, text, List.of(number));
    }
  }

  @BeforeEach
  void compileTheScript() {
    tool = temporary.resolve("tool");
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", tool.toString(), "scripts/LinkAhead.java");
    assertThat(exit).isZero();
  }

  @Test
  void branchesAndRecordsDoWhatTheyDid() throws Exception {
    var jar = temporary.resolve("few.jar");
    write(jar, getClass(), "dev/clodo/cli/LinkAheadTest$");

    link(jar);

    assertThat(bootstraps(jar)).as("what is linked at each start").isEmpty();
    var own = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    try (own) {
      var branches = made(own, Branches.class);
      for (var of :
          new Object[] {null, "a", "", "bb", "cc", "long", 3, 11, 3L, new Object(), List.of()}) {
        assertThat(branches.apply(of)).isEqualTo(new Branches().apply(of));
      }
      assertThat(made(own, Compared.class).apply("")).isEqualTo(new Compared().apply(""));
    }
  }

  @Test
  @Tag("slow")
  void whatIsMadeOfClodoItselfIsValid() throws Exception {
    var jar = temporary.resolve("clodo.jar");
    write(jar, Main.class, "");

    link(jar);

    assertThat(bootstraps(jar)).as("what is linked at each start").isEmpty();
    try (var all = new JarFile(jar.toFile())) {
      for (var entry : all.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        assertThat(ClassFile.of().verify(bytes(all, entry))).as(entry.getName()).isEmpty();
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static Function<Object, Object> made(ClassLoader from, Class<?> like) throws Exception {
    var loaded = from.loadClass(like.getName());
    assertThat(loaded).isNotSameAs(like);
    return (Function<Object, Object>) loaded.getConstructor().newInstance();
  }

  private void link(Path jar) throws Exception {
    try (var own =
        new URLClassLoader(new URL[] {tool.toUri().toURL()}, getClass().getClassLoader())) {
      var main = own.loadClass("LinkAhead").getDeclaredMethod("main", String[].class);
      main.setAccessible(true);
      main.invoke(null, (Object) new String[] {jar.toString()});
    }
  }

  /** Where something of classes is still left to the bootstrap methods that are written out. */
  private static List<String> bootstraps(Path jar) throws IOException {
    var left = new ArrayList<String>();
    try (var all = new JarFile(jar.toFile())) {
      for (var entry : all.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        for (var method : ClassFile.of().parse(bytes(all, entry)).methods()) {
          method.code().stream()
              .flatMap(CodeModel::elementStream)
              .filter(e ->
                  e instanceof InvokeDynamicInstruction i
                      && Set.of("typeSwitch", "equals", "hashCode")
                          .contains(i.name().stringValue()))
              .forEach(_ -> left.add(entry.getName() + " " + method.methodName().stringValue()));
        }
      }
    }
    return left;
  }

  private static byte[] bytes(JarFile jar, JarEntry entry) throws IOException {
    try (var in = jar.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }

  /** A jar of the classes that are beside one, as far as their path begins like this. */
  private static void write(Path jar, Class<?> beside, String prefix) throws Exception {
    var root = Path.of(beside.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (var to = new JarOutputStream(Files.newOutputStream(jar));
        var files = Files.walk(root)) {
      for (var file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        var name = root.relativize(file).toString().replace('\\', '/');
        if (name.startsWith(prefix)) {
          to.putNextEntry(new JarEntry(name));
          to.write(Files.readAllBytes(file));
          to.closeEntry();
        }
      }
    }
  }
}
