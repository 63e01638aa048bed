package dev.clodo.code;

import dev.clodo.code.Scopes.Declaration;
import dev.clodo.code.Scopes.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Follows the Worker's environment through one file: parameters, aliases, patterns, classes. */
final class Roles {
  /** Longer chains of aliases are no code that people write. */
  private static final int MAX_STEPS = 200;

  static final Set<String> HANDLERS =
      Set.of("fetch", "scheduled", "queue", "email", "tail", "tailStream", "trace", "test");

  /** Functions that give an object with {@code env}, by the frameworks that bring them. */
  private static final Set<String> HOLDER_CALLS =
      Set.of(
          "getCloudflareContext",
          "getRequestContext",
          "getOptionalRequestContext",
          "getPlatformProxy",
          "getContext");

  /** Properties below which frameworks keep {@code env}. */
  private static final Set<String> HOLDER_PROPERTIES = Set.of("platform", "cloudflare", "runtime");

  private static final Set<String> HOLDER_NAMES = Set.of("c", "ctx", "context", "_c", "_ctx");
  private static final Set<String> ENV_NAMES = Set.of("env", "_env", "ENV");

  private static final Pattern ENV_TYPE =
      Pattern.compile(
          "(?:\\w+\\.)*(?:\\w*Env|\\w*Bindings|Environment|Cloudflare)(?:<[\\s\\S]*>)?"
              + "(?:\\s*&[\\s\\S]*)?");
  private static final Pattern OTHER_TYPE =
      Pattern.compile(
          "(?:NodeJS\\.|Partial<|Record<|\\{\\s*\\[|Map<|['\"`]).*"
              + "|.*\\bProcessEnv\\b.*|.*\\|\\s*['\"`].*|string|number|boolean|undefined|ImportMetaEnv"
              + "|string\\b.*",
          Pattern.DOTALL);
  private static final Pattern ON_REQUEST =
      Pattern.compile("onRequest(?:Get|Post|Put|Patch|Delete|Head|Options)?");

  private final SyntaxTree tree;
  private final Scopes scopes;
  private final Map<Integer, Role> known = new HashMap<>();
  private final Map<Integer, Boolean> classes = new HashMap<>();

  /** Functions that the default export names as handlers. */
  private final Map<Integer, String> handlers;

  private int steps;

  Roles(SyntaxTree tree, Scopes scopes, Map<Integer, String> handlers) {
    this.tree = tree;
    this.scopes = scopes;
    this.handlers = handlers;
  }

  /** What an expression denotes. */
  Role of(int node) {
    if (node == SyntaxTree.NONE) {
      return Role.NOTHING;
    }
    var before = known.get(node);
    if (before != null) {
      return before;
    }
    if (steps >= MAX_STEPS) {
      return Role.NOTHING;
    }
    steps++;
    var role = find(node);
    steps--;
    known.put(node, role);
    return role;
  }

  private Role find(int node) {
    return switch (tree.type(node)) {
      case "identifier", "shorthand_property_identifier" -> {
        var declaration = scopes.of(node);
        yield declaration == null ? Role.NOTHING : of(declaration);
      }
      case "member_expression" -> {
        int object = tree.child(node, "object");
        var property = tree.text(tree.child(node, "property"));
        yield member(object, property);
      }
      case "subscript_expression" -> {
        var key = tree.string(tree.child(node, "index"));
        yield key == null ? Role.NOTHING : member(tree.child(node, "object"), key);
      }
      case "call_expression" -> call(node);
      case "await_expression",
          "parenthesized_expression",
          "as_expression",
          "satisfies_expression",
          "non_null_expression",
          "type_assertion" ->
          of(inner(node));
      default -> Role.NOTHING;
    };
  }

  /** The expression inside of parentheses, an await or a statement about its type. */
  int inner(int node) {
    for (int c = tree.first(node); c != SyntaxTree.NONE; c = tree.next(c)) {
      switch (tree.type(c)) {
        case "(", "await", "type_arguments", "comment" -> {}
        default -> {
          return c;
        }
      }
    }
    return SyntaxTree.NONE;
  }

  private Role member(int object, String property) {
    if (property.equals("env")) {
      if (tree.is(object, "identifier")) {
        var name = tree.text(object);
        var declaration = scopes.of(object);
        boolean isNode =
            declaration == null
                ? name.equals("process")
                : declaration.kind == Kind.IMPORT
                    && (declaration.specifier.equals("node:process")
                        || declaration.specifier.equals("process"));
        if (isNode) {
          return Role.PROCESS_ENV;
        }
      }
      if (tree.is(object, "this")) {
        return classHasEnv(object) ? Role.ENV : Role.NOTHING;
      }
    }
    return step(of(object), property, !tree.is(object, "meta_property"));
  }

