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

CREATE TABLE wordings (
  -- The different words in which something is put forward: what is compared. One that many documents have is one.
  id INTEGER PRIMARY KEY,
  digest INTEGER NOT NULL UNIQUE, -- of the words, and of what its times are
  text TEXT NOT NULL, -- in words that stand by themselves
  maker_id INTEGER NOT NULL REFERENCES makers (id), -- what took it down and compares it
  is_pivot INTEGER NOT NULL CHECK (is_pivot IN (0, 1)), -- whether others gather around it: so is each whose digest falls into a fixed sample
  pivot_id INTEGER, -- the pivot nearest to it
  reach REAL, -- how near the last of the pivots is in whose blocks it stands, as a cosine
  is_placed INTEGER NOT NULL DEFAULT 0 CHECK (is_placed IN (0, 1)), -- whether it stands in the blocks of the pivots nearest to it
  is_compared INTEGER NOT NULL DEFAULT 0 CHECK (is_compared IN (0, 1)), -- whether its neighbours are up to date
  is_grouped INTEGER NOT NULL DEFAULT 0 CHECK (is_grouped IN (0, 1)), -- whether its claim is up to date
  part INTEGER, -- the number of the wordings that it was grouped with
  facts TEXT NOT NULL, -- what must agree with another's, as JSON
  vector BLOB NOT NULL -- 384 whole numbers of a byte each
) STRICT;
CREATE INDEX wordings_by_maker ON wordings (maker_id);
CREATE INDEX wordings_that_are_pivots ON wordings (id) WHERE is_pivot;
CREATE INDEX wordings_to_place ON wordings (id) WHERE NOT is_placed;
CREATE INDEX wordings_to_compare ON wordings (pivot_id, id) WHERE NOT is_compared;
CREATE INDEX wordings_by_part ON wordings (part);
CREATE INDEX wordings_to_group ON wordings (id) WHERE NOT is_grouped;

