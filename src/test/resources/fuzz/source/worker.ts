import { Hono } from "hono";
import type { Env } from './types';
import * as all from "cloudflare:workers";
import { env as globals, WorkerEntrypoint, DurableObject } from "cloudflare:workers";

const pattern = /[/\]]+\/(?<a>x)/giu;
const app = new Hono<{ Bindings: Env }>();
app.get("/a/:b{[0-9]+}", async (c) => c.json(await c.env.DB.prepare(`select ${c.req.param("b")}`).all()));

export class Room extends DurableObject<Env> {
  #count = 0n;
  async fetch(request: Request) { return new Response(this.env.GREETING ?? "hello"); }
}

export default {
  fetch: app.fetch,
  async queue(batch: MessageBatch<string>, env: Env, ctx: ExecutionContext) {
    const { KV, ["QUEUE"]: queue = null, ...rest } = env;
    if (!env.CACHE) return;
    try { await KV.put("a", "b", { expirationTtl: 10 }); } catch (e) { console.log(env?.LOG!.send(e)); }
    for await (const m of batch.messages) switch (m.body) { case "a": m.ack(); break; default: m.retry({ delaySeconds: 3 }); }
    globals.OTHER.get`tag ${{ a: `nested ${1}` }}`;
  },
} satisfies ExportedHandler<Env>;
