-- What outlets are counted by, without reading their documents.

CREATE INDEX documents_with_credit ON documents (id) WHERE credit IS NOT NULL;
CREATE INDEX entities_that_are_outlets ON entities (id) WHERE is_outlet;
CREATE INDEX copies_in_time ON copies (first_id, a_id, b_id) WHERE kind = 'passage';
