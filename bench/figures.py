"""The measured figures as Markdown, for README and model cards; cog calls these.

cog -r README.md src/sayso/weights/extraction/CARD.md
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
PEOPLE = {"source": 77.8, "cue": 71.2, "content": 69.1, "soft": 78.2, "strict": 63.2}


def result(name: str) -> dict[str, Any]:
    """A stored run of `sayso bench`."""
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text("utf8"))
    return found


def origin(name: str) -> str:
    """The command and the commit behind a table."""
    run = result(name)
    return f"`{run['command']}`, commit {run['commit'][:10]}, model {run['model']}"


def accuracy(name: str) -> str:
    """Precision, recall and F1 with intervals, beside people."""
    run = result(name)["accuracy"]
    lines = [
        "| | precision | recall | F1 | 95 % interval | annotators among themselves |",
        "|---|---|---|---|---|---|",
    ]
    for measure, row in run["scores"].items():
        people = PEOPLE.get(measure, "")
        interval = f"{row['low']} to {row['high']}"
        lines.append(f"| {measure} | {row['precision']} | {row['recall']} | **{row['f1']}** | {interval} | {people} |")
    return "\n".join(lines)


def int8_loss(shipped: str, full: str) -> str:
    """F1 of the shipped int8 model beside its float twin."""
    ours, theirs = (result(n)["accuracy"]["scores"] for n in (shipped, full))
    lines = ["| | int8 | float | difference |", "|---|---|---|---|"]
    lines += [
        f"| {m} | {row['f1']} | {theirs[m]['f1']} | {row['f1'] - theirs[m]['f1']:+.1f} |" for m, row in ours.items()
    ]
    return "\n".join(lines)


def reliability(name: str) -> str:
    """How often predictions of each confidence are right."""
    run = result(name)["accuracy"]["calibration"]
    lines = [
        f"Expected calibration error: **{run['expected_calibration_error']:.3f}**.",
        "",
        "| confidence | predictions | mean confidence | right |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {r['from']:.1f} to {r['to']:.1f} | {r['predictions']} | {r['confidence']:.2f} | {r['right']:.2f} |"
        for r in run["bins"]
    ]
    return "\n".join(lines)


# What is asked of each measure, at least and as an aim.
ASKED = {
    "entity precision": (88, 96),
    "entity recall": (80, 92),
    "same speaker, pairs": (85, 95),
    "kind": (92, 98),
    "named": (95, 99),
    "act": (85, 93),
    "polarity": (92, 97),
    "certainty": (85, 93),
    "channel": (75, 90),
    "when": (80, 92),
    "within": (75, 90),
    "within, both found": (75, 90),
}


def speakers(name: str) -> str:
    """Who speaks and how: what is asked, and what was measured, on the unseen part and on the one tuned on."""
    parts = result(name)["speakers"]
    lines = [
        "| | at least | aim | unseen | 95 % interval | unseen, not nested | tuned on |",
        "|---|---|---|---|---|---|---|",
    ]
    for measure, (least, aim) in ASKED.items():
        unseen, plain, tuned = (
            parts[p][k][measure] for p, k in (("unseen", "all"), ("unseen", "not nested"), ("tune", "all"))
        )
        interval = f"{unseen['low']} to {unseen['high']}"
        alone = "" if plain["value"] is None else plain["value"]
        lines.append(
            f"| {measure} | {least} | {aim} | **{unseen['value']}** | {interval} | {alone} | {tuned['value']} |"
        )
    unseen = parts["unseen"]
    found, of = (unseen["all"][k]["value"] for k in ("attributions found", "of annotated"))
    error = unseen["calibration"]["expected_calibration_error"]
    merged = parts["all"]["namesakes"]
    lines += [
        "",
        f"Unseen: {unseen['articles']} articles, {of} attributions, {found} of them found. People with one surname in "
        f"one article: {merged['pairs']} pairs in both parts, {merged['merged']} merged. "
        f"Expected calibration error of `speaker_confidence`: {error:.3f}.",
    ]
    return "\n".join(lines)


def others(name: str) -> str:
    """Sourced statements, names and pronouns, and coreference, on corpora that others made."""
    run = result(name)
    sourced, gap, gum = run["sourcing"], run["choices"], run["coreference"]
    lines = ["| | at least | aim | measured |", "|---|---|---|---|"]
    rows = (("F1", 84, 94), ("name", 92, 98), ("type", 88, 97), ("found unnamed", 90, 97))
    lines += [f"| scu_sourcing, {k} | {least} | {aim} | **{sourced[k]}** |" for k, least, aim in rows]
    lines += [
        f"| … {k}, deeds in which nobody is heard left out | | | {sourced['deeds left out'][k]} |" for k, *_ in rows
    ]
    lines += [f"| GAP dev, F1 ({k}) | | | {gap[k]['f1']} |" for k in ("all", "masculine", "feminine")]
    lines += [
        f"| GUM dev, CoNLL average, {genres}, {what} | | | {found[what]['conll']} |"
        for genres, found in gum.items()
        for what in ("heads", "exact", "heads of people, organizations, places")
    ]
    return "\n".join(lines)


def peers(name: str, ours: str) -> str:
    """A plain baseline and spaCy with rules, given the annotated spans, beside sayso on the same articles."""
    theirs, own = result(name), result(ours)["speakers"]["unseen"]["all"]
    tools = theirs["speakers"]
    lines = ["| | " + " | ".join([*tools, "sayso"]) + " |", "|---" * (len(tools) + 2) + "|"]
    for measure in ASKED:
        values = [tools[tool].get(measure) for tool in tools]
        if any(v is not None for v in values):
            shown = " | ".join("" if v is None else str(v) for v in [*values, own[measure]["value"]])
            lines.append(f"| {measure} | {shown} |")
    return "\n".join(lines)


def plain_origin(name: str) -> str:
    """The command and the commit behind a table of who speaks."""
    run = result(name)
    models = ", ".join(f"{k} {v}" for k, v in run["models"].items())
    return f"`{run['command']}`, commit {run['commit'][:10]}, models {models}"


def articles() -> str:
    """Body text, dates, bylines and headlines out of web pages, beside trafilatura in the same run."""
    run = result("articles")
    rows = {
        "body text, F1, 92 pages tuned on": ("aeb.train", "f1"),
        "body text, F1, 16 pages of dev": ("aeb.dev", "f1"),
        "strings that must be in the text, found": ("trafilatura_en.train", "strings found"),
        "strings that must not, kept": ("trafilatura_en.train", "strings wrongly kept"),
        "day of publication right": ("trafilatura_en.train", "date"),
        "author right": ("trafilatura_en.train", "author"),
        "headline right": ("trafilatura_en.train", "title"),
    }
    others = ("sayso", "trafilatura", "trafilatura without comments")
    lines = [f"| | sayso | trafilatura {run['trafilatura']} | without comments |", "|---|---|---|---|"]
    for what, (part, measure) in rows.items():
        found = (f"{100 * run[part][other][measure]:.1f}" for other in others)
        lines.append(f"| {what} | {' | '.join(found)} |")
    return "\n".join(lines)


def mail() -> str:
    """How many mails' own words come out exactly right, by reader."""
    run = result("mail")["replies"]
    lines = ["| | own words right | own words and signature right | of |", "|---|---|---|---|"]
    for reader, found in run.items():
        whole = found["all"]
        own = whole.get("own_right")
        lines.append(f"| {reader} | {'-' if own is None else own} | {whole['unquoted_right']} | {whole['mails']} |")
    return "\n".join(lines)


