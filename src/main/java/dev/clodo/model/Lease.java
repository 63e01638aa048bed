package dev.clodo.model;

import java.time.Instant;

/**
 * The right to change one scope until it expires. The fencing token grows with every holder, so
 * that a late writer is recognised.
 */
public record Lease(String scope, String holder, long token, Instant expiresAt) {}
