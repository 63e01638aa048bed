package dev.clodo.sandbox.runtime;

/// A version's part of a deployment.
///
/// @param percent 0 to 100; at 0 only an override header reaches the version
public record Share(String versionId, double percent) {
  public Share {
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException(
          "a share lies between 0 and 100 percent, not at " + percent);
    }
  }
}
