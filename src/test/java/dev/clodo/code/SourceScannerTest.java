package dev.clodo.code;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.code.SourceScanner.Scan;
import dev.clodo.model.SourceFacts;
import dev.clodo.model.SourceFacts.Call;
import dev.clodo.model.SourceFacts.Form;
import dev.clodo.model.SourceFacts.Free;
import dev.clodo.model.SourceFacts.Import;
import dev.clodo.model.SourceFacts.Touch;
import dev.clodo.model.SourceFacts.Use;
import dev.clodo.model.SourceFacts.Value;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read off the syntax of one source file. */
class SourceScannerTest {
  private static SourceFacts of(String text) {
    return of("index.ts", text);
  }

  private static SourceFacts of(String name, String text) {
    return switch (SourceScanner.scan(name, text)) {
      case Scan.Facts(var facts) -> facts;
      case Scan.Unread(var why) -> throw new AssertionError(why);
    };
  }

  private static List<String> names(SourceFacts facts) {
    return facts.uses().stream().map(Use::name).distinct().toList();
  }

  /** Each reads exactly DB from the Worker's environment. */
  static Stream<String> reads() {
    return Stream.of(
        "export default { fetch(r, env) { return env.DB } }",
        "export default { fetch: async (r, bindings) => bindings.DB }",
        "export default { async scheduled(c, { DB }) { DB.exec('x') } }",
        "export default { fetch(r, { DB: d, ...rest }) { return d } } satisfies ExportedHandler<Env>",
        "const worker: ExportedHandler<Env> = { queue(b, e) { e.DB } }; export default worker",
        "function go(r, e) { return e.DB } export default { fetch: go }",
        "export default withSentry(o => o, { fetch(r, e) { return e['DB'] } })",
        "export const help = (e: Env) => e.DB",
        "export const help = (e: Cloudflare.Env) => e.DB",
        "export function help(this: X, _env: any) { return _env.DB }",
        "export const go = ({ request, env }) => env.DB",
        "export const go = ({ env: { DB } }: Ctx) => DB.prepare('x')",
        "class A extends DurableObject<Env> { go() { return this.env.DB } }",
        "class A extends DurableObject { constructor(ctx, e) { super(ctx, e); e.DB } }",
        "class A { constructor(private env: Env) {} go() { return [1].map(() => this.env.DB) } }",
        "class A { env; constructor(env: Env) { this.env = env } go() { return this.env.DB } }",
        "import { env } from 'cloudflare:workers'; env.DB",
        "import { env as e } from 'cloudflare:workers'; const f = e; f.DB",
        "app.get('/', (c) => c.env.DB)",
        "app.get('/', async (c) => { const { DB } = c.env; await DB.prepare('x') })",
        "import { env } from 'hono/adapter'; app.get('/', (c) => env<Bindings>(c).DB)",
        "export const onRequestPost = ({ env }) => env.DB",
        "export const onRequest: PagesFunction<Env> = async (it) => it.env.DB",
        "export const load = ({ platform }) => platform.env.DB",
        "export const load = (event) => event.platform?.env.DB",
        "export const loader = ({ context }) => context.cloudflare.env.DB",
        "const db = Astro.locals.runtime.env.DB",
        "import { getCloudflareContext } from '@opennextjs/cloudflare'; getCloudflareContext().env.DB",
        "import { getCloudflareContext } from '@opennextjs/cloudflare';"
            + " const { env } = await getCloudflareContext({ async: true }); env.DB",
        "export default defineEventHandler((event) => event.context.cloudflare.env.DB)",
        "export const f = (env: Env) => (env as any)!.DB",
        "export const f = (env: Env) => `${env.DB}`");
  }

  @ParameterizedTest
  @MethodSource("reads")
  void followsTheEnvironment(String text) {
    assertThat(names(of(text))).containsExactly("DB");
    // JavaScript and JSX are read in the other language, and most of this is JavaScript too.
    assertThat(names(of("index.tsx", text))).containsExactly("DB");
  }

