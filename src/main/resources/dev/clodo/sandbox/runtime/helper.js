// Stands beside each version in its process. It reports what the version did, hands it the events
// that no visitor causes, and carries its calls to other Workers and to their Durable Objects,
// which live in processes of their own.
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";

export default {};

export class Tail extends WorkerEntrypoint {
  async tail(items) {
    const { script, version } = this.ctx.props;
    const own = items.filter((item) => item.entrypoint !== "ClodoInspection");
    if (own.length === 0) {
      return;
    }
    await this.env.control.fetch("http://control/tail", {
      method: "POST",
      headers: { "X-Clodo-Script": script, "X-Clodo-Version": version },
      body: JSON.stringify(own),
    });
  }
}

// The sandbox itself calls this one: cron and queues.
export class Events extends WorkerEntrypoint {
  async fetch(request) {
    if (request.headers.get("X-Clodo-Token") !== this.env.token) {
      return new Response("not for you", { status: 403 });
    }
    const asked = await request.json();
    const target = this.env[asked.service];
    switch (asked.event) {
      case "scheduled":
        return Response.json(
          await target.scheduled({ scheduledTime: new Date(asked.time), cron: asked.cron }),
        );
      case "queue":
        return Response.json(await target.queue(asked.queue, asked.messages.map(message)));
      default:
        return Response.json({ error: `unknown event ${asked.event}` }, { status: 400 });
    }
  }
}

function message({ id, timestamp, attempts, contentType, body }) {
  const bytes = Uint8Array.from(atob(body), (c) => c.charCodeAt(0));
  const common = { id, timestamp: new Date(timestamp), attempts };
  switch (contentType) {
    case "text":
      return { ...common, body: new TextDecoder().decode(bytes) };
    case "json":
      return { ...common, body: JSON.parse(new TextDecoder().decode(bytes)) };
    case "v8":
      return { ...common, serializedBody: bytes };
    default:
      return { ...common, body: bytes };
  }
}

// The headers by which a caller chooses a version apply to calls between Workers too.
const CHOOSING = ["Cloudflare-Workers-Version-Overrides", "Cloudflare-Workers-Version-Key"];

// Asks where a script runs now: each call may go to another version.
async function locate(control, script, request) {
  const headers = { "X-Clodo-Callee": script };
  for (const name of CHOOSING) {
    const value = request?.headers.get(name);
    if (value) {
      headers[name] = value;
    }
  }
  const answer = await control.fetch("http://control/locate", { headers });
  if (!answer.ok) {
    throw new Error(await answer.text());
  }
  return answer.json();
}

// Does one call on what runs at a place. A place with a lease waits for the call before it is taken
// down, so it is told when the call is over.
async function at(place, { control, debugPort }, call) {
  try {
    return await call(await debugPort.connect(place.address));
  } finally {
    if (place.lease) {
      await control.fetch("http://control/release", { headers: { "X-Clodo-Lease": place.lease } });
    }
  }
}

// What workerd itself looks for on an entrypoint or an object; every other name is a method to call
// on the other side.
const OWN = new Set(["constructor", "ctx", "env", "fetch", "then"]);

function forwarding(target, call) {
  return new Proxy(target, {
    get(own, name) {
      if (typeof name === "symbol" || OWN.has(name)) {
        const value = Reflect.get(own, name);
        return typeof value === "function" ? value.bind(own) : value;
      }
      return (...parameters) => call(name, parameters);
    },
  });
}

export class Callee extends WorkerEntrypoint {
  constructor(ctx, env) {
    super(ctx, env);
    return forwarding(this, async (name, parameters) => {
      const place = await locate(env.control, ctx.props.script);
      return at(place, env, (client) => entrypoint(client, place, ctx.props)[name](...parameters));
    });
  }

  async fetch(request) {
    const { props } = this.ctx;
    const place = await locate(this.env.control, props.script, request);
    if (place.assets) {
      const asset = await assetOf(place, this.env, request);
      if (asset) {
        return asset;
      }
    }
    return at(place, this.env, (client) => entrypoint(client, place, props).fetch(request));
  }
}

function entrypoint(client, { service }, { entrypoint, props }) {
  return client.getEntrypoint(service, entrypoint || undefined, JSON.parse(props));
}

// What the callee's assets answer before its program is asked, if they do.
async function assetOf({ version }, { control }, request) {
  const headers = new Headers(request.headers);
  headers.set("X-Clodo-Version", version);
  headers.set("X-Clodo-Method", request.method);
  headers.set("X-Clodo-Url", request.url);
  const answer = await control.fetch("http://control/asset", { headers, redirect: "manual" });
  if (!answer.headers.has("X-Clodo-Asset")) {
    return undefined;
  }
  const own = new Response(request.method === "HEAD" ? null : answer.body, answer);
  own.headers.delete("X-Clodo-Asset");
  return own;
}

// A Durable Object of another script: has the same id here as there, stores nothing, and passes
// every call on. A subclass tells the script and the class.
export class RemoteObject extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    const { script, className } = new.target;
    return forwarding(this, async (name, parameters) => {
      const place = await locate(env.control, script);
      return at(place, env, (client) => actor(client, place, className, ctx)[name](...parameters));
    });
  }

  async fetch(request) {
    const { script, className } = this.constructor;
    const place = await locate(this.env.control, script);
    return at(place, this.env, (client) => actor(client, place, className, this.ctx).fetch(request));
  }
}

function actor(client, { objects }, className, { id }) {
  return client.getActor(objects, className, id.toString());
}
