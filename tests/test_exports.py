"""Exports: what a format says that it carries comes back from it, field by field; nothing is run, nobody unmasked."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from exported import BRIDGE, ENTITIES, GOLDEN, MILL, exported, readable
from hypothesis import example, given, settings
from hypothesis import strategies as st
from readings import readings, words

from sayso.errors import InputError, SaysoError
from sayso.export import EXPORTS, LEFT_OUT, Entity, Filter, Format, brat, ftm, schema_org, selected, without
from sayso.export.csv import HARMFUL, harmless, original
from sayso.export.fields import ALL, READING, carries, field_paths, part
from sayso.export.format import Part, file_name
from sayso.export.jsonl import reading_from_dict, reading_to_dict
from sayso.model import Act, Attribution, Document, Reading, Span

STREAMS = [name for name, one in EXPORTS.items() if one.stream]
FOLDERS = [name for name, one in EXPORTS.items() if one.folder]
FORMS = [(name, "stream") for name in STREAMS] + [(name, "folder") for name in FOLDERS]
several = st.lists(readings(), max_size=3, unique_by=lambda reading: reading.document.id)


def there_and_back(name: str, form: str, given_readings: Iterable[Reading]) -> list[Part]:
    """What comes out of a form after Readings went in."""
    found = EXPORTS[name]
    if form == "stream":
        assert found.stream
        out = BytesIO()
        found.stream.write(iter(given_readings), out, None)
        return list(found.stream.read(BytesIO(out.getvalue())))
    assert found.folder
    with TemporaryDirectory() as folder:
        found.folder.write(iter(given_readings), Path(folder, "new"), None)
        return list(found.folder.read(Path(folder, "new")))


# What the formats say of themselves in `leaves_out`, done to a Reading's JSON.
def speakers_alone(plain: Part) -> Part:
    order = list(dict.fromkeys(one["speaker"] for one in plain["attributions"]))
    sources = {one["id"]: one for one in plain["sources"]}
    return {**plain, "sources": [sources[one] for one in order if one is not None]}


def marked_alone(plain: Part) -> Part:
    kept = [one for one in plain["attributions"] if brat.can_be_marked(one)]
    ids = [one["id"] for one in kept]
    kept = [{**one, "within": one["within"] if one["within"] in ids else None} for one in kept]
    return speakers_alone({**plain, "attributions": kept})


def mentioned_alone(plain: Part) -> Part:
    return {**plain, "sources": [one for one in plain["sources"] if one["mentions"]]}


def quoting_or_stating_alone(plain: Part) -> Part:
    return speakers_alone({**plain, "attributions": [one for one in plain["attributions"] if schema_org.kind_of(one)]})


def taken_by_followthemoney(plain: Part) -> Part:
    document = {
        name: value or ("" if name == "text" else None)
        if name not in ftm.PROPERTIES or ftm._fits(ftm.PROPERTIES[name], value)
        else ("" if name == "text" else None)
        for name, value in plain["document"].items()
    }
    return speakers_alone({**plain, "document": document})


LEAVING_OUT: dict[tuple[str, str], Callable[[Part], Part]] = {
    ("csv", "stream"): speakers_alone,
    ("parquet", "stream"): speakers_alone,
    ("web-annotation", "stream"): speakers_alone,
    ("brat", "folder"): marked_alone,
    ("citron", "stream"): mentioned_alone,
    ("citron", "folder"): mentioned_alone,
    ("ftm", "stream"): taken_by_followthemoney,
    ("schema", "stream"): quoting_or_stating_alone,
}


def carried_by(name: str, form: str) -> frozenset[str]:
    found = getattr(EXPORTS[name], form)
    assert found
    carried: frozenset[str] = found.carries
    return carried


def expected(name: str, form: str, given_readings: list[Reading]) -> list[Part]:
    leave_out = LEAVING_OUT.get((name, form), dict)
    plain = [part(leave_out(reading_to_dict(one)), carried_by(name, form)) for one in given_readings]
    if form == "stream" and name in {"csv", "parquet"}:
        return [one for one in plain if one["attributions"]]
    if (name, form) == ("citron", "folder"):
        return sorted(plain, key=lambda one: f"{file_name(one['document']['id'])}.json")
    return plain


@pytest.mark.parametrize(("name", "form"), FORMS)
@settings(max_examples=25)
@example([])
@example([BRIDGE, MILL])
@given(several)
def test_what_a_form_carries_comes_back(name: str, form: str, given_readings: list[Reading]) -> None:
    found = there_and_back(name, form, given_readings)
    assert found == expected(name, form, given_readings)
    if carried_by(name, form) == ALL:
        assert [reading_from_dict(one) for one in found] == given_readings


def filled(plain: Any, path: str = "") -> Iterator[str]:
    """The fields of a JSON that hold something."""
    if isinstance(plain, dict) and path != "made_by.models":
        for name, value in plain.items():
            yield from filled(value, f"{path}.{name}" if path else name)
    elif isinstance(plain, list):
        for one in plain:
            yield from filled(one, path)
    elif plain is not None:
        yield path


def test_the_golden_readings_fill_every_field() -> None:
    assert set(field_paths()) == {*filled(reading_to_dict(BRIDGE)), *filled(reading_to_dict(MILL))}


def test_the_fields_are_those_of_the_json() -> None:
    plain = reading_to_dict(BRIDGE)
    assert list(plain) == list(READING)
    for name, shape in READING.items():
        (one, shape) = (plain[name][0], shape[0]) if isinstance(shape, list) else (plain[name], shape)
        if isinstance(one, dict):
            assert isinstance(shape, dict)
            assert list(one) == list(shape)


@pytest.mark.parametrize("name", EXPORTS)
def test_the_golden_files(name: str, tmp_path: Path) -> None:
    """`python tests/exported.py` writes them anew."""
    written = dict(readable(path, data) for path, data in exported(name, tmp_path))
    kept = {path: (GOLDEN / path).read_bytes() for path in written}
    assert written == kept


def test_there_is_no_other_golden_file(tmp_path: Path) -> None:
    written = {readable(path, data)[0] for name in EXPORTS for path, data in exported(name, tmp_path)}
    assert written == {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_each_field_by_itself(name: str, form: str) -> None:
    """A field that is carried is in what comes back of the golden Readings, and no other is."""
    found = {path for one in there_and_back(name, form, [BRIDGE, MILL]) for path in filled(one)}
    assert found == {path for path in field_paths() if carries(carried_by(name, form), path)}


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_what_is_carried_are_fields(name: str, form: str) -> None:
    for one in carried_by(name, form):
        assert any(carries([one], path) for path in field_paths()), one


# --- each format as others read it -------------------------------------------------------------------------


def csv_rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline="")))


def stream_of(name: str, given_readings: Iterable[Reading], entities: Any = None) -> bytes:
    stream = EXPORTS[name].stream
    assert stream
    out = BytesIO()
    stream.write(given_readings, out, entities)
    return out.getvalue()


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "＋1",
    "－1",
    "＠a",
    " =1",
    "\xa0=1",
    '"=1',
    "'=1",
    "“=1",
]
FORMULAS += ["\n=1", "\0=1", "\ufeff=1", " ' =1", "=cmd|' /C calc'!A0", "\t", "\r", "-", "\u2212 1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert original(harmless(text)) == text


@pytest.mark.parametrize("text", ["Ana Ruiz", "1 = 1", "a-b", "(=1)", "5", "“the bridge”", " said"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


@given(words)
def test_cells_are_harmless_and_come_back(text: str) -> None:
    assert not HARMFUL.match(harmless(text)) or harmless(text).startswith("'")
    assert not harmless(text).startswith(tuple("=+-@\t\r＝＋－＠"))
    assert original(harmless(text)) == text
    assert harmless(text) != ""


@settings(max_examples=25)
@given(several)
def test_no_cell_of_any_table_is_a_formula(given_readings: list[Reading]) -> None:
    folder_form = EXPORTS["csv"].folder
    assert folder_form
    with TemporaryDirectory() as folder:
        folder_form.write(given_readings, Path(folder, "new"), None)
        tables = [path.read_bytes() for path in Path(folder, "new").iterdir()]
    for table in [*tables, stream_of("csv", given_readings)]:
        for row in csv.reader(StringIO(table.decode("utf-8-sig"), newline="")):
            for cell in row:
                assert not cell.startswith(tuple("=+-@\t\r＝＋－＠"))
                assert not HARMFUL.match(cell) or cell.startswith("'")


def test_a_spreadsheet_shows_who_says_what() -> None:
    data = stream_of("csv", [BRIDGE], ENTITIES)
    assert data.startswith(b"\xef\xbb\xbfdocument,")
    first, _, third = csv_rows(data)[:3]
    assert (first["source"], first["cue"], first["speaker_name"]) == ("Ana Ruiz", "said", "Ana Ruiz")
    assert first["entity"] == "Ana Ruiz (mayor of Ostrey)"
    assert third["content"] == "“The hinges […] were cracked in\nMay”"
    assert re.fullmatch(r"\d+\.\.\d+;\d+\.\.\d+", third["content_offsets"])


def test_a_long_article_comes_back_from_csv() -> None:
    long = replace(BRIDGE, document=replace(BRIDGE.document, text=BRIDGE.document.text + " And so on." * 20_000))
    assert reading_from_dict(there_and_back("csv", "folder", [long])[0]) == long


def test_parquet_has_types() -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    schema = pq.read_schema(BytesIO(stream_of("parquet", [BRIDGE])))
    assert str(schema.field("confidence").type) == "double"
    assert str(schema.field("named").type) == "bool"
    assert str(schema.field("content_offsets").type).startswith("list<")


def test_parquet_is_written_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr("sayso.export.parquet.BATCH", 2)
    file = pq.ParquetFile(BytesIO(stream_of("parquet", [BRIDGE] * 5)))
    assert file.num_row_groups == 3


@settings(max_examples=25)
@example(BRIDGE)
@given(readings())
def test_spacy_finds_every_span_at_its_place(reading: Reading) -> None:
    tokens = pytest.importorskip("spacy.tokens")
    spacy = pytest.importorskip("spacy")
    data = stream_of("spacy", [reading])
    (doc,) = tokens.DocBin().from_bytes(data).get_docs(spacy.blank("en").vocab)
    text = reading.document.text
    assert doc.text == text
    found = {(group, span.start_char, span.end_char, span.id_) for group, spans in doc.spans.items() for span in spans}
    wanted = {
        (group, span.start, span.end, str(number))
        for number, one in enumerate(reading.attributions)
        for group, spans in (("source", [one.source]), ("cue", [one.cue]), ("content", one.content))
        for span in spans
        if span is not None and span.start < span.end
    }
    assert found == wanted


def test_spacy_keeps_its_own_tokens_where_no_span_cuts_them() -> None:
    pytest.importorskip("spacy")
    from sayso.export.spacy import doc_of

    spacy = pytest.importorskip("spacy")
    pipeline = spacy.blank("en")
    doc = doc_of(Reading(BRIDGE.document), pipeline)
    assert [token.text for token in doc] == [token.text for token in pipeline(BRIDGE.document.text)]


def test_a_folder_of_docbins_holds_some_in_each(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("spacy")
    monkeypatch.setattr("sayso.export.spacy.BATCH", 2)
    folder = EXPORTS["spacy"].folder
    assert folder
    folder.write([BRIDGE, MILL, BRIDGE], tmp_path / "new", None)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["00001.spacy", "00002.spacy"]
    assert [one["document"]["id"] for one in folder.read(tmp_path / "new")] == ["bridge", MILL.document.id, "bridge"]


ANN_LINE = re.compile(
    r"T\d+\t(Source|Attribution|Content) \d+ \d+(;\d+ \d+)*\t[^\t]+"
    r"|E\d+\tAttribution:T\d+( (Source|Content):T\d+| Within:E\d+)*"
    r"|A\d+\t(Act|Polarity|Certainty|Quotation) E\d+ \w+"
    r"|#\d+\tAnnotatorNotes E\d+\t.+"
)


@settings(max_examples=25)
@example([BRIDGE, MILL])
@given(several)
def test_brat_reads_what_is_written_for_it(given_readings: list[Reading]) -> None:
    """By the rules of brat's standoff format, with lines split as the strictest of its readers does."""
    with TemporaryDirectory() as folder:
        brat.write_folder(given_readings, Path(folder, "new"))
        annotated = sorted(Path(folder, "new").glob("*.ann"))
        assert len(annotated) == len(given_readings)
        for path in annotated:
            text = path.with_suffix(".txt").read_bytes().decode()
            lines = path.read_bytes().decode().splitlines()
            assert [line for line in lines if not ANN_LINE.fullmatch(line)] == []
            ids = [line.split("\t")[0] for line in lines]
            assert len(set(ids)) == len(ids)
            for line in lines:
                head, rest, *_ = line.split("\t")
                if head.startswith("T"):
                    pieces = [tuple(map(int, piece.split())) for piece in rest.split(" ", 1)[1].split(";")]
                    assert line.split("\t")[2] == " ".join(text[start:end] for start, end in pieces)
                    assert all(start < end for start, end in pieces)
                elif head.startswith("E"):
                    targets = [argument.split(":")[1] for argument in rest.split()]
                    assert set(targets) <= set(ids)


