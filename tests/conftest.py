"""What several tests share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

TOKENIZER = Path(__file__).parents[1] / "src/sayso/weights/extraction/tokenizer.json"

settings.register_profile("sayso", deadline=None)  # a busy machine is no failure
settings.load_profile("sayso")


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    """The tokenizer that the shipped extraction model reads with."""
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(TOKENIZER))
