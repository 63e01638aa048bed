/** Changes Cloudflare through the user's own wrangler: finds it, builds its commands, runs them. */
@NullMarked
package dev.clodo.adapter.wrangler;

import org.jspecify.annotations.NullMarked;
