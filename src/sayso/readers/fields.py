"""What others call the fields of a document: columns of tables, keys of JSON, front matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sayso.model import Kind

# A field and its usual names, the likeliest first, without case, spaces and signs.
FIELD_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        "text",
        "body",
        "maintext",
        "fulltext",
        "bodytext",
        "articletext",
        "articlebody",
        "articlecontent",
        "content",
        "article",
        "transcript",
    ),
    "id": ("id", "documentid", "docid", "articleid", "guid", "uuid"),
    "title": ("title", "headline", "articletitle"),
    "publisher": ("publisher", "publication", "source", "outlet", "newspaper", "sourcename", "domain", "sourcedomain"),
    "published": (
        "published",
        "publishedat",
        "publishdate",
        "publisheddate",
        "publicationdate",
        "datepublished",
        "datepublish",
        "pubdate",
        "date",
    ),
    "byline": ("byline", "author", "authors", "writer"),
    "credit": ("credit", "agency"),
    "dateline": ("dateline",),
    "url": ("url", "link", "canonicalurl", "articleurl", "permalink"),
    "language": ("language", "lang"),
    "kind": ("kind",),
}


def names_of_fields(names: Iterable[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Which name among `names` holds which field: as `columns` says, or else as it is usually called."""
    names = list(names)
    found = {field: name for field, name in columns.items() if name in names}
    by_key = {key_of(name): name for name in reversed(names) if name not in columns.values()}
    for field, usual in FIELD_NAMES.items():
        name = next((by_key[key] for key in usual if key in by_key), None)
        if field not in columns and name is not None:
            found[field] = name
    return found


def key_of(name: str) -> str:
    """A name without case, spaces and signs: "Publish_Date" is "publishdate"."""
    return "".join(c for c in name.lower() if c.isalnum())


def kind_of(value: str | None) -> Kind:
    """The kind of document that a word names; an article, where it is none of ours."""
    return next((kind for kind in Kind if kind == (value or "").lower()), Kind.ARTICLE)
