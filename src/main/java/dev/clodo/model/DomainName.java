package dev.clodo.model;

/**
 * A domain that services are released for, as a tenant of the workspace: {@code acme.example.com}.
 * The empty name means that a service is released once, for nobody in particular.
 */
public record DomainName(String value) implements Comparable<DomainName> {
  /** Of a service that every domain shares. */
  public static final DomainName SHARED = new DomainName("");

  public boolean isShared() {
    return value.isEmpty();
  }

  @Override
  public int compareTo(DomainName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return isShared() ? "shared" : value;
  }
}
