"""A theorem as data: a measured left side, a right side per reading, and assumptions that can be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType

from sympy import Expr, Float, Symbol, sympify
from sympy.logic.boolalg import Boolean

from theory.quantities import measured
from theory.source import Source


class Requires(Enum):
    """Properties of the game that an assumption may ask for, besides relations between numbers."""

    CONVEX_LOSSES = "every loss is convex"
    COMPACT_SET = "the feasible set is compact"
    SMOOTH_LOSS = "f is smooth with a known constant L"
    FIXED_LOSS = "one fixed function f, the noise only in its gradients"
    UNBIASED_ORACLE = "the mean of the gradient handed out is the true gradient"
    UNCONSTRAINED = "no projection takes place"
    MINIMUM_KNOWN = "the minimum of f is attained and known"
    SEPARABLE_SET = "X is a box, or no projection takes place"
    SYMMETRIC_NOISE = "the law of the noise is invariant under a change of sign of any coordinate"
    PROBABILITY_SIMPLEX = "X is the probability simplex"
    BALL = "X is an l2 ball"
    CONTAINS_ORIGIN = "X contains the origin"
    START_AT_ORIGIN = "x_1 is the origin"
    START_AT_CENTRE = "x_1 is the centre of X"
    STRONGLY_CONVEX = "every loss is strongly convex with modulus mu, a parameter of the game"
    EXP_CONCAVE = "exp(-mu f_t) is concave for every loss f_t, mu a parameter of the game"
    NONNEGATIVE_LOSSES = "no loss takes a negative value"
    SELF_BOUNDED = "||grad f_t(x)||_2^2 <= 2 L f_t(x) for every loss f_t and every x"


OF_SETS = frozenset(
    {
        Requires.COMPACT_SET,
        Requires.SEPARABLE_SET,
        Requires.PROBABILITY_SIMPLEX,
        Requires.BALL,
        Requires.CONTAINS_ORIGIN,
        Requires.UNCONSTRAINED,
    }
)
"""The properties that say for which sets X a statement is meant."""


class Status(Enum):
    """What is known of a statement before any run."""

    PRINTED = "as printed in the source, truth to be checked"
    PROVED = "proved; see docs/theory.md"
    FALSE = "known to be false; docs/theory.md names a counterexample"


@dataclass(frozen=True)
class Assumption:
    """A condition of a theorem: a relation between parameters and measured quantities, or a property."""

    text: str
    condition: Boolean | Requires


@dataclass(frozen=True)
class Reading:
    """One way to read the printed right side.

    key: its short name; rhs: the bound; note: why the text can be read so; constants: the constants
    under the bound that the reader must choose (name -> meaning), such as vhat_0.
    """

    key: str
    rhs: Expr
    note: str
    constants: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse floats; freeze."""
        object.__setattr__(self, "rhs", sympify(self.rhs))
        object.__setattr__(self, "constants", MappingProxyType(dict(self.constants)))
        if self.rhs.atoms(Float):
            raise ValueError(f"reading `{self.key}` holds a float; write it as a Rational")


@dataclass(frozen=True)
class Theorem:
    """lhs <= rhs for every reading, under the assumptions.

    id: a stable dotted name such as ``adal.theorem1``; algorithms: the names of the recurrences that the
    statement is about, none for any; letters: what the statement's own letters (M, gamma) stand for, each
    using earlier ones at most; measures: what the left side is, in words. It is held against a run at
    every recorded round T. Raises ValueError for no readings, two with one key, or a float.
    """

    id: str
    title: str
    source: Source
    algorithms: tuple[str, ...]
    lhs: Expr
    readings: tuple[Reading, ...]
    assumptions: tuple[Assumption, ...] = ()
    letters: tuple[tuple[Symbol, Expr], ...] = ()
    measures: str = "regret"
    status: Status = Status.PRINTED

    def __post_init__(self) -> None:
        """Refuse repeated keys and floats."""
        keys = [r.key for r in self.readings]
        if len(set(keys)) != len(keys) or not keys:
            raise ValueError(f"theorem `{self.id}` needs readings with distinct keys, got {keys}")
        object.__setattr__(self, "lhs", sympify(self.lhs))
        conditions = [a.condition for a in self.assumptions if not isinstance(a.condition, Requires)]
        for e in (self.lhs, *map(sympify, conditions), *(meaning for _, meaning in self.letters)):
            if e.atoms(Float):
                raise ValueError(f"theorem `{self.id}` holds a float in {e}; write it as a Rational")

    @property
    def quantities(self) -> tuple[Expr, ...]:
        """What a run must record to check every reading: pass it to ``play(record=...)``."""
        sides = [self.lhs, *(r.rhs for r in self.readings)]
        sides += [a.condition for a in self.assumptions if not isinstance(a.condition, Requires)]
        found: dict[Expr, None] = {}
        for side in sides:
            found |= dict.fromkeys(measured(self.spelled_out(side)))
        return tuple(found)

    def spelled_out(self, e: Expr) -> Expr:
        """An expression with the statement's letters replaced by what they stand for."""
        for letter, meaning in reversed(self.letters):
            e = e.xreplace({letter: meaning})
        return e

    def about(self, algorithm: str) -> tuple[bool, str]:
        """Whether the statement is about the recurrence of this name, and the sentence that says so."""
        if not self.algorithms:
            return True, "the statement is about any algorithm"
        if algorithm in self.algorithms:
            return True, f"played: {algorithm}"
        return False, f"played: {algorithm}; the statement is about {', '.join(self.algorithms)}"

    def asked_of(self, *algorithms: str) -> Theorem:
        """The same statement asked of other algorithms, where its truth is open; of any for none named."""
        return replace(self, algorithms=algorithms, status=Status.PRINTED)

    def reading(self, key: str) -> Reading:
        """The reading with this key, or a ValueError that lists them."""
        for r in self.readings:
            if r.key == key:
                return r
        raise ValueError(
            f"theorem `{self.id}` has no reading {key!r}; known: {', '.join(r.key for r in self.readings)}"
        )