  private static Role step(Role from, String property, boolean open) {
    return switch (from) {
      case Role.Env _ -> new Role.Value(property);
      case Role.ProcessEnv _ -> new Role.ProcessValue(property);
      case Role.Holder _ ->
          switch (property) {
            case "env" -> Role.ENV;
            case "executionCtx" -> Role.CONTEXT;
            case "platform", "cloudflare", "runtime", "context", "locals" -> Role.HOLDER;
            default -> Role.NOTHING;
          };
      case Role.Nothing _ ->
          open && HOLDER_PROPERTIES.contains(property) ? Role.HOLDER : Role.NOTHING;
      case Role.Context _, Role.Value _, Role.ProcessValue _ -> Role.NOTHING;
    };
  }

  private Role call(int node) {
    int callee = tree.child(node, "function");
    if (!tree.is(callee, "identifier")) {
      return Role.NOTHING;
    }
    var name = tree.text(callee);
    var declaration = scopes.of(callee);
    if (declaration == null) {
      return name.equals("getPlatformProxy") ? Role.HOLDER : Role.NOTHING;
    }
    if (declaration.kind != Kind.IMPORT) {
      return Role.NOTHING;
    }
    if (declaration.specifier.equals("hono/adapter") && declaration.imported.equals("env")) {
      return Role.ENV;
    }
    return HOLDER_CALLS.contains(declaration.imported) ? Role.HOLDER : Role.NOTHING;
  }

  Role of(Declaration declaration) {
    if (declaration.role == null) {
      // What refers to itself denotes nothing.
      declaration.role = Role.NOTHING;
      declaration.role = find(declaration);
    }
    return declaration.role;
  }

  private Role find(Declaration declaration) {
    return switch (declaration.kind) {
      case IMPORT ->
          declaration.specifier.equals("cloudflare:workers") && declaration.imported.equals("env")
              ? Role.ENV
              : Role.NOTHING;
      case VARIABLE -> variable(declaration);
      case PARAMETER -> parameter(declaration);
      case FUNCTION, CLASS, OTHER -> Role.NOTHING;
    };
  }

  private Role variable(Declaration declaration) {
    if (declaration.path == null || declaration.source == SyntaxTree.NONE) {
      return Role.NOTHING;
    }
    return along(of(declaration.source), declaration.path, true);
  }

  /** Where a path of properties leads. */
  private static Role along(Role from, java.util.List<String> path, boolean open) {
    var role = from;
    for (var property : path) {
      role = step(role, property, open);
    }
    return role;
  }

  private Role parameter(Declaration declaration) {
    int parameter = declaration.source;
    int function = declaration.scope;
    var path = declaration.path;
    if (path == null) {
      return Role.NOTHING;
    }
    if (of(tree.child(parameter, "value")) instanceof Role.ProcessEnv) {
      return Role.NOTHING;
    }
    var type = type(parameter);
    if (path.isEmpty()) {
      return whole(declaration.name, type, function, index(function, parameter));
    }
    var base = whole("", type, function, index(function, parameter));
    var role = along(base, path, false);
    if (!(role instanceof Role.Nothing)) {
      return role;
    }
    // ({ request, env }) and the like, whatever the function.
    for (int i = 0; i < path.size(); i++) {
      var property = path.get(i);
      boolean names =
          ENV_NAMES.contains(property)
              ? !isOtherEnv(type)
              : HOLDER_NAMES.contains(property) || HOLDER_PROPERTIES.contains(property);
      if (names) {
        var start = ENV_NAMES.contains(property) ? Role.ENV : Role.HOLDER;
        return along(start, path.subList(i + 1, path.size()), true);
      }
    }
    return Role.NOTHING;
  }

  /** Whether the type of a pattern says that its {@code env} is something else. */
  private static boolean isOtherEnv(String type) {
    return Pattern.compile(
            "\\benv\\??\\s*:\\s*(?:string|number|boolean|['\"]|NodeJS|Record|Partial|\\{\\s*\\[)")
        .matcher(type)
        .find();
  }

  /** What a parameter as a whole denotes; {@code name} is empty for a pattern. */
  private Role whole(String name, String type, int function, int index) {
    if (type.matches("(?:\\w+\\.)?ExecutionContext(?:<[\\s\\S]*>)?")) {
      return Role.CONTEXT;
    }
    if (OTHER_TYPE.matcher(type).matches()) {
      return Role.NOTHING;
    }
    if (ENV_TYPE.matcher(type).matches()) {
      return Role.ENV;
    }
    if (handlers.containsKey(function)) {
      if (index == 1) {
        return Role.ENV;
      }
      if (index == 2) {
        return Role.CONTEXT;
      }
    }
    if (index == 1 && isConstructorOfBase(function)) {
      return Role.ENV;
    }
    if (index == 0 && isPagesFunction(function)) {
      return Role.HOLDER;
    }
    if (ENV_NAMES.contains(name)) {
      return Role.ENV;
    }
    return HOLDER_NAMES.contains(name)
            || type.matches("(?:\\w+\\.)?(?:\\w*Context|EventContext)(?:<[\\s\\S]*>)?")
        ? Role.HOLDER
        : Role.NOTHING;
  }

