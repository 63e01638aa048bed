package dev.clodo.model;

import java.nio.file.Path;

/** Names one service to wrangler: which folder, which configuration file, which environment. */
public record Target(ServiceName service, EnvironmentName environment, Path home, Path config) {}