  /** None reads from the Worker's environment. */
  static Stream<String> others() {
    return Stream.of(
        "process.env.DB",
        "import.meta.env.DB",
        "Deno.env.DB",
        "import { env } from './env'; env.DB",
        "import { env } from '$env/dynamic/private'; env.DB",
        "import process from 'node:process'; process.env.DB",
        "const env = createEnv({}); env.DB",
        "const env = process.env; env.DB",
        "function f(env = process.env) { return env.DB }",
        "function f(env: NodeJS.ProcessEnv) { return env.DB }",
        "function f(env: Record<string, string>) { return env.DB }",
        "function f(env: 'a' | 'b') { return env.DB }",
        "function f(env: string) { return env.DB }",
        "function f({ env }: { env: string }) { return env.DB }",
        "other.env.DB",
        "type F = (env: Env) => void; env.DB",
        "export default { fetch(r, env) { { const env = {}; env.DB } } }",
        "class A { go() { return this.env.DB } }",
        "// env.DB",
        "const s = 'env.DB'",
        "const r = /env.DB/");
  }

  @ParameterizedTest
  @MethodSource("others")
  void takesNothingElseForTheEnvironment(String text) {
    assertThat(of(text).uses()).isEmpty();
  }

  static Stream<String> guards() {
    return Stream.of(
        "env.DB?.get('x')",
        "env?.DB.get('x')",
        "env.DB ?? other",
        "env.DB && env.DB.get('x')",
        "if (!env.DB) return",
        "if ((env.DB as any) === undefined) return",
        "const a = env.DB ? 1 : 2",
        "typeof env.DB",
        "Boolean(env.DB)",
        "switch (env.DB) {}",
        "const { DB = 1 } = env",
        "const d = env.DB; if (d) d.get('x')",
        "if (env.FLAG === 'on') env.DB.get('x')",
        "env.FLAG && env.DB.get('x')",
        "const a = env.FLAG ? env.DB.get('x') : 0",
        "env.DB ||= fake");
  }

  @ParameterizedTest
  @MethodSource("guards")
  void seesWhereTheCodeAsksFirst(String body) {
    var facts = of("export default { fetch(r, env) { " + body + " } }");
    assertThat(facts.uses()).anyMatch(u -> u.name().equals("DB") && u.guarded());
  }

  @Test
  void seesNoGuardWhereTheValueIsUsedAtOnce() {
    var facts =
        of(
            """
            export default { async fetch(r, env) {
              if (await env.DB.get('x')) return;
              if (r.ok) await env.DB.get('y');
              return use(env.DB);
            } }
            """);
    assertThat(facts.uses()).hasSize(3).noneMatch(Use::guarded);
    assertThat(facts.uses().getFirst().at()).isEqualTo(new SourceFacts.Spot(2, 17));
  }

  @Test
  void knowsWhatTheCodeItselfCallsOptional() {
    var facts =
        of(
            """
            interface Env { A: KVNamespace; B?: string; C: string | undefined; D: D1Database<X> }
            const schema = z.object({ E: z.string().optional(), F: z.string() });
            export default { fetch(r, env) { return 'G' in env } }
            """);
    assertThat(facts.optional()).containsExactlyInAnyOrder("B", "C", "E", "G");
    assertThat(facts.types().get("A")).containsExactly("KVNamespace");
    assertThat(facts.types().get("D")).containsExactly("D1Database");
  }

  @Test
  void tellsWhatHappensToAValue() {
    var facts =
        of(
            """
            import { drizzle } from 'drizzle-orm/d1';
            export default { async fetch(r, env, ctx) {
              try { env.KV.put('a', 'b', { expirationTtl: 30, metadata: {} }); } catch {}
              ctx.waitUntil(env.KV.delete('a'));
              const { Q } = env;
              await Q.send('x');
              drizzle(env.DB);
              return new Response(env.HD.connectionString + env.KEY);
            } }
            """);
    var put = facts.uses().getFirst();
    assertThat(put.touch()).isEqualTo(Touch.DROPPED);
    assertThat(put.inTry()).isTrue();
    assertThat(requireNonNull(put.constants().get("expirationTtl")).text()).isEqualTo("30");
    assertThat(requireNonNull(put.constants().get("0")).text()).isEqualTo("a");
    assertThat(facts.uses())
        .extracting(u -> u.name() + " " + u.touch() + " " + u.member() + " " + u.from())
        .contains(
            "KV CALLED delete ",
            "Q CALLED send ",
            "Q READ  ",
            "DB ARGUMENT drizzle drizzle-orm/d1",
            "HD PROPERTY connectionString ",
            "KEY READ  ");
    assertThat(facts.escapes()).isFalse();
  }