  /** The type of a parameter as written; empty where it has none. */
  String type(int parameter) {
    int annotation = tree.child(parameter, "type");
    if (annotation == SyntaxTree.NONE) {
      return "";
    }
    return tree.text(annotation).substring(1).strip();
  }

  private int index(int function, int parameter) {
    if (tree.child(function, "parameter") == parameter) {
      return 0;
    }
    int index = 0;
    int list = tree.child(function, "parameters");
    if (list == SyntaxTree.NONE) {
      return -1;
    }
    for (int c = tree.first(list); c != SyntaxTree.NONE; c = tree.next(c)) {
      if (c == parameter) {
        return index;
      }
      boolean counts = tree.is(c, "required_parameter") || tree.is(c, "optional_parameter");
      // TypeScript's "this" is no parameter.
      if (counts && !tree.is(tree.child(c, "pattern"), "this")) {
        index++;
      }
    }
    return -1;
  }

  private boolean isConstructorOfBase(int function) {
    if (!tree.is(function, "method_definition")
        || !tree.text(tree.child(function, "name")).equals("constructor")) {
      return false;
    }
    var base = base(tree.parent(tree.parent(function)));
    return BASES.contains(base.substring(base.lastIndexOf('.') + 1));
  }

  static final Set<String> BASES =
      Set.of("DurableObject", "WorkerEntrypoint", "WorkflowEntrypoint");

  private boolean isPagesFunction(int function) {
    int parent = tree.parent(function);
    var name =
        tree.is(parent, "variable_declarator")
            ? tree.text(tree.child(parent, "name"))
            : tree.text(tree.child(function, "name"));
    return ON_REQUEST.matcher(name).matches();
  }

  /** What a class extends, as written without type arguments; empty when nothing. */
  String base(int node) {
    int heritage = tree.childOf(node, "class_heritage");
    if (heritage == SyntaxTree.NONE) {
      return "";
    }
    int extending = tree.childOf(heritage, "extends_clause");
    // Plain JavaScript has no clause around the expression.
    int value = extending == SyntaxTree.NONE ? heritage : tree.child(extending, "value");
    if (extending == SyntaxTree.NONE) {
      for (int c = tree.first(value); c != SyntaxTree.NONE; c = tree.next(c)) {
        if (tree.is(c, "identifier") || tree.is(c, "member_expression")) {
          return tree.text(c);
        }
      }
      return tree.has(heritage, "implements_clause") ? "" : "?";
    }
    return tree.is(value, "identifier") || tree.is(value, "member_expression")
        ? tree.text(value)
        : "?";
  }

  /** The class that {@code this} is an instance of; none when it is something else. */
  int classOf(int node) {
    for (int n = tree.parent(node); n != SyntaxTree.NONE; n = tree.parent(n)) {
      switch (tree.type(n)) {
        case "function_declaration", "function_expression", "generator_function" -> {
          return SyntaxTree.NONE;
        }
        case "class_declaration", "abstract_class_declaration", "class" -> {
          return n;
        }
        default -> {}
      }
    }
    return SyntaxTree.NONE;
  }

  private boolean classHasEnv(int self) {
    int node = classOf(self);
    if (node == SyntaxTree.NONE) {
      return false;
    }
    var before = classes.putIfAbsent(node, false);
    if (before != null) {
      return before;
    }
    boolean has = findsEnv(node);
    classes.put(node, has);
    return has;
  }

  private boolean findsEnv(int node) {
    int body = tree.child(node, "body");
    boolean has = !base(node).isEmpty();
    for (int n = body; n != SyntaxTree.NONE && n <= tree.last(body); n++) {
      switch (tree.type(n)) {
        case "public_field_definition" -> {
          if (ENV_NAMES.contains(tree.text(tree.child(n, "name")))) {
            var type = type(n);
            if (!type.isEmpty()) {
              return !OTHER_TYPE.matcher(type).matches();
            }
          }
        }
        case "required_parameter" -> {
          if (tree.has(n, "accessibility_modifier") || tree.has(n, "readonly")) {
            var name = tree.text(tree.child(n, "pattern"));
            if (name.equals("env")) {
              return whole(name, type(n), SyntaxTree.NONE, -1) instanceof Role.Env;
            }
          }
        }
        case "assignment_expression" -> {
          if (tree.text(tree.child(n, "left")).equals("this.env")) {
            return of(tree.child(n, "right")) instanceof Role.Env;
          }
        }
        default -> {}
      }
    }
    return has;
  }

  /** Whether a pattern takes the declared name out of the execution context. */
  boolean leadsToContext(Declaration declaration) {
    var path = declaration.path;
    if (path == null || path.isEmpty()) {
      return false;
    }
    Role start;
    if (declaration.kind == Kind.PARAMETER) {
      int function = declaration.scope;
      int parameter = declaration.source;
      start = whole("", type(parameter), function, index(function, parameter));
    } else {
      start = of(declaration.source);
    }
    return along(start, path.subList(0, path.size() - 1), false) instanceof Role.Context;
  }

  @Nullable String handler(int function) {
    return handlers.get(function);
  }
}
