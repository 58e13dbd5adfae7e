"""A formula is a function of (path, round), as in mathematics.

CumSum(e) at round n is CumSum(e) at n - 1 plus e at n; an expectation is a sum over all beginnings of n
letters. Nothing is scheduled and no source is printed: the parsed formulas are evaluated by recursion.
"""

from __future__ import annotations

import ast
import json
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

from mpmath import iv

from independent.intervals import (
    ONE,
    PAIR,
    TWO,
    both,
    coordinatewise,
    fold,
    hull,
    join_all,
    larger,
    less,
    number,
    total,
)
from independent.numbers import is_a_game, shows_of_function
from independent.sets import SetOfGame


def confirms(raw: bytes, *, bits: int = 64, most_bits: int = 4096) -> bool:
    """Whether the game of a file is one, meets every condition, and breaks the statement as is claimed."""
    file = json.loads(raw)
    if not is_a_game(file):
        return False
    while bits <= most_bits:
        iv.prec = bits
        answer = Game(file).breaks()
        if answer is not None:
            return answer
        bits *= 4
    return False


class Game:
    """A game and its statement; `at(formula, path)` is a formula's value after len(path) rounds of a path."""

    def __init__(self, file: dict[str, Any]) -> None:
        game, statement, algorithm = file["game"], file["statement"], file["algorithm"]
        self.game, self.claim = game, file["claim"]
        self.d, self.rounds = len(game["start"]), game["horizon"]
        self.linear = game["kind"] == "linear"
        self.constants = {name: [number(q)] for name, q in game["parameters"].items()}
        self.constants |= {"T": [number(self.rounds)], "d": [number(self.d)], "pi": [iv.pi + 0]}
        self.formulas = {part["name"]: _parsed(part["formula"]) for part in statement["letters"]}
        self.formulas |= {line["name"]: _parsed(line["formula"]) for line in algorithm["lines"]}
        self.vectors = {line["name"]: line["vector"] for line in algorithm["lines"]}
        self.point, self.metric = _parsed(algorithm["point"]), _parsed(algorithm["metric"])
        self.lhs, self.rhs = _parsed(statement["lhs"]), _parsed(statement["rhs"])
        self.conditions = [_parsed(e) for e in algorithm["ranges"] + statement["assumptions"]]
        self.chances = [Fraction(u["probability"]) for u in game.get("letters", [])] or [Fraction(1)]
        self.seen: dict[Any, Any] = {}
        if self.linear:
            self.set = SetOfGame(game["set"], self.d)
            sides = self.set.sides
            self.constants |= {"D": [number(max(sides))], "D_i": [number(s) for s in sides]}
            self.constants["z"] = [number(q) for q in game["comparator"]]
            self.constants["D_2"] = [iv.sqrt(number(self.set.square))]
            self.rows = [row for block in game["stream"] for row in block["times"] * block["pattern"]]
        else:
            self.phi = Potential([(Fraction(k["at"]), Fraction(k["slope"])) for k in game["knots"]])
            self.constants |= {"L": [number(self.phi.smoothness)], "f_star": [iv.mpf(0)]}
            noises = [Fraction(w) for u in game["letters"] for w in u["noise"]]
            if (most := self.phi.steepest(noises)) is not None:
                self.constants["G_f"] = [number(most)]
            if "CONVEX_LOSSES" in shows_of_function(game):
                gaps = [self.phi.to_minimum(Fraction(u)) for u in game["start"]]
                self.constants["x_gap"] = [iv.sqrt(number(sum(u * u for u in gaps)))]

    def breaks(self) -> bool | None:
        """Whether the statement is broken as the file claims; None where the intervals are too wide."""
        asked = [*self.conditions, self.lhs, self.rhs]
        held: list[bool | None] = []
        for n in range(1, self.rounds + 1):
            for path in product(range(len(self.chances)), repeat=n):
                # Sides are evaluated in every round: so a recursion is never deeper than one round.
                self.at(self.point, path), self.at(self.lhs, path), self.at(self.rhs, path)
                held += [h for e in self.conditions for h in self.truth(e, path)]
        if False in held:
            return False
        least, most = number(self.claim["lhs_at_least"]), number(self.claim["rhs_at_most"])
        verdicts = []
        for path in product(range(len(self.chances)), repeat=self.rounds):
            (left,), (right,) = self.at(self.lhs, path), self.at(self.rhs, path)
            verdicts.append(both(less(least, left, strict=False), less(right, most, strict=False)))
        # Without an expectation the statement is one about each path, and false where one path breaks it.
        about_all = any(self.joins(e) for e in asked)
        if about_all:
            verdict = False if False in verdicts else None if None in verdicts else True
        else:
            verdict = True if True in verdicts else None if None in verdicts else False
        return both(verdict, None if None in held else True)

    def joins(self, node: ast.expr, above: frozenset[str] = frozenset()) -> bool:
        """Whether a formula, with its letters written out, speaks of all paths at once."""
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id in ("Expectation", "Supremum"):
                return True
            inside = isinstance(part, ast.Name) and part.id in self.formulas and part.id not in above
            if inside and self.joins(self.formulas[part.id], above | {part.id}):
                return True
        return False

    def at(self, node: ast.expr, path: tuple[int, ...]) -> list[Any]:
        """The value of a formula in round len(path) of a path, computed once."""
        key = id(node), path
        if key not in self.seen:
            self.seen[key] = self._value(node, path)
        return self.seen[key]

    def _value(self, node: ast.expr, path: tuple[int, ...]) -> list[Any]:
        match node:
            case ast.Constant(value=n):
                return [iv.mpf(n)]
            case ast.Name(id=name):
                return self._named(name, path)
            case ast.UnaryOp(ast.USub(), e):
                return coordinatewise(lambda u: -u, self.at(e, path))
            case ast.BinOp(a, op, b):
                return coordinatewise(TWO[type(op)], self.at(a, path), self.at(b, path))
            case ast.Call(ast.Name(name), several):
                return self._call(name, several, path)
        raise ValueError(ast.dump(node))

    def _named(self, name: str, path: tuple[int, ...]) -> list[Any]:
        if name in self.formulas:
            value = self.at(self.formulas[name], path)
            return self.d * value if self.vectors.get(name) and len(value) == 1 else value
        if name in self.constants:
            return self.constants[name]
        if name in ("x", "x_next", "g", "z_t", "f", "df"):
            key = name, path
            if key not in self.seen:
                self.seen[key] = getattr(self, f"_{name}")(path)
            return self.seen[key]
        if name == "t":
            return [iv.mpf(len(path))]
        raise ValueError(name)

    def _x(self, path: tuple[int, ...]) -> list[Any]:
        if len(path) == 1:
            return [number(q) for q in self.game["start"]]
        before = path[:-1]
        point = self.at(self.point, before)
        point = point if len(point) == self.d else self.d * point
        if not self.linear:
            return point
        if self.game["set"]["kind"] == "box":
            return self.set.nearest(point, [])
        metric = self.at(self.metric, before)
        return self.set.nearest(point, metric if len(metric) == self.d else self.d * metric)

    def _x_next(self, path: tuple[int, ...]) -> list[Any]:
        # The point played next depends on no letter of the next round.
        return self._x((*path, 0))

    def _g(self, path: tuple[int, ...]) -> list[Any]:
        if self.linear:
            return [number(q) for q in self.rows[len(path) - 1][: self.d]]
        noise = [number(q) for q in self.game["letters"][path[-1]]["noise"]]
        return coordinatewise(TWO[ast.Add], self._df(path), noise)

    def _z_t(self, path: tuple[int, ...]) -> list[Any]:
        return [number(q) for q in self.rows[len(path) - 1][self.d :]]

    def _df(self, path: tuple[int, ...]) -> list[Any]:
        return coordinatewise(self.phi.slope, self._named("x", path))

    def _f(self, path: tuple[int, ...]) -> list[Any]:
        if self.linear:
            return total(coordinatewise(TWO[ast.Mult], self._named("g", path), self._named("x", path)))
        return total(coordinatewise(self.phi.above_minimum, self._named("x", path)))

    def _call(self, name: str, several: list[ast.expr], path: tuple[int, ...]) -> list[Any]:
        first, n = several[0], len(path)
        if name == "where":
            return self._where(several, path)
        if name == "Prev":
            declared = isinstance(first, ast.Name) and first.id in self.vectors
            zeros = (self.d if self.vectors[first.id] else 1) if declared else len(self.at(first, path))
            return zeros * [iv.mpf(0)] if n == 1 else self.at(first, path[:-1])
        if name == "LossAt":
            point = self.at(first, path)
            if self.linear:
                return total(coordinatewise(TWO[ast.Mult], self._named("g", path), point))
            return total(coordinatewise(self.phi.above_minimum, point))
        if name == "Regret":
            z = [number(q) for q in self.game["comparator"]]
            way = coordinatewise(TWO[ast.Sub], self._named("x", path), z)
            lost = total(coordinatewise(TWO[ast.Mult], self._named("g", path), way))
            now = coordinatewise(TWO[ast.Mult], self.at(first, path), lost)
            return now if n == 1 else coordinatewise(TWO[ast.Add], now, self._again(name, several, path[:-1]))
        value = None if name in ("Expectation", "Supremum") else [self.at(e, path) for e in several]
        if value is None:
            return self._over_paths(name, first, n)
        if name in ("CumSum", "CumMax"):
            join = TWO[ast.Add] if name == "CumSum" else larger
            return (
                value[0] if n == 1 else coordinatewise(join, value[0], self._again(name, several, path[:-1]))
            )
        if name in ("SumCoords", "MaxCoords"):
            each = value[0] if len(value[0]) == self.d else self.d * value[0]
            return total(each) if name == "SumCoords" else fold(larger, each)
        return coordinatewise(ONE[name] if len(several) == 1 else PAIR[name], *value)

    def _again(self, name: str, several: list[ast.expr], before: tuple[int, ...]) -> list[Any]:
        """The same call, a round earlier."""
        key = name, id(several[0]), before
        if key not in self.seen:
            self.seen[key] = self._call(name, several, before)
        return self.seen[key]

    def _over_paths(self, name: str, e: ast.expr, n: int) -> list[Any]:
        key = name, id(e), n
        if key not in self.seen:
            paths = list(product(range(len(self.chances)), repeat=n))
            values = [self.at(e, path) for path in paths]
            chances = []
            for path in paths:
                chance = Fraction(1)
                for k in path:
                    chance *= self.chances[k]
                chances.append([number(chance)])
            weighted = [coordinatewise(TWO[ast.Mult], *pair) for pair in zip(chances, values, strict=True)]
            mean = name == "Expectation"
            self.seen[key] = join_all(TWO[ast.Add], weighted) if mean else join_all(larger, values)
        return self.seen[key]

    def _where(self, several: list[ast.expr], path: tuple[int, ...]) -> list[Any]:
        condition, a, b = several
        held, yes, no = self.truth(condition, path), self.at(a, path), self.at(b, path)
        size = max(len(held), len(yes), len(no))
        held, yes, no = (u if len(u) == size else size * u for u in (held, yes, no))
        result = []
        for h, u, v in zip(held, yes, no, strict=True):
            open_one = None if u is None or v is None else hull(u, v)
            result.append(u if h is True else v if h is False else open_one)
        return result

    def truth(self, node: ast.expr, path: tuple[int, ...]) -> list[bool | None]:
        """Whether a relation holds, in each coordinate."""
        assert isinstance(node, ast.Compare)
        a, b = self.at(node.left, path), self.at(node.comparators[0], path)
        if isinstance(node.ops[0], ast.Gt | ast.GtE):
            a, b = b, a
        strict = isinstance(node.ops[0], ast.Lt | ast.Gt)
        size = max(len(a), len(b))
        a, b = (u if len(u) == size else size * u for u in (a, b))
        return [less(u, v, strict=strict) for u, v in zip(a, b, strict=True)]


