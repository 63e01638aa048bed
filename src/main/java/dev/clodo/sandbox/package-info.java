/** A local Cloudflare on loopback that runs real workerd. */
@NullMarked
package dev.clodo.sandbox;

import org.jspecify.annotations.NullMarked;
