/** Reads JavaScript and TypeScript: text in, facts out. */
@org.jspecify.annotations.NullMarked
package dev.clodo.code;