def test_what_a_person_adds_in_brat_is_read(tmp_path: Path) -> None:
    brat.write_folder([BRIDGE], tmp_path / "new")
    path = tmp_path / "new" / "bridge.ann"
    added = "T90\tAttribution 28 34\topened\nE90\tAttribution:T90 Within:E1\n"
    added += "A90\tAct E90 decide\n#90\tAnnotatorNotes E2\tsure?\n"
    path.write_bytes(path.read_bytes() + added.encode())
    (found,) = brat.read_folder(tmp_path / "new")
    last = found["attributions"][-1]
    assert (last["id"], last["cue"]["text"], last["act"]) == ("bridge:28-34", "opened", "decide")
    assert last["within"] == BRIDGE.attributions[0].id
    assert [one["id"] for one in found["attributions"][:-1]] == [one.id for one in BRIDGE.attributions]


@given(st.lists(words, unique=True, max_size=5))
def test_file_names_are_safe_and_tell_documents_apart(ids: list[str]) -> None:
    names = [file_name(one) for one in ids]
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,99}", name) for name in names)
    assert len({name.casefold() for name in names}) == len(ids)


@pytest.mark.parametrize("hostile", ["../../etc/passwd", "CON", "nul", "a/b", "", ".", "-rf", "A" * 500, "x\0y", "é"])
def test_hostile_ids_name_harmless_files(hostile: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]{1,80}", file_name(hostile))
    assert file_name(hostile) != hostile


