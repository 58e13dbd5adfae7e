"""Terms of the Coq proof assistant over its real numbers: what a referee reads in a `.v` file.

A sequence is a function of the round, and of the coordinate if it is a vector: `(m t i)`, `(beta1_t t)`. A
constant is a number or a function of the coordinate: `alpha`, `(D_i i)`. The reductions of the theorem
language are functions of the same names in `bounds/formal/prelude`.
Every printed term is an identifier, a number or in parentheses; those of an application, a power or a product
are left out where it is an operand of an operation that binds less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from sympy import Expr, Rational, Rel, S, Symbol

from theory.printing.base import SourcePrinter, UnknownNodeError
from theory.quantities import (
    CumMax,
    CumSum,
    Expectation,
    MaxCoords,
    Prev,
    Quantity,
    SumCoords,
    Supremum,
    is_vector,
)
from theory.symbols import T, Vector, d, t

_KEYWORDS = """
    as at by cofix do else end exists exists2 fix for forall fun if IF in let match mod Prop return Set SProp
    then Type using where with
"""
_LIBRARY = """
    R nat list O S INR IZR Q2R pow sqrt exp ln sin cos PI Rabs Rmax Rmin pred pinv SumCoords MaxCoords
    CumSum CumMax Expectation Supremum
"""
TAKEN = frozenset(f"{_KEYWORDS} {_LIBRARY} t T i d w law".split())
"""Words of Coq's grammar, names that a printed term may use, and its variables."""


@dataclass(frozen=True)
class CoqNames:
    """How symbols print.

    Args:
        sequences: the symbols that differ from round to round, each with its name in Coq.
        constants: the symbols that stay the same all game long, each with its name in Coq.
        round: the term for the current round, of type nat and at least 1.
        coordinate: the variable for the current coordinate, of type nat.
        path: the variable for the path of the noise, on which every sequence depends; empty without noise.
    """

    sequences: Mapping[Symbol, str]
    constants: Mapping[Symbol, str]
    round: str = "t"
    coordinate: str = "i"
    path: str = ""

    def __post_init__(self) -> None:
        """Refuse names that Coq or the printed terms use otherwise, and two symbols of one name."""
        names = [*self.sequences.values(), *self.constants.values()]
        for name in names:
            if name in TAKEN or not (name.isascii() and name.isidentifier()):
                raise ValueError(f"`{name}` cannot name a symbol in Coq, which uses it otherwise; rename it")
        if len(set(names)) != len(names):
            raise ValueError(f"two symbols have one name in Coq: {sorted(names)}; give each its own")


class _Term(str):
    """A term in parentheses; `binds` says how closely its operation binds."""

    __slots__ = ("binds",)
    binds: int

    def __new__(cls, inside: str, binds: int) -> _Term:
        """The term without its parentheses and the level of its operation."""
        made = str.__new__(cls, f"({inside})")
        made.binds = binds
        return made


APPLICATION, POWER, PRODUCT, SUM = range(4)
"""Operations from the one that binds most closely to the one that binds least."""


def bare(term: str, weakest: int = SUM) -> str:
    """A term without its outer parentheses if its operation binds at least as closely as `weakest`."""
    return term[1:-1] if isinstance(term, _Term) and term.binds <= weakest else term


def coq_names(sequences: Iterable[Symbol], constants: Iterable[Symbol], **rest: str) -> CoqNames:
    """`CoqNames` in which every symbol prints under its own name."""
    return CoqNames({s: str(s) for s in sequences}, {s: str(s) for s in constants}, **rest)