  static Stream<String> escapes() {
    return Stream.of(
        "lib(env)",
        "const x = { ...env }",
        "return { env }",
        "env[name]",
        "Object.keys(env)",
        "const { A, ...rest } = env");
  }

  @ParameterizedTest
  @MethodSource("escapes")
  void seesTheEnvironmentGetAway(String body) {
    assertThat(of("export default { fetch(r, env) { " + body + " } }").escapes()).isTrue();
  }

  @Test
  void namesImportsWithTheirForms() {
    var facts =
        of(
            """
            import a, { b as c } from 'a';
            import type { T } from './types';
            import { type U } from './types2';
            import './side';
            import * as n from 'n';
            export { x } from './x';
            export * from './y';
            const l = require('lib');
            const later = () => import('./later');
            try { require('maybe') } catch {}
            import(`./computed/${a}`);
            // import './comment'
            """);
    assertThat(facts.imports())
        .extracting(i -> i.form() + " " + i.specifier() + " " + i.sure())
        .containsExactlyInAnyOrder(
            "STATIC a true",
            "TYPES ./types true",
            "TYPES ./types2 true",
            "STATIC ./side true",
            "STATIC n true",
            "REEXPORT ./x true",
            "REEXPORT ./y true",
            "REQUIRE lib true",
            "DYNAMIC ./later false",
            "REQUIRE maybe false");
    assertThat(facts.imports().getFirst().names())
        .containsEntry("a", "default")
        .containsEntry("c", "b");
    assertThat(facts.imports()).extracting(Import::form).doesNotContain((Form) null);
  }

  @Test
  void tellsWhatIsExported() {
    var facts =
        of(
            """
            import { DurableObject as Base } from 'cloudflare:workers';
            import { Hono } from 'hono';
            export class Room extends Base { async alarm() {} fetch() {} }
            class Hidden {}
            export { Hidden as Shown };
            export { Other } from './other';
            export * from './all';
            export const app = new Hono();
            export function help(a, b) {}
            const handlers = { fetch() {}, queue: async () => {}, version: 1, ...more };
            export default handlers satisfies ExportedHandler;
            export type T = string;
            """);
    assertThat(facts.exports())
        .extracting(e -> e.name())
        .containsExactlyInAnyOrder("Room", "Shown", "Other", "*", "app", "help", "default");
    assertThat(value(facts, "Room"))
        .isInstanceOfSatisfying(
            Value.ClassOf.class,
            c -> {
              assertThat(c.base()).isEqualTo("DurableObject");
              assertThat(c.from()).isEqualTo("cloudflare:workers");
              assertThat(c.methods()).containsExactlyInAnyOrder("alarm", "fetch");
            });
    assertThat(value(facts, "app")).isEqualTo(new Value.Made("Hono", "hono", true));
    assertThat(value(facts, "help")).isEqualTo(new Value.Function(2));
    assertThat(value(facts, "Other")).isEqualTo(new Value.Imported("./other", "Other"));
    assertThat(value(facts, "default"))
        .isInstanceOfSatisfying(
            Value.Members.class,
            m -> {
              assertThat(m.open()).isTrue();
              assertThat(requireNonNull(m.members().get("queue")).callable()).isTrue();
              assertThat(requireNonNull(m.members().get("version")).callable()).isFalse();
            });
  }

