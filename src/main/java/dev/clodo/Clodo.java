package dev.clodo;

import dev.clodo.assess.CapabilityAssessmentEngine;
import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.execute.Notice;
import dev.clodo.execute.SagaExecutor;
import dev.clodo.execute.World;
import dev.clodo.model.Account;
import dev.clodo.model.Assessment;
import dev.clodo.model.Build;
import dev.clodo.model.Change;
import dev.clodo.model.Checkup;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Finding;
import dev.clodo.model.Inventory;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Looked;
import dev.clodo.model.Memory;
import dev.clodo.model.Needs;
import dev.clodo.model.Outcome;
import dev.clodo.model.Plan;
import dev.clodo.model.Remedy;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Run;
import dev.clodo.model.RunId;
import dev.clodo.model.RunRecord;
import dev.clodo.model.RunRecord.Standing;
import dev.clodo.model.Selection;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.ServiceVersions;
import dev.clodo.model.Spent;
import dev.clodo.model.Stage;
import dev.clodo.model.Start;
import dev.clodo.model.Status;
import dev.clodo.model.Step;
import dev.clodo.model.Target;
import dev.clodo.model.Trials;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.Wish;
import dev.clodo.model.Workspace;
import dev.clodo.plan.AssetSkew;
import dev.clodo.plan.Bases;
import dev.clodo.plan.Chosen;
import dev.clodo.plan.Circumstances;
import dev.clodo.plan.Identified;
import dev.clodo.plan.MultiDomainOrchestrator;
import dev.clodo.plan.OwnResources;
import dev.clodo.plan.Provisions;
import dev.clodo.plan.Unplannable;
import dev.clodo.plan.WaysBack;
import dev.clodo.port.DataBridge;
import dev.clodo.port.Git.Origin;
import dev.clodo.port.UserError;
import dev.clodo.record.Lineage;
import dev.clodo.record.Next;
import dev.clodo.record.StateManager;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The Java API: assesses, plans, deploys and rolls back one workspace in one environment.
 *
 * <p>{@code Main.connect} gives one for the real world; tests build it from the fakes in {@code
 * dev.clodo.testing}. A release, and what came of it:
 *
 * {@snippet :
 *   Assessment assessment = clodo.assess();
 *   for (Finding finding : assessment.findings()) {
 *     log.accept(finding.check() + ": " + finding.message());
 *   }
 *   String told =
 *       switch (clodo.deploy(Watcher.silent())) {
 *         case Deployed.NotReady notReady -> "not ready";
 *         case Deployed.Unchanged unchanged -> "nothing to do";
 *         case Deployed.Declined declined -> "not wanted";
 *         case Deployed.Released released -> "released by run " + released.run().run().id();
 *         case Deployed.WentBack back -> "went back with run " + back.run().run().id();
 *         case Deployed.NotReleased ended -> "ended with " + ended.outcome();
 *       };
 *   log.accept(told);
 * }
 *
 * <p>All methods throw {@link UserError} when the user has to act, and the exceptions of {@code
 * dev.clodo.port} when the world refuses or is silent; {@link Failure#of} sorts them.
 */
public final class Clodo implements AutoCloseable {
  /** Letters and digits that are not mistaken for each other. */
  private static final String ID_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

  /** 31⁸ ids: two runs of one workspace do not meet. */
  private static final int ID_LENGTH = 8;

  /** A run older than this is not looked for. */
  private static final int LONGEST_SEARCH = 1000;

  /** So many of the newest runs tell how versions fared. */
  private static final int RECENT = 100;

  private final Path folder;
  private final EnvironmentName environment;
  private final Ports ports;
  private final Set<Wish> wishes;
  private final Selection selection;
  private final Supplier<ServiceAutoDiscovery> discovery;
  private final List<SecretFile> secretFiles;
  private final StateManager states = new StateManager();

  /**
   * @param folder the workspace: all services below it belong together
   * @param environment the named environment of their configurations
   */
  public Clodo(Path folder, EnvironmentName environment, Ports ports) {
    this(
        folder,
        environment,
        ports,
        Set.of(),
        Selection.all(),
        () -> ServiceAutoDiscovery.withProfile("", ports.programs()::evaluate),
        List.of());
  }

  /**
   * @param said what is said of the workspace, in place of its {@code clodo.yaml}
   */
  public Clodo(Path folder, EnvironmentName environment, Workspace said, Ports ports) {
    this(
        folder,
        environment,
        ports,
        Set.of(),
        Selection.all(),
        () -> ServiceAutoDiscovery.saying(said),
        List.of());
  }

  private Clodo(
      Path folder,
      EnvironmentName environment,
      Ports ports,
      Set<Wish> wishes,
      Selection selection,
      Supplier<ServiceAutoDiscovery> discovery,
      List<SecretFile> secretFiles) {
    this.folder = folder;
    this.environment = environment;
    this.ports = ports;
    this.wishes = Set.copyOf(wishes);
    this.selection = selection;
    this.discovery = discovery;
    this.secretFiles = List.copyOf(secretFiles);
  }

  /** The same workspace, of which more is asked; closing either closes both. */
  public Clodo wishing(Set<Wish> more) {
    return new Clodo(folder, environment, ports, more, selection, discovery, secretFiles);
  }

  /**
   * The same workspace, of which only a part is assessed, planned and deployed; closing either
   * closes both. Names that nothing has are refused when the workspace is read.
   */
  public Clodo choosing(Selection part) {
    return new Clodo(folder, environment, ports, wishes, part, discovery, secretFiles);
  }

  /** The same workspace with secrets from files; closing either closes both. */
  public Clodo withSecrets(List<SecretFile> files) {
    return new Clodo(folder, environment, ports, wishes, selection, discovery, files);
  }

  /**
   * The same workspace, released as a profile of its {@code clodo.yaml} says; closing either closes
   * both.
   */
  public Clodo inProfile(String profile) {
    return new Clodo(
        folder,
        environment,
        ports,
        wishes,
        selection,
        () -> ServiceAutoDiscovery.withProfile(profile, ports.programs()::evaluate),
        secretFiles);
  }

  /** What asking Cloudflare has cost by now, without wrangler's requests. */
  public Spent spent() {
    return ports.cloudflare().spent();
  }

  /** What the workspace wants. */
  public Inventory discover() {
    return discover(_ -> {});
  }

  private Inventory discover(Consumer<Set<Path>> looked) {
    var inventory = discovery.get().discover(folder, environment, looked);
    return secretFiles.isEmpty()
        ? inventory
        : SecretFile.added(secretFiles, inventory, ports.secrets());
  }

  /** What is missing or wrong, by the files and by the account as far as it can be seen. */
  public Assessment assess() {
    return assess(EnumSet.of(Stage.STATIC, Stage.ONLINE), Watcher.silent());
  }

  /**
   * What is missing or wrong, as deep as asked. {@link Stage#RUN} implies {@link Stage#BUILD};
   * {@link Stage#STATIC} is always there. Nothing is sent or changed; the project's own build
   * command runs when its Worker is built.
   */
  public Assessment assess(Set<Stage> stages, Watcher watcher) {
    var inventory = discover();
    var chosen = chosen(inventory);
    var seen = stages.contains(Stage.ONLINE) ? look(inventory) : new Sight(inventory, unasked());
    return Choosing.narrowed(
        assess(seen.inventory(), seen.account(), tryOut(inventory, stages, watcher)), chosen);
  }

  /**
   * What is missing or wrong by files alone.
   *
   * @param looked told every path that was looked at, found or not. With what is there unchanged,
   *     and the same environment variables, the next assessment is the same
   */
  public Assessment assessFiles(Consumer<Set<Path>> looked) {
    var inventory = discover(looked);
    return assess(inventory, unasked(), Trials.none());
  }

  /** Whose credentials would be used is known without asking anybody. */
  private Account unasked() {
    return Account.unseen("not asked, because of --offline")
        .with(
            Map.of(
                new Account.Shelf(ResourceKind.ENVIRONMENT, ""),
                new Looked.Known<>(ports.cloudflare().environment())));
  }

  private Trials tryOut(Inventory inventory, Set<Stage> stages, Watcher watcher) {
    boolean run = stages.contains(Stage.RUN);
    if (!run && !stages.contains(Stage.BUILD)) {
      return Trials.none();
    }
    var builds = new HashMap<Target, Looked<Build>>();
    var starts = new HashMap<Target, Looked<Start>>();
    for (var service : inventory.services()) {
      if (service.kind() != Service.Kind.WORKER) {
        continue;
      }
      watcher.building(service);
      var examined = ports.wrangler().examine(service);
      builds.put(service.target(), examined.build());
      if (run) {
        examined
            .bundle()
            .filter(b -> !b.parts().isEmpty())
            .ifPresent(bundle -> {
              watcher.starting(service);
              starts.put(service.target(), ports.workerd().start(service, bundle));
            });
      }
    }
    return new Trials(
        run ? EnumSet.of(Stage.BUILD, Stage.RUN) : EnumSet.of(Stage.BUILD), builds, starts);
  }

  /**
   * What the work rests on: this machine, the credentials, the account and their permissions.
   *
   * @param online whether Cloudflare is asked
   */
  public Checkup checkup(boolean online) {
    return new Doctor(ports, folder).examine(discover(), online);
  }

  /** The files with which this workspace starts to use Clodo. */
  public Starter starter() {
    return new Starter(ports.files(), assessOffline());
  }

  /**
   * What the edits of an assessment's remedies would mend. Writes nothing; {@link #write} does.
   *
   * @param choice says which edits are wanted that are not certain
   */
  public Fixed fix(Set<Stage> stages, Watcher watcher, Fixed.Choice choice) {
    var inventory = discover();
    var account = stages.contains(Stage.ONLINE) ? ports.cloudflare().look(inventory) : unasked();
    var tried = tryOut(inventory, stages, watcher);
    var before = assess(inventory, account, tried);
    return new Fixing(choice, texts -> assess(discover(texts), account, tried)).run(before);
  }

  /**
   * Writes the patches. A file that then can't be read, or still shows what was to be mended, gets
   * its old text back.
   */
  public Fixed.Written write(Fixed fixed) {
    var root = fixed.before().inventory().folder();
    var failed = new ArrayList<String>();
    var written = new ArrayList<Fixed.Patch>();
    for (var patch : fixed.patches()) {
      try {
        ports.files().replace(root, patch.file(), patch.before(), patch.after());
        written.add(patch);
      } catch (UserError e) {
        failed.add(e.getMessage());
      }
    }
    // The files are as they were assessed in memory, unless somebody else writes at the same time.
    var account = fixed.before().account();
    var now = assess(discover(), account, Trials.none());
    var before = assess(discover(originals(written)), account, Trials.none());
    var made = new ArrayList<Finding>();
    for (var patch : written) {
      var mended = fixed.made().stream().filter(f -> editedFile(f).equals(patch.file())).toList();
      var shown = mended.stream().filter(before.findings()::contains).toList();
      if (Fixing.helps(before, now, shown)) {
        made.addAll(mended);
      } else {
        ports.files().replace(root, patch.file(), patch.after(), patch.before());
        failed.add(patch.file() + " did not get better, so it has its old text again.");
      }
    }
    return new Fixed.Written(made, failed);
  }

  private static Path editedFile(Finding finding) {
    return finding.remedy() instanceof Remedy.Edit edit ? edit.at().file() : finding.where().file();
  }

  private static Map<Path, String> originals(List<Fixed.Patch> patches) {
    var texts = new HashMap<Path, String>();
    patches.forEach(p -> texts.put(p.file(), p.before()));
    return texts;
  }

  private Inventory discover(Map<Path, String> texts) {
    return discovery.get().discover(folder, environment, texts);
  }

  /** What is missing or wrong by the files alone; what only the account could tell is unknown. */
  public Assessment assessOffline() {
    return assess(EnumSet.of(Stage.STATIC), Watcher.silent());
  }

  /**
   * What a deploy would do now.
   *
   * @throws UserError when the workspace is not ready
   */
  public Plan plan() {
    return switch (plan(Watcher.silent())) {
      case Drafted.Made(var plan) -> plan;
      case Drafted.NotReady _ ->
          throw new UserError(
              UserError.Kind.NOT_READY, "not ready for a deploy; what is missing: clodo assess");
    };
  }

  /** {@link #plan()}, told to a watcher while it is made. */
  public Drafted plan(Watcher watcher) {
    var origin = origin();
    var missing = missing(watcher);
    if (missing.isPresent()) {
      watcher.planned(missing.get());
      return new Drafted.Made(missing.get());
    }
    var start = assess(Optional.empty(), watcher);
    return start.assessment().deployable()
        ? draft(start, origin, watcher)
        : new Drafted.NotReady(start.assessment());
  }

  /**
   * What is to be created before anything else can be planned: what does not exist can't be bound,
   * nor migrated.
   */
  private Optional<Plan> missing(Watcher watcher) {
    if (!wishes.contains(Wish.CREATE_MISSING)) {
      return Optional.empty();
    }
    watcher.phase(Phase.ASSESS);
    var sight = look(understood(discover()));
    var plan = Provisions.plan(sight.inventory(), seen(sight.account()));
    return plan.isEmpty() ? Optional.empty() : Optional.of(plan);
  }

  /** Brings the account to where the workspace is, or back to where it was. */
  public Deployed deploy(Watcher watcher) {
    var origin = origin();
    var missing = missing(watcher);
    if (missing.isPresent()) {
      watcher.constructed(missing.get());
      watcher.phase(Phase.ORCHESTRATE);
      watcher.planned(missing.get());
      if (!(carryOut(missing.get(), origin, watcher, () -> {}) instanceof Deployed.Released)) {
        throw new UserError(
            UserError.Kind.NOT_READY,
            "what is missing was not created; what happened: clodo history");
      }
    }
    var start = assess(Optional.empty(), watcher);
    if (!start.assessment().deployable()) {
      return new Deployed.NotReady(start.assessment());
    }
    return switch (draft(start, origin, watcher)) {
      case Drafted.Made(var plan) -> release(plan, start.assessment().inventory(), origin, watcher);
      case Drafted.NotReady(var told) -> new Deployed.NotReady(told);
    };
  }

  /**
   * Runs a plan that was made before.
   *
   * @throws UserError when the workspace or the account is no longer what the plan was made from
   */
  public Deployed deploy(Plan saved, Watcher watcher) {
    var origin = origin();
    var assessment = assess(Optional.of(Chosen.of(saved)), watcher).assessment();
    if (!assessment.deployable()) {
      return new Deployed.NotReady(assessment);
    }
    watcher.phase(Phase.IDENTIFY);
    var built =
        build(
                assessment.inventory(),
                service -> saved.basis().wanted().containsKey(service.name()),
                watcher)
            .fingerprints();
    var now = Bases.of(assessment.inventory(), assessment.account(), built);
    var changed = Bases.changed(saved.basis(), now);
    if (!changed.isEmpty()) {
      throw new UserError(
          UserError.Kind.NOT_READY,
          "the plan no longer holds, nothing was changed:\n"
              + String.join("\n", changed)
              + "\nMake a new one: clodo plan");
    }
    watcher.phase(Phase.CONSTRUCT);
    watcher.constructed(saved);
    watcher.phase(Phase.ORCHESTRATE);
    watcher.planned(saved);
    return release(saved, assessment.inventory(), origin, watcher);
  }

  /** Carries on the run that has not ended; empty when there is none. */
  public Optional<Deployed> resume(Watcher watcher) {
    return ports
        .bridge()
        .latest(environment)
        .map(this::record)
        .filter(r -> r.standing() instanceof Standing.Unfinished)
        .map(r -> {
          watcher.started(r.run());
          watcher.resumed(r);
          watcher.phase(Phase.EXECUTE);
          var again = Later.of(this::discover);
          return ended(r.run(), executor(watcher).resume(r.run()), again, watcher);
        });
  }

  /** The versions that each deployed service can go back to. */
  public List<ServiceVersions> versions(GoBack which) {
    var chosen = rollbacks(discover()).chosen(which);
    return new Listing(ports.cloudflare(), history(RECENT)).of(chosen);
  }

  /** The plan that makes services serve earlier versions again, and what it does not revert. */
  public Plan planRollback(GoBack request) {
    var rollbacks = rollbacks(discover());
    return rollbacks.told(planned(() -> rollbacks.plan(request)));
  }

  /** Lets earlier versions serve again, and asks them how they are. */
  public Deployed rollback(GoBack request, Watcher watcher) {
    hasten();
    var origin = origin();
    var rollbacks = rollbacks(discover());
    var drafted = planned(() -> rollbacks.plan(request));
    var plan = watcher.reads() ? rollbacks.told(drafted) : drafted;
    watcher.phase(Phase.CONSTRUCT);
    watcher.constructed(plan);
    watcher.phase(Phase.ORCHESTRATE);
    watcher.planned(plan);
    if (plan.isEmpty()) {
      return new Deployed.Unchanged(plan);
    }
    if (!watcher.approves(plan)) {
      return new Deployed.Declined(plan);
    }
    var run = run(plan, origin.get());
    watcher.started(run);
    watcher.phase(Phase.EXECUTE);
    var outcome = executor(watcher).start(run);
    watcher.phase(Phase.VERIFY);
    return wentBack(record(run), outcome, rollbacks, watcher);
  }

  /**
   * An emergency: earlier versions serve again, and nothing else happens before they do. Nobody is
   * asked, nothing is assessed, health is not waited for, and neither a lease that somebody holds,
   * nor a run that has not ended, nor a store that can't be used is a hindrance. What is switched
   * is written down where that is possible, and read back.
   */
  public Deployed rollbackNow(GoBack request, Watcher watcher) {
    hasten();
    var rollbacks = rollbacks(discover());
    var plan = planned(() -> rollbacks.planNow(request));
    if (plan.isEmpty()) {
      return new Deployed.Unchanged(plan);
    }
    var store = new BreakGlass(ports::bridge, ports.clock(), watcher::warned);
    var run = run(plan, new Origin(ports.holder(), "", ""));
    watcher.started(run);
    watcher.phase(Phase.EXECUTE);
    var outcome = executor(watcher, store).start(run);
    return wentBack(record(run, store.journal(run.id())), outcome, rollbacks, watcher);
  }

  /**
   * What the switch needs is made ready while the workspace is read: a connection, the store. What
   * fails here fails again where it is needed, and is said there.
   */
  private void hasten() {
    var _ =
        Later.of(() -> {
          ports.cloudflare().warmUp();
          return ports;
        });
    var _ = Later.of(() -> ports.bridge().holder(SagaExecutor.scope(environment)));
  }

  private Deployed wentBack(
      RunRecord record, Outcome outcome, Rollbacks rollbacks, Watcher watcher) {
    watcher.executed(record);
    return outcome instanceof Outcome.Released
        ? new Deployed.WentBack(record, stays(record, rollbacks, watcher))
        : new Deployed.NotReleased(record, outcome);
  }

  /** What stays is for people to know; not knowing it undoes nothing of what is done. */
  private static List<String> stays(RunRecord record, Rollbacks rollbacks, Watcher watcher) {
    try {
      return rollbacks.stays(record.run().plan());
    } catch (UserError unreadable) {
      watcher.warned("can't tell what stays as it is: " + unreadable.getMessage());
      return List.of();
    }
  }

  private Rollbacks rollbacks(Inventory inventory) {
    return new Rollbacks(inventory, ports.cloudflare(), environment, this::history);
  }

  /**
   * What serves now and what happened last.
   *
   * @param last how many runs to tell of
   */
  public Status status(int last) {
    var inventory = understood(discover());
    var holders = ports.bridge().holder(SagaExecutor.scope(environment)).stream().toList();
    return new Status(inventory, ports.cloudflare().look(inventory), holders, history(last));
  }

  /** The newest runs of the workspace in all its environments. */
  public List<RunRecord> history(int most) {
    return ports.bridge().runs(most).stream().map(this::record).toList();
  }

  /**
   * The newest runs that let earlier versions serve again: rollbacks, and releases that had to be
   * taken back.
   */
  public List<RunRecord> rollbacks(int most) {
    return history(LONGEST_SEARCH).stream()
        .filter(r ->
            Lineage.isRollback(r.run())
                || r.standing() instanceof Standing.Ended(Outcome.RolledBack _))
        .limit(most)
        .toList();
  }

  /** One run with its journal. */
  public Optional<RunRecord> run(RunId id) {
    return ports.bridge().run(id).map(this::record);
  }

  @Override
  public void close() {
    ports.close();
  }

  /** What a plan begins with. */
  private record Judged(Assessment assessment, Chosen chosen) {}

  private Chosen chosen(Inventory inventory) {
    return new Choosing(ports.git(), folder, this::discover).of(selection, inventory);
  }

  /**
   * @param planned what a saved plan is about; empty when the selection says it
   */
  private Judged assess(Optional<Chosen> planned, Watcher watcher) {
    watcher.phase(Phase.ASSESS);
    ports.warmUp();
    var inventory = discover();
    var chosen = planned.orElseGet(() -> chosen(inventory));
    var sight = look(inventory);
    var assessment =
        Choosing.narrowed(assess(sight.inventory(), sight.account(), Trials.none()), chosen);
    watcher.assessed(assessment);
    if (assessment.deployable()) {
      understood(inventory);
      seen(sight.account());
    }
    return new Judged(assessment, chosen);
  }

  /** The account, and the workspace with what only the account could tell of it. */
  private record Sight(Inventory inventory, Account account) {}

  /** A database that is found by its name is looked at too. */
  private Sight look(Inventory inventory) {
    var account = ports.cloudflare().look(inventory);
    return OwnResources.found(inventory, account)
        .map(known -> new Sight(known, ports.cloudflare().look(known)))
        .orElseGet(() -> new Sight(inventory, account));
  }

  private Assessment assess(Inventory inventory, Account account, Trials tried) {
    return new CapabilityAssessmentEngine().assess(inventory, account, tried, today());
  }

  private LocalDate today() {
    return LocalDate.ofInstant(ports.clock().now(), ZoneOffset.UTC);
  }

  /** Refuses a workspace of which nothing, or not everything, is understood. */
  private Inventory understood(Inventory inventory) {
    if (!inventory.unreadable().isEmpty()) {
      var reasons = inventory.unreadable().stream().map(u -> u.at() + " " + u.message()).toList();
      throw new UserError(UserError.Kind.NOT_READY, String.join("\n", reasons));
    }
    if (inventory.services().isEmpty()) {
      throw new UserError(
          UserError.Kind.NOT_READY,
          "no wrangler.toml, wrangler.json or wrangler.jsonc in "
              + folder
              + " or below it, nor above it. Go to the project's folder, or make one: npm create"
              + " cloudflare");
    }
    return inventory;
  }

  /** Refuses an account that can't be seen: a plan made blindly could take a service down. */
  static Account seen(Account account) {
    return switch (account.access()) {
      case ACCEPTED -> account;
      case OFFLINE -> throw new UserError(UserError.Kind.USAGE, why(account));
      case NO_CREDENTIALS, REJECTED -> throw new UserError(UserError.Kind.NOT_READY, why(account));
      case UNREACHABLE -> throw new UserError(UserError.Kind.ENVIRONMENT, why(account));
    };
  }

  private static String why(Account account) {
    return account.id() instanceof Looked.Unknown<?>(var why, _)
        ? why
        : "the account can't be seen";
  }

  private Drafted draft(Judged start, Later<Origin> origin, Watcher watcher) {
    watcher.phase(Phase.IDENTIFY);
    var inventory = start.assessment().inventory();
    var results = build(inventory, Choosing.built(inventory, start.chosen()), watcher);
    var refused = refusedAfterBuilding(start, results.told());
    if (refused.isPresent()) {
      watcher.assessed(refused.get());
      return new Drafted.NotReady(refused.get());
    }
    return new Drafted.Made(plan(start, results, origin, watcher));
  }

  /** The assessment with what the builds showed; empty when that stops nothing. */
  private Optional<Assessment> refusedAfterBuilding(Judged start, Trials told) {
    var inventory = start.assessment().inventory();
    var account = start.assessment().account();
    return CapabilityAssessmentEngine.ofBuilds()
            .assess(inventory, account, told, today())
            .deployable()
        ? Optional.empty()
        : Optional.of(Choosing.narrowed(assess(inventory, account, told), start.chosen()))
            .filter(a -> !a.deployable());
  }

  private Plan plan(Judged start, Results results, Later<Origin> origin, Watcher watcher) {
    var assessment = start.assessment();
    var built = results.fingerprints();
    return planned(() -> {
      var wanted =
          new MultiDomainOrchestrator.Wanted(
              assessment.inventory(),
              assessment.account(),
              built,
              words(origin.get()),
              results.artifacts(),
              circumstances(assessment));
      watcher.identified(Identified.of(wanted, start.chosen()).changes());
      watcher.phase(Phase.CONSTRUCT);
      var plan =
          judged(
              new MultiDomainOrchestrator(assessment.inventory().workspace().rollout())
                  .plan(wanted, start.chosen()),
              assessment);
      watcher.constructed(plan);
      watcher.phase(Phase.ORCHESTRATE);
      watcher.planned(plan);
      return plan;
    });
  }

  /** What earlier releases left behind, and what is asked of this one. */
  private Circumstances circumstances(Assessment assessment) {
    var bridge = ports.bridge();
    var inventory = assessment.inventory();
    var memory =
        new Memory(bridge.recalled(Memory.MIGRATIONS))
            .and(bridge.recalled(Memory.TRIGGERS))
            .and(bridge.recalled(Memory.ASSETS));
    if (inventory.released().stream().allMatch(s -> inventory.workspace().secretsOf(s).isEmpty())) {
      return new Circumstances(memory, wishes(inventory));
    }
    var secrets =
        SecretChanges.in(
            inventory,
            assessment.account(),
            new Memory(bridge.recalled(Memory.SECRETS)),
            ports.secrets());
    return new Circumstances(memory, wishes(inventory), secrets);
  }

  /** What is asked of this release, and of every release of the workspace. */
  private Set<Wish> wishes(Inventory inventory) {
    var all = new HashSet<>(wishes);
    all.addAll(inventory.workspace().rollout().wishes());
    return all;
  }

  /**
   * The plan with what stands in the way of going back. What serves was read by the look, so this
   * asks for little; only whether a version is still listed is asked for each service, and so only
   * where going back must be possible.
   */
  private Plan judged(Plan plan, Assessment assessment) {
    boolean required = wishes(assessment.inventory()).contains(Wish.REQUIRE_ROLLBACK);
    var services = assessment.inventory().releasedByName();
    var updated =
        plan.waves().stream()
            .flatMap(w -> w.releases().stream())
            .filter(r -> r.change() instanceof Change.Update)
            .flatMap(r -> Optional.ofNullable(services.get(r.target().service())).stream())
            .toList();
    var listed =
        required
            ? ports.cloudflare().versions(updated)
            : Map.<ServiceName, List<UploadedVersion>>of();
    var judged =
        WaysBack.judged(
            plan,
            change -> {
              var target = change.target();
              return new WaysBack.Known(
                  needs(change),
                  kind -> ports.cloudflare().existing(target, kind),
                  listed.getOrDefault(target.service(), List.of()));
            });
    if (required && !WaysBack.sentences(judged).isEmpty()) {
      var reasons = new ArrayList<String>();
      reasons.add(
          "this release could not be rolled back, which --require-rollback or"
              + " release.require-rollback asks for:");
      reasons.addAll(WaysBack.sentences(judged));
      throw new Unplannable(reasons);
    }
    return judged;
  }

  private Needs needs(Change change) {
    return switch (change) {
      case Change.Update(var target, var baseline, _) -> ports.cloudflare().needs(target, baseline);
      case Change.Lifecycle(var target, var baseline, _) ->
          ports.cloudflare().needs(target, baseline);
      case Change.Create _, Change.Revert _, Change.Unchanged _, Change.LeftOut _ -> Needs.none();
    };
  }

  private interface Planning {
    Plan plan();
  }

  private static Plan planned(Planning planning) {
    try {
      return planning.plan();
    } catch (Unplannable e) {
      throw new UserError(UserError.Kind.NOT_READY, String.join("\n", e.reasons()));
    }
  }

  private Results build(Inventory inventory, Predicate<Service> wanted, Watcher watcher) {
    var derived = new DerivedFiles(ports.files());
    return Results.of(
        inventory,
        wanted,
        service -> {
          watcher.building(service);
          derived.write(inventory, service);
          return ports.wrangler().build(service);
        });
  }

  /** What a version's message says beside its fingerprint. */
  private static String words(Origin origin) {
    return origin.commit().isEmpty() ? "" : "commit " + origin.commit();
  }

  /** Who is at work, on which commit. git takes some ten milliseconds for each of its answers. */
  private Later<Origin> origin() {
    return Later.of(() -> ports.git().origin(folder));
  }

  /** Carries out a plan whose copies wrangler may have to read. */
  private Deployed release(Plan plan, Inventory inventory, Later<Origin> known, Watcher watcher) {
    var derived = new DerivedFiles(ports.files());
    var released = inventory.releasedByName();
    return carryOut(
        plan,
        known,
        watcher,
        () ->
            plan.waves().stream()
                .flatMap(w -> w.releases().stream())
                .flatMap(r -> Stream.ofNullable(released.get(r.target().service())))
                .forEach(service -> derived.write(inventory, service)));
  }

  private Deployed carryOut(Plan plan, Later<Origin> known, Watcher watcher, Runnable preparation) {
    if (plan.isEmpty()) {
      return new Deployed.Unchanged(plan);
    }
    if (!watcher.approves(plan)) {
      return new Deployed.Declined(plan);
    }
    preparation.run();
    var run = run(plan, known.get());
    watcher.started(run);
    watcher.phase(Phase.EXECUTE);
    var again = Later.of(this::discover);
    return ended(run, executor(watcher).start(run), again, watcher);
  }

  private Run run(Plan plan, Origin origin) {
    return new Run(
        newId(),
        plan,
        environment,
        ports.clock().now(),
        origin.who(),
        origin.commit(),
        origin.branch());
  }

  /**
   * @param again what the workspace wants, read while the release was under way
   */
  private Deployed ended(Run run, Outcome outcome, Later<Inventory> again, Watcher watcher) {
    var record = record(run);
    watcher.phase(Phase.VERIFY);
    watcher.executed(record);
    return switch (outcome) {
      case Outcome.Released() -> {
        watcher.phase(Phase.VALIDATE);
        // What was created has its id written into the configuration.
        boolean wrote = run.plan().steps().stream().anyMatch(Step.Provision.class::isInstance);
        var inventory = wrote ? discover() : again.get();
        rememberAssets(run.plan(), inventory);
        var released = Chosen.released(run.plan(), inventory.released());
        var account = look(inventory.releasing(released::has)).account();
        var known = OwnResources.found(inventory, account).orElse(inventory);
        var after = Choosing.narrowed(assess(known, account, Trials.none()), released);
        watcher.validated(after);
        yield new Deployed.Released(record, after);
      }
      case Outcome.NothingToDo() -> new Deployed.Unchanged(run.plan());
      case Outcome.RolledBack _, Outcome.Stuck _ -> new Deployed.NotReleased(record, outcome);
    };
  }

  /** The next plan says which of these files go away. */
  private void rememberAssets(Plan plan, Inventory inventory) {
    var services = inventory.releasedByName();
    var targets =
        plan.waves().stream()
            .flatMap(w -> w.releases().stream())
            .filter(r -> !(r.change() instanceof Change.Revert))
            .map(Plan.Release::target)
            .distinct()
            .toList();
    for (var target : targets) {
      var service = services.get(target.service());
      if (service != null && service.settings().table("assets").isPresent()) {
        ports
            .bridge()
            .remember(Memory.assets(target), String.join("\n", AssetSkew.hashed(service)));
      }
    }
  }

  private SagaExecutor executor(Watcher watcher) {
    return executor(watcher, ports.bridge());
  }

  private SagaExecutor executor(Watcher watcher, DataBridge store) {
    return new SagaExecutor(
        new World(
            ports.wrangler(),
            ports.cloudflare(),
            ports.traffic(),
            ports.secrets(),
            new OwnConfigurations(ports.files(), folder)),
        store,
        ports.clock(),
        ports.timing(),
        ports.holder(),
        notice -> tell(watcher, notice));
  }

  private static void tell(Watcher watcher, Notice notice) {
    switch (notice) {
      case Notice.Began(var step) -> watcher.began(step);
      case Notice.PickedUp(var step) -> watcher.pickedUp(step);
      case Notice.Done(var step, var facts) -> watcher.done(step, facts);
      case Notice.Failed(var step, var why) -> watcher.failed(step, why);
      case Notice.TakingBack(var step) -> watcher.takingBack(step);
      case Notice.TakenBack(var step) -> watcher.takenBack(step);
      case Notice.NotTakenBack(var step, var why) -> watcher.notTakenBack(step, why);
      case Notice.Retrying(var step, var why, var pause) -> watcher.retrying(step, why, pause);
    }
  }

  private RunRecord record(Run run) {
    return record(run, ports.bridge().journal(run.id()));
  }

  private RunRecord record(Run run, List<JournalEntry> journal) {
    var standing =
        switch (states.next(run.plan(), states.replay(run.plan(), journal))) {
          case Next.Finish(var outcome) -> new Standing.Ended(outcome);
          case Next.Do(var steps) -> new Standing.Unfinished(steps.getFirst());
          case Next.Settle(var steps) -> new Standing.Unfinished(steps.getFirst());
          case Next.TakeBack(var steps) -> new Standing.Unfinished(steps.getFirst());
        };
    return new RunRecord(run, journal, standing, Lineage.moved(run, journal));
  }

  private static RunId newId() {
    var random = new SecureRandom();
    var id = new StringBuilder();
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(ID_LETTERS.charAt(random.nextInt(ID_LETTERS.length())));
    }
    return new RunId(id.toString());
  }
}