@settings(max_examples=25)
@example([BRIDGE, MILL])
@given(several)
def test_web_annotations_are_by_the_model(given_readings: list[Reading]) -> None:
    """What the Web Annotation Data Model says must be: https://www.w3.org/TR/annotation-model/."""
    page = json.loads(stream_of("web-annotation", given_readings))
    texts = {one.document.id: one.document.text for one in given_readings}
    assert page["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert page["type"] == "AnnotationPage"
    terms = set(page["@context"][1])
    document = ""
    for annotation in page["items"]:
        assert annotation["type"] == "Annotation"
        assert re.fullmatch(r"urn:sayso:[!-~]+", annotation["id"])
        if annotation["motivation"] == "describing":
            document = annotation["target"]["number"]
            assert re.fullmatch(r"(https?|urn):[^\s\"<>\\^`{|}]+", annotation["target"]["id"])
            continue
        assert set(annotation) - {"id", "type", "motivation", "body", "target"} <= terms
        for target in annotation["target"]:
            quoted, position = target["selector"]
            assert (quoted["type"], position["type"]) == ("TextQuoteSelector", "TextPositionSelector")
            around = quoted["prefix"] + quoted["exact"] + quoted["suffix"]
            start = position["start"] - len(quoted["prefix"])
            assert texts[document][start : position["end"] + len(quoted["suffix"])] == around
            assert around[len(quoted["prefix"]) :][: len(quoted["exact"])] == quoted["exact"]
    assert len({one["id"] for one in page["items"]}) == len(page["items"])


CITRON_QUOTE = {"cue", "sources", "contents", "coreferences", "confidence", "id"}


def test_citron_gets_what_its_format_names() -> None:
    (found,) = map(json.loads, stream_of("citron", [BRIDGE]).splitlines())
    assert set(found) == {"id", "text", "quotes", "coreference_groups"}
    assert all(set(quote) == CITRON_QUOTE for quote in found["quotes"])
    she = found["quotes"][1]
    assert [words["text"] for words in (*she["sources"], *she["coreferences"])] == ["She", "Ana Ruiz"]


def test_followthemoney_takes_every_entity() -> None:
    pytest.importorskip("followthemoney")
    from followthemoney import model

    for line in stream_of("ftm", [BRIDGE, MILL], ENTITIES).splitlines():
        entity = json.loads(line)
        schema = model.get(entity["schema"])
        assert schema is not None
        assert set(entity["properties"]) <= set(schema.properties)
        schema.validate(entity)
        proxy = model.get_proxy(entity)
        assert {name: sorted(values) for name, values in proxy.to_dict()["properties"].items()} == {
            name: sorted(set(values)) for name, values in entity["properties"].items()
        }


SCHEMA_ORG = {
    "NewsArticle": {"identifier", "headline", "publisher", "datePublished", "url", "inLanguage", "text", "keywords"},
    "Quotation": {"identifier", "text", "spokenByCharacter", "isPartOf", "keywords"},
    "Claim": {"identifier", "text", "creator", "appearance", "keywords"},
}


def test_schema_org_has_claims_and_no_ratings() -> None:
    data = stream_of("schema", [BRIDGE, MILL])
    graph = json.loads(data)["@graph"]
    assert {node["@type"] for node in graph} == {*SCHEMA_ORG, "EmailMessage"}
    for node in graph:
        assert set(node) - {"@type", "@id"} <= SCHEMA_ORG.get(node["@type"], SCHEMA_ORG["NewsArticle"])
    assert not re.search(rb"ClaimReview|[rR]ating", data)


def test_a_denial_is_no_claim_of_the_denier() -> None:
    denial = replace(BRIDGE.attributions[0], act=Act.DENY, quotation=None)
    graph = json.loads(stream_of("schema", [replace(BRIDGE, attributions=(denial,))]))["@graph"]
    assert [node["@type"] for node in graph] == ["NewsArticle"]


# --- protecting sources -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_an_unnamed_source_gets_no_name(name: str, form: str, tmp_path: Path) -> None:
    """Even if the caller has an entity with a name for it."""
    unnamed = {(BRIDGE.document.id, one.id): Entity("e9", "Edda Nilsen") for one in BRIDGE.sources if not one.named}
    assert unnamed
    if form == "stream":
        written = stream_of(name, [BRIDGE], unnamed)
    else:
        folder = EXPORTS[name].folder
        assert folder
        folder.write([BRIDGE], tmp_path / "new", unnamed)
        written = b"".join(path.read_bytes() for path in (tmp_path / "new").iterdir())
    assert b"Edda Nilsen" not in written
    assert b"e9" not in written or name in {"parquet", "spacy"}


def test_unnamed_sources_are_no_entities_for_followthemoney() -> None:
    entities = [json.loads(line) for line in stream_of("ftm", [BRIDGE]).splitlines()]
    assert [one["properties"].get("name") for one in entities if one["schema"] != "Note"] == [
        None,
        ["Ana Ruiz"],
        ["Ostrey Harbour Board"],
    ]
    told = [one for one in entities if one["schema"] == "Note" and "named: no" in one["properties"]["notes"]]
    assert all(one["properties"]["entity"] == [entities[0]["id"]] for one in told)
    assert told


def test_unnamed_sources_are_things_without_a_name_for_schema_org() -> None:
    graph = json.loads(stream_of("schema", [BRIDGE]))["@graph"]
    who = [node.get("creator") or node.get("spokenByCharacter") for node in graph[1:]]
    unnamed = [one for one in who if one and "name" not in one]
    assert [one["description"] for one in unnamed] == ["officials"]
    assert [one["@type"] for one in unnamed] == ["Thing"]


@pytest.mark.parametrize(("name", "form"), FORMS)
@settings(max_examples=25)
@given(several)
def test_what_is_left_out_is_in_no_export(name: str, form: str, given_readings: list[Reading]) -> None:
    names = frozenset({"access", "anonymity_reason"})
    less = [without(one, names) for one in given_readings]
    for one in there_and_back(name, form, less):
        for source in one.get("sources", ()):
            assert not source.get("access")
            assert not source.get("anonymity_reason")


@pytest.mark.parametrize("name", [name for blanks in LEFT_OUT.values() for name in blanks])
def test_each_field_can_be_left_out(name: str) -> None:
    less = without(BRIDGE, frozenset({name}))
    kept = {path.split(".")[1] for path in filled(reading_to_dict(less)) if "." in path}
    assert name not in kept
    assert less.problems == (*BRIDGE.problems, f"left out of this export: {name}")
    assert less.document.text == BRIDGE.document.text
    assert [one.cue for one in less.attributions] == [one.cue for one in BRIDGE.attributions]


def test_nothing_left_out_changes_nothing() -> None:
    assert without(BRIDGE, frozenset()) is BRIDGE


def test_a_field_that_cannot_be_left_out_is_named() -> None:
    with pytest.raises(SaysoError, match="No field 'acess' can be left out; did you mean 'access'"):
        without(BRIDGE, frozenset({"acess"}))
    with pytest.raises(SaysoError, match=r"No field 'text' can be left out"):
        without(BRIDGE, frozenset({"text"}))


# --- filters --------------------------------------------------------------------------------------------------


def ids(chosen: Filter, entities: Any = None) -> list[list[str]]:
    return [[one.id for one in reading.attributions] for reading in selected([BRIDGE, MILL], chosen, entities)]


BRIDGE_IDS = [one.id for one in BRIDGE.attributions]
MILL_IDS = [one.id for one in MILL.attributions]


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (Filter(), [BRIDGE_IDS, MILL_IDS]),
        (Filter(outlet="the ostrey courier"), [BRIDGE_IDS]),
        (Filter(outlet="Courier"), []),
        (Filter(since="2024-05-31"), [BRIDGE_IDS]),
        (Filter(since="2024"), [BRIDGE_IDS]),
        (Filter(until="2024-05"), [BRIDGE_IDS]),
        (Filter(until="2024-05-30"), []),
        (Filter(act=Act.DENY), [BRIDGE_IDS[3:4]]),
        (Filter(named=False), [BRIDGE_IDS[2:3]]),
        (Filter(text="CRACKED"), [BRIDGE_IDS[2:3]]),
        (Filter(entity="ana ruiz"), [BRIDGE_IDS[0:2]]),
        (Filter(entity="officials"), []),
        (Filter(act=Act.ASSERT, named=True, text="safe"), [BRIDGE_IDS[0:1]]),
    ],
)
def test_filters(chosen: Filter, found: list[list[str]]) -> None:
    assert ids(chosen) == found


