"""Shared by the tests of the Coq files: small certificates, and Coq where it is installed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bounds import Counterexample, ExactBox, LinearGame, certify
from bounds.formal import HOW_TO_GET_COQ, Compiled, compile_file, coq_compiler
from bounds.games import exact, point
from theory import ADAL
from theory.theorems.adal import THEOREM1

PARAMETERS = {name: exact(q) for name, q in {"alpha": 1, "beta1": 0, "beta2": "1/2", "eps": 0}.items()}


@pytest.fixture(scope="session")
def one_round() -> bytes:
    """One small gradient in one dimension; Theorem 1, reading C."""
    game = LinearGame.cyclic(ADAL, PARAMETERS, ExactBox((-1,), (1,)), (1,), (point(("2/5",)),), 1)
    return certify(Counterexample(THEOREM1, "C", game), title="one small gradient")


@pytest.fixture(scope="session")
def plane() -> bytes:
    """Two rounds in a box of the plane; Theorem 1, reading B."""
    game = LinearGame.cyclic(
        ADAL,
        {**PARAMETERS, "alpha": exact("1/10"), "beta2": exact("9/10"), "beta1": exact("1/3")},
        ExactBox((-1, -2), (1, 2)),
        (1, "1/2"),
        (point(("1/1000", "1/500")), point(("-1/1000", "1/1000"))),
        2,
    )
    return certify(Counterexample(THEOREM1, "B", game), title="two rounds in the plane")


@pytest.fixture
def coq(tmp_path: Path) -> Callable[[str], Compiled]:
    """A function that has Coq check a text; the test is skipped where Coq is not installed."""
    if coq_compiler() is None:
        pytest.skip(HOW_TO_GET_COQ)

    def check(text: str) -> Compiled:
        file = tmp_path / "game.v"
        file.write_text(text, encoding="utf-8")
        return compile_file(file, limit=600)

    return check
