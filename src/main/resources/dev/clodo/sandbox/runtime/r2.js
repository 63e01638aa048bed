// An R2 bucket, in the HTTP form that workerd's R2 binding speaks: what is asked and what is told is
// JSON, in a header or in front of the value, whose length another header gives.
import { DurableObject } from "cloudflare:workers";
import { Chunks } from "./chunks.js";

const METADATA_SIZE = "CF-R2-Metadata-Size";
const MAX_PAGE = 1000;

// The platform's numbers.
const NO_SUCH_KEY = 10007;
const PRECONDITION_FAILED = 10031;
const BAD_DIGEST = 10037;
const NOT_IMPLEMENTED = 10001;

class Refused extends Error {
  constructor(status, code, message, object) {
    super(message);
    Object.assign(this, { status, code, object });
  }
}

const HASHES = { md5: "MD5", sha1: "SHA-1", sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" };

const hex = (buffer) =>
  [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export class Bucket extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec(`CREATE TABLE IF NOT EXISTS objects (
      key TEXT PRIMARY KEY, version TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
      uploaded INTEGER NOT NULL, http TEXT NOT NULL, custom TEXT NOT NULL, checksums TEXT NOT NULL)`);
    this.values = new Chunks(this.sql, "chunks");
  }

  async fetch(request) {
    try {
      // The sandbox's own API; the binding never posts.
      if (request.method === "POST") {
        return this.whole(new URL(request.url).pathname);
      }
      if (request.method === "PUT") {
        const size = Number(request.headers.get(METADATA_SIZE));
        const body = new Uint8Array(await request.arrayBuffer());
        const asked = JSON.parse(new TextDecoder().decode(body.subarray(0, size)));
        return await this.change(asked, body.subarray(size));
      }
      return this.look(JSON.parse(request.headers.get("CF-R2-Request")));
    } catch (e) {
      const error = { version: 1, v4code: e.code ?? NOT_IMPLEMENTED, message: String(e.message ?? e) };
      const told = e.object ? JSON.stringify(shown(e.object)) : "";
      return new Response(told, {
        status: e.status ?? 500,
        headers: {
          "CF-R2-Error": JSON.stringify(error),
          [METADATA_SIZE]: String(new TextEncoder().encode(told).byteLength),
        },
      });
    }
  }

  whole(what) {
    if (what === "/clear") {
      this.sql.exec("DELETE FROM objects");
      this.sql.exec("DELETE FROM chunks");
    }
    return Response.json(this.sql.exec("SELECT count(*) AS count FROM objects").one());
  }

  look(asked) {
    switch (asked.method) {
      case "head":
        return answer(shown(this.required(asked.object)));
      case "get":
        return this.get(asked);
      case "list":
        return answer(this.list(asked));
      default:
        throw unavailable(asked.method);
    }
  }

  async change(asked, value) {
    switch (asked.method) {
      case "put":
        return answer(shown(await this.put(asked, value)));
      case "delete":
        for (const key of asked.objects ?? [asked.object]) {
          this.sql.exec("DELETE FROM objects WHERE key = ?", key);
          this.values.remove(key);
        }
        return new Response(null);
      default:
        throw unavailable(asked.method);
    }
  }

  find(key) {
    return this.sql.exec("SELECT * FROM objects WHERE key = ?", key).toArray()[0];
  }

  required(key) {
    const object = this.find(key);
    if (!object) {
      throw new Refused(404, NO_SUCH_KEY, "The specified key does not exist.");
    }
    return object;
  }

  get(asked) {
    const object = this.required(asked.object);
    check(asked.onlyIf, object);
    const range = rangeOf(asked, object.size);
    const value = this.values.read(object.key, object.size);
    return answer(
      { ...shown(object), range },
      range ? value.subarray(range.offset, range.offset + range.length) : value,
    );
  }

  async put(asked, value) {
    check(asked.onlyIf, this.find(asked.object));
    const checksums = {};
    let etag;
    for (const [name, algorithm] of Object.entries(HASHES)) {
      if (name === "md5" || asked[name]) {
        const digest = hex(await crypto.subtle.digest(algorithm, value));
        if (asked[name] && asked[name] !== digest) {
          throw new Refused(
            400,
            BAD_DIGEST,
            `The ${algorithm} checksum you specified did not match what we received.`,
          );
        }
        checksums[Object.keys(HASHES).indexOf(name)] = digest;
        etag ??= digest;
      }
    }
    this.ctx.storage.transactionSync(() => {
      this.sql.exec(
        "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        asked.object,
        crypto.randomUUID().replaceAll("-", ""),
        value.byteLength,
        etag,
        Date.now(),
        JSON.stringify(asked.httpFields ?? {}),
        JSON.stringify(asked.customFields ?? []),
        JSON.stringify(checksums),
      );
      this.values.write(asked.object, value);
    });
    return this.required(asked.object);
  }

  list({ limit = MAX_PAGE, prefix = "", cursor, delimiter, startAfter, include }) {
    let after = startAfter ?? "";
    if (cursor) {
      after = new TextDecoder().decode(Uint8Array.from(atob(cursor), (c) => c.charCodeAt(0)));
    }
    const objects = [];
    const prefixes = [];
    let truncated = false;
    let last = "";
    for (const object of this.sql.exec(
      `SELECT * FROM objects WHERE key > ?1 AND substr(key, 1, length(?2)) = ?2 ORDER BY key`,
      after,
      prefix,
    )) {
      const cut = delimiter ? object.key.indexOf(delimiter, prefix.length) : -1;
      const group = cut < 0 ? undefined : object.key.slice(0, cut + delimiter.length);
      if (group !== undefined && (prefixes.at(-1) === group || after.startsWith(group))) {
        last = object.key;
        continue;
      }
      if (objects.length + prefixes.length === Math.min(limit, MAX_PAGE)) {
        truncated = true;
        break;
      }
      last = object.key;
      if (group === undefined) {
        const each = shown(object);
        // Without a wish, as since compatibility date 2022-08-04, neither is told.
        if (!include?.includes(0)) {
          each.httpFields = {};
        }
        if (!include?.includes(1)) {
          each.customFields = [];
        }
        objects.push(each);
      } else {
        prefixes.push(group);
      }
    }
    return {
      objects,
      truncated,
      ...(truncated ? { cursor: btoa(String.fromCharCode(...new TextEncoder().encode(last))) } : {}),
      delimitedPrefixes: prefixes,
    };
  }
}

