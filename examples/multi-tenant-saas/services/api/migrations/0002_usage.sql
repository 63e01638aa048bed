-- One row for each counted event, so that an event delivered twice counts once.
CREATE TABLE usage (
  event_id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  at TEXT NOT NULL
);

CREATE INDEX usage_by_tenant ON usage (tenant);
