package dev.clodo.sandbox.runtime;

import java.nio.file.Path;

/// Where and how a runtime works.
///
/// @param workerd the workerd binary
/// @param home a folder of the sandbox's own; storage and process notes live in it
/// @param edgePort loopback port of the edge, 0 for any free one
public record RuntimeSettings(Path workerd, Path home, int edgePort) {}
