"""Every public function refuses what is no argument of it: one line with the name, the value and the remedy.

The tables are in `tests/shared/python_borders`, one file for each part of a package.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import Integer

from python_borders import bounds, domains, online_sim, paper_checks, search, streams, theory
from python_borders.border import INF, Border, Row
from theory.borders import shown

TABLES = (theory, online_sim, domains, streams, bounds, search, paper_checks)
BORDERS = {border.name: border for table in TABLES for border in table.BORDERS}
ROWS = [row for border in BORDERS.values() for row in border.rows]


def complaint(call: Callable[[], Any], argument: str, words: str) -> str | None:
    """What is wrong with the way in which a call is refused, None where all is well."""
    try:
        call()
    except Exception as error:
        said = str(error)
        if not isinstance(error, ValueError | TypeError):
            return f"it raises {type(error).__name__}: {said}"
        if len(said.splitlines()) != 1:
            return f"it takes {len(said.splitlines())} lines: {said}"
        if not re.search(rf"`[^`]*{re.escape(re.split('[.>]', argument)[-1])}[^`]*`", said):
            return f"it does not name `{argument}`: {said}"
        if not re.search(words, said):
            return f"it does not say {words!r}: {said}"
        if len(said) > 700:
            return f"it has {len(said)} characters: {said}"
        return None
    return "it passes"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all rows leave empty: one of its own for each would take longer than the call."""
    return tmp_path_factory.mktemp("empty")


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_bad_value_is_one_clear_error(row: Row, empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ValueError or TypeError, one line with the argument and the remedy, and no file is written."""
    monkeypatch.chdir(empty)
    assert list(empty.iterdir()) == [], "an earlier row has written it"
    assert complaint(row.call, row.argument, row.words) is None
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize("border", BORDERS.values(), ids=list(BORDERS))
def test_good_values_pass(border: Border) -> None:
    """The borders let the good arguments through, so that they do not refuse everything."""
    border.call(**border.good)


@pytest.mark.parametrize(
    ("function", "argument", "value"),
    [
        ("Game", "horizon", np.int64(3)), ("Game", "horizon", np.array(3)), ("Game", "horizon", Integer(3)),
        ("Game", "replicates", np.uint8(2)), ("play", "checkpoints", np.array([1, 3])),
        ("Game", "parameters.alpha", np.float32(0.5)), ("Game", "parameters.alpha", Fraction(1, 3)),
        ("Game", "parameters.alpha", np.array(0.1)), ("Game", "parameters.alpha", [0.1, 0.2]),
        ("Game", "parameters.alpha", Integer(1)), ("Game", "start", (0, 0)), ("play", "vectors", None),
        ("Box", "dimension", np.int32(2)), ("Box", "lower", np.array(-1.0)),
        ("Box", "lower", Fraction(-1, 2)),
        ("L2Ball", "radius", np.float64(2.0)), ("L2Ball", "radius", Fraction(1, 2)),
        ("L2Ball", "centre", None),
        ("ArrayStream", "labels", np.array([True, False])),
        ("ArrayStream", "vectors", [[Fraction(1, 3)], [2]]),
        ("GaussianStream", "seed", 10**30), ("exact", "value", np.int64(3)),
        ("exact", "value", Integer(3) / 7),
        ("prove", "lower", Integer(-1)), ("falsify", "seconds", INF), ("varied", "seeds", range(3)),
    ],
)  # fmt: skip
def test_numbers_of_other_kinds_are_numbers(function: str, argument: str, value: Any) -> None:
    """Scalars of numpy, arrays without axes, fractions and sympy's numbers are what they say."""
    Row(BORDERS[function], argument, value, "").call()


@pytest.mark.parametrize(
    ("toy", "found"),
    [
        (lambda: 3, "passes"),
        (lambda: {}["size"], "KeyError"),
        (lambda: (_ for _ in ()).throw(ValueError("`size` = 3\nmust be 4, a whole number")), "2 lines"),
        (lambda: (_ for _ in ()).throw(ValueError("3 must be a whole number")), "does not name"),
        (lambda: np.zeros(2) + np.zeros(3), "does not name"),
        (lambda: (_ for _ in ()).throw(ValueError("`size` = 3 is bad")), "does not say"),
        (
            lambda: (_ for _ in ()).throw(ValueError(f"`size` = {[1] * 999} must be a whole number")),
            "characters",
        ),
    ],
)
def test_a_border_without_a_check_is_noticed(toy: Callable[[], Any], found: str) -> None:
    """The control: what passes, or fails in another way, does not count as a clear error."""
    assert found in str(complaint(toy, "size", "whole number"))


def test_the_tables_are_long_and_have_no_row_twice() -> None:
    """The rows that these tables promise are there, and each is another one."""
    assert len(ROWS) >= 200
    assert len(BORDERS) == sum(len(table.BORDERS) for table in TABLES)
    calls = [(row.border.name, row.argument, type(row.value), shown(row.value)) for row in ROWS]
    assert len(set(calls)) == len(calls)