const unavailable = (method) =>
  new Refused(501, NOT_IMPLEMENTED, `R2 ${method} is not available in the sandbox`);

function shown({ key, version, size, etag, uploaded, http, custom, checksums }) {
  return {
    name: key,
    version,
    size,
    etag,
    uploaded,
    httpFields: JSON.parse(http),
    customFields: JSON.parse(custom),
    checksums: JSON.parse(checksums),
    storageClass: "Standard",
  };
}

function answer(told, value = new Uint8Array()) {
  const metadata = new TextEncoder().encode(JSON.stringify(told));
  const body = new Uint8Array(metadata.byteLength + value.byteLength);
  body.set(metadata);
  body.set(value, metadata.byteLength);
  return new Response(body, { headers: { [METADATA_SIZE]: String(metadata.byteLength) } });
}

function rangeOf({ range, rangeHeader }, size) {
  let wanted = range;
  const header = /^bytes=(\d*)-(\d*)$/.exec(rangeHeader ?? "");
  if (header && header[1] + header[2] !== "") {
    wanted =
      header[1] === ""
        ? { suffix: header[2] }
        : {
            offset: header[1],
            ...(header[2] === "" ? {} : { length: Number(header[2]) - Number(header[1]) + 1 }),
          };
  }
  if (!wanted) {
    return undefined;
  }
  if (wanted.suffix !== undefined) {
    const length = Math.min(Number(wanted.suffix), size);
    return { offset: size - length, length };
  }
  const offset = Math.min(Number(wanted.offset ?? 0), size);
  return { offset, length: Math.min(Number(wanted.length ?? size), size - offset) };
}

// The conditions of a request against the object as it is, if it is.
function check(conditions, object) {
  if (!conditions) {
    return;
  }
  const { etagMatches, etagDoesNotMatch, uploadedBefore, uploadedAfter, secondsGranularity } =
    conditions;
  const matches = (tags) =>
    object !== undefined && tags.some(({ type, value }) => type === "wildcard" || value === object.etag);
  const seconds = (millis) => (secondsGranularity ? Math.floor(millis / 1000) * 1000 : millis);
  const holds =
    (!etagMatches || matches(etagMatches)) &&
    (!etagDoesNotMatch || !matches(etagDoesNotMatch)) &&
    (uploadedBefore === undefined ||
      object === undefined ||
      seconds(object.uploaded) < seconds(Number(uploadedBefore))) &&
    (uploadedAfter === undefined ||
      object === undefined ||
      seconds(object.uploaded) > seconds(Number(uploadedAfter)));
  if (!holds) {
    throw new Refused(
      412,
      PRECONDITION_FAILED,
      "At least one of the pre-conditions you specified did not hold.",
      object,
    );
  }
}
