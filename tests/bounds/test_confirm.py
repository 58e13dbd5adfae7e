"""A violation is confirmed before the word is used, and a rounding artefact never is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sympy import Rational, S

from bounds import confirm as confirming
from bounds.evaluate import check, checks
from bounds.verdict import Verdict
from online_sim.domains.box import Box
from online_sim.domains.cvxpy_set import CvxpySet
from online_sim.domains.l2_ball import L2Ball
from online_sim.game import Game
from online_sim.regret import lower_key
from online_sim.simulate import play
from online_sim.streams.adversarial import constant, wrong_end
from online_sim.streams.arrays import ArrayStream
from online_sim.trace import Trace, load_trace
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC
from theory.quantities import Regret
from theory.statement import Status, Theorem
from theory.theorems.adal import THEOREM1
from theory.theorems.ogd import SQRT

BOX = Box(-1.0, 1.0, dimension=1)


def cut(factor):
    """The tight bound of gradient descent times a factor."""
    return replace(
        SQRT,
        id="toy",
        status=Status.PRINTED,
        readings=tuple(replace(r, rhs=r.rhs * factor) for r in SQRT.readings),
    )


def descend(made, *, domain=BOX, loss=LINEAR, rows=None, horizon=4, **options):
    """Gradient descent from the far end on slopes 1; alpha makes the bound an equality in round 1."""
    stream = constant([1.0]) if rows is None else ArrayStream(rows)
    start = [1.0] * domain.dimension if rows is None else None
    game = Game(SGD, loss, stream, domain, horizon=horizon, parameters={"alpha": 2.0}, start=start)
    return play(game, record=made.quantities, checkpoints="all", **options)


@pytest.mark.parametrize("digits", [6, 9, 12, 15, 30])
def test_a_bound_cut_by_little_is_violated_in_balls(digits) -> None:
    """10^-30 below the tie: no float sees it, the replay does."""
    made = cut(1 - Rational(1, 10**digits))
    found = check(made, "stated", descend(made))
    assert found.verdict is Verdict.VIOLATED
    assert found.first_violation == 1
    assert confirming.IN_BALLS in found.reason


def test_a_tie_is_no_violation() -> None:
    """Equality in round 1 is exact in balls: the statement holds there."""
    found = check(SQRT, "stated", descend(SQRT))
    assert found.verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("domain", "loss", "how"),
    [(BOX, QUADRATIC, "doubled precision|floats of"), (L2Ball(1, radius=1.0), LINEAR, "floats of")],
    ids=["other losses", "another set"],
)
def test_other_games_are_confirmed_in_longer_floats(domain, loss, how) -> None:
    """Quadratic losses, and a set that balls do not know."""
    import re

    made = cut(Rational(1, 100))
    trace = descend(made, domain=domain, loss=loss, rows=np.array([[1.0], [1.0], [-1.0], [1.0]]))
    found = check(made, "stated", trace)
    assert found.verdict is Verdict.VIOLATED
    assert re.search(f"confirmed in ({how})", found.reason)


def test_a_long_game_is_confirmed_by_the_compiled_loop() -> None:
    """Too many rounds for balls and for long double: doubled precision plays them."""
    made = cut(Rational(1, 2))
    start = play(
        Game(
            SGD,
            QUADRATIC,
            ArrayStream(np.array([[1.0], [-1.0]]), order="cycle"),
            BOX,
            horizon=300_000,
            parameters={"alpha": 1e-6},
            start=[1.0],
        ),
        record=made.quantities,
        checkpoints=[250_000],
    )
    found = check(cut(Rational(1, 10**9)), "stated", start)
    assert found.verdict in {Verdict.VIOLATED, Verdict.UNDECIDED}
    if found.verdict is Verdict.VIOLATED:
        assert "confirmed in" in found.reason


def test_what_no_longer_float_can_play_is_undecided() -> None:
    """A set that only a solver knows has no projection in longer floats; the reason says so."""
    made = cut(Rational(1, 100))
    domain = CvxpySet(1, lambda x: [x <= 1, x >= -1])
    found = check(
        made,
        "stated",
        descend(made, domain=domain, loss=QUADRATIC, rows=np.array([[1.0], [-1.0]]), horizon=2),
    )
    assert found.verdict is Verdict.UNDECIDED
    assert "could not be confirmed" in found.reason


def test_a_violation_of_floats_alone_is_not_called_one() -> None:
    """The control: a trace whose numbers were moved past the bound is not confirmed by playing again."""
    from online_sim.regret import lower_key, upper_key
    from theory.quantities import Regret

    trace = descend(SQRT, domain=L2Ball(1, radius=1.0))
    keys = {lower_key(Regret(S.One)), upper_key(Regret(S.One))}
    forged = replace(trace, scalars={k: v + 100.0 if k in keys else v for k, v in trace.scalars.items()})
    found = check(SQRT, "stated", forged)
    assert found.verdict is Verdict.UNDECIDED
    assert found.first_violation is None


def test_a_saved_trace_remembers_what_was_confirmed(tmp_path) -> None:
    """Without that, a file's violation is undecided: nobody can play it again."""
    made = cut(Rational(1, 2))
    trace = descend(made)
    found = check(made, "stated", trace)
    trace.save(tmp_path / "bare.npz")
    assert check(made, "stated", load_trace(tmp_path / "bare.npz")).verdict is Verdict.UNDECIDED
    confirming.with_evidence(trace, [found], [made]).save(tmp_path / "told.npz")
    again = check(made, "stated", load_trace(tmp_path / "told.npz"))
    assert again.verdict is Verdict.VIOLATED
    assert again.first_violation == found.first_violation


