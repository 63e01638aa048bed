package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.runtime.DurableObjectClass;
import java.util.ArrayList;
import java.util.List;

/// What Durable Object migrations of an upload make of a script's classes. Pure.
///
/// @param tag the last migration's
/// @param classes that exist afterwards
/// @param created class names that the migrations introduce
/// @param deletedStorage storage keys of the classes that they delete
record Migrations(
    String tag,
    List<DurableObjectClass> classes,
    List<String> created,
    List<String> deletedStorage) {

  Migrations {
    classes = List.copyOf(classes);
    created = List.copyOf(created);
    deletedStorage = List.copyOf(deletedStorage);
  }

  static Migrations none(Script script) {
    return new Migrations(script.migrationTag(), script.classes(), List.of(), List.of());
  }

  /// @param upload the `migrations` of the upload's metadata: `old_tag`, `new_tag` and `steps`
  /// @throws ApiError 10079 if `old_tag` is not the script's tag, 10074 or 10061 if a step does not
  ///   fit the classes that exist
  static Migrations apply(Script script, JsonNode upload) {
    if (!(upload instanceof ObjectNode)) {
      return none(script);
    }
    var oldTag = upload.path("old_tag").asText("");
    if (!oldTag.equals(script.migrationTag())) {
      throw ApiError.of(
          400,
          10079,
          "Migration tag precondition failed; current tag is '%s', expected '%s'"
              .formatted(script.migrationTag(), oldTag));
    }
    var work = new Work(script);
    if (upload.path("steps").isArray()) {
      upload.path("steps").forEach(work::step);
    } else {
      work.step(upload);
    }
    return new Migrations(
        upload.path("new_tag").asText(script.migrationTag()),
        work.classes,
        work.created,
        work.deletedStorage);
  }

  private static final class Work {
    private final String script;
    private final List<DurableObjectClass> classes;
    private final List<String> created = new ArrayList<>();
    private final List<String> deletedStorage = new ArrayList<>();

    Work(Script script) {
      this.script = script.name();
      this.classes = new ArrayList<>(script.classes());
    }

    void step(JsonNode step) {
      step.path("new_classes").forEach(name -> create(name.asText(), false));
      step.path("new_sqlite_classes").forEach(name -> create(name.asText(), true));
      step.path("renamed_classes")
          .forEach(each -> rename(each.path("from").asText(), each.path("to").asText()));
      step.path("deleted_classes").forEach(name -> delete(name.asText()));
      if (!step.path("transferred_classes").isEmpty()) {
        throw ApiError.validation("transferred_classes is not available in the sandbox");
      }
    }

    private void create(String name, boolean sqlite) {
      if (classes.stream().anyMatch(each -> each.className().equals(name))) {
        throw ApiError.of(
            400,
            10074,
            "Cannot apply new-class migration to class '%s' that is already depended on by existing Durable Objects"
                .formatted(name));
      }
      classes.add(new DurableObjectClass(name, script + "-" + Ids.hex(), sqlite));
      created.add(name);
    }

    private void rename(String from, String to) {
      var old = find(from, "renamed_classes");
      classes.set(classes.indexOf(old), new DurableObjectClass(to, old.storageKey(), old.sqlite()));
    }

    private void delete(String name) {
      var old = find(name, "deleted_classes");
      classes.remove(old);
      created.remove(name);
      deletedStorage.add(old.storageKey());
    }

    private DurableObjectClass find(String name, String step) {
      return classes.stream()
          .filter(each -> each.className().equals(name))
          .findFirst()
          .orElseThrow(() ->
              ApiError.of(
                  400,
                  10061,
                  "Cannot apply %s migration to non-existent class %s".formatted(step, name)));
    }
  }
}
