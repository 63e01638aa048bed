package dev.clodo.code;

import dev.clodo.code.Scopes.Declaration;
import dev.clodo.code.Scopes.Kind;
import dev.clodo.model.SourceFacts;
import dev.clodo.model.SourceFacts.Call;
import dev.clodo.model.SourceFacts.Constant;
import dev.clodo.model.SourceFacts.Detached;
import dev.clodo.model.SourceFacts.Form;
import dev.clodo.model.SourceFacts.Free;
import dev.clodo.model.SourceFacts.Import;
import dev.clodo.model.SourceFacts.Shared;
import dev.clodo.model.SourceFacts.Spot;
import dev.clodo.model.SourceFacts.Touch;
import dev.clodo.model.SourceFacts.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the facts of one source file off its syntax tree. */
public final class SourceScanner {
  /** Globals whose calls checks ask for. */
  private static final Set<String> CALLS =
      Set.of(
          "fetch",
          "setTimeout",
          "setInterval",
          "connect",
          "eval",
          "Function",
          "WebSocket",
          "EventSource",
          "crypto",
          "caches",
          "globalThis",
          "self");

  /** Browser globals that a Worker lacks. */
  private static final Set<String> BROWSER =
      Set.of("window", "document", "localStorage", "sessionStorage", "XMLHttpRequest", "alert");

  private static final Pattern BINDING_LIKE =
      Pattern.compile("[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*|__[A-Z_]+");

  /** More free names than checks could show. */
  private static final int MAX_FREE = 500;

  /** Types that tell the kind of a resource, and the type of a secret. */
  private static final Pattern TELLING_TYPE =
      Pattern.compile(
          "D1Database|KVNamespace|R2Bucket|DurableObjectNamespace|Queue|Fetcher|Service|Ai|"
              + "VectorizeIndex|Vectorize|Hyperdrive|AnalyticsEngineDataset|RateLimit|Workflow|"
              + "SendEmail|ImagesBinding|BrowserWorker|DispatchNamespace|SecretsStoreSecret|string");

  private final SyntaxTree tree;
  private final Scopes scopes;
  private final Exports exports;
  private final Roles roles;
  private final Map<Integer, Boolean> mentions = new HashMap<>();

  private final List<Import> imports = new ArrayList<>();
  private final List<Use> uses = new ArrayList<>();
  private final Set<String> optional = new HashSet<>();
  private final Map<String, Set<String>> types = new HashMap<>();
  private final List<Use> processEnv = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();
  private final List<Free> free = new ArrayList<>();
  private final Set<String> assigned = new HashSet<>();
  private final Set<String> listeners = new HashSet<>();
  private final List<Shared> shared = new ArrayList<>();
  private final Set<String> literals = new LinkedHashSet<>();
  private boolean escapes;

  private SourceScanner(SyntaxTree tree) {
    this.tree = tree;
    this.scopes = new Scopes(tree);
    this.exports = new Exports(tree, scopes);
    this.roles = new Roles(tree, scopes, exports.handlers());
  }

  /** What came of reading a file. */
  public sealed interface Scan {
    record Facts(SourceFacts facts) implements Scan {}

    /** The file could not be read as a tree; the rest of a sentence that says why. */
    record Unread(String why) implements Scan {}
  }

  /**
   * Reads one file. Never fails: what can't be read is told as such.
   *
   * @param name the file's name, whose ending tells the language
   */
  public static Scan scan(String name, String text) {
    boolean typeScript = name.endsWith(".ts") || name.endsWith(".mts") || name.endsWith(".cts");
    try {
      var tree =
          SyntaxTree.of(text, typeScript ? SyntaxTree.Dialect.TYPESCRIPT : SyntaxTree.Dialect.TSX);
      return new Scan.Facts(new SourceScanner(tree).facts());
    } catch (SyntaxTree.TooHard e) {
      return new Scan.Unread(String.valueOf(e.getMessage()));
    } catch (LinkageError | RuntimeException e) {
      // The parser is native code: missing for this platform, or not loadable from its folder. A
      // source that was not scanned makes checks unsure; it must not end the assessment.
      return new Scan.Unread("the parser failed (" + e + ")");
    }
  }