def ledger() -> str:
    """What adding costs beside reading, whether it grows, how large a ledger is, and how quickly it answers."""
    run = result("ledger")
    beside, slices = run["beside_reading"], run["growing"]["slices"]
    size, questions = run["growing"]["size"], run["answers"]["questions"]
    fresh, last = run["growing"]["first_in_turns_with_last"], slices[-1]
    done = sum(one["documents"] for one in slices)
    walls = [one["warm"]["wall"] for one in questions.values()]
    median, last_of_all = (1000 * max(one[which] for one in walls) for which in ("median", "99"))
    lines = [
        "| | asked | measured |",
        "|---|---|---|",
        f"| adding beside reading alone, CPU time · wall time | at most 15 % | {beside['more_percent']['cpu']:.1f} % · "
        f"{beside['more_percent']['wall']:.1f} % |",
        f"| CPU time a document, in turns: a fresh ledger, its first {fresh['documents']:,} · the large one, its "
        f"last {last['documents']:,} of {done:,} | the same | {fresh['cpu_ms']:.2f} ms · {last['cpu_ms']:.2f} ms |",
        f"| memory while adding | | {max(one['peak_memory_mb'] for one in slices)} MB |",
        f"| bytes an attribution, of these the articles' own text | | {size['bytes'] / size['attributions']:.0f} · "
        f"{size['texts_alone']:.0f} |",
        f"| {len(questions)} questions on {run['answers']['ledger']['attributions']:,} attributions, the slowest: "
        f"median · 99th percentile | 100 · 300 ms | {median:.0f} · {last_of_all:.0f} ms |",
    ]
    return "\n".join(lines)