def test_an_entity_is_found_by_its_id_and_its_name() -> None:
    assert ids(Filter(entity="e1"), ENTITIES) == [BRIDGE_IDS[0:2]]
    assert ids(Filter(entity="Ana Ruiz (mayor of Ostrey)"), ENTITIES) == [BRIDGE_IDS[0:2]]
    unnamed = {("bridge", "s2"): Entity("e2", "Edda Nilsen")}
    assert ids(Filter(entity="Edda Nilsen"), unnamed) == []
    assert ids(Filter(entity="e2"), unnamed) == [BRIDGE_IDS[2:3]]


def test_what_a_filter_leaves_of_a_document() -> None:
    (whole,) = selected([BRIDGE], Filter(outlet="The Ostrey Courier"))
    assert whole is BRIDGE
    (some,) = selected([BRIDGE], Filter(named=False))
    assert some.statements == ()
    assert [one.name for one in some.sources] == ["officials", "a report"]
    assert some.document == BRIDGE.document


def nested(*within: str | None) -> Reading:
    attributions = tuple(
        Attribution(f"a{number}", None, Span(0, 1), (), 0.5, within=around, act=Act.ASSERT if number != 1 else Act.DENY)
        for number, around in enumerate(within)
    )
    return Reading(Document("d", "x"), attributions)


