package dev.clodo.sandbox;

import java.time.InstantSource;
import java.util.ArrayList;

/// Cron triggers. A test fires them by hand; the sandbox's clock does not.
final class SchedulesApi {
  private static final String SCHEDULES = Routes.A + "/workers/scripts/{script}/schedules";

  /// Five fields of numbers, names, ranges, steps, lists and Quartz's letters.
  private static final String CRON = "[0-9A-Za-z*,/#?-]+( +[0-9A-Za-z*,/#?-]+){4}";

  private final State state;
  private final InstantSource clock;

  SchedulesApi(State state, InstantSource clock) {
    this.state = state;
    this.clock = clock;
  }

  void enter(Routes routes) {
    var scripts = routes.needing("Workers Scripts");
    scripts.get(SCHEDULES, this::list);
    scripts.put(SCHEDULES, this::replace);
  }

  private Answer list(Call call) {
    state.script(call.script());
    var result = Json.object();
    var schedules = result.putArray("schedules");
    for (var schedule : state.schedules(call.script())) {
      schedules
          .addObject()
          .put("cron", schedule.cron())
          .put("created_on", Views.time(schedule.createdOn()))
          .put("modified_on", Views.time(schedule.modifiedOn()));
    }
    return Answer.of(result);
  }

  private Answer replace(Call call) {
    state.script(call.script());
    var crons = new ArrayList<String>();
    for (var item : call.bodyArray()) {
      var cron = item.path("cron").asText();
      if (!cron.matches(CRON)) {
        throw ApiError.of(400, 10100, "invalid cron string: " + cron);
      }
      crons.add(cron);
    }
    state.setSchedules(call.script(), crons, clock.instant());
    return list(call);
  }
}
