"""What several tests share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

TOKENIZER = Path(__file__).parents[1] / "src/sayso/weights/extraction/tokenizer.json"


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    """The tokenizer that the shipped extraction model reads with."""
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(TOKENIZER))
