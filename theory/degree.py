r"""Degrees under a scaling of the game, derived from the lines of an algorithm, and degrees of expressions.

A scaling multiplies the data of a game by powers of a factor c. An algorithm follows it if multiplying its
parameters by powers of c makes its points move as the game's points do; `follow` finds these powers by
requiring that all terms of every sum have the same degree. A degree is the growth of a quantity at both ends;
a quantity with the same growth at both ends is a power of c. A sum of terms of different degree is not: it
has the largest power as c -> infinity and the smallest as c -> 0. Nor is a logarithm: it grows like log c
where its argument grows, and has no size where its argument tends to 0 (it turns negative).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sympy import Dummy, Expr, Min, Rational, S, Symbol, sympify

from theory.calculus import Calculus, Sized
from theory.quantities import GroupSum, LinearMinimiser, LossAt, Quantity, Regret, SumCoords
from theory.recurrence import Recurrence
from theory.symbols import D_2, D, D_i, G_f, L, T, d, df, f, f_star, f_start, g, t, x, x_gap, x_next, z, z_t


class End(Enum):
    """The limits that the factor of a scaling may approach."""

    ZERO = "0"
    INFINITY = "infinity"


@dataclass(frozen=True)
class Scaling:
    """A change of the game: each base symbol is multiplied by a power of the factor.

    name: what it does, in words; factor: the letter of the factor; base: the powers of the game's symbols;
    sum_coords: the power that a sum over coordinates adds; ends: the limits that the factor may approach;
    small, large: a description of the games near 0 and near infinity.
    """

    name: str
    factor: str
    base: Mapping[Symbol, Rational]
    sum_coords: Rational
    ends: tuple[End, ...]
    small: str
    large: str

    def __hash__(self) -> int:
        """By name: the mapping has no hash."""
        return hash(self.name)


def _powers(like: Mapping[int | Rational, Sequence[Symbol]]) -> dict[Symbol, Rational]:
    return {symbol: Rational(power) for power, symbols in like.items() for symbol in symbols}


_FIXED = (t, T)

LOSS = Scaling(
    "f -> c f", "c",
    _powers({1: (f, f_star, f_start, g, df, G_f, L), 0: (x, x_next, x_gap, z, z_t, D, D_i, D_2, d, *_FIXED)}),
    S.Zero, (End.ZERO, End.INFINITY), "small losses", "large losses",
)  # fmt: skip
POINT = Scaling(
    "x -> x/s", "s",
    _powers({
        0: (f, f_star, f_start, d, *_FIXED), 1: (g, df, G_f), 2: (L,),
        -1: (x, x_next, x_gap, z, z_t, D, D_i, D_2),
    }),
    S.Zero, (End.ZERO, End.INFINITY), "flat losses on a large set", "steep losses on a small set",
)  # fmt: skip
COPIES = Scaling(
    "n copies of every coordinate", "n",
    _powers({
        0: (g, df, G_f, L, x, x_next, z, z_t, D, D_i, *_FIXED), 1: (f, f_star, f_start, d),
        S.Half: (D_2, x_gap),
    }),
    S.One, (End.INFINITY,), "few coordinates", "many coordinates",
)  # fmt: skip
SCALINGS = (LOSS, POINT, COPIES)
"""f -> c f; f_s(y) = f(s y) on X/s; f(x) = sum of f over the n copies, on the product of n copies of X."""


@dataclass(frozen=True)
class Conflict:
    """A sum in an algorithm whose terms have different degrees: the scaling changes the algorithm."""

    where: Expr
    first: tuple[Expr, Expr]
    second: tuple[Expr, Expr]

    def __str__(self) -> str:
        """The sum with the two parts and their degrees."""
        (a, p), (b, q) = self.first, self.second
        return f"{self.where} adds {a} of degree {p} to {b} of degree {q}"


@dataclass(frozen=True)
class Followed:
    """How an algorithm follows a scaling.

    degrees: the power of every line's symbol and of every parameter (0 if nothing determines it);
    conflicts: the sums for which no powers exist; if there are any, the degrees are meaningless.
    """

    degrees: Mapping[Symbol, Rational]
    conflicts: tuple[Conflict, ...]


def follow(recurrence: Recurrence, scaling: Scaling) -> Followed:
    """The powers of the factor that make the algorithm's points move as the game's do.

    The next point must scale like x. The degree of the metric does not matter: a multiple of a metric gives
    the same projection. Copies of a coordinate belong to its group.
    """
    lines = _Lines(recurrence, scaling)
    for symbol, e in recurrence.steps:
        lines.equate(e, (symbol, lines.symbol(symbol)), (e, lines.of(e)))
    for symbol, e in recurrence.initial.items():
        if e != 0:
            lines.equate(e, (symbol, lines.symbol(symbol)), (e, lines.of(e)))
    lines.equate(recurrence.point, (x, lines.symbol(x)), (recurrence.point, lines.of(recurrence.point)))
    lines.of(recurrence.metric)
    free = dict.fromkeys(lines.unknown.values(), S.Zero)
    solved = {symbol: lines.now(unknown).xreplace(free) for symbol, unknown in lines.unknown.items()}
    conflicts = tuple(
        Conflict(c.where, *((e, lines.now(p).xreplace(free)) for e, p in (c.first, c.second)))
        for c in lines.conflicts
    )
    return Followed(solved, conflicts)


class _Lines(Calculus[Expr]):
    """Powers that are linear in the unknowns, one per line and parameter; every sum gives equations."""

    def __init__(self, recurrence: Recurrence, scaling: Scaling) -> None:
        # In the order of elimination, so that what stays undetermined is a later parameter.
        symbols = [*(s for s, _ in recurrence.steps), *(p.symbol for p in recurrence.parameters)]
        self.scaling = scaling
        self.unknown = {s: Dummy(str(s)) for s in symbols}
        self.solution: dict[Expr, Expr] = {}
        self.conflicts: list[Conflict] = []

    def now(self, power: Expr) -> Expr:
        """A power with the unknowns solved so far substituted."""
        return power.xreplace(self.solution).expand()

    def equate(self, where: Expr, first: Sized[Expr], second: Sized[Expr]) -> None:
        """Require two powers to be equal: solve for one unknown, or record the conflict."""
        difference = self.now(first[1] - second[1])
        chosen = next((u for u in self.unknown.values() if difference.has(u)), None)
        if chosen is None:
            if difference != 0:
                self.conflicts.append(Conflict(where, first, second))
            return
        value = (chosen - difference / difference.coeff(chosen)).expand()
        self.solution = {u: e.xreplace({chosen: value}).expand() for u, e in self.solution.items()}
        self.solution[chosen] = value

    def constant(self) -> Expr:
        return S.Zero

    def symbol(self, e: Symbol) -> Expr:
        return self.unknown[e] if e in self.unknown else self.scaling.base[e]

    def product(self, sizes: Sequence[Expr]) -> Expr:
        return sum(sizes, start=S.Zero)

    def power(self, e: Expr, size: Expr, exponent: Rational) -> Expr:
        return (size * exponent).expand()

    def symbolic_power(self, e: Expr) -> Expr:
        for argument in e.args:
            self.equate(e, (argument, self.of(argument)), (S.One, S.Zero))
        return S.Zero

    def total(self, e: Expr, parts: Sequence[Sized[Expr]]) -> Expr:
        for part in parts[1:]:
            self.equate(e, parts[0], part)
        return parts[0][1] if parts else S.Zero

    def condition(self, e: Expr, parts: Sequence[Sized[Expr]]) -> None:
        self.total(e, parts)

    def transcendental(self, e: Expr, size: Expr) -> Expr:
        self.equate(e, (e.args[0], size), (S.One, S.Zero))
        return S.Zero

    def node(self, e: Quantity, size: Expr) -> Expr:
        return _of_node(e, size, self.scaling)


def _of_node(e: Quantity, power: Expr, scaling: Scaling) -> Expr:
    if isinstance(e, SumCoords | GroupSum):
        return power + scaling.sum_coords
    if isinstance(e, Regret):
        return power + scaling.base[f]
    if isinstance(e, LinearMinimiser):
        return scaling.base[x]
    return scaling.base[f] if isinstance(e, LossAt) else power


@dataclass(frozen=True)
class Growth:
    """factor^power |log factor|^log at one end."""

    power: Rational
    log: Rational = S.Zero

    def key(self, end: End) -> tuple[Rational, Rational]:
        """A sort key: the larger it is, the faster the growth as the factor approaches this end."""
        return (self.power if end is End.INFINITY else -self.power, self.log)

    def text(self, factor: str) -> str:
        """Such as ``c^2``, ``c^(3/2)``, ``c log(c)^(1/2)`` or ``1``."""
        shown = [raised(factor, self.power), raised(f"log({factor})", self.log)]
        return " ".join(part for part in shown if part) or "1"


def raised(base: str, exponent: Rational) -> str:
    """A power as text: empty for exponent 0, the base alone for 1."""
    if exponent == 0:
        return ""
    if exponent == 1:
        return base
    return f"{base}^{exponent}" if exponent.is_Integer and exponent > 0 else f"{base}^({exponent})"


@dataclass(frozen=True)
class Degree:
    """How a quantity grows at each end; None where no power law holds (a logarithm turns negative)."""

    at_zero: Growth | None
    at_infinity: Growth | None

    @property
    def homogeneous(self) -> bool:
        """Whether it is a single power of the factor."""
        return self.at_zero == self.at_infinity and self.at_zero is not None and self.at_zero.log == 0

    @property
    def power(self) -> Rational | None:
        """The power of a homogeneous quantity; None for any other."""
        return self.at_infinity.power if self.homogeneous and self.at_infinity is not None else None

    def at(self, end: End) -> Growth | None:
        """The growth at one end."""
        return self.at_zero if end is End.ZERO else self.at_infinity

    def text(self, factor: str) -> str:
        """One power, or both ends if they differ; an end without a power is left out."""
        ends = [g.text(factor) for g in (self.at_zero, self.at_infinity) if g is not None]
        return " .. ".join(dict.fromkeys(ends)) or "no power"


def one_power(power: Rational) -> Degree:
    """The degree of a homogeneous quantity."""
    return Degree(Growth(power), Growth(power))


class Degrees(Calculus[Degree]):
    """Degrees of expressions over an algorithm that follows a scaling."""

    def __init__(self, scaling: Scaling, followed: Followed) -> None:
        self.scaling = scaling
        self.known: dict[Symbol, Rational] = {**scaling.base, **followed.degrees}
        self._found: dict[Expr, Degree] = {}

    def of(self, e: Any) -> Degree:
        """The degree of an expression, kept: the readings of a theorem have parts in common."""
        e = sympify(e)
        if e not in self._found:
            self._found[e] = super().of(e)
        return self._found[e]

    def constant(self) -> Degree:
        """Numbers do not change."""
        return one_power(S.Zero)

    def symbol(self, e: Symbol) -> Degree:
        """The degree that the game or the algorithm gives it."""
        if e not in self.known:
            raise ValueError(
                f"`{e}` has no degree under {self.scaling.name}: it is neither of the game nor of the "
                f"algorithm; say what it stands for in the theorem's `letters`"
            )
        return one_power(self.known[e])

    def product(self, sizes: Sequence[Degree]) -> Degree:
        """Powers add."""
        return self._ends(sizes, _times)

    def power(self, e: Expr, size: Degree, exponent: Rational) -> Degree:
        """Powers multiply."""
        return self._ends([size], lambda end, of: Growth(of[0].power * exponent, of[0].log * exponent))

    def symbolic_power(self, e: Expr) -> Degree:
        """Constant for a constant base and exponent; otherwise not a power."""
        return self._constant_if(all(self.of(argument) == self.constant() for argument in e.args))

    def total(self, e: Expr, parts: Sequence[Sized[Degree]]) -> Degree:
        """The largest part at each end; no size there if parts differ and a leading one has a minus sign."""
        return self._largest(parts, max)

    def extreme(self, e: Expr, parts: Sequence[Sized[Degree]]) -> Degree:
        """The largest or smallest part at each end."""
        return self._largest(parts, min if isinstance(e, Min) else max)

    def logarithm(self, e: Expr, size: Degree) -> Degree:
        """Constant for a constant, log for a growing argument, no size for a vanishing one."""
        if size == self.constant():
            return size
        return self._ends([size], lambda end, of: Growth(S.Zero, S.One) if of[0].key(end)[0] > 0 else None)

    def transcendental(self, e: Expr, size: Degree) -> Degree:
        """Constant for a constant argument; otherwise not a power."""
        return self._constant_if(size == self.constant())

    def condition(self, e: Expr, parts: Sequence[Sized[Degree]]) -> None:
        """A threshold must scale like the quantity it is compared with."""
        if len({size for _, size in parts}) > 1:
            raise ValueError(f"the condition {e} compares unlike quantities under {self.scaling.name}")

    def node(self, e: Quantity, size: Degree) -> Degree:
        """A sum over coordinates also sums over the copies; a regret scales like a loss."""
        shift = _of_node(e, S.Zero, self.scaling)
        return one_power(shift) if isinstance(e, LossAt) else self.product([size, one_power(shift)])

    def _ends(self, sizes: Sequence[Degree], rule: Callable[[End, list[Growth]], Growth | None]) -> Degree:
        """Apply a rule to the growths at each end; None at an end where a size has no growth."""

        def at(end: End) -> Growth | None:
            growths = [growth for size in sizes if (growth := size.at(end)) is not None]
            return rule(end, growths) if len(growths) == len(sizes) else None

        return Degree(at(End.ZERO), at(End.INFINITY))

    def _constant_if(self, holds: bool) -> Degree:
        return self.constant() if holds else Degree(None, None)

    def _largest(self, parts: Sequence[Sized[Degree]], pick: Callable[..., Growth]) -> Degree:
        if len({size for _, size in parts}) == 1:
            return parts[0][1]

        def dominant(end: End, growths: list[Growth]) -> Growth | None:
            chosen = pick(growths, key=lambda growth: growth.key(end))
            leading = [part for (part, _), growth in zip(parts, growths, strict=True) if growth == chosen]
            return None if any(part.as_coeff_Mul()[0] < 0 for part in leading) else chosen

        return self._ends([size for _, size in parts], dominant)


def _times(_: End, growths: list[Growth]) -> Growth:
    return Growth(
        sum((growth.power for growth in growths), start=S.Zero),
        sum((growth.log for growth in growths), start=S.Zero),
    )
