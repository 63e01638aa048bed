package dev.clodo.model;

import java.time.Instant;

/**
 * A version as Cloudflare lists it.
 *
 * @param tag the {@code workers/tag} annotation; empty when it has none
 */
public record UploadedVersion(
    VersionId id, long number, Instant createdAt, String tag, String message) {}
