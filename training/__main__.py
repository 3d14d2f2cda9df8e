"""From PolNeAR train to the weights that ship, in one command that can be stopped and given again:

python -m training --corpus ../shared/data/polnear --out ~/sayso-runs/extraction
"""

from __future__ import annotations

from pathlib import Path

from training.extraction import arguments, settings_from, train
from training.ship import ship

WEIGHTS = Path(__file__).parent.parent / "src" / "sayso" / "weights" / "extraction"


def main() -> None:
    given = arguments()
    settings = settings_from(given)
    train(settings, given.corpus, given.out, given.threads, given.save_every)
    ship(given.out / "tagger.safetensors", given.corpus, settings.held_out, given.out / "float", WEIGHTS)


if __name__ == "__main__":
    main()
