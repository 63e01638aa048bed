package dev.clodo;

import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.mend.Document;
import dev.clodo.mend.Mending;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Rewrite;
import dev.clodo.model.Step;
import dev.clodo.model.Target;
import dev.clodo.plan.Way;
import dev.clodo.port.Configurations;
import dev.clodo.port.StepFailed;
import dev.clodo.port.UserError;
import dev.clodo.port.WorkspaceFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configurations of a workspace. Ids are written into them as a person would: comments, order
 * and line ends stay.
 */
final class OwnConfigurations implements Configurations {
  private final WorkspaceFiles files;
  private final Path root;

  /**
   * @param root the workspace: nothing outside it is written
   */
  OwnConfigurations(WorkspaceFiles files, Path root) {
    this.files = files;
    this.root = root;
  }

  @Override
  public void setId(Step.Provision made, String id) {
    var file = made.target().config();
    var key = made.kind() == Step.Provision.Kind.KV ? "id" : "database_id";
    var binding = binding(made).orElseThrow(() -> noPlace(made, key, id));
    var known = binding.get(key);
    if (known.isPresent()
        && known.get() instanceof ConfigValue.Text(var text, _)
        && text.equals(id)) {
      return;
    }
    var text = files.read(file).orElseThrow(() -> noPlace(made, key, id));
    var document = Document.of(file, text);
    var edit =
        known.isPresent()
            ? document.replace(known.get().at(), id)
            : document.add(binding.at(), key, id);
    var mended = Mending.of(file, text, List.of(edit.orElseThrow(() -> noPlace(made, key, id))));
    if (mended.made().isEmpty()) {
      throw noPlace(made, key, id);
    }
    try {
      files.replace(root, file, text, mended.text());
    } catch (UserError e) {
      throw new StepFailed(
          "%s. Write it yourself: %s = \"%s\" for %s"
              .formatted(e.getMessage(), key, id, made.binding()),
          e);
    }
  }

  @Override
  public Map<String, Rewrite> variables(Target copy) {
    return files
        .read(copy.config())
        .flatMap(text -> ServiceAutoDiscovery.json(copy.config(), text))
        .filter(ConfigValue.Table.class::isInstance)
        .map(settings -> Way.variables((ConfigValue.Table) settings))
        .orElseThrow(
            () -> new StepFailed("can't read %s; plan again: clodo plan".formatted(copy.config())));
  }

  /** Read anew, because each id that is written moves what stands below it. */
  private static Optional<ConfigValue.Table> binding(Step.Provision made) {
    var inventory =
        new ServiceAutoDiscovery().discover(made.target().config(), made.target().environment());
    var list = made.kind() == Step.Provision.Kind.KV ? "kv_namespaces" : "d1_databases";
    return inventory.services().stream()
        .filter(s -> s.name().equals(made.target().service()))
        .flatMap(s -> s.settings().tables(list).stream())
        .filter(t -> t.text("binding").filter(made.binding()::equals).isPresent())
        .findFirst();
  }

  private static StepFailed noPlace(Step.Provision made, String key, String id) {
    return new StepFailed(
        "%s has no plain place for the id of %s: write %s = \"%s\" there"
            .formatted(made.target().config(), made.binding(), key, id));
  }
}
