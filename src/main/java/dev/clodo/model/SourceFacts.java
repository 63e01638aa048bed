package dev.clodo.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the syntax tree of one source file tells. Nothing in it depends on where the file lies, so
 * that services share it. {@code env} stands for the Worker's environment under whatever name the
 * code gives it.
 *
 * @param understood whether the whole file is syntax that was understood
 * @param imports in the order of the text, repetitions included
 * @param uses each touch of a name of {@code env}, aliases included
 * @param escapes whether {@code env} is handed on as a whole or read under a computed name
 * @param optional names that the code itself declares or tests as optional
 * @param types the types that the code declares for members of an environment, by name
 * @param processEnv names read from {@code process.env}
 * @param calls each call and {@code new} of a name that the file does not itself define
 * @param free names that the file uses without defining or importing them
 * @param assigned names put on {@code globalThis}, {@code self} or {@code global}
 * @param listeners events that {@code addEventListener} is called for outside of functions
 * @param detached methods taken from the execution context, which lose their {@code this}
 * @param shared module variables that a handler overwrites with what it got from a request
 * @param literals the texts of all strings
 */
public record SourceFacts(
    boolean understood,
    List<Import> imports,
    List<Export> exports,
    List<Use> uses,
    boolean escapes,
    Set<String> optional,
    Map<String, Set<String>> types,
    List<Use> processEnv,
    List<Call> calls,
    List<Free> free,
    Set<String> assigned,
    Set<String> listeners,
    List<Detached> detached,
    List<Shared> shared,
    Set<String> literals) {

  /** A place in the file, as {@link Location} counts. */
  public record Spot(int line, int column) {
    public Location in(Path file) {
      return new Location(file, line, column);
    }
  }

  /** Text that stands in the code as it is: a number, {@code true}, or what a string holds. */
  public record Constant(String text, Spot at) {}

  /** How a module is taken in. */
  public enum Form {
    STATIC,
    REEXPORT,
    DYNAMIC,
    REQUIRE,
    /** The bundler drops it. */
    TYPES
  }

  /**
   * One import.
   *
   * @param names what is imported, by local name; {@code default} and {@code *} included
   * @param at where the specifier stands
   * @param sure whether the code cannot do without: no {@code require} in a try, no {@code
   *     import()} but at the start and under no condition
   */
  public record Import(
      String specifier, Form form, Map<String, String> names, Spot at, boolean sure) {}

  /**
   * One export.
   *
   * @param name {@code default}; {@code *} for all that another module exports
   */
  public record Export(String name, Value value, Spot at) {}

  /** What an export is, as far as it can be seen in the file. */
  public sealed interface Value {
    /**
     * An object literal.
     *
     * @param open whether it may have more members than these: a spread or a computed key
     */
    record Members(Map<String, Member> members, boolean open) implements Value {}

    /**
     * A class.
     *
     * @param base what it extends, as written without type arguments; empty when nothing
     * @param from the module that the base is imported from; empty when it is not
     */
    record ClassOf(String name, String base, String from, Set<String> methods) implements Value {}

    record Function(int parameters) implements Value {}

    /**
     * The result of a call or {@code new}.
     *
     * @param from the module that the callee is imported from; empty when it is not
     */
    record Made(String callee, String from, boolean isNew) implements Value {}

    /** Another module's export. */
    record Imported(String specifier, String name) implements Value {}

    record Unclear() implements Value {}
  }

  /** A member of an object literal; {@code callable} unless it is certainly no function. */
  public record Member(Spot at, boolean callable) {}

  /** What happens to a value of {@code env} at one place. */
  public enum Touch {
    /** Read, compared, concatenated, handed on. */
    READ,
    /** A method of it is called, and its result used or awaited. */
    CALLED,
    /** A method of it is called, and nobody waits for the promise that it may return. */
    DROPPED,
    /** A property of it is read. */
    PROPERTY,
    /** It is an argument; {@code member} is the callee. */
    ARGUMENT,
    WRITTEN
  }

  /**
   * One touch of a name of {@code env}.
   *
   * @param member the method, property or callee; empty where there is none
   * @param from the module that the callee is imported from
   * @param direct whether the name itself stands here, not an alias
   * @param guarded whether the code here asks if it is there, or goes on only if something else is
   * @param inTry whether it stands in a try block
   * @param atStart whether it is surely evaluated when the module starts
   * @param constants constant arguments by position ({@code "0"}) and constant properties of object
   *     arguments by name
   */
  public record Use(
      String name,
      Spot at,
      Touch touch,
      String member,
      String from,
      boolean direct,
      boolean guarded,
      boolean inTry,
      boolean atStart,
      Map<String, Constant> constants) {}

  /**
   * A call of something that the file does not define.
   *
   * @param callee as written: {@code fetch}, {@code crypto.randomUUID}, {@code Pool}
   * @param from the module that the first name of it is imported from; empty for a global
   * @param atStart whether it happens when the module starts
   * @param sure whether nothing stands between it and the start of its function or module: no
   *     condition, loop or try
   * @param dropped whether nobody uses or awaits the result
   * @param awaited whether the code waits for the result then and there
   * @param keptIn the module variable that holds the result; empty when none does
   */
  public record Call(
      String callee,
      String from,
      boolean isNew,
      Spot at,
      boolean atStart,
      boolean sure,
      boolean dropped,
      boolean awaited,
      Optional<String> keptIn,
      Map<String, Constant> constants) {}

  /**
   * A name that nothing in the file defines.
   *
   * @param member the method or property taken from it; empty where there is none
   * @param called whether that method is called
   * @param guarded whether the place asks if it is there
   */
  public record Free(
      String name,
      Spot at,
      String member,
      boolean called,
      boolean atStart,
      boolean sure,
      boolean guarded) {}

  /** {@code const { waitUntil } = ctx}; {@code called} whether the loose method is called. */
  public record Detached(String method, Spot at, boolean called) {}

  /** A variable of the module that a request overwrites. */
  public record Shared(String variable, Spot at) {}

  public SourceFacts {
    imports = List.copyOf(imports);
    exports = List.copyOf(exports);
    uses = List.copyOf(uses);
    optional = Set.copyOf(optional);
    types = Map.copyOf(types);
    processEnv = List.copyOf(processEnv);
    calls = List.copyOf(calls);
    free = List.copyOf(free);
    assigned = Set.copyOf(assigned);
    listeners = Set.copyOf(listeners);
    detached = List.copyOf(detached);
    shared = List.copyOf(shared);
    literals = Set.copyOf(literals);
  }
}
