/** Reads who is at work, and on which commit. */
@NullMarked
package dev.clodo.adapter.git;

import org.jspecify.annotations.NullMarked;
