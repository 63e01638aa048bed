/** Holds the documents to what works. */
@NullMarked
package dev.clodo.docs;

import org.jspecify.annotations.NullMarked;