class CoqPrinter(SourcePrinter):
    """Prints an expression of the theorem language as a Coq term of type R, for one coordinate of a vector.

    Powers have constant integer exponents, halves, or exponents `t`, `t - 1`, `T` and the like. A condition
    compares the round with an integer, so that it can be decided by computation, or is a <= b between real
    numbers.
    """

    functions: ClassVar[Mapping[str, str]] = {
        "sqrt": "sqrt", "exp": "exp", "log": "ln", "sin": "sin", "cos": "cos", "Abs": "Rabs", "pi": "PI",
        "max": "Rmax", "min": "Rmin", "pinv": "pinv",
    }  # fmt: skip

    def __init__(self, names: CoqNames) -> None:
        """A printer under these names, in the round and the coordinate that they name."""
        super().__init__()
        self.names = names

    def print(self, e: Any) -> str:
        """A Coq term, or UnknownNodeError."""
        if not isinstance(e, Quantity):
            return super().print(e)
        rule = _REDUCTIONS.get(type(e))
        if rule is None:
            raise UnknownNodeError(f"CoqPrinter has no rule for {type(e).__name__} in {e}; {_KNOWN}")
        return rule(self, e)

    def proposition(self, relation: Rel) -> str:
        """A relation as a Coq proposition."""
        if not isinstance(relation, Rel) or relation.rel_op not in {"<", "<=", ">", ">=", "=="}:
            raise UnknownNodeError(f"CoqPrinter has no proposition for {relation}; write a relation")
        sign = "=" if relation.rel_op == "==" else relation.rel_op
        return f"({bare(self.print(relation.lhs))} {sign} {bare(self.print(relation.rhs))})"

    def at(self, round_: str) -> CoqPrinter:
        """The same printer in another round."""
        return type(self)(replace(self.names, round=round_))

    def reduced(self, function: str, e: Expr, over: str) -> str:
        """A reduction over coordinates or rounds; inside, its variable is a new one."""
        if over == "i":
            inner = type(self)(replace(self.names, coordinate="i"))
            return _Term(f"{function} d (fun i => {bare(inner.print(e))})", APPLICATION)
        return _Term(f"{function} (fun t => {bare(self.at('t').print(e))}) {self.names.round}", APPLICATION)

    def over_noise(self, e: Any) -> str:
        """An expectation or a supremum over the paths of the noise, after the last round."""
        if not self.names.path or self.names.round != "T":
            raise UnknownNodeError(
                f"CoqPrinter has no rule for {e} here; it belongs to the last round of a game"
            )
        inner = type(self)(replace(self.names, path="w"))
        return _Term(f"{type(e).__name__} law T (fun w => {bare(inner.print(e.args[0]))})", APPLICATION)

    def before(self, e: Any) -> str:
        """The value of a sequence in the previous round; its value in round 0 is an equation of its own."""
        (symbol,) = e.args
        if symbol not in self.names.sequences:
            raise UnknownNodeError(f"CoqPrinter has no rule for {e}; Prev must name one sequence")
        return self.at(f"(pred {self.names.round})").print(symbol)

    def natural(self, e: Any) -> str:
        """A term of type nat for an exponent or a side of a condition: t, T or one of them and an integer."""
        shift = e - t if e.has(t) else e - T
        if e.is_Integer and e >= 0:
            return str(e)
        if not shift.is_Integer or (e.has(T) and shift < 0) or (e.has(t) and shift < -1):
            raise UnknownNodeError(f"CoqPrinter has no natural number for {e}; write t - 1, t + k or T + k")
        name = self.names.round if e.has(t) else "T"
        if shift == 0:
            return name
        return f"({name} {'+' if shift > 0 else '-'} {abs(shift)})%nat"

    def power(self, base: str, exponent: Rational) -> str:
        """A power with a natural exponent; any other exponent but halves is refused."""
        if exponent.q != 1 or exponent < 0:
            raise UnknownNodeError(
                f"CoqPrinter has no power with exponent {exponent}; use integers and halves"
            )
        return _Term(f"{bare(base, APPLICATION)} ^ {exponent}", POWER)

    def total(self, plus: list[str], minus: list[str]) -> str:
        """A sum with its first terms bare of parentheses."""
        first, *rest = [bare(term, PRODUCT) for term in plus] or [f"- {minus[0]}"]
        taken = [bare(term, PRODUCT) for term in (minus if plus else minus[1:])]
        return _Term(
            "".join([first, *(f" + {term}" for term in rest), *(f" - {term}" for term in taken)]), SUM
        )

    def product(self, above: list[str], below: list[str]) -> str:
        """A product or a quotient; the divisor is in parentheses if it is a product."""
        text = " * ".join(bare(factor, POWER) for factor in above) if above else "1"
        if below:
            divisor = (
                below[0] if len(below) == 1 else f"({' * '.join(bare(factor, POWER) for factor in below)})"
            )
            text = f"{text} / {bare(divisor, POWER)}"
        return _Term(text, PRODUCT)

    def choose(self, condition: str, yes: str, no: str) -> str:
        """A conditional on a boolean."""
        return f"(if {condition} then {yes} else {no})"

    def extreme(self, which: str, arguments: list[str]) -> str:
        """Nested applications of two."""
        first, *rest = arguments
        for other in rest:
            first = _Term(f"{self._name(which)} {first} {other}", APPLICATION)
        return first

    def _symbol(self, e: Any) -> str:
        names, position = self.names, isinstance(e, Vector)
        if e in (t, T, d):
            return _Term(f"INR {self.names.round if e == t else e}", APPLICATION)
        if e in names.sequences:
            place = [names.path] if names.path else []
            place += [names.round, names.coordinate] if position else [names.round]
            return _Term(" ".join([names.sequences[e], *place]), APPLICATION)
        if e in names.constants:
            name = names.constants[e]
            return _Term(f"{name} {names.coordinate}", APPLICATION) if position else name
        raise UnknownNodeError(f"CoqPrinter does not know the symbol {e}; name it as a sequence or constant")

    def _pow(self, e: Any) -> str:
        base, exponent = e.args
        if not exponent.is_number:
            return _Term(f"{bare(self.print(base), APPLICATION)} ^ {self.natural(exponent)}", POWER)
        if exponent.is_Integer and exponent > 0:
            return self.power(self.print(base), exponent)
        return super()._pow(e)

    def _call(self, name: str, *arguments: str) -> str:
        return _Term(" ".join([self._name(name), *arguments]), APPLICATION)

    def _infinity(self, e: Any) -> str:
        raise UnknownNodeError(f"CoqPrinter has no real number {e}")

    def _relation(self, e: Any) -> str:
        if (sides := comparison(e)) is not None:
            return f"Rle_dec {self.print(sides[0])} {self.print(sides[1])}"
        if e.rel_op not in {"<", "<="} or not (e.lhs - t).is_Integer or not e.rhs.is_Integer:
            raise UnknownNodeError(
                f"CoqPrinter has no rule for the condition {e}; write t < 2 say, or a <= b for real numbers"
            )
        name = "Nat.ltb" if e.rel_op == "<" else "Nat.leb"
        return f"{name} {self.natural(e.lhs)} {self.natural(e.rhs)}"


