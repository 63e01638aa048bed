package dev.clodo.code;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which declaration a name of a file means. */
final class Scopes {
  enum Kind {
    IMPORT,
    VARIABLE,
    PARAMETER,
    FUNCTION,
    CLASS,
    OTHER
  }

  /** A name that the file declares. */
  static final class Declaration {
    final Kind kind;
    final String name;

    /** Where the name stands. */
    final int at;

    /** The node whose scope it belongs to. */
    final int scope;

    /** The initial value of a variable, the parameter, the function or the class; or none. */
    final int source;

    /** The properties that lead from the source to it; null where no such path is known. */
    final @Nullable List<String> path;

    /** Whether it takes another value where there is none. */
    final boolean hasDefault;

    /** The module and the name in it, of an import. */
    final String specifier;

    final String imported;

    /** What it denotes, once asked for. */
    @Nullable Role role;

    Declaration(
        Kind kind,
        String name,
        int at,
        int scope,
        int source,
        @Nullable List<String> path,
        boolean hasDefault,
        String specifier,
        String imported) {
      this.kind = kind;
      this.name = name;
      this.at = at;
      this.scope = scope;
      this.source = source;
      this.path = path;
      this.hasDefault = hasDefault;
      this.specifier = specifier;
      this.imported = imported;
    }
  }

  private static final Set<String> FUNCTIONS =
      Set.of(
          "function_declaration",
          "function_expression",
          "arrow_function",
          "method_definition",
          "generator_function",
          "generator_function_declaration");

  private static final Set<String> BLOCKS =
      Set.of(
          "statement_block",
          "for_statement",
          "for_in_statement",
          "switch_body",
          "class_static_block");

  private final SyntaxTree tree;
  private final Map<Integer, Map<String, Declaration>> scopes = new HashMap<>();
  private final List<Declaration> all = new ArrayList<>();
  private final BitSet sites = new BitSet();
  private final Set<String> ambient = new HashSet<>();

  Scopes(SyntaxTree tree) {
    this.tree = tree;
    int ambientUntil = -1;
    for (int node = 0; node < tree.size(); node++) {
      if (node <= ambientUntil) {
        if (tree.is(node, "variable_declarator")) {
          ambient.add(tree.text(tree.child(node, "name")));
        }
        continue;
      }
      if (tree.is(node, "ambient_declaration")) {
        // It claims that a name exists, and makes none.
        ambientUntil = tree.last(node);
        continue;
      }
      declare(node);
    }
  }

  boolean isFunction(int node) {
    return FUNCTIONS.contains(tree.type(node));
  }

  List<Declaration> all() {
    return all;
  }

  /** Names that {@code declare} claims to exist. */
  Set<String> ambient() {
    return ambient;
  }

  /** Whether an identifier is the place of a declaration rather than a mention. */
  boolean isSite(int node) {
    return sites.get(node);
  }

  /** The declaration that a mention of a name means; null when the file has none. */
  @Nullable Declaration of(int mention) {
    return of(tree.text(mention), mention);
  }