  private SourceFacts facts() {
    for (int node = 0; node < tree.size(); node++) {
      visit(node);
    }
    for (var declaration : scopes.all()) {
      declared(declaration);
    }
    return new SourceFacts(
        !tree.isBroken(),
        imports,
        exports.all(),
        uses,
        escapes,
        optional,
        types,
        processEnv,
        calls,
        free,
        assigned,
        listeners,
        detached(),
        shared,
        literals);
  }

  private void visit(int node) {
    switch (tree.type(node)) {
      case "member_expression", "subscript_expression" -> {
        switch (roles.of(node)) {
          case Role.Value(var name) -> uses.add(use(name, node, true));
          case Role.ProcessValue(var name) -> processEnv.add(use(name, node, true));
          case Role.Env _ -> wholeEnv(node);
          case Role.Nothing _, Role.Holder _, Role.Context _, Role.ProcessEnv _ -> {}
        }
        globalProperty(node);
      }
      case "identifier", "shorthand_property_identifier" -> identifier(node);
      case "call_expression", "new_expression" -> call(node);
      case "import_statement" -> importStatement(node);
      case "export_statement" -> reexport(node);
      case "binary_expression" -> in(node);
      case "property_signature" -> property(node);
      case "pair" -> schema(node);
      case "assignment_expression" -> assignment(node);
      case "string" -> {
        var text = tree.string(node);
        if (text != null) {
          literals.add(text);
        }
      }
      case "template_string" -> {
        for (int c = tree.first(node); c != SyntaxTree.NONE; c = tree.next(c)) {
          if (tree.is(c, "string_fragment")) {
            literals.add(tree.text(c));
          }
        }
      }
      default -> {}
    }
  }

  private Spot spot(int node) {
    return new Spot(tree.line(node), tree.column(node));
  }

  // ---------------------------------------------------------------- names

  private void identifier(int node) {
    if (scopes.isSite(node) || isNoMention(node)) {
      return;
    }
    var declaration = scopes.of(node);
    if (declaration == null) {
      free(node);
      return;
    }
    switch (roles.of(declaration)) {
      case Role.Value(var name) -> uses.add(use(name, node, false));
      case Role.ProcessValue(var name) -> processEnv.add(use(name, node, false));
      case Role.Env _ -> wholeEnv(node);
      case Role.Nothing _, Role.Holder _, Role.Context _, Role.ProcessEnv _ -> {}
    }
  }

  /** Identifiers that the grammar uses for other things than mentions of variables. */
  private boolean isNoMention(int node) {
    int parent = tree.parent(node);
    return switch (tree.type(parent)) {
      case "import_specifier", "import_clause", "namespace_import", "namespace_export" -> true;
      case "nested_type_identifier", "nested_identifier", "type_query", "type_predicate" -> true;
      case "jsx_opening_element", "jsx_closing_element", "jsx_self_closing_element" ->
          Character.isLowerCase(tree.text(node).charAt(0));
      case "export_specifier" ->
          tree.field(node).equals("alias")
              || tree.child(tree.parent(tree.parent(parent)), "source") != SyntaxTree.NONE;
      default -> isInType(node);
    };
  }

  private boolean isInType(int node) {
    return tree.is(tree.parent(node), "required_parameter")
        || tree.is(tree.parent(node), "optional_parameter")
        || tree.is(tree.parent(node), "index_signature");
  }

  private void free(int node) {
    var name = tree.text(node);
    if (free.size() >= MAX_FREE
        || !(BROWSER.contains(name)
            || (name.length() > 1 && BINDING_LIKE.matcher(name).matches()))) {
      return;
    }
    var place = place(node);
    var touch = touch(node);
    boolean called = touch.touch == Touch.CALLED || touch.touch == Touch.DROPPED;
    free.add(
        new Free(
            name,
            spot(node),
            called || touch.touch == Touch.PROPERTY ? touch.member : "",
            called,
            place.atStart,
            place.sure,
            touch.guarded || place.guarded));
  }

