-- What is traced across documents. Spans are half-open [start, end), in Unicode code points of documents.text.

CREATE TABLE shingled (
  -- The documents that were looked through for copies. Of equal texts one stands for all.
  document_id INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
  stands_for_id INTEGER REFERENCES documents (id) ON DELETE SET NULL, -- the document of equal text whose shingles are kept; empty where that is this one
  shingle_count INTEGER NOT NULL -- how many shingles are kept of its text
) STRICT;
CREATE INDEX shingled_by_equal_text ON shingled (stands_for_id) WHERE stands_for_id IS NOT NULL;

CREATE TABLE shingles (
  -- Runs of words by their hash, a fixed sample of each text's: what two documents share is found by them.
  hash INTEGER NOT NULL,
  place INTEGER NOT NULL, -- the document's place in time: its day (undated last), then its text's hash
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  PRIMARY KEY (hash, place, document_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE copies (
  -- Pairs of documents that share passages. The one of them that is named a comes first by id in Readings.
  id INTEGER PRIMARY KEY,
  a_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  b_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('passage', 'quotation')), -- 'quotation' where they share quotations alone, which both may have at first hand
  words INTEGER NOT NULL, -- how many words are the same
  first_id INTEGER REFERENCES documents (id) ON DELETE SET NULL, -- the one that the passages were in first; empty where that cannot be told
  why TEXT NOT NULL, -- how that was told, or why it cannot be
  UNIQUE (a_id, b_id)
) STRICT;
CREATE INDEX copies_by_b ON copies (b_id);
CREATE INDEX copies_by_first ON copies (first_id) WHERE first_id IS NOT NULL;
CREATE INDEX copies_by_words ON copies (kind, words DESC);

CREATE TABLE passages (
  -- Where the shared passages stand in either document.
  copy_id INTEGER NOT NULL REFERENCES copies (id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- in the order of document a
  kind TEXT NOT NULL CHECK (kind IN ('passage', 'quotation')),
  a_start INTEGER NOT NULL,
  a_end INTEGER NOT NULL,
  b_start INTEGER NOT NULL,
  b_end INTEGER NOT NULL,
  words INTEGER NOT NULL, -- how many words are the same
  PRIMARY KEY (copy_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE propositions (
  -- What contents and statements put forward, in words that stand by themselves.
  id INTEGER PRIMARY KEY,
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  attribution_id INTEGER REFERENCES attributions (id) ON DELETE CASCADE,
  statement_id INTEGER REFERENCES statements (id) ON DELETE CASCADE,
  text TEXT NOT NULL,
  is_relay INTEGER NOT NULL CHECK (is_relay IN (0, 1)), -- whether it only reports what an attribution inside it says
  vector BLOB NOT NULL -- 384 whole numbers of a byte each
) STRICT;
CREATE INDEX propositions_by_document ON propositions (document_id);
CREATE INDEX propositions_by_attribution ON propositions (attribution_id);
CREATE INDEX propositions_by_statement ON propositions (statement_id);

CREATE TABLE proposed (
  -- The documents whose propositions were taken down, and by what reading of them.
  document_id INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
  maker_id INTEGER NOT NULL REFERENCES makers (id)
) STRICT;

CREATE TABLE pairs (
  -- Propositions that were compared and may say the same, or the contrary.
  a_id INTEGER NOT NULL REFERENCES propositions (id) ON DELETE CASCADE,
  b_id INTEGER NOT NULL REFERENCES propositions (id) ON DELETE CASCADE,
  same REAL NOT NULL, -- the probability that they say the same
  contrary REAL NOT NULL, -- the probability that they say the contrary
  PRIMARY KEY (a_id, b_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pairs_by_b ON pairs (b_id);

CREATE TABLE claims (
  -- Propositions that say the same, and those that say the contrary of them.
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, -- the words of one of them
  reading_id TEXT NOT NULL UNIQUE, -- the id of its earliest member in Readings
  document_count INTEGER NOT NULL,
  disputed_count INTEGER NOT NULL -- members that say the contrary, or deny
) STRICT;
CREATE INDEX claims_by_document_count ON claims (document_count DESC, id);

CREATE TABLE members (
  -- Which propositions take part in a claim.
  claim_id INTEGER NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
  proposition_id INTEGER NOT NULL REFERENCES propositions (id) ON DELETE CASCADE,
  relation TEXT NOT NULL CHECK (relation IN ('same', 'contrary')),
  confidence REAL NOT NULL,
  PRIMARY KEY (claim_id, proposition_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_proposition ON members (proposition_id);
