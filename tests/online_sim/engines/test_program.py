"""The compiler: stages, states, what it refuses."""

from __future__ import annotations

import pytest
from sympy import Integer

from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.program import Projection, Reduced, Reduction
from theory.algorithms.adal import ADAL
from theory.losses.half_square import HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.parameters import ALPHA, alpha
from theory.quantities import Component, CumSum, MeanRows, Norm1, Prev, Stack, SumCoords
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Vector, g, m, row, v, x, x_next

SOURCE = Source("zinkevich2003", "section 2")
TWICE = SumCoords(m) * SumCoords(m - SumCoords(m))


def test_a_reduction_ends_a_stage() -> None:
    """<a, x>, then ||g||_1, then the update: three passes; recording adds passes to the full body only."""
    program = compile_program(Request(ADAL, LOGISTIC, projection=Projection.NONE, record=[TWICE]))
    assert len(program.lean.stages) == 3
    assert len(program.full.stages) == 5
    assert [s.new for s in program.vector_states] == [x_next, m, v]
    assert program.scalar_states == ()
    for body in (program.lean, program.full):
        seen: set = set()
        olds = {s.old for s in program.states}
        for stage in body.stages:
            for d in (*stage.scalars, *stage.vectors):
                computed = {e.symbol for part in body.stages for e in part.definitions}
                assert (d.dependencies & computed) - olds <= seen
                seen.add(d.symbol)
            seen |= {d.symbol for d in (*stage.reductions, *stage.rows)}


def test_what_nobody_needs_is_not_computed() -> None:
    """The loss value is not computed in the rounds that neither record nor sum it."""
    program = compile_program(Request(ADAL, LINEAR, projection=Projection.NONE, record=[SumCoords(m)]))
    lean = [d.symbol for stage in program.lean.stages for d in stage.definitions]
    assert str(SumCoords(m)) not in map(str, lean)
    assert not any(
        isinstance(d, Reduced) and d.how is Reduction.SUM and d.expression.has(x)
        for s in program.lean.stages
        for d in s.definitions
    )
    assert not compile_program(Request(ADAL, HALF_SQUARE, projection=Projection.NONE)).uses_stream


def test_equal_quantities_share_one_symbol() -> None:
    """A norm that the algorithm uses is not computed again for the record."""
    program = compile_program(
        Request(ADAL, LINEAR, projection=Projection.NONE, record=[Norm1(g), 2 * Norm1(g)])
    )
    sums = [d for stage in program.full.stages for d in stage.reductions]
    assert len(sums) == 1


def test_a_coordinate_of_a_computed_vector_waits_for_it() -> None:
    """Component(m, 1) is read after the pass that computes m, which is then kept."""
    program = compile_program(Request(ADAL, LINEAR, projection=Projection.NONE, record=[Component(m, 1)]))
    place = {d.symbol: k for k, stage in enumerate(program.full.stages) for d in stage.definitions}
    component = next(s for s in place if str(s).startswith("c__"))
    assert place[component] > place[m]
    assert m in program.full.stored


def test_states_that_share_a_value_get_a_copy() -> None:
    """Two names of one line, both remembered, with their own initial values."""
    u, w = Vector("u"), Vector("w")
    twins = Recurrence(
        "twins", SOURCE, (ALPHA,), ((u, g), (w, g)), x - alpha * (Prev(u) + Prev(w)), Integer(1),
        initial={u: Integer(1), w: Integer(2)},
    )  # fmt: skip
    program = compile_program(Request(twins, LINEAR, projection=Projection.NONE))
    initial = {str(s.old): s.initial for s in program.states}
    assert initial == {"x": 0, "u__prev": 1, "w__prev": 2}
    assert len({s.new for s in program.states}) == 3


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (Prev(x), r"Prev\(x\)"),
        (Vector("v") + x, "`v` in .* has no value in this game"),
        (MeanRows(SumCoords(row**2)), "MeanRows supports functions of <row, x>"),
        (MeanRows(row**2 * SumCoords(row * x)), "MeanRows supports a scalar, or a scalar times row"),
    ],
)
def test_what_cannot_be_compiled_is_refused(record: object, message: str) -> None:
    """One ValueError with the expression."""
    with pytest.raises(ValueError, match=message):
        compile_program(Request(ADAL, LINEAR, projection=Projection.NONE, record=[record]))


def test_series_are_scalars() -> None:
    """A vector every round is refused."""
    with pytest.raises(ValueError, match="`series` holds CumSum"):
        compile_program(Request(ADAL, LINEAR, projection=Projection.NONE, series=[CumSum(g)]))


def test_a_sum_of_terms_times_row_is_accepted() -> None:
    """row*A + row*B is row*(A + B), a scalar times row."""
    product = SumCoords(row * x)
    program = compile_program(
        Request(ADAL, LINEAR, projection=Projection.NONE, record=[MeanRows(row * product + row)])
    )
    assert program.uses_rows
    assert (
        compile_program(
            Request(ADAL, LINEAR, projection=Projection.NONE, record=[Stack(product * 0 + 1)])
        ).uses_rows
        is False
    )
