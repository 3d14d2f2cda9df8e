-- The first schema of the ledger. Offsets are half-open [start, end), in Unicode code points of documents.text.

CREATE TABLE makers (
  -- What made readings: the versions of sayso, its models and its lexicon.
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE, -- all of it in one line
  sayso TEXT NOT NULL, -- version of the program
  models TEXT NOT NULL, -- a JSON object: the version of each model
  lexicon TEXT -- version of the lexicon
) STRICT;

CREATE TABLE entities (
  -- Sources across documents, and outlets. An unnamed source has no entity.
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, -- the fullest name that its documents give
  kind TEXT NOT NULL CHECK (kind IN ('person', 'group', 'organization', 'document')),
  is_outlet INTEGER NOT NULL DEFAULT 0 CHECK (is_outlet IN (0, 1)), -- whether it is known to publish
  name_key TEXT NOT NULL, -- what is compared: the name folded, without middle names and articles
  told_apart_by TEXT NOT NULL DEFAULT '', -- what its roles say that tells it from its namesakes, as JSON
  is_ambiguous INTEGER NOT NULL DEFAULT 0 CHECK (is_ambiguous IN (0, 1)), -- one of several of this name; the texts do not say which
  attribution_count INTEGER NOT NULL DEFAULT 0, -- of how many attributions it is the speaker
  document_count INTEGER NOT NULL DEFAULT 0 -- in how many documents it is a source
) STRICT;
CREATE INDEX entities_by_name_key ON entities (name_key, kind);
CREATE INDEX entities_by_attribution_count ON entities (attribution_count DESC, id);

