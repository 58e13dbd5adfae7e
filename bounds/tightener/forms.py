"""The nearest homogeneous forms of a false regret bound that survive a search.

Nothing is typed in. A form changes the statement in three ways: the losses of the regret are weighted with
n_t = ||g_t||_1; each term is multiplied by the powers of M, G and D, or of M, G and alpha, that give it the
degree of the left side under every scaling; and the algorithm is replaced by a variant of the package with
the maximum of AMSGrad or without epsilon. A form that survives is not proved: the search did not find a game
against it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sympy import Add, Expr, S, Symbol, simplify

from bounds.borders import check_stated
from bounds.falsifier.driver import SearchProgress
from bounds.falsifier.search import falsify
from bounds.falsifier.searched import Searched, fixed_values
from bounds.scope import OutOfScope
from bounds.tightener.factors import MOST_ID, proved, terms_of
from theory.algorithms.registry import algorithms
from theory.borders import whole
from theory.degree import SCALINGS, Degrees
from theory.parameters import alpha
from theory.quantities import CumMax, Norm1, NormInf, Regret
from theory.recurrence import Recurrence
from theory.scaling import follows, inhomogeneous, plain
from theory.statement import Status, Theorem
from theory.symbols import D, G, M, g
from theory.theorems.registry import theorems

WEIGHT = Norm1(g)
"""The weight n_t of a round."""
LETTERS = {M: CumMax(WEIGHT), G: CumMax(NormInf(g))}
"""What M and G stand for where a statement does not say it."""
EVALUATIONS = 400_000
"""The default number of games against each form."""
MOST_ROUNDS = 100
"""The default number of rounds of the longest games."""


@dataclass(frozen=True)
class Form:
    """A statement near another one, for one algorithm, with the changes in words."""

    theorem: Theorem
    reading: str
    recurrence: Recurrence
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Survivor:
    """A form against which a search found no game.

    proved: the id of the reading of the package that is exactly this statement and is proved, or "".
    related: the ids of the package's proved theorems about the same left side and algorithm.
    """

    form: Form
    searched: Searched
    proved: str
    related: tuple[str, ...]

    @property
    def label(self) -> str:
        """What is known of the form."""
        if self.proved:
            return f"proved: {self.proved}"
        return (
            f"survived {self.searched.evaluations:,} games, largest left/right {self.searched.ratio:.3g}; "
            "not proved"
        )


def homogeneous_forms(theorem: Theorem, reading: str, recurrence: Recurrence) -> tuple[Form, ...]:
    """The homogeneous forms of a plain regret bound, those with the fewest changes first.

    Args:
        theorem: a statement whose left side is `Regret(1)`.
        reading: the key of one of its readings.
        recurrence: the algorithm.

    Raises:
        OutOfScope: the left side is something else.
    """
    check_stated(theorem, reading, recurrence)
    if theorem.lhs != Regret(S.One):
        raise OutOfScope(
            f"forms are generated for a plain regret only; the left side of `{theorem.id}` is "
            f"{plain(theorem.lhs)}"
        )
    found = [
        form
        for variant, changed in _variants(recurrence)
        for weight in (S.One, WEIGHT)
        for unit in (D, alpha)
        if (form := _form(theorem, reading, variant, weight, unit, changed)) is not None and form.changes
    ]
    # Where no term needs a unit of length, both units give the same form.
    different = {(form.recurrence.name, form.changes): form for form in found}
    return tuple(sorted(different.values(), key=lambda form: len(form.changes)))


def surviving_forms(
    theorem: Theorem,
    reading: str,
    recurrence: Recurrence,
    *,
    fixed: Mapping[str, Fraction] | None = None,
    dimensions: Sequence[int] = (1, 2),
    most_rounds: int = MOST_ROUNDS,
    evaluations: int = EVALUATIONS,
    seed: int = 0,
    progress: SearchProgress | None = None,
) -> tuple[Survivor, ...]:
    """The forms without a counterexample among the games of a search: fewest changes, then smallest ratio.

    The arguments are those of `homogeneous_forms` and `falsify`; `evaluations` is for each form.
    """
    found = []
    forms = homogeneous_forms(theorem, reading, recurrence)
    values, games = fixed_values(fixed, recurrence), whole("evaluations", evaluations, least=1)
    for form in forms:
        given = {name: value for name, value in values.items() if name in form.recurrence.parameter_names}
        try:
            searched = falsify(
                form.theorem, reading, form.recurrence, fixed=given, dimensions=dimensions,
                most_rounds=most_rounds, evaluations=games, seed=seed, progress=progress,
            )  # fmt: skip
        except OutOfScope:  # the form reads a parameter that the variant lacks
            continue
        if searched.evidence and not searched.violated and searched.ratio <= 1:
            found.append(Survivor(form, searched, proved_reading(form), _related(form)))
    return tuple(sorted(found, key=lambda s: (len(s.form.changes), s.searched.ratio)))


def _variants(recurrence: Recurrence) -> Iterator[tuple[Recurrence, tuple[str, ...]]]:
    """The algorithm, and its variants in the package with a maximum or without epsilon, with the changes."""
    own = recurrence.variant
    yield recurrence, ()
    for other in algorithms().values():
        new = other.variant
        if other.name.partition("[")[0] != recurrence.name.partition("[")[0] or new.keys() != own.keys():
            continue
        changed = {key: value for key, value in new.items() if value != own[key]}
        # The maximum R1 is the one of an algorithm without bias correction.
        free = {"maximum", "eps", *({"bias_correction"} if new.get("maximum") == "R1" else ())}
        lost = changed.get("maximum") == "no" or changed.get("eps", "none") != "none"
        if changed and changed.keys() <= free and not lost:
            yield other, tuple(f"{key}={value}" for key, value in changed.items())


def _form(
    theorem: Theorem, reading: str, recurrence: Recurrence, weight: Expr, unit: Symbol,
    changed: tuple[str, ...],
) -> Form | None:  # fmt: skip
    """The statement for a weight and an algorithm with its terms made homogeneous, if that is possible.

    unit: what measures lengths in the factors, D or a parameter of the algorithm.
    """
    if unit != D and unit.name not in recurrence.parameter_names:
        return None
    followed = follows(recurrence)
    if any(f.conflicts for f in followed):
        return None
    calculi = [Degrees(scaling, f) for scaling, f in zip(SCALINGS, followed, strict=True)]
    lhs, terms = Regret(weight), terms_of(theorem, reading)
    sizes = [[calculus.of(theorem.spelled_out(e)).power for calculus in calculi] for e in (lhs, unit, *terms)]
    left, length, *right = [[power for power in size if power is not None] for size in sizes]
    if any(len(size) < len(SCALINGS) for size in (left, length, *right)):
        return None
    if length[0] == length[1]:  # it changes with the losses alone
        return None
    factors = [_balance([a - b for a, b in zip(left, size, strict=True)], unit, length) for size in right]
    words = [*changed, *([] if weight == 1 else [f"regret weighted by {plain(weight)}"])]
    if len(set(factors)) == 1:
        words += [f"right side times {plain(factors[0])}"] if factors[0] != 1 else []
    else:
        words += [f"{plain(e)} times {plain(c)}" for c, e in zip(factors, terms, strict=True) if c != 1]
    letters = dict(theorem.letters)
    letters |= {s: LETTERS[s] for s in (M, G) if any(c.has(s) for c in factors) and s not in letters}
    rhs = Add(*(c * e for c, e in zip(factors, terms, strict=True)))
    own = replace(theorem.reading(reading), rhs=rhs, note="made homogeneous")
    statement = replace(
        theorem, id=f"tightened.{theorem.id}"[:MOST_ID], algorithms=(recurrence,), lhs=lhs, readings=(own,),
        letters=tuple(letters.items()), status=Status.PRINTED,
    )  # fmt: skip
    unlike = any(key == reading and not f.outside for key, f in inhomogeneous(statement, recurrence))
    return None if unlike else Form(statement, reading, recurrence, tuple(words))


def _balance(asked: Sequence[Expr], unit: Symbol, length: Sequence[Expr]) -> Expr:
    """The powers of M, G and a unit of length that have some degrees under the scalings.

    M has the degrees (1, 1, 1) under f -> c f, x -> x/s and n copies, G has (1, 1, 0), and D has (0, -1, 0).
    length: the degrees of the unit.
    """
    power = (asked[0] - asked[1]) / (length[0] - length[1])
    loss, _, copies = (a - power * b for a, b in zip(asked, length, strict=True))
    return M**copies * G ** (loss - copies) * unit**power


def _related(form: Form) -> tuple[str, ...]:
    """The proved theorems of the package about the left side and the algorithm of a form."""
    lhs = form.theorem.spelled_out(form.theorem.lhs)
    return tuple(
        t.id
        for t in theorems().values()
        if t.algorithms and proved(t, form.recurrence) and t.spelled_out(t.lhs) == lhs
    )


def proved_reading(form: Form) -> str:
    """The proved reading of the package with the sides and the conditions of a form, or ""."""
    own = form.theorem
    for name in _related(form):
        other = theorems()[name]
        if not {a.condition for a in other.assumptions} <= {a.condition for a in own.assumptions}:
            continue
        for reading in other.readings:
            difference = other.spelled_out(reading.rhs) - own.spelled_out(own.reading(form.reading).rhs)
            if difference == 0 or simplify(difference) == 0:
                return f"{other.id}.{reading.key}"
    return ""
