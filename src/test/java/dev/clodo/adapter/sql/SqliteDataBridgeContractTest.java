package dev.clodo.adapter.sql;

import dev.clodo.adapter.DataBridgeContract;
import dev.clodo.port.DataBridge;
import dev.clodo.render.PlanJson;
import dev.clodo.testing.SettableClock;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteDataBridgeContractTest extends DataBridgeContract {
  @TempDir Path folder;

  @Override
  protected DataBridge open(SettableClock storeTime) {
    return new SqliteDataBridge(
        folder.resolve("state.db"),
        plan -> PlanJson.of(plan).toString(),
        PlanJson::read,
        storeTime::now);
  }
}