CREATE TABLE propositions (
  -- What contents and statements put forward; not those that only report what an attribution inside them says.
  id INTEGER PRIMARY KEY,
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  attribution_id INTEGER REFERENCES attributions (id) ON DELETE CASCADE,
  statement_id INTEGER REFERENCES statements (id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- among those of the same content or statement
  is_deed INTEGER NOT NULL CHECK (is_deed IN (0, 1)), -- whether it says what the attribution's source did: whoever tells that holds it
  wording_id INTEGER NOT NULL REFERENCES wordings (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX propositions_by_document ON propositions (document_id);
CREATE INDEX propositions_by_attribution ON propositions (attribution_id);
CREATE INDEX propositions_by_statement ON propositions (statement_id);
CREATE INDEX propositions_by_wording ON propositions (wording_id);

CREATE TABLE proposed (
  -- The documents whose propositions were taken down, and by what reading of them.
  document_id INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
  maker_id INTEGER NOT NULL REFERENCES makers (id)
) STRICT;

CREATE TABLE blocks (
  -- Which wordings may be neighbours: those that share a block. A block is a pivot's, or a word's, or the one of all.
  block INTEGER NOT NULL, -- the pivot's wording; or a word's hash, which is negative; or 0 for all
  wording_id INTEGER NOT NULL REFERENCES wordings (id) ON DELETE CASCADE,
  PRIMARY KEY (block, wording_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX blocks_by_wording ON blocks (wording_id, block);

CREATE TABLE common_blocks (
  -- The blocks of words that too many wordings have: they make no neighbours.
  block INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE neighbours (
  -- The nearest of all wordings that share a block with one: what it is weighed against.
  wording_id INTEGER NOT NULL REFERENCES wordings (id) ON DELETE CASCADE,
  other_id INTEGER NOT NULL REFERENCES wordings (id) ON DELETE CASCADE,
  cosine REAL NOT NULL,
  PRIMARY KEY (wording_id, other_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX neighbours_by_other ON neighbours (other_id);

CREATE TABLE pairs (
  -- Neighbours that may say the same, or the contrary; the one that came first is a.
  a_id INTEGER NOT NULL REFERENCES wordings (id) ON DELETE CASCADE,
  b_id INTEGER NOT NULL REFERENCES wordings (id) ON DELETE CASCADE,
  same REAL NOT NULL, -- the probability that they say the same
  contrary REAL NOT NULL, -- the probability that they say the contrary
  PRIMARY KEY (a_id, b_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pairs_by_b ON pairs (b_id);

CREATE TABLE asked (
  -- Wordings that are no neighbours, and were weighed to tell whether groups are one; the one that came first is a.
  a_id INTEGER NOT NULL REFERENCES wordings (id) ON DELETE CASCADE,
  b_id INTEGER NOT NULL REFERENCES wordings (id) ON DELETE CASCADE,
  same REAL NOT NULL, -- the probability that they say the same
  contrary REAL NOT NULL, -- the probability that they say the contrary
  PRIMARY KEY (a_id, b_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX asked_by_b ON asked (b_id);

CREATE TABLE claims (
  -- Propositions that say the same, and those that say the contrary of them. Counted while tracing, both sides together.
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, -- the words of one of them
  reading_id TEXT NOT NULL, -- the id of its earliest member in Readings
  is_counted INTEGER NOT NULL DEFAULT 0 CHECK (is_counted IN (0, 1)), -- whether what follows is up to date
  document_count INTEGER NOT NULL DEFAULT 0,
  outlet_count INTEGER NOT NULL DEFAULT 0, -- outlets of these documents, as far as they are known
  position_count INTEGER NOT NULL DEFAULT 0, -- members
  unnamed_count INTEGER NOT NULL DEFAULT 0, -- members whose speaker is an unnamed source
  disputed_count INTEGER NOT NULL DEFAULT 0, -- members that say the contrary, or deny
  origin_least INTEGER NOT NULL DEFAULT 0, -- distinct origins of those who say so, at least
  origin_most INTEGER NOT NULL DEFAULT 0, -- and at most
  first_on TEXT, -- the day of the earliest of these documents, as YYYY-MM-DD
  last_on TEXT -- and of the latest
) STRICT;
CREATE INDEX claims_by_reading_id ON claims (reading_id);
CREATE INDEX claims_to_count ON claims (id) WHERE NOT is_counted;
CREATE INDEX claims_by_document_count ON claims (document_count DESC, reading_id);
CREATE INDEX claims_by_outlet_count ON claims (outlet_count DESC, document_count DESC, reading_id);
CREATE INDEX claims_by_origins ON claims (origin_least DESC, document_count DESC, reading_id);
CREATE INDEX claims_by_disputed_count ON claims (disputed_count DESC, document_count DESC, reading_id);
CREATE INDEX claims_by_unnamed_count ON claims (unnamed_count DESC, document_count DESC, reading_id);
CREATE INDEX claims_by_day ON claims (last_on DESC, document_count DESC, reading_id);

CREATE TABLE members (
  -- Which propositions take part in a claim.
  claim_id INTEGER NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
  proposition_id INTEGER NOT NULL REFERENCES propositions (id) ON DELETE CASCADE,
  relation TEXT NOT NULL CHECK (relation IN ('same', 'contrary')),
  confidence REAL NOT NULL,
  PRIMARY KEY (claim_id, proposition_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_proposition ON members (proposition_id);

CREATE VIRTUAL TABLE claims_search USING fts5 (
  name, content="claims", content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER claims_added AFTER INSERT ON claims BEGIN
  INSERT INTO claims_search (rowid, name) VALUES (new.id, new.name);
END;
CREATE TRIGGER claims_removed AFTER DELETE ON claims BEGIN
  INSERT INTO claims_search (claims_search, rowid, name) VALUES ('delete', old.id, old.name);
END;

-- What makes a claim may change: what stands in documents, and which wordings say the same.
CREATE TRIGGER propositions_added AFTER INSERT ON propositions BEGIN
  UPDATE wordings SET is_grouped = 0 WHERE id = new.wording_id;
END;
CREATE TRIGGER propositions_leaving BEFORE DELETE ON propositions BEGIN
  UPDATE wordings SET is_grouped = 0 WHERE id = old.wording_id;
  DELETE FROM claims WHERE id IN (SELECT claim_id FROM members WHERE proposition_id = old.id);
END;
CREATE TRIGGER claims_leaving BEFORE DELETE ON claims BEGIN
  UPDATE wordings SET is_grouped = 0 WHERE id IN (
    SELECT wording_id FROM members JOIN propositions ON propositions.id = proposition_id WHERE claim_id = old.id
  );
END;
CREATE TRIGGER pairs_added AFTER INSERT ON pairs BEGIN
  UPDATE wordings SET is_grouped = 0 WHERE id IN (new.a_id, new.b_id);
END;
CREATE TRIGGER pairs_removed AFTER DELETE ON pairs BEGIN
  UPDATE wordings SET is_grouped = 0 WHERE id IN (old.a_id, old.b_id);
END;
CREATE TRIGGER wordings_leaving BEFORE DELETE ON wordings BEGIN
  UPDATE wordings SET is_compared = 0 WHERE id IN (SELECT wording_id FROM neighbours WHERE other_id = old.id);
  UPDATE wordings SET is_placed = 0 WHERE old.is_pivot AND id IN (SELECT wording_id FROM blocks WHERE block = old.id);
END;

-- What a claim's counts rest on may change without its members: whom a name belongs to, and what was copied.
CREATE TRIGGER sources_moved AFTER UPDATE OF entity_id ON sources WHEN old.entity_id IS NOT new.entity_id BEGIN
  UPDATE claims SET is_counted = 0 WHERE is_counted AND id IN (
    SELECT claim_id FROM propositions JOIN members ON proposition_id = propositions.id
    WHERE document_id = new.document_id
  );
END;
CREATE TRIGGER copies_added AFTER INSERT ON copies BEGIN
  UPDATE claims SET is_counted = 0 WHERE is_counted AND id IN (
    SELECT claim_id FROM propositions JOIN members ON proposition_id = propositions.id
    WHERE document_id IN (new.a_id, new.b_id)
  );
END;
CREATE TRIGGER copies_removed AFTER DELETE ON copies BEGIN
  UPDATE claims SET is_counted = 0 WHERE is_counted AND id IN (
    SELECT claim_id FROM propositions JOIN members ON proposition_id = propositions.id
    WHERE document_id IN (old.a_id, old.b_id)
  );
END;
CREATE TRIGGER entities_changed AFTER UPDATE OF name, is_outlet ON entities
  WHEN old.name <> new.name OR old.is_outlet <> new.is_outlet BEGIN
  UPDATE claims SET is_counted = 0 WHERE is_counted AND id IN (
    SELECT claim_id FROM sources JOIN propositions USING (document_id) JOIN members ON proposition_id = propositions.id
    WHERE entity_id = new.id
  );
END;
