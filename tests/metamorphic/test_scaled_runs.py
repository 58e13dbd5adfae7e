"""Real runs scaled by powers of two: points and bounds move as their derived degrees say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bounds.evaluate import checks
from bounds.verdict import Verdict
from homogeneous import FOLLOWING, TRUE
from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adabelief import ADABELIEF
from theory.algorithms.adal import ADAL
from theory.algorithms.adam import ADAM
from theory.algorithms.radam import RADAM
from theory.degree import COPIES, LOSS, POINT, SCALINGS, End, follow
from theory.losses.half_square import HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.scaled import scaled
from theory.scaling import StatementPart, degrees
from theory.statement import Reading
from theory.symbols import Scalar, x
from theory.theorems.adal import THEOREM1, THEOREM2

# Real runs. Factors are powers of 4: then every root, product and sum scales without any rounding.
K = 3
FACTOR = 4**K
ROWS = np.random.default_rng(5).normal(size=(24, 2)) + np.array([0.3, -0.2])
# Sums over 2 or 6 coordinates and 24 rounds are within a few dozen eps of exact.
CLOSE = 1e-12


def game(recurrence, scaling, factor, record):
    """The same game on given gradients, scaled, with the parameters moved along."""
    given = {p.name: p.default if p.default is not None else 0.5 for p in recurrence.parameters}
    given |= {"eps": 0.02, "alpha": 0.3} if "eps" in given else {"alpha": 0.3}
    moved = {p.name: float(follow(recurrence, scaling).degrees[p.symbol]) for p in recurrence.parameters}
    parameters = {name: value * float(factor) ** moved[name] for name, value in given.items()}
    copies = factor if scaling is COPIES else 1
    size = 1.0 / factor if scaling is POINT else 1.0
    rows = np.tile(ROWS * (1.0 if scaling is COPIES else factor), (1, copies))
    box = Box(-size, size, dimension=rows.shape[1])
    return play(
        Game(
            recurrence,
            LINEAR,
            ArrayStream(rows),
            box,
            horizon=len(rows),
            parameters=parameters,
            start=np.tile([0.25 * size, 0.5 * size], copies),
        ),
        record=record,
        checkpoints="all",
        engine="numpy",
    )


@pytest.mark.parametrize("scaling", SCALINGS, ids=lambda s: s.factor)
@pytest.mark.parametrize("recurrence", FOLLOWING, ids=lambda r: r.name)
def test_the_points_move_as_the_game_does(recurrence, scaling) -> None:
    """With the parameters moved along, a scaled run visits the scaled points."""
    factor = 3 if scaling is COPIES else FACTOR
    before = game(recurrence, scaling, 1, [x])[x]
    after = game(recurrence, scaling, factor, [x])[x]
    expected = np.tile(before, (1, 3)) if scaling is COPIES else before / (factor if scaling is POINT else 1)
    np.testing.assert_allclose(after, expected, rtol=CLOSE, atol=CLOSE * np.abs(expected).max())
    assert np.ptp(before) > 0.1


@pytest.mark.parametrize("recurrence", [RADAM, ADABELIEF], ids=lambda r: r.name)
def test_without_powers_the_points_move_elsewhere(recurrence) -> None:
    """Control: the algorithms that are said not to follow do not, with the powers found so far."""
    before, after = (game(recurrence, LOSS, factor, [x])[x] for factor in (1, FACTOR))
    assert np.abs(after - before).max() > 0.01


def test_without_moving_the_parameters_the_points_move_elsewhere() -> None:
    """Control: epsilon left where it is changes AdaL's and Adam's run."""
    for recurrence in (ADAL, ADAM):
        frozen = replace(LOSS, name="frozen")
        assert follow(recurrence, frozen).degrees[Scalar("eps", nonnegative=True)] != 0
        kept = {"alpha": 0.3, "eps": 0.02}
        runs = [
            play(
                Game(
                    recurrence,
                    LINEAR,
                    ArrayStream(ROWS * c),
                    Box(-1.0, 1.0, dimension=2),
                    horizon=len(ROWS),
                    parameters=kept,
                    start=[0.25, 0.5],
                ),
                record=[x],
                checkpoints="all",
                engine="numpy",
            )[x]
            for c in (1, FACTOR)
        ]
        assert np.abs(runs[0] - runs[1]).max() > 0.01


def measured(theorem, key, run, factors):
    """The left side and every row of the table of a reading, at the last round, for each factor."""
    table = degrees(theorem, key, run.recurrence)
    rows = [
        row
        for row in table.rows
        if row.part in (StatementPart.PREFACTOR, StatementPart.TERM, StatementPart.RIGHT)
    ]
    asked = replace(
        theorem, readings=tuple(Reading(f"row{k}", row.expression, "") for k, row in enumerate(rows))
    )
    found = []
    for factor in factors:
        results = checks(asked, run(factor, asked.quantities))
        found.append([results[0].lhs_upper[-1], *(result.rhs[-1] for result in results)])
    return [table.of(StatementPart.LEFT)[0], *rows], np.array(found)


class Linear:
    """The game on given gradients under one scaling."""

    def __init__(self, recurrence, scaling):
        self.recurrence, self.scaling = recurrence, scaling

    def __call__(self, factor, record):
        """Play it with this factor."""
        return game(self.recurrence, self.scaling, factor, record)


class Smooth:
    """AdaL on c s^2 ||x||^2 / 2, unconstrained, under one scaling."""

    recurrence = ADAL

    def __init__(self, scaling):
        self.scaling = scaling

    def __call__(self, factor, record):
        """Play it with this factor."""
        copies = factor if self.scaling is COPIES else 1
        loss = {LOSS: factor, POINT: factor**2, COPIES: 1}[self.scaling]
        size = factor if self.scaling is POINT else 1
        moved = follow(ADAL, self.scaling).degrees
        values = {"alpha": 0.1, "beta1": 0.5, "beta2": 0.75, "eps": 0.01}
        parameters = {
            p.name: values[p.name] * float(factor) ** float(moved[p.symbol]) for p in ADAL.parameters
        }
        return play(
            Game(
                ADAL,
                scaled(HALF_SQUARE, loss),
                horizon=12,
                parameters=parameters,
                start=np.tile([2.0, -1.0], copies) / size,
            ),
            record=record,
            checkpoints="all",
            engine="numpy",
        )


CASES = [
    *((THEOREM1, r.key, Linear(ADAL, s)) for r in THEOREM1.readings for s in SCALINGS),
    *((THEOREM2, r.key, Smooth(s)) for r in THEOREM2.readings for s in SCALINGS),
    *((TRUE[n][0], "A", Linear(TRUE[n][1], s)) for n in TRUE for s in SCALINGS),
    *((TRUE["AMSGrad"][0], "A", Linear(ADAM, s)) for s in SCALINGS),
]


@pytest.mark.parametrize(
    ("theorem", "key", "run"),
    CASES,
    ids=[f"{th.id}.{key}-{run.recurrence.name}-{run.scaling.factor}" for th, key, run in CASES],
)
def test_measured_degrees_are_the_derived_ones(theorem, key, run) -> None:
    """Between a run and its scaled copy every homogeneous row grows by its power, exactly."""
    scaling = run.scaling
    factor = 3 if scaling is COPIES else FACTOR
    rows, values = measured(theorem, key, run, (1, factor))
    assert np.all(values > 0)
    slopes = np.log(values[1] / values[0]) / np.log(factor)
    k = SCALINGS.index(scaling)
    homogeneous = [(row.degrees[k].power, slope) for row, slope in zip(rows, slopes, strict=True)]
    compared = [(float(power), slope) for power, slope in homogeneous if power is not None]
    assert len(compared) >= len(rows) - 2
    for power, slope in compared:
        assert slope == pytest.approx(power, abs=CLOSE)


@pytest.mark.parametrize("scaling", SCALINGS, ids=lambda s: s.factor)
def test_the_measured_logarithm_is_one(scaling) -> None:
    """Reading A's second term over its power is the root of something linear in the logarithm."""
    base = 3 if scaling is COPIES else FACTOR
    k = SCALINGS.index(scaling)
    rows, values = measured(THEOREM1, "A", Linear(ADAL, scaling), (1, base, base**2))
    column = next(
        j for j, row in enumerate(rows) if row.part is StatementPart.TERM and row.degrees[k].at_zero is None
    )
    growth = rows[column].degrees[k].at_infinity
    plain_part = (values[:, column] / np.array([1.0, base, base**2]) ** float(growth.power)) ** float(
        1 / growth.log
    )
    steps = np.diff(plain_part)
    assert steps[0] > 0
    assert steps[1] == pytest.approx(steps[0], rel=1e3 * CLOSE)


