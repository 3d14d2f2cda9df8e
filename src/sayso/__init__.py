"""sayso reads news and shows who says what, on whose word, how sure, and who disputes it.

    >>> import sayso
    >>> reading = sayso.read("Ana Ruiz said the bridge was safe.")
    >>> for reading in sayso.read_many(documents): ...

Heavy imports happen at the first call, not here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from sayso.model import Document, Reading
    from sayso.reading import read, read_many

__all__ = ["Document", "Reading", "__version__", "read", "read_many"]

_HOME = {"Document": "sayso.model", "Reading": "sayso.model", "read": "sayso.reading", "read_many": "sayso.reading"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sayso' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