  @Nullable Declaration of(String name, int from) {
    for (int n = from; n != SyntaxTree.NONE; n = tree.parent(n)) {
      var scope = scopes.get(n);
      if (scope != null) {
        var found = scope.get(name);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private void declare(int node) {
    switch (tree.type(node)) {
      case "variable_declarator" -> {
        boolean isVar = tree.is(tree.parent(node), "variable_declaration");
        pattern(
            Kind.VARIABLE,
            tree.child(node, "name"),
            isVar ? function(node) : block(node),
            tree.child(node, "value"),
            List.of(),
            false);
      }
      case "for_in_statement" -> {
        if (tree.child(node, "kind") != SyntaxTree.NONE) {
          pattern(Kind.VARIABLE, tree.child(node, "left"), node, SyntaxTree.NONE, null, false);
        }
      }
      case "required_parameter", "optional_parameter" -> {
        if (!isFunction(tree.parent(tree.parent(node)))) {
          // Types have parameters too, which name nothing.
          return;
        }
        boolean hasDefault = tree.child(node, "value") != SyntaxTree.NONE;
        pattern(
            Kind.PARAMETER,
            tree.child(node, "pattern"),
            function(node),
            node,
            List.of(),
            hasDefault);
      }
      case "arrow_function" -> {
        int parameter = tree.child(node, "parameter");
        if (parameter != SyntaxTree.NONE) {
          pattern(Kind.PARAMETER, parameter, node, parameter, List.of(), false);
        }
      }
      case "function_declaration", "generator_function_declaration" ->
          named(Kind.FUNCTION, node, block(node));
      case "function_expression", "generator_function" -> named(Kind.FUNCTION, node, node);
      case "class_declaration", "abstract_class_declaration" ->
          named(Kind.CLASS, node, block(node));
      case "class" -> {
        if (tree.first(node) != SyntaxTree.NONE) {
          named(Kind.CLASS, node, node);
        }
      }
      case "enum_declaration", "internal_module", "import_alias" ->
          named(Kind.OTHER, node, block(node));
      case "catch_clause" ->
          pattern(Kind.OTHER, tree.child(node, "parameter"), node, SyntaxTree.NONE, null, false);
      case "import_statement" -> imports(node);
      default -> {}
    }
  }

  private void named(Kind kind, int node, int scope) {
    int name = tree.child(node, "name");
    if (name != SyntaxTree.NONE) {
      add(new Declaration(kind, tree.text(name), name, scope, node, List.of(), false, "", ""));
    }
  }

  private void add(Declaration declaration) {
    scopes
        .computeIfAbsent(declaration.scope, _ -> new HashMap<>())
        .putIfAbsent(declaration.name, declaration);
    all.add(declaration);
    sites.set(declaration.at);
  }

  private void pattern(
      Kind kind, int node, int scope, int source, @Nullable List<String> path, boolean hasDefault) {
    if (node == SyntaxTree.NONE) {
      return;
    }
    switch (tree.type(node)) {
      case "identifier", "shorthand_property_identifier_pattern" ->
          add(
              new Declaration(
                  kind, tree.text(node), node, scope, source, path, hasDefault, "", ""));
      case "object_pattern" -> {
        for (int c = tree.first(node); c != SyntaxTree.NONE; c = tree.next(c)) {
          property(kind, c, scope, source, path, hasDefault);
        }
      }
      case "assignment_pattern", "object_assignment_pattern" ->
          pattern(kind, tree.child(node, "left"), scope, source, path, true);
      case "array_pattern", "rest_pattern" -> {
        for (int c = tree.first(node); c != SyntaxTree.NONE; c = tree.next(c)) {
          pattern(kind, c, scope, source, null, hasDefault);
        }
      }
      default -> {}
    }
  }

  private void property(
      Kind kind, int node, int scope, int source, @Nullable List<String> path, boolean hasDefault) {
    switch (tree.type(node)) {
      case "shorthand_property_identifier_pattern" ->
          pattern(kind, node, scope, source, plus(path, tree.text(node)), hasDefault);
      case "object_assignment_pattern" -> {
        int left = tree.child(node, "left");
        pattern(kind, left, scope, source, plus(path, tree.text(left)), true);
      }
      case "pair_pattern" -> {
        int key = tree.child(node, "key");
        var text = tree.is(key, "property_identifier") ? tree.text(key) : tree.string(key);
        pattern(
            kind,
            tree.child(node, "value"),
            scope,
            source,
            text == null ? null : plus(path, text),
            hasDefault);
      }
      case "rest_pattern" -> pattern(kind, node, scope, source, null, hasDefault);
      default -> {}
    }
  }

  private static @Nullable List<String> plus(@Nullable List<String> path, String name) {
    if (path == null) {
      return null;
    }
    var longer = new ArrayList<>(path);
    longer.add(name);
    return List.copyOf(longer);
  }

  private void imports(int statement) {
    var specifier = tree.string(tree.child(statement, "source"));
    int clause = tree.childOf(statement, "import_clause");
    if (clause == SyntaxTree.NONE) {
      int require = tree.childOf(statement, "import_require_clause");
      if (require != SyntaxTree.NONE) {
        var required = tree.string(tree.child(require, "source"));
        imported(tree.childOf(require, "identifier"), required == null ? "" : required, "default");
      }
      return;
    }
    var from = specifier == null ? "" : specifier;
    for (int c = tree.first(clause); c != SyntaxTree.NONE; c = tree.next(c)) {
      switch (tree.type(c)) {
        case "identifier" -> imported(c, from, "default");
        case "namespace_import" -> imported(tree.childOf(c, "identifier"), from, "*");
        case "named_imports" -> {
          for (int s = tree.first(c); s != SyntaxTree.NONE; s = tree.next(s)) {
            if (tree.is(s, "import_specifier")) {
              int name = tree.child(s, "name");
              int alias = tree.child(s, "alias");
              imported(alias == SyntaxTree.NONE ? name : alias, from, tree.text(name));
            }
          }
        }
        default -> {}
      }
    }
  }

  private void imported(int local, String specifier, String name) {
    if (local != SyntaxTree.NONE) {
      add(
          new Declaration(
              Kind.IMPORT,
              tree.text(local),
              local,
              0,
              SyntaxTree.NONE,
              List.of(),
              false,
              specifier,
              name));
    }
  }

  private int block(int node) {
    int n = tree.parent(node);
    while (n > 0 && !BLOCKS.contains(tree.type(n)) && !isFunction(n)) {
      n = tree.parent(n);
    }
    return Math.max(n, 0);
  }

  private int function(int node) {
    int n = tree.parent(node);
    while (n > 0 && !isFunction(n)) {
      n = tree.parent(n);
    }
    return Math.max(n, 0);
  }
}
