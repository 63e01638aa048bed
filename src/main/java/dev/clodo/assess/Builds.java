package dev.clodo.assess;

import dev.clodo.model.Remedy;
import dev.clodo.model.Surroundings;
import java.util.List;
import java.util.Set;

/** Whether a missing file is one that a build makes, and whether something builds. */
final class Builds {
  private Builds() {}

  /** Folders that builds write into and that are rarely committed. */
  private static final Set<String> OUTPUT_FOLDERS =
      Set.of(
          ".open-next",
          ".svelte-kit",
          ".output",
          ".vercel",
          ".next",
          ".astro",
          ".nuxt",
          ".solid",
          "dist",
          "build",
          "out",
          "output",
          "public/build",
          "worker/build",
          ".wrangler",
          ".worker");

  /** Tools that write the configuration or the entry when they build. */
  private static final List<String> FRAMEWORKS =
      List.of(
          "@cloudflare/vite-plugin",
          "@opennextjs/cloudflare",
          "@sveltejs/adapter-cloudflare",
          "@sveltejs/adapter-cloudflare-workers",
          "@astrojs/cloudflare",
          "nitropack",
          "nitro",
          "nuxt",
          "@react-router/dev",
          "@remix-run/dev",
          "@tanstack/react-start",
          "@solidjs/start",
          "vinxi",
          "waku");

  /** A configured build command makes the file before wrangler looks for it. */
  static boolean hasCommand(Case c) {
    return c.settings().table("build").flatMap(b -> b.text("command")).stream()
        .anyMatch(command -> !command.isBlank());
  }

  /** Whether the path lies in a folder that a build writes. */
  static boolean isOutput(String path) {
    var parts = path.replaceFirst("^\\./", "").split("/");
    for (int i = 0; i < parts.length - 1; i++) {
      // What packages bring is there once they are installed.
      if (OUTPUT_FOLDERS.contains(parts[i]) || parts[i].equals("node_modules")) {
        return true;
      }
    }
    return parts.length == 1 && OUTPUT_FOLDERS.contains(parts[0]);
  }

  /** Whether something that is not visible in the configuration may still make the file. */
  static boolean mayMake(Case c, String path) {
    return hasCommand(c) || isOutput(path) || framework(c.around()).isPresent();
  }

  /** A framework that writes what wrangler deploys. */
  static java.util.Optional<String> framework(Surroundings around) {
    var declared = Packages.declared(around);
    return FRAMEWORKS.stream().filter(declared::contains).findFirst();
  }

  /** A module name instead of a path: {@code virtual:…} or {@code @astrojs/…} of a framework. */
  static boolean looksLikeAFile(String main) {
    return !main.startsWith("virtual:") && !main.startsWith("@") && !main.isBlank();
  }

  static Remedy remedy(Case c) {
    if (Packages.scripts(c.around()).contains("build")) {
      return new Remedy.Command(Packages.manager(c) + " run build", c.service().home());
    }
    return new Remedy.Advice(
        "Build first, or add a build command: "
            + (c.isToml()
                ? "[build] command = \"npm run build\""
                : "\"build\": { \"command\": \"npm run build\" }"));
  }
}
