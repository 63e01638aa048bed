package dev.clodo.simulation;

import dev.clodo.model.SecretSource;
import dev.clodo.port.Secrets;
import java.nio.file.Path;
import java.util.Set;

/** Every secret has a value. */
final class KnownSecrets implements Secrets {
  @Override
  public String value(SecretSource source) {
    return "value of " + source;
  }

  @Override
  public String digest(String value) {
    return "digest of " + value;
  }

  @Override
  public Set<String> keys(Path file) {
    return Set.of();
  }
}