def load() -> str:
    """How quickly pages and API answer many clients while something is added, and what a kill leaves."""
    run = result("load")
    whole, kill = run["all"], run["after_kill"]
    slowest = max(run["by_kind"].items(), key=lambda one: 0 if one[0].startswith("add") else one[1]["p95_ms"])
    checked = {0: "passes", None: "not run to its end"}.get(kill.get("check"), "fails")
    lines = [
        "| | asked | measured |",
        "|---|---|---|",
        f"| {whole['requests']:,} requests in {whole['seconds']} seconds: median · 95th · 99th percentile | 95th below"
        f" 300 ms | {whole['median_ms']} · {whole['p95_ms']} · {whole['p99_ms']} ms |",
        f"| 95th percentile of pages · of the API | | {run['pages']['p95_ms']} · {run['api']['p95_ms']} ms |",
        f"| the slowest kind, {slowest[0]}: 95th percentile | | {slowest[1]['p95_ms']:.0f} ms |",
        f"| requests that failed | none | {run['failures']} |",
        f"| share of the cores that other programs took just before | | {run['others_took_percent_before']:.0f} % |",
        f"| CPU time of the server a request | | {run['server_cpu_ms_a_request']} ms |",
        f"| documents added meanwhile; of these missing after the kill | none missing | {kill['reported_as_added']} ·"
        f" {kill['missing']} |",
        f"| `sayso check` after the kill | passes | {checked} |",
    ]
    return "\n".join(lines)


def copies() -> str:
    """How many made copies are found, by how many of their words were changed."""
    run = result("copies")
    shares = run["copy_of"]
    lines = [
        f"| words changed | {' | '.join(f'{100 * float(share):.0f} %' for share in shares)} |",
        "|---" * (len(shares) + 1) + "|",
        "| asked | 99 | 97 | 93 | 85 |",
    ]
    for what, key in (("copies found", "copy_of"), ("excerpts of 40 to 60 words found", "excerpt_of")):
        found = (f"{100 * one['found'] / one['copies']:.1f}" for one in run[key].values())
        lines.append(f"| {what} | {' | '.join(found)} |")
    pairs = run["unrelated"]
    lines.append("")
    lines.append(f"Of {pairs['pairs']:,} unrelated pairs on one topic, {pairs['found']} were taken for copies.")
    return "\n".join(lines)


def pairs() -> str:
    """How well it is told whether two contents of real articles say the same, the contrary, or something else."""
    run = result("pairs")
    lines = ["| | pairs | true | precision | recall | F1 |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {one['outcome']}, by {'sayso' if one['by'] == 'judge' else 'cosine'} | {one['pairs']} | {one['true']} | "
        f"{one['precision']:.1f} | {one['recall']:.1f} | {one['f1']:.1f} |"
        for one in run["figures"]
        if one["corpus"] == "all"
    ]
    off = run["calibration"]
    lines += ["", f"Probability of the same: expected calibration error {off['error']:.1f} points."]
    return "\n".join(lines)


def story() -> str:
    """How `sayso who` answers about the invented story."""
    return str(result("story")["table"])


def speed(name: str) -> str:
    """Words a second, memory and start-up."""
    run = result(name)
    found, machine = run["speed"], run["machine"]
    vnni = "with" if machine["vnni"] else "without"
    lines = [
        f"{found['words']:,} words in {found['documents']} articles, on {machine['cores']} cores "
        f"({machine['processor']}, {vnni} VNNI), median of three rounds:",
        "",
        "| | words a second |",
        "|---|---|",
    ]
    lines += [
        f"| {what} thread{'s' if what.endswith('2') else ''} | {v:,.0f} |"
        for what, v in found["words_a_second"].items()
    ]
    if "spacy" in found:
        peer = found["spacy"]
        lines.append(f"| spaCy {peer['version']}, small English pipeline, same run | {peer['words_a_second']:,.0f} |")
        lines += ["", f"Two threads over articles: {found['ratio_to_spacy']} times spaCy's speed."]
    share = ", ".join(f"{stage} {part:.0%}" for stage, part in found["share_of_time"].items())
    lines += ["", f"Share of the time of extraction alone, one thread: {share}."]
    lines += ["", "| | CPU seconds | seconds | peak memory, MB |", "|---|---|---|---|"]
    rows = dict(found["start_up"])
    rows |= {k.replace("_", " "): v for k, v in found.items() if k.startswith("document_of_")}
    lines += [
        f"| {k} | {v['cpu_seconds']:.2f} | {v['seconds']:.2f} | {v['peak_memory_mb']:.0f} |" for k, v in rows.items()
    ]
    return "\n".join(lines)