class Potential:
    """phi with a piecewise linear slope, by the exact value at each knot and a quadratic between two."""

    def __init__(self, knots: list[tuple[Fraction, Fraction]]) -> None:
        self.pieces = []
        value = Fraction(0)
        for (a, y), (b, z) in pairwise(knots):
            self.pieces.append((a, b, value, y, (z - y) / (b - a)))
            value += (y + z) / 2 * (b - a)
        self.smoothness = max(abs(bend) for *_, bend in self.pieces)
        last = len(self.pieces) - 1
        candidates = [self.pieces[0][2], value]
        for j, (a, b, start, y, bend) in enumerate(self.pieces):
            zero = a - y / bend if bend else a
            if (j == 0 or zero >= a) and (j == last or zero <= b):
                candidates.append(start + y * (zero - a) + bend * (zero - a) ** 2 / 2)
        # A piece that falls without end has a zero of its slope that is a maximum; `is_a_game` refuses it.
        self.minimum = min(candidates)

    def steepest(self, noises: list[Fraction]) -> Fraction | None:
        """The largest |phi' + noise|; None if phi' is unbounded."""
        if self.pieces[0][4] or self.pieces[-1][4]:
            return None
        slopes = [y + bend * (b - a) * end for a, b, _, y, bend in self.pieces for end in (0, 1)]
        return max(abs(y + w) for y in (min(slopes), max(slopes)) for w in noises)

    def to_minimum(self, u: Fraction) -> Fraction:
        """The distance from u to the points where a nondecreasing phi' vanishes, by the sign of phi'."""
        slope = self._exact(u)
        if slope == 0:
            return Fraction(0)
        # Walk towards the minimum, piece by piece, until phi' has changed its sign.
        pieces = [p for p in self.pieces if (p[0] < u if slope > 0 else p[1] > u)] or self.pieces
        for a, b, _, y, bend in pieces[::-1] if slope > 0 else pieces:
            there = a if slope > 0 else b
            at = self._exact(there)
            outer = (a, y) == (self.pieces[0][0], self.pieces[0][3]) if slope > 0 else b == self.pieces[-1][1]
            if at * slope <= 0 or outer:
                return abs(u - (a - y / bend))
        raise ValueError("phi' has no zero")

    def _exact(self, u: Fraction) -> Fraction:
        last = len(self.pieces) - 1
        a, _, _, y, bend = next(p for j, p in enumerate(self.pieces) if u <= p[1] or j == last)
        return y + bend * (u - a)

    def _parts(self, u: Any) -> list[tuple[Any, tuple[Any, ...]]]:
        """The pieces that u may lie in, and the part of u in each."""
        found = []
        for j, piece in enumerate(self.pieces):
            low = u.a if j == 0 else max(u.a, number(piece[0]).a)
            high = u.b if j == len(self.pieces) - 1 else min(u.b, number(piece[1]).b)
            if low <= high:
                found.append((iv.mpf([low, high]), piece))
        return found

    def slope(self, u: Any) -> Any:
        """phi'(u)."""
        return hull(*(number(y) + number(bend) * (v - number(a)) for v, (a, _, _, y, bend) in self._parts(u)))

    def above_minimum(self, u: Any) -> Any:
        """phi(u) - min phi."""
        values = []
        for v, (a, _, start, y, bend) in self._parts(u):
            way = v - number(a)
            values.append(number(start - self.minimum) + way * (number(y) + number(bend) * way / 2))
        return hull(*values)


def _parsed(text: str) -> ast.expr:
    return ast.parse(text.strip(), mode="eval").body
