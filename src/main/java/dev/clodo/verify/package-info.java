/** Judges samples. */
@NullMarked
package dev.clodo.verify;

import org.jspecify.annotations.NullMarked;
