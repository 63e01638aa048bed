package dev.clodo.model;

/**
 * The name under which a Worker or a Pages project is known to Cloudflare, environment included.
 */
public record ServiceName(String value) implements Comparable<ServiceName> {
  public ServiceName {
    Text.required("service name", value);
  }

  @Override
  public int compareTo(ServiceName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