def test_a_saved_trace_remembers_ties_that_balls_decided(tmp_path) -> None:
    """An exact tie holds; without its evidence a file is undecided, and another statement gains nothing."""
    trace = descend(SQRT)
    found = check(SQRT, "stated", trace)
    assert found.verdict is Verdict.HOLDS
    trace.save(tmp_path / "bare.npz")
    assert check(SQRT, "stated", load_trace(tmp_path / "bare.npz")).verdict is Verdict.UNDECIDED
    confirming.with_evidence(trace, [found], [SQRT]).save(tmp_path / "told.npz")
    kept = load_trace(tmp_path / "told.npz")
    assert check(SQRT, "stated", kept).verdict is Verdict.HOLDS
    changed = replace(cut(1 - Rational(1, 10**20)), id=SQRT.id)
    assert check(changed, "stated", kept).verdict is Verdict.UNDECIDED


def three_bounds() -> Theorem:
    """Three constants as bounds of a regret that grows: each is first exceeded in a round of its own."""
    readings = tuple(replace(SQRT.readings[0], key=k, rhs=S(c)) for k, c in (("a", 1), ("b", 3), ("c", 6)))
    return replace(SQRT, id="toy", status=Status.PRINTED, readings=readings)


def test_a_saved_trace_has_the_rounds_between_the_recorded_ones(tmp_path) -> None:
    """Each reading is first exceeded between two recorded rounds; the file gives the same verdicts."""
    made = three_bounds()
    full, _ = play_with_counts(made)
    trace = play(full.game, record=made.quantities, checkpoints=[1, 40])
    found = checks(made, trace)
    firsts = [c.first_violation for c in found]
    assert not {*firsts} & {1, 40}
    trace.save(tmp_path / "bare.npz")
    bare = replace(load_trace(tmp_path / "bare.npz"), run=confirming.with_evidence(trace, found, [made]).run)
    assert {c.verdict for c in checks(made, bare)} == {Verdict.UNDECIDED}
    confirming.with_evidence(trace, found, [made]).save(tmp_path / "told.npz")
    again = checks(made, load_trace(tmp_path / "told.npz"))
    assert [(c.verdict, c.first_violation) for c in again] == [(Verdict.VIOLATED, k) for k in firsts]


