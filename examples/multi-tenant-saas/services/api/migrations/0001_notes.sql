CREATE TABLE notes (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  text TEXT NOT NULL,
  created_at TEXT NOT NULL
);

CREATE INDEX notes_by_tenant ON notes (tenant, created_at DESC);
