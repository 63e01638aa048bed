/** The nouns: records and sealed families that check their own invariants. */
@NullMarked
package dev.clodo.model;

import org.jspecify.annotations.NullMarked;
