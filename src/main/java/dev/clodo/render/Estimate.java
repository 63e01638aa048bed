package dev.clodo.render;

import dev.clodo.model.AccountId;
import dev.clodo.model.Plan;
import dev.clodo.model.Step;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/**
 * What a plan asks of Cloudflare's API, told before it runs. An estimate: projects with many
 * routes, schedules or assets take more requests, and so does every retry.
 *
 * @param requests how many the steps take, and reading the account again at the end
 * @param atLeast how long these take where the API's limit is the only one; each account has its
 *     own limit, so that the fullest one counts
 */
public record Estimate(long requests, Duration atLeast) {
  /**
   * Requests that one account may make in {@link #WINDOW}, as Cloudflare documents it for its API:
   * developers.cloudflare.com/fundamentals/api/reference/limits.
   */
  public static final int LIMIT = 1200;

  /** The time in which {@link #LIMIT} counts. */
  public static final Duration WINDOW = Duration.ofMinutes(5);

  // How many requests each takes was counted in the journal of the sandbox, with wrangler 4.164,
  // for a Worker on workers.dev: Clodo's own looks and what wrangler sends.
  private static final int BOOTSTRAP = 8;
  private static final int UPLOAD = 5;
  private static final int DEPLOY = 9;
  private static final int DEPLOY_PAGES = 12;
  private static final int MIGRATE = 5;
  private static final int SHIFT = 2;
  private static final int TRIGGERS = 2;
  private static final int SECRETS = 2;
  private static final int VALIDATE = 1;

  // A look and the upload itself.
  private static final int PUBLISH = 2;
  private static final int CREATE = 2;

  /** Settings, schedules, deployment and version of each service; of a few its address too. */
  private static final int LOOK_AT_SERVICE = 4;

  /** Token, permissions, subscriptions, list of Workers, subdomain of the account. */
  private static final int LOOK_AT_ACCOUNT = 5;

  /** The estimate of a plan; nothing at all for one without steps. */
  public static Estimate of(Plan plan) {
    var perAccount = new HashMap<List<AccountId>, Long>();
    var services = new HashSet<>();
    for (var wave : plan.waves()) {
      for (var release : wave.releases()) {
        long own = release.steps().stream().mapToLong(Estimate::requests).sum();
        boolean again = services.add(release.target().service());
        perAccount.merge(
            release.target().copy().account(), own + (again ? LOOK_AT_SERVICE : 0), Long::sum);
      }
    }
    perAccount.replaceAll((_, requests) -> requests + LOOK_AT_ACCOUNT);
    long all = perAccount.values().stream().mapToLong(Long::longValue).sum();
    long most = perAccount.values().stream().mapToLong(Long::longValue).max().orElse(0);
    return new Estimate(all, WINDOW.multipliedBy(most).dividedBy(LIMIT));
  }

  /** Whether the limit is what the run has to wait for, because one window is not enough. */
  public boolean isBound() {
    return atLeast.compareTo(WINDOW) > 0;
  }

  /** In a sentence: {@code about 6,000 requests; at Cloudflare's limit … at least 25 min}. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "about %,d requests; at Cloudflare's limit of %,d in %d minutes that takes at least %s",
        rounded(requests),
        LIMIT,
        WINDOW.toMinutes(),
        words(atLeast));
  }

  /** Two digits: more would claim to know more. */
  private static long rounded(long requests) {
    long unit = 1;
    while (requests / unit >= 100) {
      unit *= 10;
    }
    return Math.round((double) requests / unit) * unit;
  }

  private static String words(Duration duration) {
    long minutes = Math.max(1, Math.round(duration.toSeconds() / 60.0));
    return minutes < 120
        ? minutes + " min"
        : String.format(Locale.ROOT, "%d h %d min", minutes / 60, minutes % 60);
  }

  private static long requests(Step step) {
    return switch (step) {
      case Step.Bootstrap _ -> BOOTSTRAP;
      case Step.Upload _ -> UPLOAD;
      case Step.Deploy _ -> DEPLOY;
      case Step.DeployPages _ -> DEPLOY_PAGES;
      case Step.Migrate migrate -> MIGRATE + migrate.pending().size();
      case Step.Shift _ -> SHIFT;
      case Step.ApplyTriggers _ -> TRIGGERS;
      case Step.Validate _ -> VALIDATE;
      case Step.PutSecrets _, Step.Provision _ -> SECRETS;
      case Step.Publish _ -> PUBLISH;
      case Step.Create _ -> CREATE;
      // They ask the Worker and not the API.
      case Step.Probe _, Step.CheckHealth _ -> 0;
    };
  }
}