def play_with_counts(made: Theorem) -> tuple[Trace, list[tuple[str | None, list[int]]]]:
    """A game of quadratic losses, and a list that grows with every replay of it: engine and rounds."""
    trace = descend(made, loss=QUADRATIC, rows=np.tile([[1.0], [-1.0], [-1.0]], (14, 1)), horizon=40)
    seen: list[tuple[str | None, list[int]]] = []

    def replay(rounds, on, until, first):
        seen.append((on, rounds.tolist()))
        return trace.replay(rounds, on, until, first)

    return replace(trace, replay=replay), seen


def test_all_readings_are_confirmed_by_one_replay() -> None:
    """One game in higher precision serves the three readings, and says what three games say."""
    made = three_bounds()
    trace, seen = play_with_counts(made)
    together = checks(made, trace)
    firsts = [c.first_violation for c in together]
    assert len(set(firsts)) == 3
    assert [rounds for on, rounds in seen if on == "precise"] == [firsts]
    other, seen = play_with_counts(made)
    alone = [check(made, r.key, other) for r in made.readings]
    assert [(c.verdict, c.reason, c.lhs_lower.tolist()) for c in together] == [
        (c.verdict, c.reason, c.lhs_lower.tolist()) for c in alone
    ]
    assert len([on for on, _ in seen if on == "precise"]) == 3


def test_a_shared_replay_that_cannot_be_played_does_not_cost_the_others() -> None:
    """Where the longest of the rounds is out of reach, each reading is confirmed by itself."""
    made = three_bounds()
    trace, _ = play_with_counts(made)
    firsts = [c.first_violation for c in checks(made, trace)]

    def replay(rounds, on, until, first):
        if on == "precise" and rounds[-1] >= firsts[-1]:
            raise ValueError("that would take long")
        return trace.replay(rounds, on, until, first)

    found = checks(made, replace(trace, replay=replay))
    assert [c.verdict for c in found] == [Verdict.VIOLATED, Verdict.VIOLATED, Verdict.UNDECIDED]
    assert "that would take long" in found[-1].reason


def test_a_violation_that_rounding_hides_is_found_by_the_second_look(tmp_path) -> None:
    """Round 10 exceeds the bound by 1e-15 of it; floats see the violation of a later round alone."""
    (reading,) = SQRT.readings
    made = replace(SQRT, id="toy", status=Status.PRINTED)
    trace, _ = play_with_counts(made)
    value = trace.again(np.array([10]), engine="precise", horizon=10)[lower_key(Regret(S.One))][0]
    bound = Rational(*value.as_integer_ratio()) * (1 - Rational(1, 10**15))
    made = replace(made, readings=(replace(reading, rhs=bound),))
    found = check(made, "stated", play_with_counts(made)[0])
    assert found.verdict is Verdict.VIOLATED
    assert found.first_violation == 10
    confirming.with_evidence(play_with_counts(made)[0], [found], [made]).save(tmp_path / "told.npz")
    again = check(made, "stated", load_trace(tmp_path / "told.npz"))
    assert (again.verdict, again.first_violation) == (Verdict.VIOLATED, 10)
    tight = replace(made, readings=(replace(reading, rhs=bound * (1 + Rational(2, 10**15))),))
    control = check(tight, "stated", play_with_counts(tight)[0])
    assert control.verdict is Verdict.VIOLATED
    assert control.first_violation > 10


@pytest.mark.slow
def test_a_game_of_65_million_rounds_is_violated_in_the_first_round_that_violates() -> None:
    """Rounding of the running sums is larger than what the first violated rounds exceed the bound by."""
    made = replace(THEOREM1, readings=THEOREM1.readings[:1])
    trace = play(
        Game(
            ADAL,
            LINEAR,
            wrong_end(2, 3),
            BOX,
            horizon=66_000_000,
            parameters={"alpha": 0.1 / np.sqrt(85), "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
            start=[-1.0],
        ),
        record=made.quantities,
    )
    found = check(made, "A", trace)
    assert found.verdict is Verdict.VIOLATED
    before = np.arange(found.first_violation - 12, found.first_violation)
    longer = trace.again(before, engine="precise", horizon=int(before[-1]))
    assert not np.any(check(made, "A", longer).lhs_lower > check(made, "A", longer).rhs_upper)
