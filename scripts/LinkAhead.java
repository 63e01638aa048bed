import java.io.IOException;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.TypeKind;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.LoadableConstantEntry;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Writes out what the JVM would put together anew at each start, since its cache does not keep it:
 * the branches of switches over types, and how records are compared: {@code java LinkAhead.java
 * JAR}.
 *
 * <p>The compiler leaves both to bootstrap methods of {@code java.lang.runtime}, which make a class
 * for each place at the first time that it is reached. What is written here does the same by plain
 * instructions; a place that is not understood stays as it is.
 */
final class LinkAhead {
  private static final ClassDesc OBJECTS = Objects.class.describeConstable().orElseThrow();
  private static final MethodTypeDesc HASH =
      MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_Object);
  private static final MethodTypeDesc EQUALS =
      MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object, ConstantDescs.CD_Object);

  /** Code that a class gets in addition, as static methods. */
  private interface Body {
    void write(CodeBuilder code);
  }

  private record Added(String name, MethodTypeDesc type, Body body) {}

  public static void main(String[] arguments) throws IOException {
    var jar = Path.of(arguments[0]);
    var linked = Path.of(arguments[0] + ".linked");
    try (var from = new JarFile(jar.toFile());
        var to = new JarOutputStream(Files.newOutputStream(linked))) {
      for (var entry : from.stream().toList()) {
        var bytes = from.getInputStream(entry).readAllBytes();
        to.putNextEntry(new JarEntry(entry.getName()));
        to.write(entry.getName().endsWith(".class") ? linked(bytes) : bytes);
        to.closeEntry();
      }
    }
    Files.move(linked, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  static byte[] linked(byte[] bytes) {
    var classes = ClassFile.of();
    var model = classes.parse(bytes);
    var added = new ArrayList<Added>();
    var changed =
        classes.transformClass(
            model,
            ClassTransform.transformingMethodBodies(
                    (code, element) -> link(model, code, element, added))
                .andThen(
                    ClassTransform.endHandler(builder -> added.forEach(a -> add(builder, a)))));
    return added.isEmpty() ? bytes : changed;
  }

  private static void add(ClassBuilder builder, Added added) {
    builder.withMethodBody(
        added.name(),
        added.type(),
        ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC,
        added.body()::write);
  }

  private static void link(
      ClassModel model, CodeBuilder code, CodeElement element, List<Added> added) {
    var plain =
        element instanceof InvokeDynamicInstruction call
            ? plain(model, call, "linked$" + added.size())
            : Optional.<Added>empty();
    if (plain.isEmpty()) {
      code.with(element);
      return;
    }
    added.add(plain.get());
    boolean isInterface = model.flags().has(AccessFlag.INTERFACE);
    code.invokestatic(
        model.thisClass().asSymbol(), plain.get().name(), plain.get().type(), isInterface);
  }

  private static Optional<Added> plain(ClassModel model, InvokeDynamicInstruction call, String name) {
    var bootstrap = call.invokedynamic().bootstrap();
    var method = bootstrap.bootstrapMethod().asSymbol();
    if (!(method instanceof DirectMethodHandleDesc direct)) {
      return Optional.empty();
    }
    var type = call.typeSymbol();
    return switch (direct.owner().displayName() + "." + direct.methodName() + " " + call.name()) {
      case "SwitchBootstraps.typeSwitch typeSwitch" ->
          branches(bootstrap.arguments()).map(b -> new Added(name, type, c -> choose(c, b)));
      case "ObjectMethods.bootstrap equals" ->
          Optional.of(new Added(name, type, c -> compare(c, model, fields(bootstrap.arguments()))));
      case "ObjectMethods.bootstrap hashCode" ->
          Optional.of(new Added(name, type, c -> hash(c, model, fields(bootstrap.arguments()))));
      default -> Optional.empty();
    };
  }

  /** The labels of a switch, if they are types and strings only. */
  private static Optional<List<LoadableConstantEntry>> branches(List<LoadableConstantEntry> labels) {
    boolean understood =
        labels.stream()
            .allMatch(
                l ->
                    l instanceof StringEntry
                        || (l instanceof ClassEntry c && !c.asSymbol().isPrimitive()));
    return understood ? Optional.of(labels) : Optional.empty();
  }

  /** The first label from the second argument on that fits; their count if none, -1 for null. */
  private static void choose(CodeBuilder code, List<LoadableConstantEntry> labels) {
    var present = code.newLabel();
    code.aload(0).ifnonnull(present).iconst_m1().ireturn().labelBinding(present);
    for (int i = 0; i < labels.size(); i++) {
      int label = i;
      var next = code.newLabel();
      code.iload(1).loadConstant(label).if_icmpgt(next);
      switch (labels.get(i)) {
        case ClassEntry wanted -> code.aload(0).instanceOf(wanted).ifeq(next);
        case StringEntry wanted ->
            code.loadConstant(wanted.stringValue())
                .aload(0)
                .invokevirtual(
                    ConstantDescs.CD_String,
                    "equals",
                    MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object))
                .ifeq(next);
        default -> throw new IllegalStateException("no label: " + labels.get(i));
      }
      code.loadConstant(label).ireturn().labelBinding(next);
    }
    code.loadConstant(labels.size()).ireturn();
  }

  private record Field(String name, ClassDesc type) {}

  /** Behind the class and the names, joined, stands how to read each. */
  private static List<Field> fields(List<LoadableConstantEntry> arguments) {
    return arguments.stream()
        .skip(2)
        .map(a -> ((MethodHandleEntry) a).reference())
        .map(r -> new Field(r.name().stringValue(), ClassDesc.ofDescriptor(r.type().stringValue())))
        .toList();
  }

  private static void compare(CodeBuilder code, ClassModel model, List<Field> fields) {
    var self = model.thisClass().asSymbol();
    var different = code.newLabel();
    code.aload(1).instanceOf(self).ifeq(different);
    code.aload(1).checkcast(self).astore(2);
    for (var field : fields) {
      code.aload(0).getfield(self, field.name(), field.type());
      code.aload(2).getfield(self, field.name(), field.type());
      switch (TypeKind.from(field.type())) {
        case REFERENCE -> code.invokestatic(OBJECTS, "equals", EQUALS).ifeq(different);
        case INT, SHORT, BYTE, CHAR, BOOLEAN -> code.if_icmpne(different);
        case LONG -> code.lcmp().ifne(different);
        case FLOAT, DOUBLE ->
            code.invokestatic(
                    boxed(field),
                    "compare",
                    MethodTypeDesc.of(ConstantDescs.CD_int, field.type(), field.type()))
                .ifne(different);
        case VOID -> throw new IllegalStateException("a field is no void");
      }
    }
    code.iconst_1().ireturn().labelBinding(different).iconst_0().ireturn();
  }

  private static void hash(CodeBuilder code, ClassModel model, List<Field> fields) {
    var self = model.thisClass().asSymbol();
    code.iconst_0();
    for (var field : fields) {
      code.loadConstant(31).imul().aload(0).getfield(self, field.name(), field.type());
      if (TypeKind.from(field.type()) == TypeKind.REFERENCE) {
        code.invokestatic(OBJECTS, "hashCode", HASH);
      } else {
        code.invokestatic(
            boxed(field), "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, field.type()));
      }
      code.iadd();
    }
    code.ireturn();
  }

  private static ClassDesc boxed(Field field) {
    return switch (field.type().descriptorString()) {
      case "Z" -> ConstantDescs.CD_Boolean;
      case "B" -> ConstantDescs.CD_Byte;
      case "C" -> ConstantDescs.CD_Character;
      case "S" -> ConstantDescs.CD_Short;
      case "I" -> ConstantDescs.CD_Integer;
      case "J" -> ConstantDescs.CD_Long;
      case "F" -> ConstantDescs.CD_Float;
      case "D" -> ConstantDescs.CD_Double;
      default -> throw new IllegalStateException("no primitive: " + field.type());
    };
  }
}
