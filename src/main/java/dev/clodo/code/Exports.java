package dev.clodo.code;

import dev.clodo.code.Scopes.Declaration;
import dev.clodo.model.SourceFacts.Export;
import dev.clodo.model.SourceFacts.Member;
import dev.clodo.model.SourceFacts.Spot;
import dev.clodo.model.SourceFacts.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a file exports, and which functions its default export names as handlers. */
final class Exports {
  /** Longer chains of aliases are no code that people write. */
  private static final int MAX_STEPS = 20;

  private final SyntaxTree tree;
  private final Scopes scopes;
  private final List<Export> all = new ArrayList<>();
  private final Map<Integer, String> handlers = new HashMap<>();

  Exports(SyntaxTree tree, Scopes scopes) {
    this.tree = tree;
    this.scopes = scopes;
    if (tree.size() == 0) {
      return;
    }
    for (int node = tree.first(0); node != SyntaxTree.NONE; node = tree.next(node)) {
      switch (tree.type(node)) {
        case "export_statement" -> export(node);
        case "expression_statement" -> commonJs(node);
        default -> {}
      }
    }
  }

  List<Export> all() {
    return all;
  }

  /** The event that a function handles, by function. */
  Map<Integer, String> handlers() {
    return handlers;
  }

  private Spot spot(int node) {
    return new Spot(tree.line(node), tree.column(node));
  }

  private void add(String name, Value value, int at) {
    all.add(new Export(name, value, spot(at)));
  }

  private void export(int node) {
    if (tree.has(node, "type")) {
      return;
    }
    var source = tree.string(tree.child(node, "source"));
    int clause = tree.childOf(node, "export_clause");
    if (clause != SyntaxTree.NONE) {
      for (int c = tree.first(clause); c != SyntaxTree.NONE; c = tree.next(c)) {
        if (tree.is(c, "export_specifier") && !tree.has(c, "type")) {
          specifier(c, source);
        }
      }
      return;
    }
    if (source != null) {
      int namespace = tree.childOf(node, "namespace_export");
      if (namespace == SyntaxTree.NONE) {
        add("*", new Value.Imported(source, "*"), node);
      } else {
        add(name(tree.last(namespace)), new Value.Imported(source, "*"), node);
      }
      return;
    }
    int declaration = tree.child(node, "declaration");
    if (tree.has(node, "default")) {
      int value = declaration == SyntaxTree.NONE ? tree.child(node, "value") : declaration;
      defaultExport(value, node);
    } else if (declaration != SyntaxTree.NONE) {
      declared(declaration);
    } else if (tree.has(node, "=")) {
      add("default", new Value.Unclear(), node);
    }
  }

  private void defaultExport(int value, int at) {
    add("default", value(value, MAX_STEPS), at);
    handlersOf(value, MAX_STEPS);
  }

  private String name(int node) {
    var text = tree.string(node);
    return text == null ? tree.text(node) : text;
  }

  private void specifier(int node, @Nullable String source) {
    int name = tree.child(node, "name");
    int alias = tree.child(node, "alias");
    var exported = name(alias == SyntaxTree.NONE ? name : alias);
    if (source != null) {
      add(exported, new Value.Imported(source, name(name)), node);
    } else if (exported.equals("default")) {
      defaultExport(name, node);
    } else {
      add(exported, value(name, MAX_STEPS), node);
    }
  }

  private void declared(int node) {
    switch (tree.type(node)) {
      case "lexical_declaration", "variable_declaration" -> {
        for (var declaration : scopes.all()) {
          if (declaration.scope == 0
              && node <= declaration.at
              && declaration.at <= tree.last(node)) {
            boolean plain = declaration.path != null && declaration.path.isEmpty();
            add(
                declaration.name,
                plain ? value(declaration.source, MAX_STEPS) : new Value.Unclear(),
                declaration.at);
          }
        }
      }
      case "function_declaration",
          "generator_function_declaration",
          "class_declaration",
          "abstract_class_declaration" ->
          add(tree.text(tree.child(node, "name")), value(node, MAX_STEPS), node);
      case "enum_declaration", "internal_module" ->
          add(tree.text(tree.child(node, "name")), new Value.Unclear(), node);
      default -> {}
    }
  }

