"""The counterexamples to Theorem 2: certain, by a margin, as short as they say, and of no other statement."""

from dataclasses import replace

import pytest

from bounds.certificates.certify import excess
from bounds.games import Counterexample
from paper_checks.gallery.exhibit import Exhibit
from paper_checks.gallery.theorem2 import EXHIBITS
from theory.theorems.adal import THEOREM2

BY_NAME = {entry.name: entry for entry in EXHIBITS}


@pytest.mark.parametrize("entry", EXHIBITS, ids=list(BY_NAME))
def test_every_entry_violates_by_one_percent(entry: Exhibit) -> None:
    """In ball arithmetic the left side exceeds the right by at least 1 %."""
    assert excess(entry.counterexample) >= 0.01


def test_every_reading_is_refuted_and_each_game_by_its_own_algorithm() -> None:
    """All three readings occur, and the algorithm of a game is one that its statement names."""
    assert {entry.counterexample.reading for entry in EXHIBITS} == {r.key for r in THEOREM2.readings}
    for entry in EXHIBITS:
        theorem, game = entry.counterexample.theorem, entry.counterexample.game
        assert game.recurrence.name in theorem.algorithms


@pytest.mark.parametrize("name", ["noise_epsilon", "skewed", "epsilon", "epsilon_half", "skewed_quarter"])
def test_a_few_rounds_less_are_too_few(name: str) -> None:
    """The control: the same game with a tenth fewer rounds, one at least, does not violate."""
    found = BY_NAME[f"theorem2_{name}"].counterexample
    fewer = found.game.horizon - max(1, found.game.horizon // 10)
    assert excess(replace(found, game=found.game.until(fewer))) < 0


@pytest.mark.parametrize("name", ["noise_epsilon", "skewed", "skewed_round", "maximum_R1_skewed"])
def test_with_slopes_at_most_one_all_readings_say_the_same(name: str) -> None:
    """phi' saturates at 1, so G = M = 1: the game refutes the three readings alike."""
    found = BY_NAME[f"theorem2_{name}"].counterexample
    excesses = [excess(replace(found, reading=r.key)) for r in found.theorem.readings]
    assert excesses == pytest.approx([excesses[0]] * 3, rel=1e-9)


def test_without_epsilon_symmetric_noise_does_no_harm() -> None:
    """The control: the game that epsilon breaks holds without it, and the bound with plenty of room."""
    found = BY_NAME["theorem2_noise_epsilon"].counterexample
    without = replace(found.game, parameters={**found.game.parameters, "eps": 0})
    assert excess(Counterexample(found.theorem, found.reading, without)) < -0.1
