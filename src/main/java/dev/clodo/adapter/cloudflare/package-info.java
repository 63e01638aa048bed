/** Looks at Cloudflare through its HTTP API, and sends requests to deployed services. */
@NullMarked
package dev.clodo.adapter.cloudflare;

import org.jspecify.annotations.NullMarked;