  /** {@code module.exports = …} and {@code exports.x = …}. */
  private void commonJs(int node) {
    int expression = tree.first(node);
    if (!tree.is(expression, "assignment_expression")) {
      return;
    }
    var left = tree.text(tree.child(expression, "left"));
    if (left.equals("module.exports")) {
      add("default", new Value.Unclear(), node);
      add("*", new Value.Unclear(), node);
    } else if (left.startsWith("exports.") || left.startsWith("module.exports.")) {
      add(left.substring(left.lastIndexOf('.') + 1), new Value.Unclear(), node);
    }
  }

  /** The expression behind parentheses and statements about its type. */
  private int bare(int node) {
    int n = node;
    while (n != SyntaxTree.NONE) {
      switch (tree.type(n)) {
        case "parenthesized_expression",
            "as_expression",
            "satisfies_expression",
            "non_null_expression",
            "type_assertion" -> {
          int inner = SyntaxTree.NONE;
          for (int c = tree.first(n);
              c != SyntaxTree.NONE && inner == SyntaxTree.NONE;
              c = tree.next(c)) {
            if (!tree.is(c, "(") && !tree.is(c, "type_arguments") && !tree.is(c, "comment")) {
              inner = c;
            }
          }
          n = inner;
        }
        default -> {
          return n;
        }
      }
    }
    return SyntaxTree.NONE;
  }

  private Value value(int node, int steps) {
    int n = bare(node);
    if (n == SyntaxTree.NONE || steps == 0) {
      return new Value.Unclear();
    }
    return switch (tree.type(n)) {
      case "object" -> members(n);
      case "class_declaration", "abstract_class_declaration", "class" -> classOf(n);
      case "function_declaration",
          "function_expression",
          "generator_function",
          "generator_function_declaration",
          "arrow_function" ->
          new Value.Function(parameters(n));
      case "identifier" -> {
        var declaration = scopes.of(n);
        yield declaration == null ? new Value.Unclear() : valueOf(declaration, steps - 1);
      }
      case "call_expression" -> made(tree.child(n, "function"), false);
      case "new_expression" -> made(tree.child(n, "constructor"), true);
      default -> new Value.Unclear();
    };
  }

  private Value valueOf(Declaration declaration, int steps) {
    return switch (declaration.kind) {
      case IMPORT -> new Value.Imported(declaration.specifier, declaration.imported);
      case FUNCTION, CLASS -> value(declaration.source, steps);
      case VARIABLE ->
          declaration.path != null && declaration.path.isEmpty() && isConstant(declaration)
              ? value(declaration.source, steps)
              : new Value.Unclear();
      case PARAMETER, OTHER -> new Value.Unclear();
    };
  }

  private boolean isConstant(Declaration declaration) {
    int declarator = tree.parent(declaration.at);
    return declarator != SyntaxTree.NONE && tree.has(tree.parent(declarator), "const");
  }

  private Value made(int callee, boolean isNew) {
    int root = callee;
    while (tree.is(root, "member_expression") || tree.is(root, "call_expression")) {
      root = tree.child(root, tree.is(root, "member_expression") ? "object" : "function");
    }
    if (tree.is(root, "new_expression")) {
      root = tree.child(root, "constructor");
    }
    var declaration = tree.is(root, "identifier") ? scopes.of(root) : null;
    boolean imported = declaration != null && declaration.kind == Scopes.Kind.IMPORT;
    var name = tree.text(callee);
    if (imported && declaration != null && root == callee) {
      name = declaration.imported.equals("default") ? name : declaration.imported;
    }
    return new Value.Made(
        name.length() > 80 ? name.substring(0, 80) : name,
        imported && declaration != null ? declaration.specifier : "",
        isNew);
  }

  private Value members(int object) {
    var members = new LinkedHashMap<String, Member>();
    boolean open = false;
    for (int c = tree.first(object); c != SyntaxTree.NONE; c = tree.next(c)) {
      switch (tree.type(c)) {
        case "method_definition" -> {
          var key = key(tree.child(c, "name"));
          open |= key == null;
          if (key != null) {
            members.put(key, new Member(spot(c), true));
          }
        }
        case "pair" -> {
          var key = key(tree.child(c, "key"));
          open |= key == null;
          if (key != null) {
            members.put(key, new Member(spot(c), isCallable(tree.child(c, "value"))));
          }
        }
        case "shorthand_property_identifier" ->
            members.put(tree.text(c), new Member(spot(c), true));
        case "spread_element" -> open = true;
        default -> {}
      }
    }
    return new Value.Members(members, open);
  }

