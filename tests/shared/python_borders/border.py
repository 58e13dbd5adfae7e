"""What an entry of the tables is, and what is bad for each kind of argument."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bounds.games import Counterexample, ExactBox, LinearGame
from online_sim.domains import Box
from online_sim.streams import NoiseAlphabet, skewed
from theory.algorithms.adal import ADAL
from theory.borders import shown
from theory.loss import Loss
from theory.losses.linear import LINEAR
from theory.parameters import alpha
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Theorem
from theory.symbols import x
from theory.theorems.adal import THEOREM1


@dataclass(frozen=True)
class Border:
    """A public function, and what it must refuse.

    Args:
        name: what the function is called in the names of the tests.
        call: the function.
        good: arguments that it takes.
        kinds: which argument is of which kind of `KINDS`, so that what is bad for the kind is refused.
        passes: values of the kind that are good for an argument all the same.
        bad: (argument, value, what the message must say), for what no kind says. The argument is
            ``parameters.alpha`` where a member of a mapping is meant; after a ``>`` stands what the message
            names where that is something else.
    """

    name: str
    call: Callable[..., Any]
    good: Mapping[str, Any]
    kinds: Mapping[str, str] = field(default_factory=dict)
    passes: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    bad: tuple[tuple[str, Any, str], ...] = ()

    @property
    def rows(self) -> list[Row]:
        """The calls that must be refused."""
        of_kinds = [
            Row(self, argument, value, KINDS[kind][1])
            for argument, kind in self.kinds.items()
            for value in KINDS[kind][0]
            if not any(value is good for good in self.passes.get(argument, ()))
        ]
        return [*of_kinds, *(Row(self, *single) for single in self.bad)]


@dataclass(frozen=True)
class Row:
    """A call with one bad value, and what the message must say."""

    border: Border
    argument: str
    value: Any
    words: str

    def __str__(self) -> str:
        """As pytest names it."""
        value = re.sub(r" at 0x\w+", "", shown(self.value))  # the same name in every process
        return f"{self.border.name}({self.argument}={value[:24]})"

    def call(self) -> Any:
        """The call with this value in place of the good one."""
        name, _, inner = self.argument.partition(">")[0].partition(".")
        return self.border.call(**{**self.border.good, name: {inner: self.value} if inner else self.value})


NO_EPS = {"alpha": 1, "beta1": 0, "beta2": "1/2", "eps": 0}
GAME = LinearGame.cyclic(ADAL, NO_EPS, ExactBox((-1,), (1,)), (1,), (("2/5",),), 1)
FOUND = Counterexample(THEOREM1, "C", GAME)
ALPHABET = skewed()

HUGE, NAN, INF = 10**20, math.nan, math.inf
TYPES: tuple[Any, ...] = (
    True,
    "3",
    "a",
    None,
    1j,
    [3],
    object(),
    int,
    np.bool_(True),
    np.array([1, 2]),
    {"a": 1},
)
WHOLE = r"whole number|integer"
NUMBER = r"number|finite"
ARRAY = r"numbers|row of|shape|\(vectors"
COUNTS: tuple[Any, ...] = (*TYPES, 2.5, NAN, INF, 0, -3, np.float64(2.0))
PAIR = [1.0, 2.0]
ONE = [1]
RAGGED = [[1.0], [2.0, 3.0]]

KINDS: dict[str, tuple[tuple[Any, ...], str]] = {
    "count": ((*COUNTS, HUGE, 10**5000), rf"{WHOLE}|at least 1|at most|GB"),
    "seed": (tuple(v for v in COUNTS if not (type(v) is int and v == 0)), rf"{WHOLE}"),
    "number": (
        (True, "0.1", None, 1j, [1.0, 2.0], object(), np.bool_(True), NAN, INF, 10**400, float),
        NUMBER,
    ),
    "positive": (
        (0, -1.0, True, "0.1", None, 1j, PAIR, object(), NAN, -INF, float),
        rf"{NUMBER}|> 0|lie|is missing",
    ),
    "array": (
        (
            "a",
            {"a": 1},
            ["a", "b"],
            [1j, 0.0],
            [None, 1.0],
            RAGGED,
            [NAN, 0.0],
            [0.0, INF],
            object(),
            [True, 0.5],
            [object(), 1],
            np.zeros((2, 2, 2)),
            np.array([b"a", b"b"]),
        ),
        rf"{ARRAY}|every entry|finite|repair",
    ),
    "name": ((3, None, b"x", ["a"], True), r"text|str|ASCII|printable"),
    "flag": ((1, 0, "yes", None, np.int64(1), []), r"True or False"),
    "exact": ((0.5, True, "much", None, 1j, ONE, "1/0", object(), NAN), r"exact number|rational"),
    "expression": (
        ("x + 1", None, True, [x], np.eye(2), alpha <= 1, object(), {"a": 1}),
        r"sympy expression",
    ),
    "mapping": ((3, "alpha=1", [("alpha", 1)], True, {"alpha"}), r"a dict"),
    "items": ((3, "abc", {"a": 1}, [object()], True), r"a list|must be|pair"),
    "recurrence": ((None, "AdaL", 3, Recurrence, LINEAR), r"Recurrence.*(take one|that is the class)"),
    "loss": ((None, "linear", 3, Loss, ADAL), r"Loss.*(take one|that is the class)"),
    "theorem": ((None, "adal.theorem1", 3, Theorem, ADAL), r"a Theorem.*(take one|that is the class)"),
    "domain": ((None, "box", 3, Box), r"a Domain.*(a Box say|that is the class)"),
    "trace": ((None, "run.npz", 3, FOUND), r"a Trace; play returns one"),
    "source": ((None, "adal", 3, Source), r"a Source"),
    "alphabet": ((None, "skewed", 3, NoiseAlphabet, [1, -1]), r"a NoiseAlphabet"),
    "found": ((None, "FOUND", 3, Counterexample, GAME), r"a Counterexample"),
    "wholes": ((3, "12", [True], [1.5], [0], [-1], [None], ["a"], [[1]]), WHOLE),
    "function": ((3, "f", [1], True), r"function|map a cvxpy"),
    "budget": ((0, -1.0, True, "60", 1j, [1.0], NAN, object()), r"number, above 0"),
}
"""What is bad for a kind of argument, and what the message must say."""
