/** Reads the files of a workspace and says what they want; changes nothing. */
@NullMarked
package dev.clodo.discover;

import org.jspecify.annotations.NullMarked;
