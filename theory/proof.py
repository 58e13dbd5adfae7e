"""A proof as data: steps that sympy checks where it can, and that any run can be audited against.

A step is one relation between quantities, left <= right or left = right, in every round. Its argument is
one of

* `Square`: right - left is a sum of squares with factors >= 0, plus terms that are known to be >= 0;
* `Induction`: the same of the growth of right - left from the round before to this one;
* `Combined`: right - left is a sum of earlier steps, multiplied by factors >= 0 and summed over the rounds;
* `Lemma`: cited, but the inequality that it rests on is checked as a `Square`;
* `Cited`: a named inequality, not checked.

`theory.proof_check` checks the arguments with sympy; `bounds.audit` checks the steps on a run.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from sympy import Expr, S, Symbol, sympify

from theory.borders import settle
from theory.quantities import is_vector
from theory.sign import nonnegative
from theory.source import Source
from theory.symbols import Scalar, Vector

Terms = tuple[tuple[Expr, Expr], ...]
Reasons = tuple[tuple[Expr, str], ...]


class Relation(Enum):
    """How the two sides of a step compare."""

    EQUAL = "="
    AT_MOST = "<="


class Over(Enum):
    """Which rounds of an earlier step are taken."""

    NOW = "this round"
    SUM = "the sum over the rounds so far"
    SUM_BEFORE = "the sum over the rounds before this one"


@dataclass(frozen=True)
class Square:
    """right - left = sum_k factor_k * root_k^2 + the sum of `known`, for one coordinate.

    Without squares and known terms it is an identity.

    Args:
        squares: pairs (factor, root), each factor >= 0 by the declared ranges.
        known: pairs (term, the reason why it or its sum over the coordinates is >= 0).
        given: substitutions made first, in order.
    """

    squares: Terms = ()
    known: Reasons = ()
    given: Terms = ()


@dataclass(frozen=True)
class Induction:
    """Excess_t = right^power - left^power - potential; Excess_t - factor * Excess_{t-1} is as in `Square`.

    Values of the round before are written with `before`.

    Args:
        given: as in `Square`.
        squares: as in `Square`.
        known: as in `Square`.
        potential: a quantity >= 0, which makes the claim proved a little stronger than the step.
        factor: an expression >= 0.
        power: a positive integer.
        held: quantities that never decrease; the round before may take this round's value of them.
    """

    given: Terms = ()
    squares: Terms = ()
    known: Reasons = ()
    potential: Expr = S.Zero
    factor: Expr = S.One
    power: int = 1
    held: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Earlier:
    """An earlier step of the proof that a `Combined` argument uses.

    Args:
        key: the step.
        factor: an expression >= 0 that multiplies it.
        over: the rounds that are summed.
        power: the power to which both sides are raised first.
    """

    key: str
    factor: Expr = S.One
    over: Over = Over.NOW
    power: int = 1


@dataclass(frozen=True)
class Combined:
    """right^power - left^power is the sum of earlier steps.

    Args:
        parts: the steps used.
        power: a positive integer.
    """

    parts: tuple[Earlier, ...]
    power: int = 1


@dataclass(frozen=True)
class Lemma:
    """A cited argument whose key inequality, left <= right, is a sum of squares.

    Args:
        name: the argument.
        how: how it is applied.
        left: the smaller side of the key inequality.
        right: the larger side.
        squares: as in `Square`.
    """

    name: str
    how: str
    left: Expr
    right: Expr
    squares: Terms


@dataclass(frozen=True)
class Cited:
    """A named inequality.

    Args:
        name: the inequality.
        how: how it is applied.
    """

    name: str
    how: str


Argument = Square | Induction | Combined | Lemma | Cited


@dataclass(frozen=True)
class ProofStep:
    """One step of a proof: left <= right or left = right, for every coordinate if they have vector rank.

    Args:
        key: its name in the text, such as ``L2``.
        title: what it does, in words.
        left: the left side.
        right: the right side.
        relation: how the sides compare.
        argument: why the step holds.
        needs: the condition under which it holds, in words; "" if it always does.
    """

    key: str
    title: str
    left: Expr
    right: Expr
    relation: Relation
    argument: Argument
    needs: str = ""

    def __post_init__(self) -> None:
        """Make sympy of both sides."""
        settle(self, left=sympify(self.left), right=sympify(self.right))

    @property
    def vector(self) -> bool:
        """Whether the step speaks of every coordinate."""
        return is_vector(self.left) or is_vector(self.right)


@dataclass(frozen=True)
class Proof:
    """The steps of a proof in order, for one algorithm and one theorem.

    Args:
        id: a stable name.
        title: the title, one line.
        theorem_id: the theorem.
        algorithm: the name of the algorithm.
        source: where the proof is.
        steps: the steps.
        letters: what the proof's own letters (w, a_t) stand for.
        short: the sides of steps written with the letters, as (key, left, right): see `in_letters`.

    Raises:
        ValueError: a key is repeated, or a step combines one that does not come before it.
    """

    id: str
    title: str
    theorem_id: str
    algorithm: str
    source: Source
    steps: tuple[ProofStep, ...]
    letters: Terms = ()
    short: tuple[tuple[str, Expr, Expr], ...] = ()

    def __post_init__(self) -> None:
        """Refuse repeated keys and circular arguments."""
        keys = [s.key for s in self.steps]
        if len(set(keys)) != len(keys):
            raise ValueError(f"proof `{self.id}` has two steps with one key: {keys}")
        for k, s in enumerate(self.steps):
            parts = s.argument.parts if isinstance(s.argument, Combined) else ()
            later = [part.key for part in parts if part.key not in keys[:k]]
            if later:
                raise ValueError(
                    f"step {s.key!r} of proof `{self.id}` combines {later[0]!r}, which is not before it; "
                    f"earlier steps: {', '.join(keys[:k]) or 'none'}"
                )

    def step(self, key: str) -> ProofStep:
        """The step with this key, or a ValueError that lists them."""
        for s in self.steps:
            if s.key == key:
                return s
        raise ValueError(
            f"proof `{self.id}` has no step {key!r}; known: {', '.join(s.key for s in self.steps)}"
        )

    def in_letters(self, step: ProofStep) -> tuple[Expr, Expr]:
        """Both sides of a step in the proof's letters if spelling them out gives the step; else unchanged."""
        meanings = dict(self.letters)
        for key, *short in self.short:
            if key == step.key and [e.xreplace(meanings) for e in short] == [step.left, step.right]:
                return short[0], short[1]
        return step.left, step.right


def sides(steps: Iterable[ProofStep]) -> tuple[tuple[str, Expr, Expr], ...]:
    """What `Proof.short` holds, of steps that were written with letters."""
    return tuple((s.key, s.left, s.right) for s in steps)


class StepStatus(Enum):
    """What sympy says of a step's argument."""

    CHECKED = "checked by sympy for all rounds, up to the inequalities that the step names"
    PARTLY = "cited; its key inequality is checked by sympy"
    CITED = "cited, not checked by sympy; audited on runs"
    FAILED = "sympy does not confirm the argument"


def before(s: Symbol) -> Symbol:
    """The value of a symbol in the round before, as arguments write it."""
    kind = Vector if isinstance(s, Vector) else Scalar
    sign = {"nonnegative": True} if s.is_nonnegative else {}
    return kind(f"{s.name}_before", **sign)


def memory(node: Expr) -> Symbol:
    """The value of a running sum (`CumSum`, `Discounted`) before this round, as arguments write it."""
    kind = Vector if is_vector(node) else Scalar
    sign = {"nonnegative": True} if nonnegative(node) else {}
    return kind(f"sum {node}", **sign)
