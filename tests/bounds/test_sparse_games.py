"""Verdicts on games with sparse rows are those on the same rows in an array."""

from __future__ import annotations

import dataclasses

import numpy as np

from bounds import Check, Verdict, checks
from online_sim import ArrayStream, Box, Game, SparseStream, play
from sparse_data import documents
from theory import ADAGRAD, LOGISTIC, theorem
from theory.statement import Theorem

THEOREM = theorem("adagrad.theorem5_delta")


def both(statement: Theorem) -> list[list[Check]]:
    """The checks of a statement on the sparse game and on the dense one."""
    rows, labels = documents(200, 60, words=6)
    found = []
    for stream in (SparseStream(rows, labels), ArrayStream(rows.toarray(), labels)):
        box = Box(-1.0, 1.0, dimension=60)
        game = Game(ADAGRAD, LOGISTIC, stream, box, horizon=200, parameters={"alpha": 0.5})
        trace = play(game, record=statement.quantities)
        assert trace.run.rows.startswith("sparse") == isinstance(stream, SparseStream)
        found.append(checks(statement, trace))
    return found


def test_the_theorem_of_adagrad_holds_while_rounds_visit_entries() -> None:
    """All that Theorem 5 records stays sparse: the verdict and both sides are the same."""
    sparse, dense = both(THEOREM)
    assert {check.verdict for check in (*sparse, *dense)} == {Verdict.HOLDS}
    for one, other in zip(sparse, dense, strict=True):
        assert one.id == other.id
        for name in ("lhs_lower", "lhs_upper", "rhs"):
            mine, its = (np.asarray(getattr(check, name)) for check in (one, other))
            assert np.allclose(mine, its, rtol=1e-9, atol=1e-9)  # the gap of the best fixed point
            assert len(set(mine.ravel())) > 3


def test_a_false_statement_is_violated_by_either() -> None:
    """The control: with a hundredth of the bound, both games violate it."""
    readings = tuple(dataclasses.replace(reading, rhs=reading.rhs / 100) for reading in THEOREM.readings)
    for found in both(dataclasses.replace(THEOREM, readings=readings)):
        assert Verdict.VIOLATED in {check.verdict for check in found}
