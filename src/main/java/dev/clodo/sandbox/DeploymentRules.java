package dev.clodo.sandbox;

import dev.clodo.sandbox.runtime.Share;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/// Which deployments Cloudflare accepts. Pure.
final class DeploymentRules {
  /// A deployment splits traffic between at most this many versions.
  static final int MAX_VERSIONS = 2;

  /// Only this many of a Worker's newest versions can be deployed.
  static final int WINDOW = 100;

  /// Percentages come rounded to three decimals.
  private static final double TOLERANCE = 0.001;

  private DeploymentRules() {}

  /// @throws ApiError if the shares are no split: none or too many, one twice, or not 100 in total
  static void checkSplit(List<Share> shares) {
    if (shares.isEmpty()) {
      throw ApiError.badBody("a deployment needs at least one version");
    }
    if (shares.size() > MAX_VERSIONS) {
      throw ApiError.badBody(
          "a deployment has at most %d versions, not %d".formatted(MAX_VERSIONS, shares.size()));
    }
    var seen = new HashSet<String>();
    double sum = 0;
    for (var share : shares) {
      if (!seen.add(share.versionId())) {
        throw ApiError.badBody("version " + share.versionId() + " is named twice");
      }
      sum += share.percent();
    }
    if (Math.abs(sum - 100) > TOLERANCE) {
      throw ApiError.badBody("the percentages must add up to 100, not " + sum);
    }
  }

  /// @param newest number of the script's newest version
  /// @throws ApiError if the version is too old, or older than a Durable Object migration
  static void checkDeployable(Version version, long newest, Script script) {
    if (version.number() <= newest - WINDOW) {
      throw ApiError.badBody(
          "version %s is not among the %d newest".formatted(version.id(), WINDOW));
    }
    if (!version.migrationTag().equals(script.migrationTag())) {
      throw ApiError.of(
          400,
          10074,
          "Version %s was made before Durable Object migration '%s' and can't be deployed any more."
              .formatted(version.id(), script.migrationTag()));
    }
  }

  /// Names of secrets that differ from what serves now, when going back to an older version. Going
  /// forward takes the newer version's secrets without a question.
  static Set<String> changedSecrets(Version wanted, Version serving) {
    if (wanted.number() >= serving.number()) {
      return Set.of();
    }
    return differing(wanted.program().secrets(), serving.program().secrets());
  }

  private static Set<String> differing(Map<String, String> one, Map<String, String> other) {
    var names = new TreeSet<String>();
    one.forEach((name, text) -> {
      if (!Objects.equals(text, other.get(name))) {
        names.add(name);
      }
    });
    other.keySet().stream().filter(name -> !one.containsKey(name)).forEach(names::add);
    return names;
  }
}
