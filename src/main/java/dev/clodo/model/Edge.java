package dev.clodo.model;

/**
 * One service depends on another: {@code from} needs {@code to} to exist, or to be new, first.
 *
 * @param via the kind of dependency
 * @param detail what names it: a binding, a queue
 */
public record Edge(ServiceName from, ServiceName to, Via via, String detail) {
  /** How the dependency comes about. */
  public enum Via {
    SERVICE_BINDING,
    /** The producer needs the consumer. */
    QUEUE,
    DURABLE_OBJECT,
    WORKFLOW,
    TAIL,
    DISPATCH
  }
}
