"""Quotations are given whole to the attribution that has a part of them, and to no other."""

from __future__ import annotations

from typing import Any

from sayso.extract.borders import content_span
from sayso.extract.decode import Found
from sayso.extract.quotations import whole_quotations
from sayso.extract.words import Words, split_words


def words_of(words: Words, phrase: str) -> tuple[int, int]:
    at = words.text.index(phrase)
    inside = [i for i in range(len(words)) if at <= words.start[i] and words.end[i] <= at + len(phrase)]
    return inside[0], inside[-1] + 1


def completed(tokenizer: Any, text: str, *attributions: tuple[str, str, str]) -> list[str]:
    """The contents after the rule, pieces joined with " … "; given are (source, cue, content) as phrases."""
    words = split_words(text, tokenizer)
    found = [Found(words_of(words, c), words_of(words, s), (words_of(words, t),), ()) for s, c, t in attributions]
    done = whole_quotations(found, words)
    return [" … ".join(content_span(words, *piece).of(text) for piece in f.content) for f in done]


def test_a_quotation_goes_on_after_its_speaker(tokenizer: Any) -> None:
    text = "“We looked at it,” Ruiz said. “It shook a lot.”"
    assert completed(tokenizer, text, ("Ruiz", "said", "We looked at it")) == ["“We looked at it,” … “It shook a lot.”"]


def test_the_next_quotation_may_be_another_speakers(tokenizer: Any) -> None:
    text = "“We looked at it,” Ruiz said. Orlo disagreed. “It shook a lot.”"
    given = (("Ruiz", "said", "We looked at it"), ("Orlo", "disagreed", "It shook a lot"))
    assert completed(tokenizer, text, *given) == ["“We looked at it,”", "“It shook a lot.”"]


def test_a_quotation_after_another_cue_is_left_alone(tokenizer: Any) -> None:
    text = "“We looked at it,” Ruiz said. Orlo denied the report. “It shook a lot.”"
    given = (("Ruiz", "said", "We looked at it"), ("Orlo", "denied", "the report"))
    assert completed(tokenizer, text, *given) == ["“We looked at it,”", "the report"]


def test_a_phrase_in_marks_is_no_sentence(tokenizer: Any) -> None:
    text = "“We looked at it,” Ruiz said. “Liberty Hall” was full."
    assert completed(tokenizer, text, ("Ruiz", "said", "We looked at it")) == ["“We looked at it,”"]


def test_the_next_paragraph_is_left_alone(tokenizer: Any) -> None:
    text = "“We looked at it,” Ruiz said.\n\n“It shook a lot.”"
    assert completed(tokenizer, text, ("Ruiz", "said", "We looked at it")) == ["“We looked at it,”"]


def test_paragraphs_that_open_anew_are_one_quotation(tokenizer: Any) -> None:
    text = "Ruiz said: “We looked at it.\n\n“It shook.\n\n“So we left.”"
    whole = "“We looked at it.\n\n“It shook.\n\n“So we left.”"
    for part in ("We looked at it", "It shook", "So we left"):
        assert completed(tokenizer, text, ("Ruiz", "said", part)) == [whole]


def test_a_mark_that_was_forgotten_opens_nothing(tokenizer: Any) -> None:
    text = "Ruiz said: “We looked at it.\n\nThe bridge was built in 1931.\n\n“It shook,” Orlo said."
    given = (("Ruiz", "said", "We looked at it"), ("Orlo", "Orlo said", "It shook"))
    assert completed(tokenizer, text, *given)[0] == "“We looked at it"


def test_who_has_a_good_part_of_a_quotation_has_it_all(tokenizer: Any) -> None:
    text = "“The old bridge shook, and [the river] rose, so we left,” Ruiz said."
    whole = "“The old bridge shook, and [the river] rose, so we left,”"
    assert completed(tokenizer, text, ("Ruiz", "said", "The old bridge shook, and")) == [whole]
    assert completed(tokenizer, text, ("Ruiz", "said", "we left")) == ["we left"]


def test_a_long_quotation_that_two_have_a_part_of_is_left_as_it_was(tokenizer: Any) -> None:
    text = "Ruiz said: “We looked at it.\n\n“Orlo told us to leave.”"
    given = (("Ruiz", "said", "We looked at it"), ("Orlo", "told", "us to leave"))
    assert completed(tokenizer, text, *given) == ["“We looked at it", "us to leave"]
