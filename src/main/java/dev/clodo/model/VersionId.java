package dev.clodo.model;

/** Cloudflare's id of one immutable version of a Worker (a UUID). */
public record VersionId(String value) {
  public VersionId {
    Text.required("version id", value);
  }

  /** The first eight characters, as Cloudflare's dashboard and preview addresses show it. */
  public String shortened() {
    return value.substring(0, Math.min(8, value.length()));
  }

  @Override
  public String toString() {
    return value;
  }
}
