"""What can go wrong for a user, said so that the user can act on it."""

from __future__ import annotations


class SaysoError(Exception):
    """A failure with a message for the user: what was found, what was expected, what to do next."""


class InputError(SaysoError):
    """An input that cannot be read. `place` is the file and, where there is one, the line or byte."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(place, message)  # which pickle gives back: it comes from other processes too
        self.place = place
        self.message = message

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"
