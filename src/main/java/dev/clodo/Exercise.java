package dev.clodo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A repository for training the start-up cache: what real ones have beyond the example, a pipeline,
 * many kinds of bindings, code in several styles, and mistakes to tell.
 */
final class Exercise {
  private static final String PIPELINE =
      """
      on: { push: { branches: [main] } }
      jobs:
        deploy:
          runs-on: ubuntu-latest
          steps:
            - uses: actions/checkout@v5
            - uses: actions/setup-node@v5
              with: { node-version: 22 }
            - run: |
                npm ci
                npm run build && npx wrangler deploy --env staging
              env: { CLOUDFLARE_API_TOKEN: "${{ secrets.CLOUDFLARE_API_TOKEN }}" }
            - uses: cloudflare/wrangler-action@v3
              with: { apiToken: "${{ secrets.CLOUDFLARE_API_TOKEN }}", command: deploy }
      """;

  private static final String PACKAGE =
      """
      { "name": "exercise", "private": true, "type": "module",
        "scripts": { "build": "tsc", "deploy": "npm run build && wrangler deploy" },
        "dependencies": { "hono": "4.10.0" }, "devDependencies": { "wrangler": "4.164.0" } }
      """;

  private static final String JSONC =
      """
      {
        // everything at once
        "$schema": "node_modules/wrangler/config-schema.json",
        "name": "exercise", "main": "src/index.ts", "compatibility_date": "2026-02-30",
        "compatibility_flags": ["nodejs_compat"], "workers_dev": "true", "keep_var": true,
        "observability": { "enabled": true, "head_sampling_rate": 1 },
        "placement": { "mode": "smart" }, "limits": { "cpu_ms": 50000 },
        "vars": { "GREETING": "hello", "API_KEY": "none" },
        "assets": { "directory": "public", "binding": "ASSETS" },
        "routes": [{ "pattern": "exercise.acme.dev", "custom_domain": true }, "shop.acme.dev/*"],
        "kv_namespaces": [{ "binding": "CACHE", "id": "<id>" }],
        "d1_databases": [{ "binding": "DB", "database_name": "db", "database_id": "x" }],
        "r2_buckets": [{ "binding": "FILES", "bucket_name": "Files" }],
        "durable_objects": { "bindings": [{ "name": "ROOM", "class_name": "Room" }] },
        "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Room", "Other"] }],
        "queues": {
          "producers": [{ "binding": "JOBS", "queue": "jobs" }],
          "consumers": [{ "queue": "jobs", "max_batch_size": 1000 }],
        },
        "services": [{ "binding": "SELF", "service": "exercise" }],
        "workflows": [{ "binding": "FLOW", "name": "flow", "class_name": "Flow" }],
        "hyperdrive": [{ "binding": "SQL", "id": "y" }],
        "send_email": [{ "name": "MAIL" }], "ai": { "binding": "AI" },
        "triggers": { "crons": ["*/5 * * * *", "0 4 * * 0", "x"] },
        "env": {
          "staging": {
            "vars": { "GREETING": "hello" },
            "kv_namespaces": [{ "binding": "CACHE", "id": "0123456789abcdef0123456789abcdef" }],
          },
        },
      }
      """;

  private static final String CODE =
      """
      import { Hono } from "hono";
      import { env, WorkerEntrypoint } from "cloudflare:workers";
      import { read } from "@lib/read";
      import fs from "node:fs";

      const app = new Hono<{ Bindings: Env }>();
      app.get("/:id{[0-9]+}", async (c) => c.json(await c.env.DB.prepare("SELECT 1").all()));

      export class Room {
        constructor(private state: DurableObjectState, private env: Env) {}
        async fetch(): Promise<Response> { return new Response(this.env.GREETING); }
      }

      export default {
        fetch: app.fetch,
        async queue(batch: MessageBatch, { JOBS, ...rest }: Env) {
          for (const message of batch.messages) { await JOBS.send(message.body); message.ack(); }
        },
        async scheduled(event: ScheduledController, env: Env) {
          if (!env.OPTIONAL) return;
          try { await env.CACHE.put("a", read(env), { expirationTtl: 10 }); }
          catch (e) { console.log(`${process.env.NODE_ENV} ${e}`, env?.SECRET ?? env["TOKEN"]); }
        },
      } satisfies ExportedHandler<Env>;
      """;

  private static final String TOML =
      """
      # another one
      name = "Exercise_Two"
      main = "worker.js"
      compatibility_date = "2026-01-01"
      compatability_flags = ["nodejs_compat"]
      routes = [{ pattern = "two.acme.dev", custom_domain = true }]

      [vars]
      GREETING = "hello"

      [[kv_namespaces]]
      binding = "CACHE"
      id = "0123456789abcdef0123456789abcdef"

      [[queues.consumers]]
      queue = "jobs"

      [env.staging]
      vars = { GREETING = "hello" }
      """;

  private Exercise() {}

  static void write(Path root) throws IOException {
    Files.createDirectories(root.resolve(".git"));
    file(root, ".github/workflows/deploy.yml", PIPELINE);
    file(root, "package.json", PACKAGE);
    file(
        root,
        "tsconfig.json",
        "{ \"compilerOptions\": { \"paths\": { \"@lib/*\": [\"./src/lib/*\"] } } }");
    file(root, ".dev.vars", "SECRET=none\n");
    file(root, ".gitignore", "node_modules\n");
    file(root, "public/_redirects", "/* /index.html 200\n");
    file(root, "public/_headers", "/*\n  X-Frame-Options: DENY\n");
    file(root, "wrangler.jsonc", JSONC);
    file(root, "src/index.ts", CODE);
    file(root, "src/lib/read.ts", "export const read = (env: Env) => env.MISSING as string;\n");
    file(root, "two/wrangler.toml", TOML);
    file(
        root,
        "two/worker.js",
        "addEventListener('fetch', (e) => e.respondWith(fetch(e.request)));\n");
  }

  private static void file(Path root, String name, String text) throws IOException {
    var file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