  /** What a pattern takes out of the environment. */
  private void declared(Declaration declaration) {
    if (declaration.path == null || declaration.path.isEmpty()) {
      return;
    }
    switch (roles.of(declaration)) {
      case Role.Value(var name) -> uses.add(taken(name, declaration));
      case Role.ProcessValue(var name) -> processEnv.add(taken(name, declaration));
      case Role.Nothing _, Role.Holder _, Role.Context _, Role.ProcessEnv _, Role.Env _ -> {}
    }
  }

  private Use taken(String name, Declaration declaration) {
    var place = place(declaration.at);
    return new Use(
        name,
        spot(declaration.at),
        Touch.READ,
        "",
        "",
        true,
        declaration.hasDefault || place.guarded,
        place.inTry,
        place.atStart && place.sure,
        Map.of());
  }

  private Use use(String name, int node, boolean direct) {
    var place = place(node);
    var touch = touch(node);
    int at = node;
    if (direct) {
      int property = tree.child(node, "property");
      at = property == SyntaxTree.NONE ? tree.child(node, "index") : property;
    }
    return new Use(
        name,
        spot(at == SyntaxTree.NONE ? node : at),
        touch.touch,
        touch.member,
        touch.from,
        direct,
        touch.guarded || place.guarded,
        place.inTry,
        place.atStart && place.sure,
        touch.constants);
  }

  // ---------------------------------------------------------------- what happens to a value

  private record Touched(
      Touch touch, String member, String from, boolean guarded, Map<String, Constant> constants) {
    static Touched read(boolean guarded) {
      return new Touched(Touch.READ, "", "", guarded, Map.of());
    }
  }

  /** The outermost expression that is the same value. */
  private int whole(int node) {
    int n = node;
    while (true) {
      int parent = tree.parent(n);
      if (parent == SyntaxTree.NONE) {
        return n;
      }
      switch (tree.type(parent)) {
        case "parenthesized_expression",
            "as_expression",
            "satisfies_expression",
            "non_null_expression",
            "type_assertion" -> {
          if (roles.inner(parent) != n) {
            return n;
          }
          n = parent;
        }
        default -> {
          return n;
        }
      }
    }
  }

  private Touched touch(int node) {
    boolean asks = isOptionalChain(node);
    int value = whole(node);
    int parent = tree.parent(value);
    var field = tree.field(value);
    return switch (tree.type(parent)) {
      case "member_expression", "subscript_expression" ->
          field.equals("object") ? member(parent, asks) : Touched.read(asks);
      case "arguments" -> argument(parent, asks);
      case "binary_expression" -> {
        var operator = tree.text(tree.child(parent, "operator"));
        yield Touched.read(
            asks
                || switch (operator) {
                  case "??", "||", "&&", "===", "!==", "==", "!=", "in", "instanceof" -> true;
                  default -> false;
                });
      }
      case "unary_expression" -> {
        var operator = tree.text(tree.child(parent, "operator"));
        yield Touched.read(asks || operator.equals("!") || operator.equals("typeof"));
      }
      case "if_statement", "while_statement", "do_statement", "ternary_expression" ->
          Touched.read(asks || field.equals("condition"));
      case "switch_statement" -> Touched.read(true);
      case "call_expression" ->
          field.equals("function")
              ? called(parent, "", asks || tree.has(parent, "?."))
              : Touched.read(asks);
      case "assignment_expression", "augmented_assignment_expression" ->
          field.equals("left")
              ? new Touched(Touch.WRITTEN, "", "", true, Map.of())
              : Touched.read(asks);
      default -> Touched.read(asks);
    };
  }

  /** Whether the chain up to this value asks on its way: {@code env?.X}. */
  private boolean isOptionalChain(int node) {
    for (int n = node; n != SyntaxTree.NONE; n = tree.child(n, "object")) {
      if (tree.has(n, "optional_chain") || tree.has(n, "?.")) {
        return true;
      }
    }
    return false;
  }

  private Touched member(int expression, boolean asks) {
    boolean guarded = asks || tree.has(expression, "optional_chain");
    int property = tree.child(expression, "property");
    var constant = tree.string(tree.child(expression, "index"));
    var name = property != SyntaxTree.NONE ? tree.text(property) : constant == null ? "" : constant;
    int value = whole(expression);
    int parent = tree.parent(value);
    if (tree.is(parent, "call_expression") && tree.field(value).equals("function")) {
      return called(parent, name, guarded);
    }
    return new Touched(Touch.PROPERTY, name, "", guarded, Map.of());
  }

