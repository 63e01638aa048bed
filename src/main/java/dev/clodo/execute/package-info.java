/** Performs plans: the only loop that changes the world. */
@NullMarked
package dev.clodo.execute;

import org.jspecify.annotations.NullMarked;
