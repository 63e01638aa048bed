package dev.clodo.model;

/**
 * What is shown to Cloudflare, and where it was found; never its value.
 *
 * @param what {@code API token}, {@code API key of …}, {@code wrangler's login}; empty when there
 *     is nothing to show
 * @param from the variable, and the file where a file gave it
 * @param problem why there is nothing, or what will be done before it is used; may be empty
 */
public record CredentialSource(String what, String from, String problem) {}
