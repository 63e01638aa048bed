/** What every Worker of this example knows about the version that runs it. */
export interface Versioned {
  CF_VERSION_METADATA: WorkerVersionMetadata;
}

/**
 * Says which version answered. Whoever probes a new version needs this proof: without it, an answer
 * of the old version looks just as healthy.
 */
export function signed(env: Versioned, response: Response): Response {
  const copy = new Response(response.body, response);
  copy.headers.set("X-Worker-Version", env.CF_VERSION_METADATA.id);
  return copy;
}

export function json(value: unknown, status = 200): Response {
  return Response.json(value, { status });
}

export function notFound(): Response {
  return json({ error: "not found" }, 404);
}
