import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassFile.DebugElementsOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Rewrites the classes of a jar as if a current compiler had made them: {@code java -cp JAR
 * RaiseClassVersion.java JAR}.
 *
 * <p>The JVM keeps no class older than Java 6 in its cache, and picocli is compiled for Java 5: all
 * its classes would be read, checked and linked at every start.
 */
final class RaiseClassVersion {
  public static void main(String[] arguments) throws IOException {
    var jar = Path.of(arguments[0]);
    var raised = Path.of(arguments[0] + ".raised");
    var classes = ClassFile.of(
            StackMapsOption.GENERATE_STACK_MAPS,
            ConstantPoolSharingOption.NEW_POOL,
            DebugElementsOption.DROP_DEBUG);
    try (var from = new JarFile(jar.toFile());
        var to = new JarOutputStream(Files.newOutputStream(raised))) {
      for (var entry : from.stream().toList()) {
        var bytes = from.getInputStream(entry).readAllBytes();
        boolean isClass =
            entry.getName().endsWith(".class") && !entry.getName().startsWith("META-INF/");
        to.putNextEntry(new JarEntry(entry.getName()));
        to.write(isClass && !entry.getName().equals("module-info.class") ? raise(classes, bytes) : bytes);
        to.closeEntry();
      }
    }
    Files.move(raised, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Writes each method anew, since only then its stack maps are made. */
  private static byte[] raise(ClassFile classes, byte[] bytes) {
    return classes.transformClass(
        classes.parse(bytes),
        ClassTransform.transformingMethodBodies(CodeBuilder::with)
            .andThen(
                (builder, element) ->
                    builder.with(
                        element instanceof ClassFileVersion
                            ? ClassFileVersion.of(ClassFile.JAVA_25_VERSION, 0)
                            : element)));
  }
}
