"""Parametrised tests of which a few cases are plain and the others slow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def mostly_slow(cases: Iterable[Any], plain: Callable[..., bool]) -> list[Any]:
    """The cases as parameters, those marked slow of which `plain` does not say that they are quick.

    Args:
        cases: for a test of several arguments tuples, else the arguments; a `pytest.param` keeps its name.
        plain: whether a case is among the plain tests: a function of the number of the case (from 0) and of
            the arguments of the test.
    Raises ValueError if no case stays, because each check has one among the plain tests, and if all do.
    """
    found, kept = [], 0
    for number, case in enumerate(cases):
        named = isinstance(case, type(pytest.param()))
        given = case.values if named else case if isinstance(case, tuple) else (case,)
        quick = plain(number, *given)
        kept += quick
        marks = (*(case.marks if named else ()), *(() if quick else (pytest.mark.slow,)))
        found.append(pytest.param(*given, marks=marks, id=case.id if named else None))
    if not 0 < kept < len(found):
        raise ValueError(f"`plain` keeps {kept} of {len(found)} cases; it must keep some, but not all")
    return found
