"""What a run leaves in its folder: settings beside weights, a log, and nothing that is only half written."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import Tensor


def settle(place: Path, settings: Any, made_from: dict[str, str]) -> None:
    """Write what a run is made with into its folder; stop where an earlier run there was made with something else.

    `made_from` holds digests by name: of the encoder, of the labels.
    """
    now = json.loads(json.dumps({**dataclasses.asdict(settings), **made_from}))
    if place.exists():
        was = json.loads(place.read_text("utf8"))
        differing = sorted(k for k in {*was, *now} if was.get(k) != now.get(k))
        if differing:
            names = ", ".join(differing)
            raise SystemExit(f"{place} was made with other {names}; remove it with its weights, or use another --out")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(now, indent=1) + "\n", "utf8")


def digest_of(*places: Path) -> str:
    return hashlib.sha256(b"".join(place.read_bytes() for place in places)).hexdigest()[:12]


def note(log: Path, row: dict[str, Any]) -> None:
    """Print a row and add it to a log."""
    line = json.dumps(row)
    print(line, flush=True)
    with log.open("a", encoding="utf8") as lines:
        lines.write(line + "\n")


def save_weights(weights: dict[str, Tensor], place: Path) -> None:
    """Write weights in one go: a run that is stopped leaves none, or all."""
    part = place.with_suffix(".part")
    save_file({name: value.contiguous() for name, value in weights.items()}, part)
    part.replace(place)