  private Touched called(int call, String method, boolean guarded) {
    return new Touched(
        isDropped(call) ? Touch.DROPPED : Touch.CALLED,
        method,
        "",
        guarded,
        constants(tree.child(call, "arguments")));
  }

  private boolean isDropped(int call) {
    int value = whole(call);
    return tree.is(tree.parent(value), "expression_statement");
  }

  private Touched argument(int arguments, boolean asks) {
    int call = tree.parent(arguments);
    int callee = tree.child(call, "function");
    if (callee == SyntaxTree.NONE) {
      callee = tree.child(call, "constructor");
    }
    var named = callee(callee);
    return new Touched(
        Touch.ARGUMENT,
        named.name,
        named.from,
        asks || named.name.equals("Boolean"),
        constants(arguments));
  }

  private record Callee(String name, String from, boolean isOwn) {}

  /** How a callee is called, and which module it comes from. */
  private Callee callee(int node) {
    var chain = new ArrayList<String>();
    int n = node;
    while (tree.is(n, "member_expression")) {
      chain.addFirst(tree.text(tree.child(n, "property")));
      n = tree.child(n, "object");
    }
    if (!tree.is(n, "identifier")) {
      return new Callee(String.join(".", chain), "", true);
    }
    var declaration = scopes.of(n);
    if (declaration == null) {
      chain.addFirst(tree.text(n));
      return new Callee(String.join(".", chain), "", false);
    }
    if (declaration.kind != Kind.IMPORT) {
      chain.addFirst(tree.text(n));
      return new Callee(String.join(".", chain), "", true);
    }
    if (chain.isEmpty()
        || !(declaration.imported.equals("*") || declaration.imported.equals("default"))) {
      chain.addFirst(declaration.imported);
    }
    return new Callee(String.join(".", chain), declaration.specifier, false);
  }

  private Map<String, Constant> constants(int arguments) {
    if (arguments == SyntaxTree.NONE) {
      return Map.of();
    }
    var constants = new LinkedHashMap<String, Constant>();
    int index = 0;
    for (int c = tree.first(arguments); c != SyntaxTree.NONE; c = tree.next(c)) {
      switch (tree.type(c)) {
        case "(", ")", ",", "comment" -> {}
        case "object" -> {
          for (int p = tree.first(c); p != SyntaxTree.NONE; p = tree.next(p)) {
            if (tree.is(p, "pair")) {
              var key = key(tree.child(p, "key"));
              var constant = constant(tree.child(p, "value"));
              if (key != null && constant != null) {
                constants.put(key, constant);
              }
            }
          }
          index++;
        }
        default -> {
          var constant = constant(c);
          if (constant != null) {
            constants.put(String.valueOf(index), constant);
          }
          index++;
        }
      }
    }
    return Map.copyOf(constants);
  }

  private @Nullable String key(int node) {
    return tree.is(node, "property_identifier") ? tree.text(node) : tree.string(node);
  }

  private @Nullable Constant constant(int node) {
    return switch (node == SyntaxTree.NONE ? "" : tree.type(node)) {
      case "number", "true", "false" -> new Constant(tree.text(node), spot(node));
      case "string", "template_string" -> {
        var text = tree.string(node);
        if (text == null && tree.is(node, "template_string")) {
          int start = tree.childOf(node, "string_fragment");
          // Up to the first placeholder, marked as such.
          yield start == node + 2 ? new Constant(tree.text(start) + "${", spot(node)) : null;
        }
        yield text == null ? null : new Constant(text, spot(node));
      }
      default -> null;
    };
  }

  // ---------------------------------------------------------------- where it happens

  /**
   * Where a node stands.
   *
   * @param atStart evaluated when the module starts
   * @param sure nothing decides whether it is reached in its function or module
   * @param guarded reached only where something about the environment holds
   */
  private record Place(boolean inTry, boolean atStart, boolean sure, boolean guarded) {}

