package dev.clodo.testing;

import dev.clodo.adapter.DataBridgeContract;
import dev.clodo.port.DataBridge;

class InMemoryBridgeTest extends DataBridgeContract {
  private final InMemoryBridge kept = new InMemoryBridge(clock);

  @Override
  protected DataBridge open(SettableClock storeTime) {
    return kept;
  }
}
