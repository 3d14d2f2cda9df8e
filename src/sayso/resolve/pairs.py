"""What speaks for two mentions being of one: the signs of a pair that a small network weighs.

The network is trained on GUM, NewsWCL50, MEANTIME, LitBank and GAP, and on sources of PolNeAR (training/mentions.py).
"""

from __future__ import annotations

import numpy as np

from sayso.resolve.forms import FORMS, NAME, PRONOUN, UNKNOWN, Floats, Ints, Mentions

_STEPS = (0, 1, 2, 3, 4, 6, 9, 14, 22, 40)  # lower ends of the buckets of a distance
_SIGNS = 16
WIDTH = 2 * len(FORMS) + 3 * len(_STEPS) + _SIGNS


def bucketed(distance: Ints) -> Floats:
    """Distances as ones and zeros over buckets."""
    at = np.searchsorted(_STEPS, np.maximum(distance, 0), side="right") - 1
    return np.eye(len(_STEPS), dtype=np.float32)[at]


def pair_signs(m: Mentions, later: Ints, earlier: Ints) -> Floats:
    """The signs [pairs, WIDTH] of pairs of mentions, given by their indexes."""
    one = np.eye(len(FORMS), dtype=np.float32)

    def both(column: Ints) -> tuple[Ints, Ints]:
        return column[later], column[earlier]

    form, other_form = both(m.form)
    gender, other_gender = both(m.gender)
    number, other_number = both(m.number)
    inside = (m.start[later] >= m.start[earlier]) & (m.end[later] <= m.end[earlier])
    inside |= (m.start[earlier] >= m.start[later]) & (m.end[earlier] <= m.end[later])
    same_key = m.key_number[later] == m.key_number[earlier]
    telling = (form < PRONOUN) & (other_form < PRONOUN)  # pronouns share words with nobody but their like
    shared = np.zeros(len(later), dtype=np.float32)
    for at in np.flatnonzero(telling | same_key).tolist():
        shared[at] = len(m.bag[later[at]] & m.bag[earlier[at]])
    size = np.maximum(1, m.bag_size[later]).astype(np.float32)
    between = m.start[later] - m.end[earlier]
    known = (gender != UNKNOWN) & (other_gender != UNKNOWN)
    counted = (number != UNKNOWN) & (other_number != UNKNOWN)
    first = m.sentence[np.maximum(earlier - 1, 0)] != m.sentence[earlier]
    signs = np.stack(
        [
            same_key & (form < PRONOUN),
            same_key & (form >= PRONOUN),
            same_key & (form == NAME) & (other_form == NAME),
            shared > 0,
            shared / size,
            known & (gender == other_gender),
            known & (gender != other_gender),
            counted & (number == other_number),
            counted & (number != other_number),
            inside,
            m.quoted[later],
            m.quoted[earlier],
            m.sourced[later],
            m.sourced[earlier],
            first,
            (between <= 2) & (between >= 0),
        ],
        axis=1,
    ).astype(np.float32)
    return np.concatenate(
        [
            one[form],
            one[other_form],
            bucketed(m.sentence[later] - m.sentence[earlier]),
            bucketed(m.paragraph[later] - m.paragraph[earlier]),
            bucketed(later - earlier),
            signs,
        ],
        axis=1,
    )
