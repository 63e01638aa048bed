package dev.clodo.port;

import dev.clodo.model.Evaluated;
import java.nio.file.Path;

/**
 * Evaluates a program of a workspace, such as {@code clodo.config.ts}, with the workspace's own
 * tools, in bounded time and without credentials in its environment. A failure is an answer.
 */
@FunctionalInterface
public interface Programs {
  Evaluated evaluate(Path file);
}