  private boolean isCallable(int value) {
    int n = bare(value);
    return switch (n == SyntaxTree.NONE ? "" : tree.type(n)) {
      case "string", "number", "true", "false", "null", "object", "array", "template_string" ->
          false;
      default -> true;
    };
  }

  private @Nullable String key(int node) {
    return tree.is(node, "property_identifier") ? tree.text(node) : tree.string(node);
  }

  private Value classOf(int node) {
    var methods = new HashSet<String>();
    int body = tree.child(node, "body");
    if (body != SyntaxTree.NONE) {
      for (int c = tree.first(body); c != SyntaxTree.NONE; c = tree.next(c)) {
        var key = tree.child(c, "name");
        boolean member =
            tree.is(c, "method_definition")
                || tree.is(c, "public_field_definition")
                || tree.is(c, "field_definition");
        if (member && key != SyntaxTree.NONE) {
          methods.add(tree.text(key));
        }
      }
    }
    var base = new Roles(tree, scopes, Map.of()).base(node);
    int dot = base.indexOf('.');
    var declaration = scopes.of(dot < 0 ? base : base.substring(0, dot), node);
    boolean imported = declaration != null && declaration.kind == Scopes.Kind.IMPORT;
    if (imported && declaration != null && dot < 0 && !declaration.imported.equals("default")) {
      base = declaration.imported;
    }
    return new Value.ClassOf(
        tree.text(tree.child(node, "name")),
        base,
        imported && declaration != null ? declaration.specifier : "",
        methods);
  }

  private int parameters(int function) {
    if (tree.child(function, "parameter") != SyntaxTree.NONE) {
      return 1;
    }
    int list = tree.child(function, "parameters");
    int count = 0;
    if (list != SyntaxTree.NONE) {
      for (int c = tree.first(list); c != SyntaxTree.NONE; c = tree.next(c)) {
        if (tree.is(c, "required_parameter") || tree.is(c, "optional_parameter")) {
          count++;
        }
      }
    }
    return count;
  }

  // ---------------------------------------------------------------- handlers

  private static final Set<String> WRAPPED =
      Set.of(
          "call_expression", "new_expression", "arguments", "arrow_function", "await_expression");

  /** Notes the functions that the default export, or an object that is wrapped in it, names. */
  private void handlersOf(int node, int steps) {
    int n = bare(node);
    if (n == SyntaxTree.NONE || steps == 0) {
      return;
    }
    switch (tree.type(n)) {
      case "object" -> handlersOfObject(n);
      case "identifier" -> {
        var declaration = scopes.of(n);
        if (declaration != null && declaration.kind == Scopes.Kind.VARIABLE) {
          handlersOf(declaration.source, steps - 1);
        }
      }
      default -> {
        if (WRAPPED.contains(tree.type(n))) {
          for (int c = tree.first(n); c != SyntaxTree.NONE; c = tree.next(c)) {
            if (tree.is(bare(c), "object") || tree.is(c, "arguments") || tree.is(c, "identifier")) {
              handlersOf(c, steps - 1);
            }
          }
        }
      }
    }
  }

  private void handlersOfObject(int object) {
    for (int c = tree.first(object); c != SyntaxTree.NONE; c = tree.next(c)) {
      switch (tree.type(c)) {
        case "method_definition" -> handler(key(tree.child(c, "name")), c);
        case "pair" -> handler(key(tree.child(c, "key")), functionOf(tree.child(c, "value")));
        case "shorthand_property_identifier" -> handler(tree.text(c), functionOf(c));
        default -> {}
      }
    }
  }

  private int functionOf(int value) {
    int n = bare(value);
    if (n == SyntaxTree.NONE) {
      return n;
    }
    if (tree.is(n, "identifier") || tree.is(n, "shorthand_property_identifier")) {
      var declaration = scopes.of(n);
      return declaration == null ? SyntaxTree.NONE : bare(declaration.source);
    }
    return n;
  }

  private void handler(@Nullable String name, int function) {
    if (name != null
        && function != SyntaxTree.NONE
        && Roles.HANDLERS.contains(name)
        && scopes.isFunction(function)) {
      handlers.put(function, name);
    }
  }
}
