import type { Usage } from "../../jobs/src/index";
import { json, notFound, signed, type Versioned } from "../../../shared/reply";

interface Env extends Versioned {
  ASSETS: Fetcher;
  API: Fetcher;
  USAGE: Service<Usage>;
}

/** /t/<tenant>/<what> */
const TENANT_PATH = /^\/t\/([a-z0-9-]{1,40})\/(.*)$/;

export default {
  async fetch(request, env): Promise<Response> {
    return signed(env, await answer(request, env));
  },
} satisfies ExportedHandler<Env>;

async function answer(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const match = TENANT_PATH.exec(url.pathname);
  if (!match) {
    return env.ASSETS.fetch(request);
  }
  const [, tenant, rest] = match;
  if (rest === "usage") {
    return json({ tenant, notes: await env.USAGE.notes(tenant) });
  }
  if (rest.startsWith("api/")) {
    // Only this Worker says who the tenant is; what a browser claims is overwritten.
    const forwarded = new Request(new URL(`/${rest.slice("api/".length)}${url.search}`, url), request);
    forwarded.headers.set("X-Tenant", tenant);
    return env.API.fetch(forwarded);
  }
  return notFound();
}
