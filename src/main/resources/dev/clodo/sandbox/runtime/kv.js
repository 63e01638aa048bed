// A KV namespace, in the HTTP form that workerd's KV binding speaks: GET, PUT and DELETE on a key,
// GET on the root for a page of keys, POST /bulk/get. The REST API of the sandbox uses it too.
import { DurableObject } from "cloudflare:workers";
import { Chunks } from "./chunks.js";
import { skew } from "./control.js";

// Limits as documented for KV.
const MAX_KEY = 512;
const MAX_VALUE = 25 << 20;
const MAX_METADATA = 1024;
const MAX_PAGE = 1000;
const MAX_BULK = 100;
const MIN_TTL = 60;

const encoder = new TextEncoder();
const length = (text) => encoder.encode(text).byteLength;

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// A header's value can't hold more than Latin-1; JSON can say the rest in ASCII.
const ascii = (json) =>
  json.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

export class Namespace extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec(`CREATE TABLE IF NOT EXISTS entries (
      key TEXT PRIMARY KEY, size INTEGER NOT NULL, metadata TEXT, expiration INTEGER)`);
    this.values = new Chunks(this.sql, "chunks");
  }

  async fetch(request) {
    try {
      return await this.answer(request, new URL(request.url));
    } catch (e) {
      const message = String(e.message ?? e).replace(/[\r\n]/g, " ");
      return new Response(message, { status: e.status ?? 500, statusText: message });
    }
  }

  async answer(request, { pathname, searchParams }) {
    if (request.method === "POST" && pathname === "/bulk/get") {
      return this.bulk(await request.json());
    }
    if (request.method === "DELETE" && pathname === "/" && searchParams.has("everything")) {
      await this.ctx.storage.deleteAll();
      this.ctx.abort("cleared");
    }
    if (request.method === "GET" && pathname === "/") {
      return this.page(searchParams);
    }
    const key = decodeURIComponent(pathname.slice(1));
    this.check(key);
    switch (request.method) {
      case "GET":
        return this.get(key);
      case "PUT":
        return this.put(key, request, searchParams);
      case "DELETE":
        this.remove(key);
        return new Response(null);
      default:
        throw new Refused(405, "Method Not Allowed");
    }
  }

  check(key) {
    if (key === "") {
      throw new Refused(400, "Key names must not be empty");
    }
    if (length(key) > MAX_KEY) {
      throw new Refused(
        414,
        `UTF-8 encoded length of ${length(key)} exceeds key length limit of ${MAX_KEY}.`,
      );
    }
  }

  now() {
    return Math.floor((Date.now() + skew.millis) / 1000);
  }

  find(key) {
    const [entry] = this.sql.exec("SELECT * FROM entries WHERE key = ?", key).toArray();
    if (entry && entry.expiration !== null && entry.expiration <= this.now()) {
      this.remove(key);
      return undefined;
    }
    return entry;
  }

  get(key) {
    const entry = this.find(key);
    if (!entry) {
      return new Response(null, { status: 404, statusText: "Not Found" });
    }
    const headers = {};
    if (entry.metadata !== null) {
      headers["CF-KV-Metadata"] = ascii(entry.metadata);
    }
    if (entry.expiration !== null) {
      headers["Expiration"] = String(entry.expiration);
    }
    return new Response(this.values.read(key, entry.size), { headers });
  }

  async put(key, request, parameters) {
    const value = new Uint8Array(await request.arrayBuffer());
    if (value.byteLength > MAX_VALUE) {
      throw new Refused(413, `Value length of ${value.byteLength} exceeds limit of ${MAX_VALUE}.`);
    }
    const metadata = request.headers.get("CF-KV-Metadata");
    if (metadata !== null && length(metadata) > MAX_METADATA) {
      throw new Refused(
        413,
        `Metadata length of ${length(metadata)} exceeds limit of ${MAX_METADATA}.`,
      );
    }
    const expiration = this.expiration(parameters);
    this.ctx.storage.transactionSync(() => {
      this.sql.exec(
        "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)",
        key,
        value.byteLength,
        metadata,
        expiration,
      );
      this.values.write(key, value);
    });
    return new Response(null);
  }

  expiration(parameters) {
    const whole = (name) => {
      const number = Number(parameters.get(name));
      if (!Number.isInteger(number) || number <= 0) {
        throw new Refused(
          400,
          `Invalid ${name} of ${parameters.get(name)}. Please specify integer greater than 0.`,
        );
      }
      return number;
    };
    if (parameters.has("expiration_ttl")) {
      const ttl = whole("expiration_ttl");
      if (ttl < MIN_TTL) {
        throw new Refused(
          400,
          `Invalid expiration_ttl of ${ttl}. Expiration TTL must be at least ${MIN_TTL}.`,
        );
      }
      return this.now() + ttl;
    }
    if (parameters.has("expiration")) {
      const at = whole("expiration");
      if (at < this.now() + MIN_TTL) {
        throw new Refused(
          400,
          `Invalid expiration of ${at}. Expiration times must be at least ${MIN_TTL} seconds in the future.`,
        );
      }
      return at;
    }
    return null;
  }

  remove(key) {
    this.ctx.storage.transactionSync(() => {
      this.sql.exec("DELETE FROM entries WHERE key = ?", key);
      this.values.remove(key);
    });
  }

  page(parameters) {
    const limit = Number(parameters.get("key_count_limit") ?? MAX_PAGE);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
      throw new Refused(
        400,
        `Invalid key_count_limit of ${limit}. Please specify an integer from 1 to ${MAX_PAGE}.`,
      );
    }
    const prefix = parameters.get("prefix") ?? "";
    let after = "";
    if (parameters.get("cursor")) {
      try {
        after = new TextDecoder().decode(
          Uint8Array.from(atob(parameters.get("cursor")), (c) => c.charCodeAt(0)),
        );
      } catch {
        throw new Refused(400, "Invalid cursor.");
      }
    }
    // SQLite compares text by its UTF-8 bytes, which is KV's order.
    const found = this.sql
      .exec(
        `SELECT key, metadata, expiration FROM entries
         WHERE key >= ?1 AND key > ?2 AND substr(key, 1, length(?1)) = ?1
           AND (expiration IS NULL OR expiration > ?3)
         ORDER BY key LIMIT ?4`,
        prefix,
        after,
        this.now(),
        limit + 1,
      )
      .toArray();
    const keys = found.slice(0, limit).map(({ key, metadata, expiration }) => ({
      name: key,
      ...(expiration === null ? {} : { expiration }),
      ...(metadata === null ? {} : { metadata }),
    }));
    const complete = found.length <= limit;
    return Response.json({
      keys,
      list_complete: complete,
      ...(complete
        ? {}
        : { cursor: btoa(String.fromCharCode(...encoder.encode(keys.at(-1).name))) }),
      cacheStatus: null,
    });
  }

  bulk({ keys, type = "text", withMetadata = false }) {
    if (!Array.isArray(keys) || keys.length < 1) {
      throw new Refused(400, "You must request a minimum of 1 key");
    }
    if (keys.length > MAX_BULK) {
      throw new Refused(400, `You can request a maximum of ${MAX_BULK} keys`);
    }
    const out = {};
    for (const key of keys) {
      this.check(key);
      const entry = this.find(key);
      if (!entry) {
        out[key] = null;
        continue;
      }
      const text = new TextDecoder().decode(this.values.read(key, entry.size));
      let value = text;
      if (type === "json") {
        try {
          value = JSON.parse(text);
        } catch {
          throw new Refused(
            400,
            "At least one of the requested keys corresponds to a non-json value",
          );
        }
      }
      out[key] = withMetadata
        ? { value, metadata: entry.metadata === null ? null : JSON.parse(entry.metadata) }
        : value;
    }
    return Response.json(out);
  }
}
