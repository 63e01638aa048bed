package dev.clodo.model;

import java.util.List;

/**
 * The versions that a service can go back to.
 *
 * @param live what serves now
 * @param versions those that Cloudflare still lists, newest first
 * @param looked of so many of the newest it is known whether what they need is still there
 */
public record ServiceVersions(
    Target target, Deployment live, List<ListedVersion> versions, int looked) {
  public ServiceVersions {
    versions = List.copyOf(versions);
  }
}
