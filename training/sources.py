"""Train what finds out who speaks, and how, and ship it: mentions, manner, channels and dates.

    python -m training.sources --data ../shared/data --out ~/sayso-runs/sources

The steps, one after the other: states of the encoder that ships (training/states.py), the mention model
(training/mentions.py), the manner network (training/manner.py), the weighing of channels and dates
(training/places.py), all of it as ONNX (training/ship.py). It starts from encoder.onnx as it ships and needs no other
weights. Stopped at any moment, the same command goes on: what a folder has is not made again, and a folder that was
made with other settings, labels or another encoder is not touched.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from sayso.lexicon import load_lexicon
from training import manner, mentions, places
from training.ship import ship_manner, ship_mentions, ship_mentions_alone, ship_places
from training.states import open_encoder

HERE = Path(__file__).parent
LABELS = HERE / "labels" / "polnear-train.jsonl"
MENTIONS = HERE / "labels" / "polnear-mentions.jsonl"
PLACES = HERE / "labels" / "polnear-places.jsonl"
GOLD = HERE.parent / "bench" / "gold" / "polnear-dev.jsonl"
WEIGHTS = HERE.parent / "src" / "sayso" / "weights"


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.sources",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with gum, polnear, ner … (see README.md)")
    parser.add_argument("--out", type=Path, required=True, help="folder for states and weights, outside the repo")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="where extraction/ is, and what ships goes")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save-every", type=int, default=250, help="steps of the mention model between checkpoints")
    parser.add_argument(
        "--mentions-only",
        action="store_true",
        help="only the mention model, beside what ships",
    )
    parser.add_argument(
        "--places-only",
        action="store_true",
        help="only channels and dates, beside what ships",
    )
    return parser.parse_args(given)


def main(words: Sequence[str]) -> None:
    given = arguments(words)
    torch.set_num_threads(given.threads)
    lexicon = load_lexicon()
    encoder = open_encoder(given.out / "states", given.threads, given.weights / "extraction")
    chosen = places.Settings()
    least = {"channel": chosen.least_channel, "when": chosen.least_when}
    if given.places_only:
        channel, when = places.run(chosen, given.data, (LABELS, PLACES), GOLD, encoder, lexicon, given.out)
        ship_places(channel, when, least, given.weights / "mentions", given.weights / "manner")
        return
    labels = (LABELS, MENTIONS)
    who = mentions.run(mentions.Settings(), given.data, labels, encoder, lexicon, given.out, given.save_every)
    if given.mentions_only:
        ship_mentions_alone(who, given.weights / "mentions")
        return
    how = manner.run(manner.Settings(), given.data, LABELS, GOLD, encoder, lexicon, given.out)
    channel, when = places.run(chosen, given.data, (LABELS, PLACES), GOLD, encoder, lexicon, given.out)
    ship_mentions(who, how, channel, when, given.weights / "mentions")
    ship_manner(how, channel, when, least, given.weights / "manner")


if __name__ == "__main__":
    main(sys.argv[1:])