CREATE TABLE entity_names (
  -- The names under which an entity is looked up: those its documents give, folded.
  entity_id INTEGER NOT NULL REFERENCES entities (id) ON DELETE CASCADE,
  name TEXT NOT NULL, -- folded: lower case, without accents
  PRIMARY KEY (name, entity_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entity_names_by_entity ON entity_names (entity_id);

CREATE TABLE entity_words (
  -- The words of these names, by which an entity is looked up whose whole name is not known.
  entity_id INTEGER NOT NULL REFERENCES entities (id) ON DELETE CASCADE,
  word TEXT NOT NULL,
  PRIMARY KEY (word, entity_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entity_words_by_entity ON entity_words (entity_id);

CREATE TABLE entity_months (
  -- In which months entities speak. Counted while adding, as are outlets: the most frequent have too many to count.
  entity_id INTEGER NOT NULL REFERENCES entities (id) ON DELETE CASCADE,
  month TEXT NOT NULL, -- of the utterance, as YYYY-MM; what has no day is in none
  attribution_count INTEGER NOT NULL,
  PRIMARY KEY (entity_id, month)
) STRICT, WITHOUT ROWID;

CREATE TABLE entity_outlets (
  -- In which outlets' documents entities are a source; documents without an outlet are in none.
  entity_id INTEGER NOT NULL REFERENCES entities (id) ON DELETE CASCADE,
  outlet_id INTEGER NOT NULL REFERENCES entities (id) ON DELETE CASCADE,
  document_count INTEGER NOT NULL,
  PRIMARY KEY (entity_id, outlet_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entity_outlets_by_outlet ON entity_outlets (outlet_id);

CREATE TABLE documents (
  -- Articles, mails, transcripts and statements, each version of a text on its own.
  id INTEGER PRIMARY KEY, -- in the order in which they came
  name TEXT GENERATED ALWAYS AS (coalesce(title, substr(text, 1, 80))) VIRTUAL, -- the title, or how the text begins
  reading_id TEXT NOT NULL UNIQUE, -- its id in Readings
  title TEXT,
  title_start INTEGER, -- where the title stands in the text
  title_end INTEGER,
  publisher TEXT, -- as the document names it
  outlet_id INTEGER REFERENCES entities (id), -- the publisher as an entity
  published TEXT, -- as the document gives it
  published_on TEXT, -- its day, as YYYY-MM-DD, where it is one
  byline TEXT,
  credit TEXT, -- the agency that the text is credited to
  dateline TEXT,
  url TEXT,
  language TEXT,
  kind TEXT NOT NULL CHECK (kind IN ('article', 'email', 'transcript', 'statement')),
  text_sha256 TEXT NOT NULL, -- SHA-256 of the text in UTF-8
  version_of_id INTEGER REFERENCES documents (id), -- the first version of this document, on all later ones
  version INTEGER NOT NULL DEFAULT 1, -- 1 for the first text seen at a URL, 2 for the next
  maker_id INTEGER NOT NULL REFERENCES makers (id), -- what made its reading
  found_in TEXT, -- the file or address it was read from, and the place there
  added TEXT NOT NULL, -- when it came into the ledger, in UTC
  attribution_count INTEGER NOT NULL DEFAULT 0,
  unnamed_attribution_count INTEGER NOT NULL DEFAULT 0, -- attributions whose speaker is an unnamed source
  unnamed_count INTEGER NOT NULL DEFAULT 0, -- unnamed sources that speak
  unnamed_with_reason_count INTEGER NOT NULL DEFAULT 0, -- of these: whose reason for anonymity is stated
  unnamed_with_access_count INTEGER NOT NULL DEFAULT 0, -- of these: of whom the text says how they know
  unnamed_share REAL GENERATED ALWAYS AS (1.0 * unnamed_attribution_count / attribution_count) VIRTUAL,
  text TEXT NOT NULL -- never altered; last, so that all else is read without it
) STRICT;
CREATE INDEX documents_by_url ON documents (url, id);
CREATE INDEX documents_by_text ON documents (text_sha256);
CREATE INDEX documents_by_title ON documents (title) WHERE title IS NOT NULL;
CREATE INDEX documents_by_outlet ON documents (
  outlet_id, published_on, attribution_count, unnamed_attribution_count, unnamed_count, unnamed_with_reason_count,
  unnamed_with_access_count
);
CREATE INDEX documents_by_day ON documents (published_on);
CREATE INDEX documents_by_share ON documents (unnamed_share DESC, attribution_count DESC);
CREATE INDEX documents_by_maker ON documents (maker_id);
CREATE INDEX documents_by_version ON documents (version_of_id, version);

CREATE TABLE links (
  -- The addresses that a document links to, in its order.
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  url TEXT NOT NULL,
  PRIMARY KEY (document_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_by_url ON links (url);

CREATE TABLE problems (
  -- What stood in the way of reading a document.
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  problem TEXT NOT NULL,
  is_of_input INTEGER NOT NULL CHECK (is_of_input IN (0, 1)), -- told by the reader of the file, not by what read the text
  PRIMARY KEY (document_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE left_out (
  -- What an input holds beside the document's text: the history quoted in a mail, its signature.
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL, -- 'quoted', 'signature'
  text TEXT NOT NULL,
  PRIMARY KEY (document_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (
  -- Corrections and retractions that documents announce, and what they correct.
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE, -- the document that holds the notice
  position INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('correction', 'clarification', 'retraction')),
  "start" INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  titled TEXT, -- what follows "Correction:" and may be the title of what it corrects
  corrects_id INTEGER REFERENCES documents (id) ON DELETE SET NULL, -- what it corrects; empty while that is not in the ledger
  why TEXT, -- how that was told: the same URL, a link, the title
  PRIMARY KEY (document_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX notices_by_title ON notices (titled) WHERE titled IS NOT NULL;
CREATE INDEX notices_by_corrected ON notices (corrects_id);

CREATE TABLE statements (
  -- Sentences and headlines that the outlet states in its own voice.
  id INTEGER PRIMARY KEY,
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  reading_id TEXT NOT NULL, -- its id in the Reading; one that begins with ":" follows the document's
  "start" INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  is_headline INTEGER NOT NULL CHECK (is_headline IN (0, 1))
) STRICT;
CREATE INDEX statements_by_document ON statements (document_id);

CREATE TABLE sources (
  -- Who or what is attributed to, within one document.
  id INTEGER PRIMARY KEY,
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  reading_id TEXT NOT NULL, -- its id in the Reading; one that begins with ":" follows the document's
  name TEXT NOT NULL, -- the fullest name the document gives, or for an unnamed source its description
  kind TEXT NOT NULL CHECK (kind IN ('person', 'group', 'organization', 'document')),
  is_named INTEGER NOT NULL CHECK (is_named IN (0, 1)),
  access TEXT, -- how an unnamed source knows, in the text's words
  anonymity_reason TEXT, -- why it is not named, in the text's words
  entity_id INTEGER REFERENCES entities (id), -- empty for unnamed sources, and for names that fit no one entity
  namesake TEXT, -- of a named source: what tells it from others of its name, as JSON
  name_key TEXT -- of a named source: what is compared
) STRICT;
CREATE INDEX sources_by_document ON sources (document_id);
CREATE INDEX sources_by_entity ON sources (entity_id, document_id);
CREATE INDEX sources_by_name_key ON sources (name_key, kind, namesake, entity_id) WHERE name_key IS NOT NULL;
CREATE INDEX sources_left_open ON sources (name, kind, document_id) WHERE is_named AND entity_id IS NULL;

CREATE TABLE roles (
  -- What a document calls a named source beside its name: "mayor of Ostrey".
  source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (source_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE mentions (
  -- Every place where a document speaks of a source.
  source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  "start" INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  PRIMARY KEY (source_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE attributions (
  -- Who is said to have said, thought or intended what. The places of its words are in spans.
  id INTEGER PRIMARY KEY,
  name TEXT GENERATED ALWAYS AS (coalesce(source || ' ', '') || cue || ': ' || substr(content, 1, 60)) VIRTUAL,
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  reading_id TEXT NOT NULL, -- its id in the Reading; one that begins with ":" follows the document's
  source TEXT, -- the words that name the source there; empty where it is understood
  cue TEXT NOT NULL,
  content TEXT NOT NULL, -- its pieces joined by " … "
  speaker_id INTEGER REFERENCES sources (id), -- the source it is attributed to
  speaker_confidence REAL,
  entity_id INTEGER REFERENCES entities (id), -- the speaker's entity
  basis_id INTEGER REFERENCES sources (id), -- on whose word the speaker speaks
  quotation TEXT CHECK (quotation IN ('direct', 'indirect', 'mixed')),
  act TEXT,
  polarity TEXT CHECK (polarity IN ('affirmed', 'negated')),
  certainty TEXT CHECK (certainty IN ('certain', 'probable', 'possible')),
  certainty_words TEXT,
  channel TEXT,
  addressee TEXT,
  when_text TEXT,
  when_from TEXT,
  when_to TEXT,
  dated TEXT, -- the day of the utterance where the text gives it, or else of publication
  within_id INTEGER REFERENCES attributions (id), -- the attribution whose content holds this one
  confidence REAL NOT NULL
) STRICT;
CREATE INDEX attributions_by_document ON attributions (document_id);
CREATE INDEX attributions_by_entity ON attributions (entity_id, dated);
CREATE INDEX attributions_by_speaker ON attributions (speaker_id);
CREATE INDEX attributions_by_basis ON attributions (basis_id) WHERE basis_id IS NOT NULL;
CREATE INDEX attributions_by_within ON attributions (within_id) WHERE within_id IS NOT NULL;

CREATE TABLE spans (
  -- Where an attribution's words stand in its document's text.
  attribution_id INTEGER NOT NULL REFERENCES attributions (id) ON DELETE CASCADE,
  part TEXT NOT NULL CHECK (part IN ('source', 'cue', 'content')),
  position INTEGER NOT NULL, -- of the piece, where a content is in several
  "start" INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  PRIMARY KEY (attribution_id, part, position)
) STRICT, WITHOUT ROWID;

-- Full-text search; the words themselves stay in the tables. Datasette looks for content="documents" in just this form.
CREATE VIRTUAL TABLE documents_search USING fts5 (
  title, text, content="documents", content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE attributions_search USING fts5 (
  content, content="attributions", content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);

-- What is added the program puts into them, and counts, by documents: row by row it would cost twice as much.
CREATE TRIGGER documents_removed AFTER DELETE ON documents BEGIN
  INSERT INTO documents_search (documents_search, rowid, title, text) VALUES ('delete', old.id, old.title, old.text);
END;
CREATE TRIGGER attributions_removed AFTER DELETE ON attributions BEGIN
  INSERT INTO attributions_search (attributions_search, rowid, content) VALUES ('delete', old.id, old.content);
  UPDATE entities SET attribution_count = attribution_count - 1 WHERE id = old.entity_id;
  UPDATE entity_months SET attribution_count = attribution_count - 1
    WHERE entity_id = old.entity_id AND month = substr(old.dated, 1, 7);
END;
CREATE TRIGGER sources_removed AFTER DELETE ON sources
  WHEN old.entity_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM sources WHERE entity_id = old.entity_id AND document_id = old.document_id
  ) BEGIN
  UPDATE entities SET document_count = document_count - 1 WHERE id = old.entity_id;
  UPDATE entity_outlets SET document_count = document_count - 1
    WHERE entity_id = old.entity_id AND outlet_id = (SELECT outlet_id FROM documents WHERE id = old.document_id);
END;
CREATE TRIGGER documents_leaving BEFORE DELETE ON documents BEGIN
  -- Its sources go after it, when nobody knows its outlet any more.
  UPDATE entity_outlets SET document_count = document_count - 1
    WHERE outlet_id = old.outlet_id AND entity_id IN (SELECT entity_id FROM sources WHERE document_id = old.id);
END;

CREATE VIEW statements_by_entity AS
  -- What entities said, with where and how.
  SELECT
    entities.name AS entity, attributions.dated, attributions.cue, attributions.content, attributions.act,
    attributions.polarity, attributions.certainty, attributions.channel, documents.name AS document,
    outlets.name AS outlet, documents.url, attributions.confidence, attributions.entity_id,
    attributions.document_id, attributions.id AS attribution_id
  FROM attributions
  JOIN entities ON entities.id = attributions.entity_id
  JOIN documents ON documents.id = attributions.document_id
  LEFT JOIN entities AS outlets ON outlets.id = documents.outlet_id;

CREATE VIEW unnamed_sources AS
  -- Sources that documents do not name: their description, how they know, and why they are not named.
  SELECT
    sources.name AS description, sources.kind, sources.access, sources.anonymity_reason,
    documents.name AS document, outlets.name AS outlet, documents.published_on, documents.url,
    sources.document_id, sources.id AS source_id
  FROM sources
  JOIN documents ON documents.id = sources.document_id
  LEFT JOIN entities AS outlets ON outlets.id = documents.outlet_id
  WHERE NOT sources.is_named;

CREATE VIEW unnamed_sources_by_outlet AS
  -- How many unnamed sources speak in an outlet's documents, and of how many a reason or access is stated.
  SELECT
    outlets.name AS outlet, counts.unnamed_sources, counts.with_reason,
    counts.unnamed_sources - counts.with_reason AS without_reason, counts.with_access, counts.documents,
    counts.unnamed_attributions, counts.attributions, counts.outlet_id
  FROM (
    SELECT
      outlet_id, count(*) AS documents, sum(attribution_count) AS attributions,
      sum(unnamed_attribution_count) AS unnamed_attributions, sum(unnamed_count) AS unnamed_sources,
      sum(unnamed_with_reason_count) AS with_reason, sum(unnamed_with_access_count) AS with_access
    FROM documents
    GROUP BY outlet_id
  ) AS counts
  LEFT JOIN entities AS outlets ON outlets.id = counts.outlet_id;

CREATE VIEW documents_by_unnamed_share AS
  -- Documents by the share of their attributions whose speaker is not named.
  SELECT
    documents.name AS document, documents.unnamed_share, documents.unnamed_attribution_count,
    documents.attribution_count, outlets.name AS outlet, documents.published_on, documents.url,
    documents.id AS document_id
  FROM documents
  LEFT JOIN entities AS outlets ON outlets.id = documents.outlet_id
  WHERE documents.attribution_count > 0
  ORDER BY documents.unnamed_share DESC, documents.attribution_count DESC;

CREATE VIEW speakers AS
  -- Entities by how often they speak, with the span of time.
  SELECT
    entities.name, entities.kind, entities.attribution_count, entities.document_count,
    (SELECT min(dated) FROM attributions WHERE attributions.entity_id = entities.id) AS first_dated,
    (SELECT max(dated) FROM attributions WHERE attributions.entity_id = entities.id) AS last_dated,
    entities.id AS entity_id
  FROM entities
  WHERE entities.attribution_count > 0
  ORDER BY entities.attribution_count DESC, entities.id;

CREATE VIEW names_left_open AS
  -- Named sources that join no entity: a bare surname, or one of several of that name.
  SELECT
    sources.name, sources.kind, documents.name AS document, documents.published_on,
    sources.document_id, sources.id AS source_id
  FROM sources
  JOIN documents ON documents.id = sources.document_id
  WHERE sources.is_named AND sources.entity_id IS NULL;

CREATE VIEW identical_texts AS
  -- Documents whose text another document has too, letter by letter.
  SELECT
    documents.text_sha256, documents.name AS document, outlets.name AS outlet, documents.published_on,
    documents.url, documents.id AS document_id
  FROM documents
  LEFT JOIN entities AS outlets ON outlets.id = documents.outlet_id
  WHERE documents.text_sha256 IN (SELECT text_sha256 FROM documents GROUP BY text_sha256 HAVING count(*) > 1)
  ORDER BY documents.text_sha256, documents.id;

CREATE VIEW versions AS
  -- The versions of documents whose text changed.
  SELECT
    coalesce(documents.version_of_id, documents.id) AS first_id, documents.version, documents.name AS document,
    documents.url, documents.published, documents.added, documents.id AS document_id
  FROM documents
  WHERE documents.version_of_id IS NOT NULL
    OR documents.id IN (SELECT version_of_id FROM documents WHERE version_of_id IS NOT NULL)
  ORDER BY first_id, documents.version;
