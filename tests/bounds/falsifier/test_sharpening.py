"""Streams played side by side give what each of them gives alone."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest

from bounds import falsify
from bounds.falsifier import sharpening
from bounds.falsifier.adversaries import ADVERSARIES
from bounds.falsifier.family import SearchStage
from bounds.falsifier.regret import RegretFamily
from bounds.falsifier.sets.box import Boxes
from bounds.falsifier.space import games_of
from bounds.games.scale import Scale
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD
from theory.theorems.adal import THEOREM1
from theory.theorems.ogd import SQRT

TEXTBOOK = {"beta1": Fraction(9, 10), "beta2": Fraction(999, 1000), "eps": Fraction(1, 10**8)}


@pytest.mark.parametrize(
    ("theorem", "key", "recurrence", "options"),
    [
        (SQRT, "stated", SGD, {}),
        (THEOREM1, "C", ADAL, {"scale": "at_least_one", "dimensions": (1,)}),
        (THEOREM1, "A", ADAL, {"fixed": TEXTBOOK}),
    ],
)
def test_a_search_does_not_depend_on_what_is_played_together(
    theorem, key, recurrence, options, monkeypatch
) -> None:
    """With every stream played alone the games, their order and the finding are the same."""

    def found():
        whole = falsify(theorem, key, recurrence, evaluations=60_000, **options)
        return replace(whole, seconds=0.0, first=None)

    together = found()
    assert together.evaluations > 50_000 or together.violated
    monkeypatch.setattr(sharpening, "TOGETHER", 1)
    assert found() == together


def spaces_and_vectors(rng: np.random.Generator):
    """Spaces of one size, two of them equal in turn, and vectors of each."""
    family = RegretFamily(THEOREM1, "C", ADAL, Boxes(), Scale.MAX_ONE, {})
    stage = SearchStage(6, 2)
    shaped = [family.space(stage, adversary) for adversary in ADVERSARIES if adversary.longest >= 6]
    spaces = [shaped[0], shaped[1], shaped[1], shaped[-1], family.space(stage, None)]
    vectors = [rng.normal(size=(3 + k, space.shapes + space.rest)) for k, space in enumerate(spaces)]
    return spaces, vectors


def test_games_of_several_spaces_are_those_of_each() -> None:
    """Every array of every batch, bit by bit; the batches differ."""
    spaces, vectors = spaces_and_vectors(np.random.default_rng(0))
    found = games_of(spaces, vectors)
    assert [len(batch) for batch in found] == [3, 4, 5, 6, 7]
    for space, points, batch in zip(spaces, vectors, found, strict=True):
        alone = space.batch(points)
        for name in (field.name for field in fields(batch)):
            np.testing.assert_array_equal(getattr(batch, name), getattr(alone, name))
    assert not np.array_equal(found[1].ends, found[2].ends[:4])


def test_random_numbers_are_drawn_as_if_each_stream_came_alone() -> None:
    """The draws around the best games are those that a search of one stream after the other would make."""
    spaces, vectors = spaces_and_vectors(np.random.default_rng(0))
    rng, again = np.random.default_rng(1), np.random.default_rng(1)
    many = np.repeat(vectors[0], 40, axis=0)
    for points in (vectors[0], many):
        start = sharpening.Start.drawn(spaces[0], "", points, rng)
        count = len(points)
        for normals in start.normals:
            elite = min(sharpening.ELITE, count)
            np.testing.assert_array_equal(normals, again.standard_normal(normals.shape))
            assert normals.shape == (elite * max(1, count // elite), points.shape[1])
            count = elite + len(normals)
    assert rng.uniform() == again.uniform()
