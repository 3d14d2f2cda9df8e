-- Corrections: what people put right in what was read. The other tables hold what corrections make of it.

CREATE TABLE corrections (
  -- What people put right, and what they took back again. Entries are added to, and never changed or removed.
  id TEXT PRIMARY KEY, -- a hash of the entry: a correction that comes twice is here once
  kind TEXT NOT NULL CHECK (
    kind IN ('speaker', 'act', 'polarity', 'certainty', 'not-an-attribution', 'merge', 'split', 'claim', 'undo')
  ),
  "by" TEXT NOT NULL, -- who made it
  made TEXT NOT NULL, -- when, in UTC
  why TEXT,
  document TEXT, -- the id in Readings of the document that it is about; empty for one that undoes another
  text_sha256 TEXT, -- SHA-256 of the text that it was made on: it holds for no other
  other_document TEXT, -- of the source or member that it names beside: the id of its document
  undoes TEXT, -- the id of the correction that it undoes
  entry TEXT NOT NULL -- all of it, as a line of JSON
) STRICT;
CREATE INDEX corrections_by_document ON corrections (document, kind);
CREATE INDEX corrections_by_other_document ON corrections (other_document) WHERE other_document IS NOT NULL;
CREATE INDEX corrections_by_undone ON corrections (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX corrections_by_kind ON corrections (kind);
CREATE INDEX corrections_by_time ON corrections (made, id);
CREATE TRIGGER corrections_come_once BEFORE INSERT ON corrections
  WHEN EXISTS (SELECT 1 FROM corrections WHERE id = new.id) BEGIN
  SELECT raise(IGNORE);
END;
CREATE TRIGGER corrections_stay_as_they_are BEFORE UPDATE ON corrections BEGIN
  SELECT raise(ABORT, 'a correction is never changed; undo it with: sayso correct LEDGER --undo ID');
END;
CREATE TRIGGER corrections_stay BEFORE DELETE ON corrections BEGIN
  SELECT raise(ABORT, 'a correction is never removed; undo it with: sayso correct LEDGER --undo ID');
END;

CREATE TABLE machine_readings (
  -- What the machine read in documents in which corrections hold; the other tables have what corrections make of it.
  document_id INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
  reading TEXT NOT NULL -- as a line of JSON
) STRICT;

CREATE TABLE machine_rows (
  -- Which rows the parts of these readings have, or get back when a correction is undone.
  part TEXT NOT NULL CHECK (part IN ('attributions', 'sources', 'statements')), -- their table
  row_id INTEGER NOT NULL,
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  reading_id TEXT NOT NULL, -- as in that table
  entity_id INTEGER REFERENCES entities (id), -- of a source: the entity that it was joined to by its name
  PRIMARY KEY (part, row_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX machine_rows_by_document ON machine_rows (document_id);
CREATE INDEX machine_rows_by_entity ON machine_rows (entity_id) WHERE entity_id IS NOT NULL;

CREATE TABLE machine_entities (
  -- Which entity sources were joined to by their names whose entity a correction changes.
  source_id INTEGER PRIMARY KEY REFERENCES sources (id) ON DELETE CASCADE,
  entity_id INTEGER REFERENCES entities (id) -- empty where the name fitted no one entity
) STRICT;
CREATE INDEX machine_entities_by_entity ON machine_entities (entity_id);

CREATE TABLE machine_outlets (
  -- Under which outlet documents came whose outlet a correction merged with another.
  document_id INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
  entity_id INTEGER NOT NULL REFERENCES entities (id)
) STRICT;
CREATE INDEX machine_outlets_by_entity ON machine_outlets (entity_id);

ALTER TABLE entities ADD COLUMN goes_to_id INTEGER REFERENCES entities (id); -- the entity that it is one with, by a correction: its sources and those that come are under that one
ALTER TABLE entities ADD COLUMN made_for TEXT; -- of an entity that a correction made: the place of the source that it is of; names join no other source to it
CREATE INDEX entities_that_go ON entities (goes_to_id) WHERE goes_to_id IS NOT NULL;
CREATE UNIQUE INDEX entities_made_for ON entities (made_for) WHERE made_for IS NOT NULL;

CREATE TABLE moves (
  -- Members of claims that a correction moved. Filled while tracing, from the corrections that hold.
  proposition_id INTEGER PRIMARY KEY REFERENCES propositions (id) ON DELETE CASCADE,
  anchor_id INTEGER REFERENCES propositions (id) ON DELETE CASCADE, -- the proposition whose claim it is in; empty where it is in none
  relation TEXT CHECK (relation IN ('same', 'contrary')) -- to that proposition
) STRICT;
CREATE INDEX moves_by_anchor ON moves (anchor_id) WHERE anchor_id IS NOT NULL;

ALTER TABLE propositions ADD COLUMN answer TEXT CHECK (answer IN ('says', 'probable', 'possible', 'denies', 'withholds')); -- what the source makes of this, which was put to it; empty where it says it itself

CREATE TABLE asked (
  -- Wordings that are no neighbours, and were weighed to tell whether groups are one; the one that came first is a.
  a_id INTEGER NOT NULL REFERENCES wordings (id) ON DELETE CASCADE,
  b_id INTEGER NOT NULL REFERENCES wordings (id) ON DELETE CASCADE,
  same REAL NOT NULL, -- the probability that they say the same
  contrary REAL NOT NULL, -- the probability that they say the contrary
  PRIMARY KEY (a_id, b_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX asked_by_b ON asked (b_id);
