import { WorkerEntrypoint } from "cloudflare:workers";
import type { NoteCreated } from "../../../shared/events";
import { json, signed, type Versioned } from "../../../shared/reply";

interface Env extends Versioned {
  DB: D1Database;
}

const KEEP_DAYS = 400;

/** What other Workers may ask, by RPC over a service binding. */
export class Usage extends WorkerEntrypoint<Env> {
  async notes(tenant: string): Promise<number> {
    const count = await this.env.DB.prepare("SELECT count(*) AS n FROM usage WHERE tenant = ?")
      .bind(tenant)
      .first<number>("n");
    return count ?? 0;
  }
}

export default {
  async fetch(_request, env): Promise<Response> {
    return signed(env, json({ service: "saas-jobs" }));
  },

  async queue(batch, env): Promise<void> {
    const insert = env.DB.prepare("INSERT OR IGNORE INTO usage (event_id, tenant, at) VALUES (?, ?, ?)");
    await env.DB.batch(batch.messages.map(({ body }) => insert.bind(body.id, body.tenant, body.at)));
  },

  async scheduled(controller, env): Promise<void> {
    const before = new Date(controller.scheduledTime - KEEP_DAYS * 24 * 60 * 60 * 1000);
    await env.DB.prepare("DELETE FROM usage WHERE at < ?").bind(before.toISOString()).run();
  },
} satisfies ExportedHandler<Env, NoteCreated>;
