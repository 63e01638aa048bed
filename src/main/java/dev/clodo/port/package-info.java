/** What Clodo needs from the world, as interfaces. */
@NullMarked
package dev.clodo.port;

import org.jspecify.annotations.NullMarked;