def test_what_lay_within_a_left_out_attribution_lies_in_the_next_one() -> None:
    (found,) = selected([nested(None, "a0", "a1")], Filter(act=Act.ASSERT))
    assert [(one.id, one.within) for one in found.attributions] == [("a0", None), ("a2", "a0")]


def test_attributions_within_each_other_end() -> None:
    (found,) = selected([nested(None, "a1", "a1")], Filter(act=Act.ASSERT))
    assert [one.within for one in found.attributions] == [None, None]


@settings(max_examples=30)
@given(several, st.sampled_from([None, *Act]), st.none() | st.booleans(), st.none() | words)
def test_what_is_selected_is_a_reading(
    given_readings: list[Reading], act: Act | None, named: bool | None, text: str | None
) -> None:
    for one in selected(given_readings, Filter(act=act, named=named, text=text)):
        assert reading_from_dict(reading_to_dict(one)) == one


# --- streams and folders --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in STREAMS if name not in {"parquet", "spacy"}])
def test_each_reading_is_written_before_the_next_is_asked_for(name: str) -> None:
    out, seen = BytesIO(), []

    def one_by_one() -> Iterator[Reading]:
        for number in range(3):
            seen.append(out.tell())
            yield replace(BRIDGE, document=replace(BRIDGE.document, id=f"d{number}"))

    stream = EXPORTS[name].stream
    assert stream
    stream.write(one_by_one(), out, None)
    assert seen[0] < seen[1] < seen[2] < out.tell()


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_with_files_is_left_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    folder = EXPORTS[name].folder
    assert folder
    with pytest.raises(InputError, match="not an empty folder; name a new one"):
        folder.write([BRIDGE], tmp_path, None)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(("name", "module"), [("parquet", "pyarrow"), ("spacy", "spacy")])
def test_a_missing_library_is_named_with_its_remedy(name: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in [module, *(each for each in sys.modules if each.startswith(f"{module}."))]:
        monkeypatch.setitem(sys.modules, one, None)
    with pytest.raises(SaysoError, match=rf"needs {module}.*pip install 'sayso\[{EXPORTS[name].needs}\]'"):
        stream_of(name, [BRIDGE])


@pytest.mark.parametrize("one", EXPORTS.values(), ids=list(EXPORTS))
def test_a_format_describes_itself(one: Format) -> None:
    assert EXPORTS[one.name] is one
    assert one.description
    assert one.stream or one.folder
    assert (one.suffix != "") == (one.stream is not None)


def test_sources_of_one_name_stay_apart() -> None:
    """Two documents each have an Ana Ruiz: without a lookup, they are not the same."""
    lines = stream_of("ftm", [BRIDGE, replace(BRIDGE, document=replace(BRIDGE.document, id="other"))]).splitlines()
    people = [json.loads(line) for line in lines if b'"Person"' in line]
    assert len({one["id"] for one in people}) == 2
