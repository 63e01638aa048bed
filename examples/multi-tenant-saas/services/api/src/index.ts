import type { NoteCreated } from "../../../shared/events";
import { json, notFound, signed, type Versioned } from "../../../shared/reply";
import { signature, matches } from "./links";

interface Env extends Versioned {
  DB: D1Database;
  PLANS: KVNamespace;
  EVENTS: Queue<NoteCreated>;
  FREE_NOTES: string;
  LINK_KEY: string;
}

interface Note {
  id: string;
  text: string;
  created_at: string;
}

const NEWEST = 50;
const LONGEST = 500;

export default {
  async fetch(request, env): Promise<Response> {
    return signed(env, await answer(request, env));
  },
} satisfies ExportedHandler<Env>;

async function answer(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  if (url.pathname === "/") {
    return json({ service: "saas-api" });
  }
  const tenant = request.headers.get("X-Tenant");
  if (!tenant) {
    return json({ error: "no tenant" }, 400);
  }
  const path = url.pathname.split("/").slice(1);
  if (path[0] === "notes" && path.length === 1) {
    return request.method === "POST" ? add(request, env, tenant) : list(env, tenant);
  }
  if (path[0] === "notes" && path[2] === "link") {
    return json({ link: `/t/${tenant}/api/shared/${path[1]}?by=${await signature(env.LINK_KEY, tenant, path[1])}` });
  }
  if (path[0] === "shared" && path.length === 2) {
    return shared(env, tenant, path[1], url.searchParams.get("by") ?? "");
  }
  return notFound();
}

async function list(env: Env, tenant: string): Promise<Response> {
  const { results } = await env.DB.prepare(
    "SELECT id, text, created_at FROM notes WHERE tenant = ? ORDER BY created_at DESC LIMIT ?",
  )
    .bind(tenant, NEWEST)
    .all<Note>();
  return json(results);
}

async function add(request: Request, env: Env, tenant: string): Promise<Response> {
  const body = await request.json<{ text?: unknown }>().catch(() => null);
  const text = typeof body?.text === "string" ? body.text.trim() : "";
  if (text === "" || text.length > LONGEST) {
    return json({ error: `a note has 1 to ${LONGEST} characters` }, 400);
  }
  const allowed = Number((await env.PLANS.get(`notes:${tenant}`)) ?? env.FREE_NOTES);
  const used = await env.DB.prepare("SELECT count(*) AS n FROM notes WHERE tenant = ?").bind(tenant).first<number>("n");
  if ((used ?? 0) >= allowed) {
    return json({ error: `the plan allows ${allowed} notes` }, 402);
  }
  const note: Note = { id: crypto.randomUUID(), text, created_at: new Date().toISOString() };
  await env.DB.prepare("INSERT INTO notes (id, tenant, text, created_at) VALUES (?, ?, ?, ?)")
    .bind(note.id, tenant, note.text, note.created_at)
    .run();
  await env.EVENTS.send({ id: note.id, tenant, at: note.created_at });
  return json(note, 201);
}

async function shared(env: Env, tenant: string, id: string, by: string): Promise<Response> {
  if (!(await matches(env.LINK_KEY, tenant, id, by))) {
    return notFound();
  }
  const note = await env.DB.prepare("SELECT id, text, created_at FROM notes WHERE id = ? AND tenant = ?")
    .bind(id, tenant)
    .first<Note>();
  return note ? json(note) : notFound();
}
