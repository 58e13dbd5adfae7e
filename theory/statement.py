"""A theorem as data: a measured left side, a right side per reading, and assumptions that can be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from sympy import Basic, Expr, Float, Rel, Symbol, sympify
from sympy.logic.boolalg import Boolean

from theory.borders import (
    WrongType,
    formula,
    instance,
    items,
    listed,
    mapping,
    meant,
    must,
    one_line,
    pairs,
    settle,
    shown,
)
from theory.displayed import Displayed
from theory.parameters import Parameter
from theory.printable import check_file_name, check_shown
from theory.quantities import CumMax, Excess, Expectation, Regret, RoundingOf, Supremum, is_vector, measured
from theory.recurrence import Recurrence
from theory.source import Source
from theory.step_sets import StepSet
from theory.symbols import check_text, f, x_next

if TYPE_CHECKING:
    from theory.printing.html import Html


class Requires(Enum):
    """Properties of the game that an assumption may ask for, besides relations between numbers."""

    CONVEX_LOSSES = "every loss is convex"
    COMPACT_SET = "the feasible set is compact"
    SMOOTH_LOSS = "f is smooth with a known constant L"
    FIXED_LOSS = "one fixed function f, the noise only in its gradients"
    UNBIASED_ORACLE = "the mean of the gradient handed out is the true gradient"
    EXACT_GRADIENTS = "the gradient handed out is the true gradient"
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


LONGEST = 10_000
"""Characters of a note or of the text of an assumption."""

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
    PROVED = "proved by hand; see docs/proofs.md"
    CHECKED_BY_COQ = "proved, and Coq checked the proof; see docs/formal.md"
    FALSE = "known to be false; docs/theory.md names a counterexample"

    @property
    def proved(self) -> bool:
        """Whether there is a proof, by hand or checked by Coq."""
        return self in {Status.PROVED, Status.CHECKED_BY_COQ}


@dataclass(frozen=True)
class Assumption:
    """A condition of a theorem: a relation between parameters and measured quantities, or a property.

    Args:
        text: the condition in words.
        condition: a sympy relation, or a member of `Requires`.
    """

    text: str
    condition: Boolean | Requires

    def __post_init__(self) -> None:
        """Refuse what is not a condition, and a text that cannot be shown."""
        check_shown(self.text, "`text` of an assumption", empty=True, lines=True, longest=LONGEST)
        c = self.condition
        # Some expressions become a relation only when numbers are inserted.
        if not isinstance(c, Requires | Basic | bool):
            known = "a relation between sympy expressions, or a member of Requires"
            near = meant(c.upper(), [r.name for r in Requires]) if isinstance(c, str) else ""
            raise WrongType(must("condition", c, known) + near)


@dataclass(frozen=True)
class Reading:
    """One way to read the printed right side of a theorem.

    Args:
        key: its short name, which may be part of a file name.
        rhs: the bound, a scalar expression without floats.
        note: why the text can be read so.
        constants: the constants under the bound that the reader must choose, such as vhat_0, with what each
            one is.
    """

    key: str
    rhs: Expr
    note: str
    constants: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse floats, and texts that cannot be shown; freeze."""
        check_file_name(self.key, "`key` of a reading", longest=40)
        check_shown(self.note, f"`note` of reading `{self.key}`", empty=True, lines=True, longest=LONGEST)
        constants = mapping("constants", self.constants, "the name of a constant -> what it is")
        for name, meaning in constants.items():
            check_text(name, f"a name in `constants` of reading `{self.key}`")
            check_shown(
                meaning, f"`constants` of reading `{self.key}`: `{name}`", empty=True, longest=LONGEST
            )
        settle(self, rhs=formula("rhs", self.rhs), constants=MappingProxyType(dict(constants)))
        if self.rhs.atoms(Float):
            raise ValueError(f"reading `{self.key}` holds a float; write it as a Rational")