def comparison(e: Rel) -> tuple[Expr, Expr] | None:
    """The smaller and the larger side of a <= b for real numbers; None for t < 2 and other relations.

    A round and an integer are compared as natural numbers instead.
    """
    if e.rel_op not in {"<=", ">="}:
        return None
    low, high = e.lts, e.gts
    return None if (low - t).is_Integer and high.is_Integer else (low, high)


_REDUCTIONS: dict[type[Quantity], Callable[[CoqPrinter, Any], str]] = {
    SumCoords: lambda printer, e: printer.reduced("SumCoords", e.args[0], "i"),
    MaxCoords: lambda printer, e: printer.reduced("MaxCoords", e.args[0], "i"),
    CumSum: lambda printer, e: printer.reduced("CumSum", e.args[0], "t"),
    CumMax: lambda printer, e: printer.reduced("CumMax", e.args[0], "t"),
    Prev: CoqPrinter.before,
    Expectation: CoqPrinter.over_noise,
    Supremum: CoqPrinter.over_noise,
}
_KNOWN = f"write it with {', '.join(sorted(kind.__name__ for kind in _REDUCTIONS))}"


def equation(symbol: Symbol, e: Expr, printer: CoqPrinter) -> str:
    """A line of an algorithm as an equation, such as `m t i = beta1 * m (pred t) i + ...`."""
    if is_vector(e) and not isinstance(symbol, Vector):
        raise UnknownNodeError(f"`{symbol}` is a number, but its line {e} is a vector")
    return f"{bare(printer.print(symbol))} = {bare(printer.print(e))}"


def beginnings(initial: Mapping[Symbol, Expr], states: Iterable[Symbol], printer: CoqPrinter) -> list[str]:
    """The equations of round 0: what `Prev` gives in round 1 for each of the states."""
    start = printer.at("O")
    return [equation(s, initial.get(s, S.Zero), start) for s in states]