  private Place place(int node) {
    boolean inTry = false;
    boolean atStart = true;
    boolean sure = true;
    boolean guarded = false;
    boolean inFunction = false;
    int child = node;
    for (int n = tree.parent(node); n != SyntaxTree.NONE; child = n, n = tree.parent(n)) {
      int condition = SyntaxTree.NONE;
      boolean decides = false;
      var field = tree.field(child);
      switch (tree.type(n)) {
        case "try_statement" -> {
          inTry |= field.equals("body");
          decides = true;
        }
        case "if_statement" -> {
          decides = !field.equals("condition");
          condition = tree.child(n, "condition");
        }
        case "ternary_expression" -> {
          decides = !field.equals("condition");
          condition = tree.child(n, "condition");
        }
        case "binary_expression" -> {
          var operator = tree.text(tree.child(n, "operator"));
          if (field.equals("right")
              && (operator.equals("&&") || operator.equals("||") || operator.equals("??"))) {
            decides = true;
            condition = tree.child(n, "left");
          }
        }
        case "switch_body" -> {
          decides = true;
          condition = tree.child(tree.parent(n), "value");
        }
        case "while_statement", "do_statement", "for_statement", "for_in_statement" ->
            decides = field.equals("body");
        case "public_field_definition" -> {
          if (!tree.has(n, "static")) {
            atStart = false;
          }
        }
        default -> {
          if (scopes.isFunction(n)) {
            atStart = false;
            inFunction = true;
          }
        }
      }
      if (decides && !inFunction) {
        sure = false;
      }
      if (decides && condition != SyntaxTree.NONE && mentionsEnv(condition)) {
        guarded = true;
      }
    }
    return new Place(inTry, atStart, sure, guarded);
  }

  /** Whether an expression looks at the environment, Node's included. */
  private boolean mentionsEnv(int expression) {
    var before = mentions.get(expression);
    if (before != null) {
      return before;
    }
    boolean found = false;
    for (int n = expression; n <= tree.last(expression) && !found; n++) {
      found =
          switch (tree.type(n)) {
            case "identifier", "member_expression", "subscript_expression" ->
                switch (roles.of(n)) {
                  case Role.Value _, Role.ProcessValue _, Role.Env _ -> true;
                  case Role.Nothing _, Role.Holder _, Role.Context _, Role.ProcessEnv _ -> false;
                };
            default -> false;
          };
    }
    mentions.put(expression, found);
    return found;
  }

  // ---------------------------------------------------------------- env as a whole

  private void wholeEnv(int node) {
    int value = whole(node);
    int parent = tree.parent(value);
    var field = tree.field(value);
    escapes |=
        switch (tree.type(parent)) {
          case "member_expression" -> false;
          case "subscript_expression" ->
              !field.equals("object") || tree.string(tree.child(parent, "index")) == null;
          case "variable_declarator" -> isOpen(tree.child(parent, "name"));
          case "binary_expression", "unary_expression", "if_statement", "ternary_expression" ->
              false;
          case "assignment_expression" -> !tree.text(tree.child(parent, "left")).equals("this.env");
          default -> true;
        };
  }

  private boolean isOpen(int pattern) {
    return tree.is(pattern, "object_pattern") && tree.has(pattern, "rest_pattern");
  }

  private void in(int node) {
    if (tree.text(tree.child(node, "operator")).equals("in")
        && roles.of(tree.child(node, "right")) instanceof Role.Env) {
      var name = tree.string(tree.child(node, "left"));
      if (name != null) {
        optional.add(name);
      }
    }
  }

  // ---------------------------------------------------------------- declarations of env

  private void property(int node) {
    var name = key(tree.child(node, "name"));
    if (name == null) {
      return;
    }
    var type = roles.type(node);
    if (tree.has(node, "?") || type.contains("undefined") || type.contains("null")) {
      optional.add(name);
    }
    int generic = type.indexOf('<');
    var plain = generic < 0 ? type : type.substring(0, generic);
    plain = plain.substring(plain.lastIndexOf('.') + 1);
    if (TELLING_TYPE.matcher(plain).matches()) {
      types.computeIfAbsent(name, _ -> new HashSet<>()).add(plain);
    }
  }