@dataclass(frozen=True, repr=False)
class Theorem(Displayed):
    """A statement lhs <= rhs for every reading, under its assumptions; checked at every recorded round T.

    Args:
        id: a stable dotted name such as ``adal.theorem1``.
        title: the title, one line.
        source: where it is printed.
        algorithms: the recurrences that the statement is about, or the names under which this package knows
            them; empty for any algorithm.
        lhs: the measured left side, a scalar expression without floats.
        readings: the right sides, one for each way to read the text.
        assumptions: the conditions, checked on the run.
        letters: what the statement's own letters (M, gamma) stand for; each may use earlier ones.
        measures: what the left side is, in words.
        status: what is known of the statement before any run.

    Raises:
        ValueError: no readings, two readings with the same key, a float, or a side of vector rank.
    """

    id: str
    title: str
    source: Source
    algorithms: tuple[str | Recurrence, ...]
    lhs: Expr
    readings: tuple[Reading, ...]
    assumptions: tuple[Assumption, ...] = ()
    letters: tuple[tuple[Symbol, Expr], ...] = ()
    measures: str = "regret"
    status: Status = Status.PRINTED

    def __post_init__(self) -> None:
        """Refuse what is not a statement: parts of a wrong kind, repeated keys, floats, hidden characters."""
        instance("source", self.source, Source, "a Source", 'write Source("key", "Theorem 1")')
        instance("status", self.status, Status, "a Status", "Status.PRINTED say")
        named = "the name of an algorithm or a Recurrence"
        for name, kind, what in (
            ("algorithms", (str, Recurrence), named),
            ("readings", Reading, "a Reading"),
            ("assumptions", Assumption, "an Assumption"),
        ):
            settle(self, **{name: items(name, getattr(self, name), kind, what)})
        letters = pairs("letters", self.letters, "(symbol, what it stands for)")
        for letter, _ in letters:
            instance("letters", letter, Symbol, "pairs that begin with a Symbol")
        settle(
            self,
            letters=tuple((s, formula(f"letters: {s}", e)) for s, e in letters),
            lhs=formula("lhs", self.lhs),
        )
        for name, where in ((self.id, "`id` of a theorem"), *((r.key, "a key") for r in self.readings)):
            check_text(name, where)
        check_file_name(self.id, "`id` of a theorem", longest=64)
        check_shown(self.title, f"`title` of theorem `{self.id}`")
        check_shown(self.measures, f"`measures` of theorem `{self.id}`", empty=True)
        keys = [r.key for r in self.readings]
        if len(set(keys)) != len(keys) or not keys:
            raise ValueError(f"theorem `{self.id}` needs readings with distinct keys, got {keys}")
        for e in (self.lhs, *map(sympify, self.relations), *(meaning for _, meaning in self.letters)):
            if e.atoms(Float):
                raise ValueError(f"theorem `{self.id}` holds a float in {e}; write it as a Rational")
        self._check_rank()
        self._check_step_sets()

    def _check_rank(self) -> None:
        """Refuse a side with a value for each coordinate, and a weight of a round that uses x_next."""
        for name, side in (("lhs", self.lhs), *((f"reading `{r.key}`", r.rhs) for r in self.readings)):
            whole = self.spelled_out(side)
            if is_vector(whole):
                raise ValueError(
                    f"theorem `{self.id}`: {name} = {one_line(side)} has a value for each coordinate; "
                    f"reduce it, SumCoords(...) say"
                )
            self._check_composite(name, whole)
            if any(node.args[0].has(x_next) for node in whole.atoms(Regret)):
                raise ValueError(
                    f"theorem `{self.id}`: {name} weights the regret of a round by the point after it, "
                    f"x_next; a weight must be known in its round"
                )

    def _check_composite(self, name: str, side: Expr) -> None:
        """Refuse a composite term that is not the step's, and a step that is meant for boxes only."""
        for algorithm in (a for a in self.algorithms if isinstance(a, Recurrence)):
            phi = algorithm.composite
            for node in side.atoms(Regret):
                if node.args[1:] not in {(), (phi and phi.value,)}:
                    raise ValueError(
                        f"theorem `{self.id}`: {name} counts the composite term {node.args[1]}, and the step "
                        f"of {algorithm.name} minimises {phi.value if phi else 'none'}; name its `value`"
                    )
            if lacking := boxes_lacking(self, algorithm):
                raise ValueError(lacking)

    def _check_step_sets(self) -> None:
        """Refuse an algorithm whose lines are a step on other sets than the statement asks for."""
        for algorithm in (a for a in self.algorithms if isinstance(a, Recurrence)):
            if lacking := step_set_lacking(self, algorithm):
                raise ValueError(lacking)

    def __hash__(self) -> int:
        """By id, sides and letters: equal theorems hash alike."""
        return hash((self.id, self.lhs, tuple(r.rhs for r in self.readings), tuple(map(tuple, self.letters))))

    @property
    def quantities(self) -> tuple[Expr, ...]:
        """What a run must record to check every reading: pass it to ``play(record=...)``.

        The measured nodes of both sides, bounds of their rounding, and what says of every round whether the
        statement and its conditions hold there.
        """
        errors = (RoundingOf(q) for q in self.measured if not isinstance(q, Regret))
        return (*self.measured, *errors, *self.excesses)

    @property
    def measured(self) -> tuple[Expr, ...]:
        """The measured nodes of both sides and of the conditions."""
        sides = [self.lhs, *(r.rhs for r in self.readings), *self.relations]
        found: dict[Expr, None] = {}
        for side in sides:
            found |= dict.fromkeys(measured(self.spelled_out(side)))
        if any(a.condition is Requires.MINIMUM_KNOWN for a in self.assumptions):
            found[CumMax(-f)] = None  # a run that goes below the minimum contradicts it
        return tuple(found)

    @property
    def relations(self) -> tuple[Boolean, ...]:
        """The conditions that relate numbers."""
        return tuple(a.condition for a in self.assumptions if not isinstance(a.condition, Requires))

    @property
    def excesses(self) -> tuple[Excess, ...]:
        """lhs - rhs of every reading and of every measured condition, for all rounds; none with a mean."""
        left = self.spelled_out(self.lhs)
        pairs = [(left, self.spelled_out(r.rhs)) for r in self.readings]
        pairs += [sides for c in self.relations if (sides := ordered_sides(self.spelled_out(c))) is not None]
        whole = [(u, w) for u, w in pairs if not any(e.has(Expectation, Supremum) for e in (u, w))]
        return tuple(Excess(u, w) for u, w in whole if measured(u) or measured(w))

    def spelled_out(self, e: Expr) -> Expr:
        """An expression with the statement's letters replaced by what they stand for."""
        return _spelled_out(tuple(map(tuple, self.letters)), e)

    @property
    def algorithm_names(self) -> tuple[str, ...]:
        """The names of the recurrences that the statement is about."""
        return tuple(a if isinstance(a, str) else a.name for a in self.algorithms)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of the algorithms that the statement is about, as far as they are known."""
        known = (_known(a) for a in self.algorithms)
        return tuple(dict.fromkeys(p for a in known if isinstance(a, Recurrence) for p in a.parameters))

    def about(self, algorithm: str | Recurrence, digest: str | None = None) -> tuple[bool, str]:
        """Whether the statement is about an algorithm, and the sentence that says so.

        A name alone proves nothing: the lines, their initial values and the ranges must be those of the
        algorithm that is meant. Only a name that this package does not know, or one without a digest, is
        taken at its word.

        Args:
            algorithm: a recurrence, or the name of one from a trace.
            digest: the digest that the trace holds with the name.
        """
        if isinstance(algorithm, Recurrence):
            name, digest = algorithm.name, algorithm.digest
        else:
            name = algorithm
        if not self.algorithms:
            return True, "the statement is about any algorithm"
        if digest is None and name in self.algorithm_names:
            return True, f"played: {name}"
        meant = [_known(a) for a in self.algorithms]
        if name in meant or digest in {a.digest for a in meant if isinstance(a, Recurrence)}:
            return True, f"played: {name}"
        if name in self.algorithm_names:
            return False, f"what was played is called {name}, but its lines are not those of {name}"
        return False, f"played: {name}; the statement is about {', '.join(self.algorithm_names)}"

    def asked_of(self, *algorithms: str | Recurrence) -> Theorem:
        """The same statement asked of other algorithms, where its truth is open; of any for none named."""
        return replace(self, algorithms=algorithms, status=Status.PRINTED)

    def reading(self, key: str) -> Reading:
        """The reading with this key, or a ValueError that lists them."""
        for r in self.readings:
            if r.key == key:
                return r
        raise ValueError(
            f"theorem `{self.id}` has no reading {shown(key)}; "
            f"{listed(key, [r.key for r in self.readings])}; `reading` must be one of them"
        )

    def _text(self) -> str:
        keys = ", ".join(r.key for r in self.readings)
        many = "s" if len(self.readings) > 1 else ""
        return f"Theorem({self.id}: {self.title}; reading{many} {keys}; {self.source})"

    def _page(self) -> Html:
        from theory.printing.pages import theorem_page

        return theorem_page(self)

    def _formulas(self) -> tuple[str, ...]:
        from theory.printing.pages import theorem_formulas

        return theorem_formulas(self)


@lru_cache(maxsize=4096)  # it is asked again and again, and sympy builds a maximum anew each time
def _spelled_out(letters: tuple[tuple[Expr, ...], ...], e: Expr) -> Expr:
    for letter, meaning in reversed(letters):
        e = e.xreplace({letter: meaning})
    return e


def ordered_sides(relation: Boolean) -> tuple[Expr, Expr] | None:
    """(smaller, larger) of a relation such as a < b or b >= a; None for anything else."""
    if not isinstance(relation, Rel) or relation.rel_op not in {"<", "<=", ">", ">="}:
        return None
    sides = relation.lhs, relation.rhs
    return sides if relation.rel_op in {"<", "<="} else sides[::-1]


def boxes_lacking(theorem: Theorem, recurrence: Recurrence) -> str:
    """What is wrong where a composite step is exact on boxes only and a statement is for others; or empty."""
    phi = recurrence.composite
    boxes = {Requires.SEPARABLE_SET, Requires.UNCONSTRAINED}
    if phi is None or not phi.boxes_only or boxes & {a.condition for a in theorem.assumptions}:
        return ""
    return (
        f"theorem `{theorem.id}`: the step of {recurrence.name} minimises its composite term exactly on "
        'boxes only; add Assumption("X is a box", Requires.SEPARABLE_SET)'
    )


_SETS_OF_STEPS: Mapping[StepSet, tuple[Requires, ...]] = {
    StepSet.BOX: (Requires.SEPARABLE_SET, Requires.UNCONSTRAINED),
    StepSet.SIMPLEX: (Requires.PROBABILITY_SIMPLEX,),
}
"""The properties of which a statement must ask one, by the sets on which a step is the one that is meant."""


def step_set_lacking(theorem: Theorem, recurrence: Recurrence) -> str:
    """What is wrong where a step is the one that is meant on some sets only, and a statement is for others.

    Empty if nothing is.
    """
    asked = _SETS_OF_STEPS.get(recurrence.step_set)
    if asked is None or {*asked} & {a.condition for a in theorem.assumptions}:
        return ""
    return (
        f"theorem `{theorem.id}`: the step of {recurrence.name} is exact on {recurrence.step_set.value} "
        f'only; add Assumption("{asked[0].value}", Requires.{asked[0].name})'
    )


def _known(algorithm: str | Recurrence) -> str | Recurrence:
    """The recurrence that this package knows by a name, or the name."""
    if isinstance(algorithm, Recurrence):
        return algorithm
    from theory.algorithms.registry import algorithms

    return algorithms().get(algorithm, algorithm)
