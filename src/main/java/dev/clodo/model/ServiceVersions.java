package dev.clodo.model;

import java.util.List;

/**
 * The versions that a service can go back to.
 *
 * @param live what serves now
 * @param versions those that Cloudflare still lists, newest first
 */
public record ServiceVersions(Target target, Deployment live, List<ListedVersion> versions) {
  public ServiceVersions {
    versions = List.copyOf(versions);
  }
}
