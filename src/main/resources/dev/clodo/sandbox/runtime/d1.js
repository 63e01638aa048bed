// A D1 database: the SQLite database of one object. It speaks the HTTP form of workerd's D1
// binding (POST /query and /execute), and /statements and /export for the sandbox's own API.
import { DurableObject } from "cloudflare:workers";
import { statements } from "./sql.js";

export class Database extends DurableObject {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/query":
      case "/execute":
        return this.binding(await request.json(), searchParams.get("resultsFormat"));
      case "/statements":
        return this.api(await request.json());
      case "/export":
        return this.export(searchParams);
      case "/size":
        return Response.json({ size: this.ctx.storage.sql.databaseSize });
      case "/clear":
        await this.ctx.storage.deleteAll();
        return Response.json({});
      default:
        return Response.json({ success: false, error: `D1 has no ${pathname} here` }, { status: 404 });
    }
  }

  binding(asked, format) {
    const list = Array.isArray(asked) ? asked : [asked];
    const done = [];
    try {
      this.ctx.storage.transactionSync(() => {
        for (const { sql, params } of list) {
          done.push(this.one(sql, params ?? [], format));
        }
      });
    } catch (e) {
      const failure = { success: false, error: message(e) };
      // exec() counts the answers before the failed one to name the line; batch() and the rest
      // look at the first answer.
      return Response.json(
        Array.isArray(asked) && format === "NONE" ? [...done, failure] : failure,
      );
    }
    return Response.json(Array.isArray(asked) ? done : done[0]);
  }

  api({ statements: asked, format }) {
    try {
      const results = this.ctx.storage.transactionSync(() =>
        asked.flatMap(({ sql, params }) => {
          const all = statements(sql);
          if (all.length === 0) {
            throw new Error("No SQL statements detected.");
          }
          if (all.length > 1 && params.length > 0) {
            throw new Error("params with multiple statements are not allowed");
          }
          return all.map((each) => this.run(each, params, format));
        }),
      );
      return Response.json({ results });
    } catch (e) {
      return Response.json({ error: message(e) });
    }
  }

  // A prepared statement of the binding. What follows its first statement runs too, as on the
  // platform, and the last one's rows are the answer.
  one(sql, params, format) {
    const all = statements(sql);
    if (all.length === 0) {
      throw new Error("No SQL statements detected.");
    }
    const results = all.map((each, i) => this.run(each, i === 0 ? params : [], format));
    return results.at(-1);
  }

  run(statement, params, format) {
    const sql = this.ctx.storage.sql;
    const before = sql.exec("SELECT total_changes() AS n").one().n;
    const began = performance.now();
    const cursor = sql.exec(statement, ...params.map(stored));
    const columns = cursor.columnNames;
    const rows = [...cursor.raw()].map((row) => row.map(shown));
    const duration = Math.max(performance.now() - began, 0);
    const { n, id } = sql.exec("SELECT total_changes() AS n, last_insert_rowid() AS id").one();
    const meta = {
      served_by: "sandbox",
      served_by_region: "WEUR",
      served_by_primary: true,
      timings: { sql_duration_ms: duration },
      duration,
      changes: n - before,
      last_row_id: id,
      changed_db: n !== before || cursor.rowsWritten > 0,
      size_after: sql.databaseSize,
      rows_read: cursor.rowsRead,
      rows_written: cursor.rowsWritten,
      total_attempts: 1,
    };
    switch (format) {
      case "NONE":
        return { success: true, results: [], meta };
      case "ROWS_AND_COLUMNS":
        return { success: true, results: { columns, rows }, meta };
      default:
        return {
          success: true,
          results: rows.map((row) => Object.fromEntries(row.map((cell, i) => [columns[i], cell]))),
          meta,
        };
    }
  }

  export(parameters) {
    const sql = this.ctx.storage.sql;
    const lines = ["PRAGMA defer_foreign_keys=TRUE;"];
    const schema = parameters.get("schema") === "true";
    const data = parameters.get("data") === "true";
    const tables = sql
      .exec(
        `SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL
           AND name NOT GLOB '_cf_*' ORDER BY name = 'sqlite_sequence', rowid`,
      )
      .toArray();
    for (const { name, sql: definition } of tables) {
      if (name === "sqlite_sequence") {
        if (data) {
          lines.push("DELETE FROM sqlite_sequence;");
        }
      } else if (name.startsWith("sqlite_")) {
        continue;
      } else if (schema) {
        lines.push(`${definition};`);
      }
      if (data) {
        const columns = [...sql.exec(`PRAGMA table_info=${quoted(name)}`)].map((c) => quoted(c.name));
        for (const row of sql.exec(`SELECT ${columns.join(",")} FROM ${quoted(name)}`).raw()) {
          lines.push(
            `INSERT INTO ${quoted(name)} (${columns.join(",")}) VALUES(${row.map(literal).join(",")});`,
          );
        }
      }
    }
    if (schema) {
      for (const { sql: definition } of sql.exec(
        `SELECT sql FROM sqlite_schema WHERE type IN ('index', 'trigger', 'view')
           AND sql IS NOT NULL ORDER BY type`,
      )) {
        lines.push(`${definition};`);
      }
    }
    return new Response(lines.join("\n") + "\n");
  }
}

const message = (e) => String(e?.message ?? e);

// JSON has no bytes and SQLite no truth values.
function stored(value) {
  if (Array.isArray(value)) {
    return new Uint8Array(value);
  }
  return typeof value === "boolean" ? Number(value) : value;
}

const shown = (cell) => (cell instanceof ArrayBuffer ? [...new Uint8Array(cell)] : cell);

const quoted = (name) => `"${name.replaceAll('"', '""')}"`;

function literal(cell) {
  if (cell === null) {
    return "NULL";
  }
  if (typeof cell === "number") {
    return Number.isFinite(cell) ? String(cell) : cell > 0 ? "9e999" : "-9e999";
  }
  if (cell instanceof ArrayBuffer) {
    return `X'${[...new Uint8Array(cell)].map((b) => b.toString(16).padStart(2, "0")).join("")}'`;
  }
  // A statement stays on one line.
  return cell
    .split(/(\r|\n)/)
    .filter((part) => part !== "")
    .map((part) =>
      part === "\r" ? "char(13)" : part === "\n" ? "char(10)" : `'${part.replaceAll("'", "''")}'`,
    )
    .join("||") || "''";
}
