package dev.clodo.discover;

import java.nio.file.Path;

/**
 * A folder that can be deployed.
 *
 * @param home where wrangler runs
 * @param config the file that is deployed from there
 */
record Project(Path home, Path config) {}
