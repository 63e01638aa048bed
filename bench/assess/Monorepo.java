import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes a repository of many Workers, each with what a real one has: configuration in one of three
 * formats, two environments, bindings, four source files of some size, a package and a tsconfig.
 * The same number makes the same files.
 */
final class Monorepo {
  private Monorepo() {}

  public static void main(String[] arguments) throws IOException {
    write(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
  }

  static void write(Path root, int workers) throws IOException {
    Files.createDirectories(root.resolve(".git"));
    Files.createDirectories(root.resolve(".github/workflows"));
    Files.writeString(root.resolve(".git/HEAD"), "ref: refs/heads/main\n");
    Files.writeString(root.resolve(".gitignore"), "node_modules\n.dev.vars*\n.env*\ndist\n.wrangler\n");
    Files.writeString(
        root.resolve("package.json"),
        """
        { "name": "monorepo", "private": true, "workspaces": ["services/*"],
          "devDependencies": { "wrangler": "4.164.0", "typescript": "5.9.3" } }
        """);
    Files.writeString(root.resolve("package-lock.json"), "{ \"lockfileVersion\": 3 }\n");
    Files.writeString(
        root.resolve(".github/workflows/deploy.yml"),
        """
        on: { push: { branches: [main] } }
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
              - uses: actions/setup-node@v5
                with: { node-version: 22 }
              - run: npm ci
              - run: npx wrangler deploy --env production
                env: { CLOUDFLARE_API_TOKEN: "${{ secrets.CLOUDFLARE_API_TOKEN }}" }
        """);
    for (int i = 0; i < workers; i++) {
      worker(root.resolve("services").resolve(name(i)), i);
    }
  }

  private static String name(int i) {
    return String.format(Locale.ROOT, "service-%05d", i);
  }

  private static void worker(Path home, int i) throws IOException {
    Files.createDirectories(home.resolve("src/lib"));
    Files.createDirectories(home.resolve("migrations"));
    Files.writeString(home.resolve("migrations/0001_start.sql"), "CREATE TABLE items (id TEXT);\n");
    var kv = String.format(Locale.ROOT, "%032x", 0xABCDEF0123456789L ^ (i * 2654435761L));
    var callee = i % 10 == 0 ? "" : name(i - 1);
    if (i % 3 == 2) {
      Files.writeString(home.resolve("wrangler.toml"), toml(i, kv, callee));
    } else {
      Files.writeString(home.resolve("wrangler.jsonc"), jsonc(i, kv, callee));
    }
    Files.writeString(
        home.resolve("package.json"),
        """
        { "name": "@monorepo/%s", "private": true, "type": "module",
          "scripts": { "deploy": "wrangler deploy", "dev": "wrangler dev" },
          "dependencies": { "hono": "4.10.0" } }
        """
            .formatted(name(i)));
    Files.writeString(
        home.resolve("tsconfig.json"),
        """
        { "compilerOptions": { "target": "ES2022", "module": "ES2022", "strict": true,
            // resolved by esbuild, too
            "paths": { "@lib/*": ["./src/lib/*"] } } }
        """);
    Files.writeString(
        home.resolve("src/index.ts"),
        """
        import { items } from "@lib/items";
        import { render } from "./lib/render";
        import type { Env } from "./env";

        export class Room implements DurableObject {
          constructor(private state: DurableObjectState, private env: Env) {}
          async fetch(request: Request): Promise<Response> {
            const count = ((await this.state.storage.get<number>("count")) ?? 0) + 1;
            await this.state.storage.put("count", count);
            return Response.json({ count, from: this.env.GREETING });
          }
        }

        export default {
          async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
            const url = new URL(request.url);
            const room = env.ROOM.get(env.ROOM.idFromName(url.pathname));
            const cached = await env.CACHE.get(url.pathname);
            if (cached) return new Response(cached, { headers: { "content-type": "text/html" } });
            const html = render(await items(env, url.searchParams.get("q") ?? ""), env.GREETING);
            context.waitUntil(env.CACHE.put(url.pathname, html, { expirationTtl: 300 }));
            return url.pathname === "/room" ? room.fetch(request) : new Response(html);
          },
          async queue(batch: MessageBatch<{ id: string }>, env: Env): Promise<void> {
            for (const message of batch.messages) {
              await env.DB.prepare("INSERT INTO items (id) VALUES (?)").bind(message.body.id).run();
              message.ack();
            }
          },
          async scheduled(event: ScheduledController, env: Env): Promise<void> {
            await env.JOBS.send({ id: `tick-${event.scheduledTime}` });
          },
        } satisfies ExportedHandler<Env>;
        """);
    Files.writeString(
        home.resolve("src/lib/items.ts"),
        """
        import type { Env } from "../env";
        /** What the database has, newest first. */
        export async function items(env: Env, query: string): Promise<string[]> {
          const rows = await env.DB.prepare("SELECT id FROM items WHERE id LIKE ? LIMIT 50")
            .bind(`%${query}%`)
            .all<{ id: string }>();
          return rows.results.map((row) => row.id);
        }
        """);
    Files.writeString(home.resolve("src/lib/render.ts"), render());
    Files.writeString(
        home.resolve("src/env.ts"),
        """
        export interface Env {
          CACHE: KVNamespace; DB: D1Database; ROOM: DurableObjectNamespace; JOBS: Queue;
          GREETING: string; CALLEE?: Fetcher;
        }
        """);
  }

  /** About 6,000 characters, as much as a file of a real Worker has. */
  private static String render() {
    var text = new StringBuilder("const escapes = /[&<>\"']/g;\n");
    for (int i = 0; i < 40; i++) {
      text.append(
          """
          function part%d(value: string): string {
            // comments, "strings" and /expressions/ that mean nothing
            return value.replace(escapes, (c) => `&#${c.charCodeAt(0)};`) + "<p>%d</p>";
          }
          """
              .formatted(i, i));
    }
    text.append("export const render = (items: string[], title: string) =>\n  part0(title)");
    for (int i = 1; i < 40; i++) {
      text.append(" + part").append(i).append("(items[").append(i).append("] ?? '')");
    }
    return text.append(";\n").toString();
  }

  private static String jsonc(int i, String kv, String callee) {
    var services =
        callee.isEmpty()
            ? "[]"
            : "[{ \"binding\": \"CALLEE\", \"service\": \"" + callee + "\" }]";
    return """
    {
      // %1$s
      "$schema": "../../node_modules/wrangler/config-schema.json",
      "name": "%1$s", "main": "src/index.ts", "compatibility_date": "2026-11-01",
      "compatibility_flags": ["nodejs_compat"],
      "observability": { "enabled": true },
      "vars": { "GREETING": "hello" },
      "kv_namespaces": [{ "binding": "CACHE", "id": "%2$s" }],
      "d1_databases": [{ "binding": "DB", "database_name": "db", "database_id": "%3$s" }],
      "durable_objects": { "bindings": [{ "name": "ROOM", "class_name": "Room" }] },
      "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Room"] }],
      "queues": {
        "producers": [{ "binding": "JOBS", "queue": "jobs-%4$d" }],
        "consumers": [{ "queue": "jobs-%4$d", "max_batch_size": 10 }],
      },
      "services": %5$s,
      "triggers": { "crons": ["*/5 * * * *"] },
      "env": {
        "production": {
          "vars": { "GREETING": "welcome" },
          "routes": [{ "pattern": "%1$s.acme.dev", "custom_domain": true }],
          "kv_namespaces": [{ "binding": "CACHE", "id": "%2$s" }],
          "d1_databases": [{ "binding": "DB", "database_name": "db", "database_id": "%3$s" }],
          "durable_objects": { "bindings": [{ "name": "ROOM", "class_name": "Room" }] },
          "queues": { "producers": [{ "binding": "JOBS", "queue": "jobs-%4$d" }] },
        },
      },
    }
    """
        .formatted(name(i), kv, uuid(kv), i, services);
  }

  private static String toml(int i, String kv, String callee) {
    var services =
        callee.isEmpty()
            ? ""
            : "[[services]]\nbinding = \"CALLEE\"\nservice = \"" + callee + "\"\n";
    return """
    # %1$s
    name = "%1$s"
    main = "src/index.ts"
    compatibility_date = "2026-11-01"
    compatibility_flags = ["nodejs_compat"]

    [vars]
    GREETING = "hello"

    [[kv_namespaces]]
    binding = "CACHE"
    id = "%2$s"

    [[d1_databases]]
    binding = "DB"
    database_name = "db"
    database_id = "%3$s"

    [[durable_objects.bindings]]
    name = "ROOM"
    class_name = "Room"

    [[migrations]]
    tag = "v1"
    new_sqlite_classes = ["Room"]

    [[queues.producers]]
    binding = "JOBS"
    queue = "jobs-%4$d"

    [[queues.consumers]]
    queue = "jobs-%4$d"
    max_batch_size = 10

    [triggers]
    crons = ["*/5 * * * *"]

    %5$s
    [env.production]
    routes = [{ pattern = "%1$s.acme.dev", custom_domain = true }]
    vars = { GREETING = "welcome" }
    kv_namespaces = [{ binding = "CACHE", id = "%2$s" }]
    """
        .formatted(name(i), kv, uuid(kv), i, services);
  }

  private static String uuid(String hex) {
    return hex.substring(0, 8)
        + "-"
        + hex.substring(8, 12)
        + "-4"
        + hex.substring(13, 16)
        + "-a"
        + hex.substring(17, 20)
        + "-"
        + hex.substring(20, 32);
  }
}
