"""From the formulas of a certificate to one Python function that plays the game in balls.

Only what has a rule here is translated; anything else in a formula refuses the file. Names of the file get
the prefix `v_`, so that they can meet nothing else. Integers (t, T, d and constants) stay Python integers
until they meet a ball, and a quotient of two becomes a ball that contains it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, TypeVar

from bounds.certify.checker.reading import Refused

Value = TypeVar("Value")
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_RELATIONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_METHODS = ("sqrt", "exp", "log", "log1p", "sin", "cos")
_INTEGERS = ("t", "T", "d")
_GIVEN = {
    "x": True,
    "g": True,
    "df": True,
    "D_i": True,
    "f": False,
    "D": False,
    "D_2": False,
    "L": False,
    "f_star": False,
}
"""What the game itself gives: name -> whether it is a vector."""
_BOTH = ("Expectation", "Supremum")


def _is_call(node: Any, function: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function


def _regrets(part: Any) -> int:
    """How often a part of the file speaks of a regret."""
    if isinstance(part, ast.AST):
        return sum(_is_call(node, "Regret") for node in ast.walk(part))
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return sum(map(_regrets, inner))


class Program:
    """`source` defines play(given, feed, project): see `bounds.certify.checker.replay`."""

    def __init__(self, file: dict[str, Any]) -> None:
        """Translate the algorithm, then the statement; Refused where a formula makes no sense."""
        algorithm, statement = file["algorithm"], file["statement"]
        self.linear, self.d = file["game"]["kind"] == "linear", file["game"]["d"]
        self.parameters = set(algorithm["parameters"])
        self.vectors: dict[str, bool] = _GIVEN | dict.fromkeys(self.parameters, False)
        self.letters = {letter["name"]: letter["formula"] for letter in statement["letters"]}
        declared = [*self.parameters, *(line["name"] for line in algorithm["lines"]), *self.letters]
        if len(set(declared)) != len(declared) or set(declared) & {*_GIVEN, *_INTEGERS, "pi"}:
            raise Refused(f"a name is declared twice, or is one of the game's own: {sorted(declared)}")
        self.initial, self.known, self.open = algorithm["initial"], set(self.vectors), set[str]()
        self.lines: dict[str, list[str]] = {"once": [], "round": [], "tail": [], "path": [], "outer": []}
        self.made: dict[tuple[str, str], str] = {}
        self.over_noise: list[tuple[str, str]] = []
        self.vectors |= {line["name"]: line["vector"] for line in algorithm["lines"]}
        for line in algorithm["lines"]:
            self.lines["round"].append(
                f"v_{line['name']} = {self.whole(line['formula'], 'round', line['vector'])}"
            )
            self.known.add(line["name"])
        # Only the projection onto a segment depends on the metric.
        needed = ("point", "metric") if "segment" in file["game"].get("set", ()) else ("point",)
        move = [self.whole(algorithm[name], "round", True) for name in needed]
        self.lines["round"].append(f"following = project({', '.join(move)})")
        positive = self.checked_regret(file)
        sides = ", ".join(self.whole(statement[name], "outer", False) for name in ("lhs", "rhs"))
        conditions = [self.relation(e, "outer") for e in (*statement["assumptions"], *positive)]
        ranges = [self.relation(e, "once") for e in algorithm["ranges"]]
        paths = "".join(f"{inner}, " for _, inner in self.over_noise)
        constants = self.parameters | {"D", "D_2", "D_i", "L", "f_star"}
        body = [
            "def play(given, feed, project):",
            *(f" v_{name} = given[{name!r}]" for name in sorted(constants)),
            " T, d, following = given['T'], given['d'], given['start']", " R = range(d)",
            *(f" {line}" for line in self.lines["once"]),
            f" within([{', '.join(ranges)}])",
            " for t in range(1, T + 1):", "  v_x = following", "  v_g, v_df, v_f = feed(t, v_x)",
            *(f"  {line}" for line in self.lines["round"] + self.lines["tail"]),
            *(f" {line}" for line in self.lines["path"]),
            " def outer(over):", *(f"  {line}" for line in self.lines["outer"]),
            f"  return {sides}, [{', '.join(conditions)}]",
            f" return [{paths}], outer",
        ]  # fmt: skip
        self.source = "\n".join(body)

    def checked_regret(self, file: dict[str, Any]) -> list[ast.AST]:
        """What must be positive for the regret against one point to be a lower bound of the left side."""
        lhs, rest = file["statement"]["lhs"], {**file, "statement": {**file["statement"], "lhs": None}}
        divided = isinstance(lhs, ast.BinOp) and isinstance(lhs.op, ast.Div) and _regrets(lhs.left)
        alone = _regrets(lhs.left if divided else lhs) == int(
            _is_call(lhs.left if divided else lhs, "Regret")
        )
        if _regrets(rest) or not alone or (divided and _regrets(lhs.right)):
            raise Refused("Regret may stand only on the left side, as Regret(w) or Regret(w) / e")
        return [ast.Compare(lhs.right, [ast.Gt()], [ast.Constant(0)])] if divided else []

    def is_vector(self, node: ast.AST) -> bool:
        """Whether the value differs from coordinate to coordinate."""
        if isinstance(node, ast.Name):
            if node.id in self.letters:
                return self.inside(node.id, lambda: self.is_vector(self.letters[node.id]))
            return self.vectors.get(node.id, False)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in ("SumCoords", "MaxCoords", "Regret", *_BOTH):
                return False
            return any(self.is_vector(argument) for argument in node.args)
        return any(self.is_vector(child) for child in ast.iter_child_nodes(node))

    def inside(self, letter: str, work: Callable[[], Value]) -> Value:
        """Do something inside a letter, which may not be defined by itself."""
        if letter in self.open:
            raise Refused(f"the letter {letter} is defined by itself")
        self.open.add(letter)
        result = work()
        self.open.remove(letter)
        return result

    def ball(self, node: Any, where: str) -> str:
        """Source of one coordinate as a ball."""
        text, integer = self.emit(node, where)
        return f"arb({text})" if integer else text

    def whole(self, node: Any, where: str, vector: bool) -> str:
        """Source of a value: a list of balls for a vector."""
        if self.is_vector(node) and not vector:
            raise Refused(f"{ast.unparse(node)[:80]} is a vector where a number is expected")
        return self.each(self.ball(node, where)) if vector else self.ball(node, where)

    def each(self, one: str) -> str:
        """Source of the list of all coordinates; written out where there are few, which is twice as quick."""
        return (
            f"[{', '.join(one.replace('[i]', f'[{i}]') for i in range(self.d))}]"
            if self.d < 9
            else f"[{one} for i in R]"
        )

    def keep(self, node: Any, where: str, key: str, vector: bool) -> tuple[str, bool]:
        """Source that reads the value of a node, computed once a round (or once a game)."""
        if (where, key) not in self.made:
            text = self.whole(node, where, vector)
            self.made[where, key] = f"k{len(self.made)}"
            self.lines[where].append(f"{self.made[where, key]} = {text}")
        return self.made[where, key] + ("[i]" if vector else ""), False

    def emit(self, node: Any, where: str) -> tuple[str, bool]:
        """Source of one coordinate, and whether it is a Python integer."""
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return str(node.value), True
        if isinstance(node, ast.Name):
            return self.name(node.id, where)
        if where != "once" and self.fixed(node):
            return self.keep(node, "once", ast.dump(node), False)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            text, integer = self.emit(node.operand, where)
            return f"(-{text})", integer
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            (a, whole_a), (b, whole_b) = self.emit(node.left, where), self.emit(node.right, where)
            if isinstance(node.op, ast.Pow) and b.isdigit() and 0 < int(b) <= 16:
                return f"product({f'arb({a})' if whole_a else a}, {b})", False
            if whole_a and isinstance(node.op, ast.Div | ast.Pow):
                a, whole_a = f"arb({a})", False
            return f"({a} {_OPERATORS[type(node.op)]} {b})", whole_a and whole_b
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            return self.call(node.func.id, node.args, where, ast.dump(node))
        raise Refused(f"a formula has no place for {ast.unparse(node)[:80]!r}")

    def fixed(self, node: Any) -> bool:
        """Whether a value is the same in all rounds and for all coordinates: constants and parameters."""
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        return names <= self.parameters | {"T", "d", "D", "D_2", "L", "f_star", "sqrt", "log"}

    def name(self, name: str, where: str) -> tuple[str, bool]:
        """Source that reads a name: an integer, a letter of the statement, or a value of the game."""
        if name in _INTEGERS:
            return name, True
        if name == "pi":
            return "arb.pi()", False
        if name in self.letters:
            node = self.letters[name]
            return self.inside(name, lambda: self.keep(node, where, f"letter {name}", self.is_vector(node)))
        if name not in self.known:
            raise Refused(f"the name {name!r} has no value here")
        return f"v_{name}" + ("[i]" if self.vectors[name] else ""), False

    def relation(self, node: Any, where: str) -> str:
        """Source of a condition that does not depend on the coordinate."""
        if self.is_vector(node):
            raise Refused(f"{ast.unparse(node)[:80]} is about a vector; take its SumCoords or MaxCoords")
        return self.truth(node, where)

    def truth(self, node: Any, where: str) -> str:
        """Source of a relation or a conjunction, which is certain or raises Undecided."""
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            return f"({' and '.join(self.truth(part, where) for part in node.values)})"
        if not isinstance(node, ast.Compare) or len(node.ops) != 1 or type(node.ops[0]) not in _RELATIONS:
            raise Refused(f"{ast.unparse(node)[:80]!r} is no relation such as a < b")
        (a, whole_a), (b, whole_b) = self.emit(node.left, where), self.emit(node.comparators[0], where)
        sign = _RELATIONS[type(node.ops[0])]
        return f"({a} {sign} {b})" if whole_a and whole_b else f"certain(arb({a}), {sign!r}, arb({b}))"

    def call(self, function: str, arguments: list[Any], where: str, key: str) -> tuple[str, bool]:
        """Source of a function, a reduction over coordinates or rounds, or a value of the whole run."""
        count = {"where": 3, "Discounted": 2}.get(function, 1)
        if len(arguments) != count and not (function in ("max", "min") and arguments):
            raise Refused(f"{function} takes {count} arguments, got {len(arguments)}")
        first = arguments[0]
        if function == "where":
            yes, no = (self.ball(part, where) for part in arguments[1:])
            return f"({yes} if {self.truth(first, where)} else {no})", False
        if function in ("max", "min"):
            text, *rest = [self.ball(part, where) for part in arguments]
            return text + "".join(f".{function}({other})" for other in rest), False
        if function in ("abs", "sign", "pinv", *_METHODS):
            text = self.ball(first, where)
            return (f"{text}.{function}()" if function in _METHODS else f"{function}({text})"), False
        if function in ("SumCoords", "MaxCoords"):
            if (where, key) not in self.made:
                text = self.whole(first, where, True)
                self.made[where, key] = f"k{len(self.made)}"
                self.lines[where].append(f"{self.made[where, key]} = {function}({text})")
            return self.made[where, key], False
        if function in _BOTH and where == "outer":
            self.over_noise.append((function, self.whole(first, "path", False)))
            return f"over[{len(self.over_noise) - 1}]", False
        if function == "Prev":
            return self.previous(first, key)
        if function in ("CumSum", "CumMax", "Discounted", "Regret"):
            return self.running(function, arguments, key)
        raise Refused(f"a formula has no function {function!r} here")

    def previous(self, e: Any, key: str) -> tuple[str, bool]:
        """The value of the round before; 0, or the declared initial value, in round 1."""
        vector = self.is_vector(e)
        if ("round", key) not in self.made:
            self.made["round", key] = old = f"k{len(self.made)}"
            named = isinstance(e, ast.Name) and e.id in self.vectors
            begin = self.initial.get(e.id, ast.Constant(0)) if named else ast.Constant(0)
            self.lines["once"].append(f"{old} = {self.whole(begin, 'once', vector)}")
            if named:
                now = f"v_{e.id}"
            else:
                now = f"{old}_now"
                self.lines["round"].append(f"{now} = {self.whole(e, 'round', vector)}")
            self.lines["tail"].append(f"{old} = {now}")
        return self.made["round", key] + ("[i]" if vector else ""), False

    def running(self, function: str, arguments: list[Any], key: str) -> tuple[str, bool]:
        """A sum, a maximum or a discounted sum over the rounds so far, the current one included."""
        vector = function != "Regret" and self.is_vector(arguments[0])
        if ("round", key) not in self.made:
            new = self.ball(arguments[0], "round")
            if function == "Regret":
                if not self.linear or self.is_vector(arguments[0]):
                    raise Refused("Regret needs linear losses and a weight that is a number")
                excess = self.each("v_g[i] * (v_x[i] - given['comparator'][i])")
                new = f"({new} * SumCoords({excess}))"
            factor = self.whole(arguments[1], "once", False) + " * " if function == "Discounted" else ""
            self.made["round", key] = kept = f"k{len(self.made)}"
            old = kept + ("[i]" if vector else "")
            start = "None" if function == "CumMax" else "arb(0)"
            self.lines["once"].append(f"{kept} = {f'[{start}] * d' if vector else start}")
            step = (
                f"{new} if {old} is None else {old}.max({new})"
                if function == "CumMax"
                else f"{factor}{old} + {new}"
            )
            self.lines["round"].append(f"{kept} = {self.each(step) if vector else step}")
        return self.made["round", key] + ("[i]" if vector else ""), False
