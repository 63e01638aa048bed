package dev.clodo.sandbox.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class R2Test {

  @TempDir static Path folder;
  private static LocalCloud cloud;

  @BeforeAll
  static void open() {
    cloud = new LocalCloud(folder);
    var _ =
        cloud
            .script(
                "bucket",
                """
                const ops = {
                  put: async (b) => {
                    const o = await b.put("a/1", "hello", {httpMetadata: {contentType: "text/x"},
                      customMetadata: {k: "ü"}});
                    return [o.key, o.size, o.etag, o.httpEtag];
                  },
                  get: async (b) => {
                    const o = await b.get("a/1");
                    return [await o.text(), o.httpMetadata.contentType, o.customMetadata, o.checksums.toJSON().md5];
                  },
                  head: async (b) => [(await b.head("a/1")).size, await b.head("none"), await b.get("none")],
                  range: async (b) => {
                    const o = await b.get("a/1", {range: {offset: 1, length: 3}});
                    return [await o.text(), o.range, await (await b.get("a/1", {range: {suffix: 2}})).text()];
                  },
                  condition: async (b) => {
                    const etag = (await b.head("a/1")).etag;
                    const no = await b.get("a/1", {onlyIf: {etagDoesNotMatch: etag}});
                    const yes = await b.get("a/1", {onlyIf: {etagMatches: etag}});
                    return ["body" in no && no.body != null, await yes.text(),
                      await b.put("a/1", "x", {onlyIf: {etagMatches: "other"}})];
                  },
                  list: async (b) => {
                    for (const k of ["b/x/1", "b/x/2", "b/y", "b/z"]) await b.put(k, k);
                    const l = await b.list({prefix: "b/", delimiter: "/"});
                    const one = await b.list({prefix: "b/", limit: 3});
                    const two = await b.list({prefix: "b/", cursor: one.cursor});
                    return [l.objects.map(o => o.key), l.delimitedPrefixes, l.truncated,
                      one.objects.length, one.truncated, two.objects.map(o => o.key)];
                  },
                  remove: async (b) => { await b.delete(["b/y", "b/z"]); await b.delete("a/1");
                    return (await b.list()).objects.map(o => o.key); },
                  big: async (b) => { await b.put("big", new Uint8Array(5_000_000));
                    return (await (await b.get("big")).arrayBuffer()).byteLength; },
                  multipart: async (b) => { try { await b.createMultipartUpload("m"); } catch (e) { return e.message; } },
                };
                export default { async fetch(r, env) {
                  try { return Response.json(await ops[new URL(r.url).pathname.slice(1)](env.B)); }
                  catch (e) { return Response.json(String(e.stack)); }
                } };
                """)
            .bind(new BindingSpec.R2("B", "photos"))
            .deploy();
  }

  @AfterAll
  static void close() {
    cloud.close();
  }

  private static String run(String operation) {
    return cloud.get("bucket", "/" + operation).text();
  }

  @Test
  void objectsAreKeptWithTheirMetadataReadInPartsListedAndDeleted() {
    assertThat(run("put"))
        .isEqualTo(
            "[\"a/1\",5,\"5d41402abc4b2a76b9719d911017c592\","
                + "\"\\\"5d41402abc4b2a76b9719d911017c592\\\"\"]");
    assertThat(run("get"))
        .isEqualTo("[\"hello\",\"text/x\",{\"k\":\"ü\"},\"5d41402abc4b2a76b9719d911017c592\"]");
    assertThat(run("head")).isEqualTo("[5,null,null]");
    assertThat(run("range")).isEqualTo("[\"ell\",{\"offset\":1,\"length\":3},\"lo\"]");
    assertThat(run("condition")).isEqualTo("[false,\"hello\",null]");
    assertThat(run("list")).isEqualTo("[[\"b/y\",\"b/z\"],[\"b/x/\"],false,3,true,[\"b/z\"]]");
    assertThat(run("remove")).isEqualTo("[\"b/x/1\",\"b/x/2\"]");
    assertThat(run("big")).isEqualTo("5000000");
  }

  @Test
  void theApiKnowsWhetherABucketIsEmptyAndCanEmptyIt() {
    assertThat(run("big")).isEqualTo("5000000");
    var bucket = cloud.runtime().r2("photos");
    assertThat(bucket.isEmpty()).isFalse();
    bucket.clear();
    assertThat(bucket.isEmpty()).isTrue();
    assertThat(cloud.runtime().r2("untouched").isEmpty()).isTrue();
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThat(run("multipart")).contains("not available in the sandbox");
  }
}
