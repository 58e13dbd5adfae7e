r"""LaTeX from the same sympy objects that the engines run; fail-closed: an unknown node is refused.

`LatexPrinter` prints an expression as seen from one round: the horizon T for a statement, the round t for a
line of an algorithm. So the same `vhat` prints as \hat{v}_{T,i} inside a theorem's sum over coordinates and
as \hat{v}_{t} in a line of the algorithm; `CumSum(g**2)` prints as \sum_{t=1}^{T} g_{t}^{2} in the former and
as \sum_{s=1}^{t} g_{s}^{2} in the latter. Only commands known to MathML converters are used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Abs, Expr, Integer, Mul, Piecewise, Pow, Rational, Symbol
from sympy.printing.latex import translate

from theory.printing.base import UnknownNodeError
from theory.quantities import Expectation, Quantity, SumCoords, is_vector, pinv
from theory.symbols import MEANING, T, Vector, t, x

# How tightly a piece of text binds: a looser piece is put in brackets if a tighter one is needed.
_ADD, _BIG, _MUL, _POW, _ATOM = range(5)
_Text = tuple[str, int]

_BOUND_ROUNDS = {"T": "t", "t": "s", "s": "r"}
_COORDINATES = {"": "i", "i": "k", "k": "l"}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*")
_DIGITS = re.compile(r"(.*?)([0-9]*)$")


@dataclass(frozen=True)
class LatexPrinter:
    """Prints expressions as LaTeX.

    names: LaTeX for symbols that are not in `MEANING` (parameters); timed: further symbols that change from
    round to round; base, offset: the round from which an expression is seen, T or t; coordinate: the index of
    vectors, "" outside sums over coordinates.
    """

    names: Mapping[Any, str] = field(default_factory=dict)
    timed: frozenset[Any] = frozenset()
    base: str = "T"
    offset: int = 0
    coordinate: str = ""

    def print(self, e: Any) -> str:
        """LaTeX of an expression, or UnknownNodeError."""
        return self._render(e)[0]

    def _render(self, e: Any) -> _Text:
        rule = _RULES.get(type(e).__name__)
        if rule is None:
            raise UnknownNodeError(
                f"LatexPrinter has no rule for {type(e).__name__} in {e}; "
                f"write it with {', '.join(sorted(_RULES))}"
            )
        return rule(self, e)

    def _at_least(self, level: int, e: Any) -> str:
        text, own = self._render(e)
        return text if own >= level else _brackets(text)

    @property
    def _round(self) -> str:
        if self.base.isdigit():
            return str(int(self.base) + self.offset)
        return self.base if self.offset == 0 else f"{self.base}{self.offset:+d}"

    def _within(self) -> tuple[str, LatexPrinter]:
        """A bound index for the rounds so far, and the printer for expressions with that index."""
        bound = _BOUND_ROUNDS.get(self.base, "s")
        return bound, replace(self, base=bound, offset=0)

    # Leaves.

    def _symbol(self, e: Any) -> _Text:
        if e == t:
            return self._round, _ATOM if self.offset == 0 or self.base.isdigit() else _ADD
        if e == T:
            return "T", _ATOM
        text = self.names.get(e) or (MEANING[e][0] if e in MEANING else self._own_name(e))
        if e in self.timed and "_{t}" not in text:
            text = _subscript(text, "t")
        later = replace(self, offset=self.offset + 1)._round
        text = text.replace("_{t+1}", f"_{{{later}}}").replace("_{t}", f"_{{{self._round}}}")
        plain = text.endswith("}") or "(" not in text
        if isinstance(e, Vector) and self.coordinate:
            if plain:
                text = _subscript(text, self.coordinate)
            else:
                text = text.replace(r"\nabla ", rf"\nabla_{{{self.coordinate}}} ")
        return text, _ATOM if plain else _POW

    def _own_name(self, e: Any) -> str:
        name = str(e.name)
        if not _NAME.fullmatch(name):
            raise UnknownNodeError(f"the symbol name {name!r} cannot be printed; use letters, digits and _")
        first, *rest = name.split("_")
        stem, digits = _DIGITS.match(first).groups()  # type: ignore[union-attr]
        rest = [digits, *rest] if digits else rest
        if rest and rest[-1] == "t" and (e in self.timed or isinstance(e, Vector)):
            rest = rest[:-1]
        text = translate(stem)
        if len(stem) > 1 and text == stem:
            text = rf"\text{{{stem}}}"
        if rest:
            text = _subscript(text, ",".join(rest))
        return _subscript(text, "t") if isinstance(e, Vector) else text

    def _rational(self, e: Any) -> _Text:
        q = Rational(e)
        if q < 0:
            return f"-{self.print(-q)}", _ADD
        return (str(q.p), _ATOM) if q.q == 1 else (rf"\frac{{{q.p}}}{{{q.q}}}", _POW)

    def _pi(self, _: Any) -> _Text:
        return r"\pi", _ATOM

    def _infinity(self, e: Any) -> _Text:
        return (r"\infty", _ATOM) if e > 0 else (r"-\infty", _ADD)

    # Arithmetic.

    def _add(self, e: Any) -> _Text:
        terms = sorted(e.as_ordered_terms(), key=lambda term: (not term.is_number, not is_vector(term)))
        negative = [term for term in terms if term.as_coeff_Mul()[0] < 0]
        text = ""
        for term in [term for term in terms if term not in negative]:
            text += f"{' + ' if text else ''}{self._at_least(_BIG, term)}"
        for term in negative:
            text += f"{' - ' if text else '-'}{self._at_least(_BIG, -term)}"
        return text, _ADD

    def _mul(self, e: Any) -> _Text:
        coefficient, rest = e.as_coeff_Mul()
        if not coefficient.is_Rational:
            raise UnknownNodeError(f"{e} holds {coefficient}; write it as a Rational")
        if coefficient < 0:
            return f"-{self._at_least(_BIG, -e)}", _ADD
        above: list[Expr] = []
        below: list[Expr] = []
        after: list[Expr] = []
        if coefficient.p != 1:
            above.append(Integer(coefficient.p))
        if coefficient.q != 1:
            below.append(Integer(coefficient.q))
        for factor in rest.as_ordered_factors():
            base, exponent = factor.as_base_exp()
            if isinstance(factor, Pow) and exponent.is_Rational and exponent < 0:
                below.append(base**-exponent)
            elif isinstance(factor, pinv):
                below.append(factor.args[0])
            elif self._large(factor):
                after.append(factor)
            else:
                above.append(factor)
        if not below:
            return self._product([*above, *after])
        top = self._product(above)[0] if above else "1"
        text = rf"\frac{{{top}}}{{{self._product(below)[0]}}}"
        if not after:
            return text, _POW
        last, level = self._product(after)
        if level == _ADD:
            last = _brackets(last)
        return f"{text} {last}", _BIG if level == _BIG else _MUL

    def _product(self, factors: list[Expr]) -> _Text:
        """Factors side by side; only the last may be a large sum without brackets."""
        factors = sorted(factors, key=_place)
        roots = [
            factor.base for factor in factors if isinstance(factor, Pow) and factor.exp == Rational(1, 2)
        ]
        if len(roots) > 1:
            pieces = [
                self._render(factor)
                for factor in factors
                if factor.as_base_exp() not in {(r, Rational(1, 2)) for r in roots}
            ]
            pieces.append((rf"\sqrt{{{self._product(roots)[0]}}}", _POW))
        else:
            pieces = [self._render(factor) for factor in factors]
        if len(pieces) == 1:
            return pieces[0]
        pieces.sort(key=lambda piece: piece[1] == _BIG)
        texts = [text if level >= _POW else _brackets(text) for text, level in pieces[:-1]]
        last, level = pieces[-1]
        texts.append(_brackets(last) if level == _ADD else last)
        text = texts[0]
        for other in texts[1:]:
            text += rf" \cdot {other}" if text[-1].isdigit() and other[0].isdigit() else f" {other}"
        return text, _BIG if level == _BIG else _MUL

    def _large(self, e: Expr) -> bool:
        """Whether a factor is easier to read next to a fraction than in its numerator."""
        if isinstance(e, Expectation) or self._render(e)[1] == _BIG:
            return True
        return bool(e.is_Add and (e.atoms(Quantity) or any(_divides(u) for u in e.args)))

    def _pow(self, e: Any) -> _Text:
        base, exponent = e.args
        if exponent.is_Rational and exponent < 0:
            return rf"\frac{{1}}{{{self.print(base**-exponent)}}}", _POW
        if exponent == Rational(1, 2) and _is_square_norm(base):
            return rf"{_norm(replace(self, coordinate='').print(base.args[0].base))}_{{2}}", _ATOM
        if exponent == Rational(1, 2):
            return rf"\sqrt{{{self.print(base)}}}", _POW
        power = (
            f"{exponent.p}/{exponent.q}" if exponent.is_Rational and exponent.q != 1 else self.print(exponent)
        )
        text = self._at_least(_ATOM, base)
        # x^{+}^{2} and ||x||^{2}^{2} are not valid LaTeX: the level of a base with a power gives it brackets.
        return f"{text}^{{{power}}}", _POW

    def _form(self, e: Any) -> _Text:
        text, level = _FORMS[type(e).__name__]
        return text.replace("()", self.print(e.args[0])), level

    def _log1p(self, e: Any) -> _Text:
        return rf"\log{_brackets('1 + ' + self._at_least(_BIG, e.args[0]))}", _POW

    def _extreme(self, e: Any) -> _Text:
        inner = ", ".join(
            sorted((self.print(argument) for argument in e.args), key=lambda s: (s[0].isdigit(), s))
        )
        return rf"\{type(e).__name__.lower()}{_brackets(inner)}", _POW

    def _sigmoid(self, e: Any) -> _Text:
        return rf"\frac{{1}}{{1 + e^{{{self.print(-e.args[0])}}}}}", _POW

    def _piecewise(self, e: Any) -> _Text:
        rows = []
        for pair in e.args:
            otherwise = pair.cond == True  # noqa: E712 - sympy's true is not the singleton
            condition = r"\text{otherwise}" if otherwise else rf"\text{{if }} {self.print(pair.cond)}"
            rows.append(f"{self.print(pair.expr)} & {condition}")
        body = r" \\ ".join(rows)
        return rf"\begin{{cases}} {body} \end{{cases}}", _POW

    def _relation(self, e: Any) -> _Text:
        sign = {"<=": r"\le", ">=": r"\ge", "<": "<", ">": ">"}[e.rel_op]
        return f"{self.print(e.lhs)} {sign} {self.print(e.rhs)}", _ADD

    def _and(self, e: Any) -> _Text:
        return r" \text{ and } ".join(sorted(self.print(argument) for argument in e.args)), _ADD

    # Quantities.

    def _sum_coords(self, e: Any) -> _Text:
        inner = e.args[0]
        bare = replace(self, coordinate="")
        if isinstance(inner, Abs):
            return rf"{_norm(bare.print(inner.args[0]))}_{{1}}", _ATOM
        if _is_square_norm(e):
            return rf"{_norm(bare.print(inner.base))}_{{2}}^{{2}}", _POW
        if isinstance(inner, Mul) and len(inner.args) == 2 and all(isinstance(u, Vector) for u in inner.args):
            left, right = (bare.print(u) for u in inner.as_ordered_factors())
            return rf"\left\langle {left}, {right} \right\rangle", _ATOM
        i, under = self._over_coordinates()
        return rf"\sum_{{{i}=1}}^{{d}} {under._at_least(_BIG, inner)}", _BIG

    def _max_coords(self, e: Any) -> _Text:
        inner = e.args[0]
        if isinstance(inner, Abs):
            return rf"{_norm(replace(self, coordinate='').print(inner.args[0]))}_{{\infty}}", _ATOM
        i, under = self._over_coordinates()
        return rf"\max_{{{i} \le d}} {under._at_least(_POW, inner)}", _BIG

    def _group_sum(self, e: Any) -> _Text:
        own = self.coordinate or "i"
        k = _COORDINATES[own]
        under = replace(self, coordinate=k)
        return rf"\sum_{{{k} \in \mathcal{{G}}({own})}} {under._at_least(_BIG, e.args[0])}", _BIG

    def _over_coordinates(self) -> tuple[str, LatexPrinter]:
        if self.coordinate not in _COORDINATES:
            raise UnknownNodeError("sums over coordinates are nested too deep to be printed")
        index = _COORDINATES[self.coordinate]
        return index, replace(self, coordinate=index)

    def _prev(self, e: Any) -> _Text:
        return replace(self, offset=self.offset - 1)._render(e.args[0])

    def _cum_sum(self, e: Any) -> _Text:
        inner = e.args[0]
        if _only_first_round(inner):
            return replace(self, base="1", offset=0)._render(inner.args[0].expr)
        bound, under = self._within()
        return rf"\sum_{{{bound}=1}}^{{{self._round}}} {under._at_least(_BIG, inner)}", _BIG

    def _cum_max(self, e: Any) -> _Text:
        bound, under = self._within()
        return rf"\max_{{{bound} \le {self._round}}} {under._at_least(_POW, e.args[0])}", _BIG

    def _discounted(self, e: Any) -> _Text:
        bound, under = self._within()
        weight = f"{self._at_least(_ATOM, e.args[1])}^{{{self._round}-{bound}}}"
        return rf"\sum_{{{bound}=1}}^{{{self._round}}} {weight} {under._at_least(_MUL, e.args[0])}", _BIG

    def _linear_minimiser(self, e: Any) -> _Text:
        direction = replace(self, coordinate="").print(e.args[0])
        chosen = rf"\operatorname{{arg}}\min_{{y \in X}} \left\langle {direction}, y \right\rangle"
        return _brackets(chosen) + (f"_{{{self.coordinate}}}" if self.coordinate else ""), _ATOM

    def _gram(self, e: Expr, power: Expr) -> str:
        """The matrix of a full metric."""
        bound, under = self._within()
        row = replace(under, coordinate="")._at_least(_ATOM, e)
        matrix = rf"\sum_{{{bound}=1}}^{{{self._round}}} {row} {row}^{{\top}}"
        return matrix if power == 1 else rf"{_brackets(matrix)}^{{1/2}}"

    def _trace_root(self, e: Any) -> _Text:
        return rf"\operatorname{{tr}} {self._gram(e.args[0], Rational(1, 2))}", _BIG

    def _full_matrix_step(self, e: Any) -> _Text:
        centre, push, vector, ridge, power = e.args
        whole = replace(self, coordinate="")
        metric = rf"{whole._at_least(_MUL, ridge)} I + {self._gram(vector, power)}"
        away = "u" if centre == 0 else f"u - {whole._at_least(_MUL, centre)}"
        near = rf"\frac{{1}}{{2}} \left\| {away} \right\|_{{{metric}}}^{{2}}"
        pushed = rf"\left\langle {whole.print(push)}, u \right\rangle"
        chosen = rf"\operatorname{{arg}}\min_{{u \in X}} {pushed} + {near}"
        return (f"{_brackets(chosen)}_{{{self.coordinate}}}", _ATOM) if self.coordinate else (chosen, _BIG)

    def _component(self, e: Any) -> _Text:
        under = replace(self, coordinate=str(int(e.args[1]) + 1))
        return under._render(e.args[0])

    def _stack(self, e: Any) -> _Text:
        return _brackets(", ".join(self.print(argument) for argument in e.args)), _ATOM

    def _mean_rows(self, e: Any) -> _Text:
        return rf"\frac{{1}}{{n}} \sum_{{j=1}}^{{n}} {self._at_least(_BIG, e.args[0])}", _BIG

    def _regret(self, e: Any) -> _Text:
        bound, under = self._within()
        if len(e.args) > 1:
            weight = "" if e.args[0] == 1 else under._at_least(_MUL, e.args[0]) + " "
            total = rf"\sum_{{{bound}=1}}^{{{self._round}}} {weight}(f_{{{bound}}} + \varphi)"
            phi = replace(self, names={**self.names, x: "x"}, coordinate="").print(e.args[1])
            best = rf"\min_{{x \in X}} {total}(x)"
            return rf"\left[{total}(x_{{{bound}}}) - {best}\right]_{{\varphi(x) = {phi}}}", _ATOM
        if e.args[0] == 1:
            return f"R({self._round})", _POW
        weight = under._at_least(_MUL, e.args[0])
        total = rf"\sum_{{{bound}=1}}^{{{self._round}}} {weight} f_{{{bound}}}"
        return rf"\left[{total}(x_{{{bound}}}) - \min_{{x \in X}} {total}(x)\right]", _ATOM

    def _loss_at(self, e: Any) -> _Text:
        return rf"f_{{{self._round}}}{_brackets(replace(self, coordinate='').print(e.args[0]))}", _POW

    def _supremum(self, e: Any) -> _Text:
        return rf"\sup {self._at_least(_BIG, e.args[0])}", _BIG


def _divides(e: Expr) -> bool:
    """Whether a term is printed as a fraction of vectors: one fraction inside another is hard to read."""
    return is_vector(e) and any(
        isinstance(u, pinv) or u.as_base_exp()[1].is_negative for u in Mul.make_args(e)
    )


def _place(factor: Expr) -> tuple[bool, ...]:
    """The sort key of a factor: numbers, letters, bracketed sums, quantities, vectors."""
    capital = bool(factor.is_Symbol and factor.name[0].isupper())
    shape = (bool(factor.is_Add), bool(factor.is_Pow), capital, capital and factor != T)
    return not factor.is_number, is_vector(factor), bool(factor.atoms(Quantity)), *shape


def _brackets(text: str) -> str:
    return rf"\left({text}\right)"


def _is_square_norm(e: Any) -> bool:
    """Whether an expression is ||u||_2^2 for a vector u."""
    inner = e.args[0] if isinstance(e, SumCoords) else None
    return isinstance(inner, Pow) and bool(inner.exp == 2 and is_vector(inner.base))


def _norm(text: str) -> str:
    return rf"\left\lVert {text} \right\rVert"


def _subscript(text: str, index: str) -> str:
    """Text with one more index, joined to an index already at its end."""
    head, mark, tail = text.rpartition("_{")
    if mark and tail.count("}") == 1 and tail.endswith("}"):
        return f"{head}_{{{tail[:-1]},{index}}}"
    return f"{text}_{{{index}}}"


def _only_first_round(e: Expr) -> bool:
    """Whether a summand is that of `First`: a value in round 1, and 0 in all later rounds."""
    return isinstance(e, Piecewise) and len(e.args) == 2 and e.args[0].cond == (t < 2) and e.args[1].expr == 0


_FORMS = {
    **{name: (rf"\{name}\left(()\right)", _POW) for name in ("log", "sin", "cos")},
    "sign": (r"\operatorname{sign}\left(()\right)", _POW),
    "exp": ("e^{()}", _POW),
    "Abs": (r"\left|()\right|", _ATOM),
    "pinv": (r"\frac{1}{()}", _POW),
    "softplus": (r"\log\left(1 + e^{()}\right)", _POW),
    "Expectation": (r"\mathbb{E}\left[()\right]", _POW),
}
"""The text printed around the single argument, (), and how tightly it binds."""

_RULES: dict[str, Callable[[LatexPrinter, Any], _Text]] = {
    **dict.fromkeys(("Symbol", "Vector", "Scalar", "Dummy"), LatexPrinter._symbol),
    **dict.fromkeys(("Integer", "Rational", "Half", "One", "Zero", "NegativeOne"), LatexPrinter._rational),
    **dict.fromkeys(
        ("StrictLessThan", "LessThan", "StrictGreaterThan", "GreaterThan"), LatexPrinter._relation
    ),
    **dict.fromkeys(("Infinity", "NegativeInfinity"), LatexPrinter._infinity),
    **dict.fromkeys(_FORMS, LatexPrinter._form),
    **dict.fromkeys(("Max", "Min"), LatexPrinter._extreme),
    "Pi": LatexPrinter._pi,
    "Add": LatexPrinter._add,
    "Mul": LatexPrinter._mul,
    "Pow": LatexPrinter._pow,
    "log1p": LatexPrinter._log1p,
    "sigmoid": LatexPrinter._sigmoid,
    "Piecewise": LatexPrinter._piecewise,
    "And": LatexPrinter._and,
    "SumCoords": LatexPrinter._sum_coords,
    "MaxCoords": LatexPrinter._max_coords,
    "GroupSum": LatexPrinter._group_sum,
    "Prev": LatexPrinter._prev,
    "CumSum": LatexPrinter._cum_sum,
    "CumMax": LatexPrinter._cum_max,
    "Discounted": LatexPrinter._discounted,
    "LinearMinimiser": LatexPrinter._linear_minimiser,
    "TraceRoot": LatexPrinter._trace_root,
    "FullMatrixStep": LatexPrinter._full_matrix_step,
    "Component": LatexPrinter._component,
    "Stack": LatexPrinter._stack,
    "MeanRows": LatexPrinter._mean_rows,
    "Regret": LatexPrinter._regret,
    "LossAt": LatexPrinter._loss_at,
    "Supremum": LatexPrinter._supremum,
}


def latex(e: Any, *, names: Mapping[Symbol, str] | None = None, base: str = "T") -> str:
    """The LaTeX of an expression seen from round `base` ("T" or "t"); UnknownNodeError for unknown nodes."""
    return LatexPrinter(names=names or {}, base=base).print(e)