def test_measured_degrees_notice_a_wrong_one() -> None:
    """Control: the comparison above fails for a run that is scaled otherwise than the table says."""
    rows, values = measured(THEOREM1, "C", Linear(ADAL, LOSS), (1, FACTOR))
    slopes = np.log(values[1] / values[0]) / np.log(FACTOR)
    wrong = [float(row.degrees[1].power) for row in rows]
    assert np.abs(slopes - wrong).min() > 0.5


FAR = [
    (THEOREM1, "B", Linear(ADAL, LOSS), 4.0**-10), (THEOREM1, "C", Linear(ADAL, LOSS), 4.0**-10),
    (THEOREM1, "B", Linear(ADAL, POINT), 4.0**-10), (THEOREM1, "C", Linear(ADAL, POINT), 4.0**-10),
    (THEOREM2, "sqrtTM", Smooth(LOSS), 4**12), (THEOREM2, "sqrtT_M", Smooth(LOSS), 4**12),
    (THEOREM2, "sqrtTM", Smooth(POINT), 4**12), (THEOREM2, "sqrtT_M", Smooth(POINT), 4**12),
    (THEOREM2, "sqrtTM", Smooth(COPIES), 4**8), (THEOREM2, "sqrtT_M", Smooth(COPIES), 4**5),
]  # fmt: skip


@pytest.mark.parametrize(
    ("theorem", "key", "run", "factor"),
    FAR,
    ids=[f"{th.id}.{key}-{run.scaling.factor}" for th, key, run, _ in FAR],
)
def test_far_in_the_direction_any_run_breaks_the_statement(theorem, key, run, factor) -> None:
    """An ordinary run that satisfies the bound violates it when scaled as the finding says."""
    end = End.ZERO if factor < 1 else End.INFINITY
    finding = degrees(theorem, key).findings[SCALINGS.index(run.scaling)]
    assert finding.breaks == (end,)
    outcomes = [
        next(c for c in checks(theorem, run(by, theorem.quantities)) if c.id.endswith(f".{key}")).verdict
        for by in (1, factor)
    ]
    assert outcomes[0] is not Verdict.VIOLATED
    assert outcomes[1] is Verdict.VIOLATED
