"""From corpora to the weights that ship, in commands that can be stopped and given again:

python -m training extraction --corpus ../shared/data/polnear --out ~/sayso-runs/extraction
python -m training sources --data ../shared/data --out ~/sayso-runs/sources

The first word may be left out: `python -m training --corpus … --out …` trains the extraction model.
`python -m training.sources` is the same as `python -m training sources`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from training import sources
from training.extraction import arguments, settings_from, train
from training.ship import ship

WEIGHTS = Path(__file__).parent.parent / "src" / "sayso" / "weights" / "extraction"


def extraction(words: Sequence[str]) -> None:
    """Train the extraction model on PolNeAR train and ship it."""
    given = arguments(words)
    settings = settings_from(given)
    train(settings, given.corpus, given.out, given.threads, given.save_every)
    ship(given.out / "tagger.safetensors", given.corpus, settings.held_out, given.out / "float", WEIGHTS)


RECIPES = {"extraction": extraction, "sources": sources.main}


def main(words: Sequence[str]) -> None:
    name = words[0] if words and words[0] in RECIPES else None
    RECIPES[name or "extraction"](words[1:] if name else words)


if __name__ == "__main__":
    main(sys.argv[1:])