  private static Value value(SourceFacts facts, String name) {
    return facts.exports().stream()
        .filter(e -> e.name().equals(name))
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void tellsWhatHappensAtTheStart() {
    var facts =
        of(
            """
            import { Pool } from 'pg';
            const id = crypto.randomUUID();
            const pool = new Pool({ max: 1 });
            const body = await fetch('https://a.dev/x');
            if (typeof window !== 'undefined') setTimeout(f, 1);
            const lazy = () => fetch(`https://b.dev/${id}`);
            export default { fetch() { setTimeout(f, 2); return MY_KV.get('x') } };
            """);
    assertThat(facts.calls())
        .extracting(c -> c.callee() + " " + c.atStart() + " " + c.sure() + " " + c.awaited())
        .containsExactly(
            "crypto.randomUUID true true false",
            "Pool true true false",
            "fetch true true true",
            "setTimeout true false false",
            "fetch false true false",
            "setTimeout false true false");
    assertThat(facts.calls().get(1).keptIn()).contains("pool");
    assertThat(facts.calls())
        .filteredOn(c -> c.callee().equals("fetch"))
        .extracting((Call c) -> requireNonNull(c.constants().get("0")).text())
        .containsExactly("https://a.dev/x", "https://b.dev/${");
    assertThat(facts.free())
        .filteredOn(f -> f.name().equals("MY_KV"))
        .singleElement()
        .matches(f -> f.called() && f.member().equals("get") && !f.atStart());
    assertThat(facts.free()).filteredOn(f -> f.name().equals("window")).allMatch(Free::guarded);
  }

  @Test
  void seesAMethodThatLosesItsContext() {
    var facts =
        of(
            """
            export default { fetch(r, env, ctx) {
              const { waitUntil } = ctx;
              waitUntil(p);
              const pass = ctx.passThroughOnException.bind(ctx);
              pass();
            } }
            """);
    assertThat(facts.detached())
        .containsExactly(new SourceFacts.Detached("waitUntil", new SourceFacts.Spot(2, 11), true));
    var param = of("export default { fetch(r, env, { waitUntil }) { waitUntil(p) } }");
    assertThat(param.detached()).hasSize(1);
    assertThat(of("const { waitUntil } = helpers; waitUntil(p)").detached()).isEmpty();
    assertThat(of("export const onRequest = ({ waitUntil }) => waitUntil(p)").detached()).isEmpty();
  }

  @Test
  void readsOnAfterBrokenSyntax() {
    var facts =
        of("export default { fetch(r, env) { return env.DB.prepare('x') } }\n)}{ const = ;");
    assertThat(facts.understood()).isFalse();
    assertThat(names(facts)).containsExactly("DB");
  }

  @Test
  void placesAreRightBehindAnyCharacter() {
    var facts = of("const a = '\uD83D\uDE00é'; export const f = (env: Env) => env.DB\n");
    assertThat(facts.uses().getFirst().at()).isEqualTo(new SourceFacts.Spot(1, 53));
  }

  static Stream<String> hostile() {
    return Stream.of(
        "",
        "\u0000",
        "\uD800",
        "\uFFFD".repeat(1000),
        "(".repeat(20_000),
        "[".repeat(20_000) + "env.DB" + "]".repeat(20_000),
        "a.".repeat(20_000) + "b",
        "!".repeat(20_000) + "env.DB",
        "const x = ".repeat(4_000),
        "`${".repeat(20_000),
        "{".repeat(20_000),
        "if(a)".repeat(5_000) + "b",
        "export default { fetch(r, env) { " + "env.DB.get(".repeat(1_500),
        "var a=function(){return env.X&&env.Y?env.Z:0};".repeat(4_000),
        "const e0 = e1;".repeat(10) + "const a = a; a.x; const b = c, c = b; b.env.X");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void anyTextEndsInBoundedTime(String text) {
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          assertThat(SourceScanner.scan("a.ts", text)).isNotNull();
          assertThat(SourceScanner.scan("a.js", text)).isNotNull();
        });
  }

  @Test
  void anyMutationOfSourceEndsInFacts() {
    long seed = Long.getLong("clodo.seed", 4711);
    var random = new Random(seed);
    var whole =
        "import { env } from 'cloudflare:workers'; export class A extends B { x = env.C }"
            + " export default { async fetch(r, { D = 1, ...e }, ctx) { try { `${e?.['F'] ?? 1}` }"
            + " catch {} const { waitUntil } = ctx; for (const a of b) { a.b.c(e) } } }";
    for (int i = 0; i < 500; i++) {
      var text = new StringBuilder(whole);
      for (int k = random.nextInt(4); k >= 0; k--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, whole.charAt(random.nextInt(whole.length())));
          default -> text.setCharAt(at, (char) random.nextInt(0x250));
        }
      }
      assertThat(SourceScanner.scan("a.ts", text.toString()))
          .as("seed %s: %s", seed, text)
          .isInstanceOf(Scan.Facts.class);
    }
  }
}
