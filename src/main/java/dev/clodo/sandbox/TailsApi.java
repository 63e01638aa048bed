package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// Listening to a Worker's events.
final class TailsApi {
  private static final String TAILS = Routes.A + "/workers/scripts/{script}/tails";

  private final State state;
  private final Tails tails;

  TailsApi(State state, Tails tails) {
    this.state = state;
    this.tails = tails;
  }

  void enter(Routes routes) {
    var tail = routes.needing("Workers Tail");
    tail.ask(TAILS, this::create);
    tail.get(TAILS, this::list);
    routes.needing("Workers Tail").delete(TAILS + "/{tail}", this::delete);
  }

  private Answer create(Call call) {
    state.script(call.script());
    return Answer.of(shown(tails.create(call.script())));
  }

  private Answer list(Call call) {
    state.script(call.script());
    return Answer.of(Json.array(tails.of(call.script()).stream().map(this::shown).toList()));
  }

  private Answer delete(Call call) {
    state.script(call.script());
    if (tails.delete(call.path("tail")).isEmpty()) {
      throw ApiError.of(404, 10057, "The tail could not be found.");
    }
    return Answer.done();
  }

  private ObjectNode shown(Tails.Tail tail) {
    return Json.object()
        .put("id", tail.id())
        .put("url", tails.url(tail))
        .put("expires_at", Views.time(tail.expiresAt()));
  }
}