  /** {@code X: z.string().optional()} and its like. */
  private void schema(int node) {
    int value = tree.child(node, "value");
    if (!tree.is(value, "call_expression")) {
      return;
    }
    var text = tree.text(value);
    if (text.length() < 400
        && (text.contains("ptional(") || text.contains(".default(") || text.contains("ullish("))) {
      var name = key(tree.child(node, "key"));
      if (name != null) {
        optional.add(name);
      }
    }
  }

  // ---------------------------------------------------------------- calls

  private void call(int node) {
    boolean isNew = tree.is(node, "new_expression");
    int function = tree.child(node, isNew ? "constructor" : "function");
    if (function == SyntaxTree.NONE) {
      return;
    }
    if (!isNew) {
      imported(node, function);
    }
    var callee = callee(function);
    if (callee.isOwn || callee.name.isEmpty()) {
      return;
    }
    int dot = callee.name.indexOf('.');
    var root = dot < 0 ? callee.name : callee.name.substring(0, dot);
    boolean isOwnFile = callee.from.startsWith(".");
    if (callee.from.isEmpty() ? !CALLS.contains(root) : isOwnFile) {
      if (callee.name.equals("addEventListener") || callee.name.equals("self.addEventListener")) {
        listen(node);
      }
      return;
    }
    if (callee.name.endsWith("addEventListener")) {
      listen(node);
    }
    var place = place(node);
    calls.add(
        new Call(
            callee.name,
            callee.from,
            isNew,
            spot(node),
            place.atStart,
            place.sure,
            isDropped(node),
            tree.is(tree.parent(whole(node)), "await_expression"),
            keptIn(node),
            constants(tree.child(node, "arguments"))));
  }

  private void listen(int node) {
    var event = constants(tree.child(node, "arguments")).get("0");
    if (event != null && place(node).atStart) {
      listeners.add(event.text());
    }
  }

