package dev.clodo.model;

/**
 * A finding that somebody does not want to see.
 *
 * @param by where that is written
 * @param reason why; may be empty
 */
public record Suppressed(Finding finding, Location by, String reason) {}