  /** The module variable that a call's result ends up in. */
  private Optional<String> keptIn(int call) {
    for (int child = call, n = tree.parent(call);
        n != SyntaxTree.NONE;
        child = n, n = tree.parent(n)) {
      switch (tree.type(n)) {
        case "variable_declarator" -> {
          boolean isModules = tree.field(child).equals("value");
          int name = tree.child(n, "name");
          var declaration = tree.is(name, "identifier") ? scopes.of(name) : null;
          return isModules && declaration != null && declaration.scope == 0
              ? Optional.of(declaration.name)
              : Optional.empty();
        }
        case "assignment_expression" -> {
          int left = tree.child(n, "left");
          var declaration = tree.is(left, "identifier") ? scopes.of(left) : null;
          return declaration != null && declaration.scope == 0
              ? Optional.of(declaration.name)
              : Optional.empty();
        }
        case "await_expression",
            "parenthesized_expression",
            "as_expression",
            "non_null_expression",
            "satisfies_expression",
            "arguments",
            "call_expression",
            "new_expression",
            "object",
            "pair" -> {}
        default -> {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  // ---------------------------------------------------------------- imports

  private void importStatement(int node) {
    var specifier = tree.string(tree.child(node, "source"));
    boolean typesOnly = tree.has(node, "type") || tree.has(node, "typeof");
    int require = tree.childOf(node, "import_require_clause");
    if (require != SyntaxTree.NONE) {
      specifier = tree.string(tree.child(require, "source"));
    }
    if (specifier == null) {
      return;
    }
    var names = new HashMap<String, String>();
    boolean anyType = false;
    for (int n = node; n <= tree.last(node); n++) {
      switch (tree.type(n)) {
        case "import_specifier" -> {
          if (tree.has(n, "type")) {
            anyType = true;
          } else {
            var name = tree.text(tree.child(n, "name"));
            int alias = tree.child(n, "alias");
            names.put(alias == SyntaxTree.NONE ? name : tree.text(alias), name);
          }
        }
        case "namespace_import" -> names.put(tree.text(tree.childOf(n, "identifier")), "*");
        case "identifier" -> {
          if (tree.is(tree.parent(n), "import_clause")) {
            names.put(tree.text(n), "default");
          }
        }
        default -> {}
      }
    }
    boolean dropped = typesOnly || (anyType && names.isEmpty());
    imports.add(new Import(specifier, dropped ? Form.TYPES : Form.STATIC, names, spot(node), true));
  }

  private void reexport(int node) {
    var specifier = tree.string(tree.child(node, "source"));
    if (specifier != null) {
      var form = tree.has(node, "type") ? Form.TYPES : Form.REEXPORT;
      imports.add(new Import(specifier, form, Map.of(), spot(tree.child(node, "source")), true));
    }
  }

  /** {@code import("x")} and {@code require("x")}. */
  private void imported(int node, int function) {
    boolean dynamic = tree.is(function, "import");
    boolean require = tree.is(function, "identifier") && tree.text(function).equals("require");
    if (!dynamic && !require) {
      return;
    }
    var name = constants(tree.child(node, "arguments")).get("0");
    if (name != null && !name.text().endsWith("${")) {
      var place = place(node);
      imports.add(
          new Import(
              name.text(),
              dynamic ? Form.DYNAMIC : Form.REQUIRE,
              Map.of(),
              name.at(),
              dynamic ? place.sure && place.atStart : !place.inTry));
    }
  }

  // ---------------------------------------------------------------- assignments

  private void globalProperty(int node) {
    int object = tree.child(node, "object");
    if (!tree.is(object, "identifier")) {
      return;
    }
    var name = tree.text(object);
    boolean isGlobal = name.equals("globalThis") || name.equals("self") || name.equals("global");
    if (isGlobal && scopes.of(object) == null) {
      // Read or written: either way the code knows that it lives there.
      assigned.add(tree.text(tree.child(node, "property")));
    }
  }

  private void assignment(int node) {
    int left = tree.child(node, "left");
    if (!tree.is(left, "identifier")) {
      return;
    }
    var declaration = scopes.of(left);
    if (declaration == null || declaration.scope != 0 || declaration.kind != Kind.VARIABLE) {
      return;
    }
    int function = SyntaxTree.NONE;
    for (int n = tree.parent(node); n != SyntaxTree.NONE; n = tree.parent(n)) {
      if ("fetch".equals(roles.handler(n))) {
        function = n;
        break;
      }
    }
    if (function == SyntaxTree.NONE || !place(node).sure) {
      return;
    }
    int right = tree.child(node, "right");
    for (int n = right; n <= tree.last(right); n++) {
      if (tree.is(n, "identifier")) {
        var source = scopes.of(n);
        if (source != null
            && source.kind == Kind.PARAMETER
            && source.scope == function
            && !(roles.of(source) instanceof Role.Env)
            && !(roles.of(source) instanceof Role.Context)) {
          shared.add(new Shared(declaration.name, spot(left)));
          return;
        }
      }
    }
  }

  // ---------------------------------------------------------------- execution context

  private static final Set<String> CONTEXT_METHODS = Set.of("waitUntil", "passThroughOnException");

  private List<Detached> detached() {
    var taken = new LinkedHashMap<Declaration, String>();
    for (var declaration : scopes.all()) {
      var method = contextMethod(declaration);
      if (method != null) {
        taken.put(declaration, method);
      }
    }
    if (taken.isEmpty()) {
      return List.of();
    }
    var called = new HashSet<Declaration>();
    for (int node = 0; node < tree.size(); node++) {
      if (tree.is(node, "call_expression")) {
        int callee = tree.child(node, "function");
        var declaration = tree.is(callee, "identifier") ? scopes.of(callee) : null;
        if (declaration != null) {
          called.add(declaration);
        }
      }
    }
    var all = new ArrayList<Detached>();
    taken.forEach((d, method) -> all.add(new Detached(method, spot(d.at), called.contains(d))));
    return all;
  }

  private @Nullable String contextMethod(Declaration declaration) {
    if (declaration.kind == Kind.VARIABLE
        && declaration.path != null
        && declaration.path.isEmpty()
        && tree.is(declaration.source, "member_expression")) {
      var method = tree.text(tree.child(declaration.source, "property"));
      return CONTEXT_METHODS.contains(method)
              && roles.of(tree.child(declaration.source, "object")) instanceof Role.Context
          ? method
          : null;
    }
    if (declaration.path == null || declaration.path.isEmpty()) {
      return null;
    }
    var method = declaration.path.getLast();
    if (!CONTEXT_METHODS.contains(method)) {
      return null;
    }
    return roles.leadsToContext(declaration) ? method : null;
  }
}
