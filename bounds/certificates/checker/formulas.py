"""Translates the formulas of a certificate into two Python functions that play the game in balls.

Each line of these functions names one value, such as `round7 = round3 * once2`. It applies an operation from
the tables below to values named earlier, so no text from the file enters it. The name's prefix shows when the
value is computed: once, in every round, or at the end, after all noise paths have been played. The value of
a formula is a list of names: one for a number, d for a vector.
"""

import ast
from fractions import Fraction
from functools import reduce
from itertools import chain, count
from typing import Any

from bounds.certificates.checker.reading import Refused, require

Value = list[str]
STAGES = ("once", "round", "end")
EXACT, SUM, LARGER, SMALLER = "arb(fmpq({}, {}))", "{} + {}", "{}.max({})", "{}.min({})"
OPERATORS: dict[type, str] = {
    ast.Add: SUM, ast.Sub: "{} - {}", ast.Mult: "{} * {}", ast.Div: "{} / {}", ast.Pow: "{} ** {}",
}  # fmt: skip
RELATIONS: dict[type, str] = {
    op: f"True if {{0}} {yes} {{1}} else False if {{0}} {no} {{1}} else None"
    for op, yes, no in ((ast.Lt, "<", ">="), (ast.LtE, "<=", ">"), (ast.Gt, ">", "<="), (ast.GtE, ">=", "<"))
}
"""Tests of a relation: True only if it holds for all points of the balls, None if it is undecided."""
WHERE = "{1}.union({2}) if {0} is None else {1} if {0} else {2}"
FUNCTIONS = {(name, 1): f"{{0}}.{name}()" for name in ("sqrt", "exp", "log", "log1p", "sin", "cos")}
FUNCTIONS |= {
    ("abs", 1): "abs({0})", ("max", 2): LARGER, ("min", 2): SMALLER,
    ("pinv", 1): "{0} if {0}.is_zero() else 1 / {0}",
    ("sign", 1): "{0}.sgn() + 0 * {0}",  # the sum is undefined where the argument is
}  # fmt: skip
"""Templates by (name, number of arguments)."""
OVER_COORDINATES, OVER_NOISE = {"SumCoords": SUM, "MaxCoords": LARGER}, ("Expectation", "Supremum")
OVER_ROUNDS = {"CumSum": (SUM, "arb(0)"), "CumMax": (LARGER, "arb('-inf')"), "Prev": ("{1}", "arb(0)")}
OVER_ROUNDS["e ** t"] = "{} * {}", "arb(1)"  # much faster than a power
ABOVE = "SumCoords(f - least)"
DEEPEST, LONGEST = 100, 50_000
"""Maximum nesting depth of a formula with its letters expanded, and maximum number of operations."""
BETWEEN = {
    "box": "min(max(y, begin), end)",
    # If the metric is not positive along the segment, the root is undefined, or its inverse is.
    "segment": "begin + way*min(max(SumCoords(w*way*(y - begin)) / sqrt(SumCoords(w*way**2))**2, 0), 1)",
}
"""The point of a set between two points that is nearest to y in the metric w."""
AT = {"linear": "SumCoords(g * z)", "curved": "SumCoords(g * z + mu * (z - x)**2 / 2)"}
"""The loss at z, by the kind of game; at x it is <g, x>."""
GAP = {"linear": "SumCoords(g * (x - z))", "curved": "SumCoords(g * (x - z) - mu * (z - x)**2 / 2)"}
"""The loss at x less that at z."""
COST = {"{} ** {}": 80} | {FUNCTIONS[name, 1]: 20 for name in ("exp", "log", "log1p", "sin", "cos")}
"""Costs of the operations that cost more than one unit per operand."""
NEAREST = 600
"""The cost of a nearest point, per coordinate and per corner of the set; a Euclidean ball counts as two."""


def stage_of(name: str) -> str:
    """Return the stage at which the named value is computed."""
    return name.rstrip("0123456789")


class BallProgram:
    """A certificate as a program: `source` defines play(rows) and end(over, outer) for `replay`.

    conditions: the formulas that must hold, by stage: once, in every round on every path, and after every
    round over all paths. per_path: whether the statement has no expectation or supremum over the paths.
    """

    def __init__(self, file: dict[str, Any]) -> None:
        """Translate the algorithm, then the statement; raise Refused if a formula is not valid."""
        self.game, algorithm, statement = file["game"], file["algorithm"], file["statement"]
        self.lhs, self.linear, self.pieces = statement["lhs"], "set" in self.game, self.game.get("pieces", [])
        self.d, self.depth, self.size, self.fresh = len(self.game["start"]), 0, 0, count()
        self.lines, self.cost = {stage: list[str]() for stage in STAGES}, dict.fromkeys(STAGES, 0)
        self.known, self.outer, self.letters = dict[str, str](), dict[str, None](), dict[str, ast.expr]()
        self.done, self.over_noise = dict[ast.expr, Value](), Value()
        self.carried: list[tuple[str, str, str]] = []
        x, self.rows = self.names(self.d), self.names(self.game["width"] if self.linear else self.d)
        self.values = {"x": x, "t": self.add("round", "arb(n)"), "pi": self.add("once", "arb.pi()")}
        given = {"T": [self.game["horizon"]], "d": [self.d], **self.game["given"]}
        self.values |= {name: self.exact(*numbers) for name, numbers in given.items()}
        roots = [name for name in ("D_2", "x_gap") if name in self.values]  # given as squares
        self.values |= {name: self.line("{}.sqrt()", self.values[name]) for name in roots}
        if self.linear:
            parts = {"g": self.rows[: self.d], "z_t": self.rows[self.d :]}
            self.values |= {name: part for name, part in parts.items() if part}
            self.letters["f"] = ast.parse("SumCoords(g * x)", mode="eval").body
        else:
            self.give_descent()
        declared = [*self.values, *self.letters, "x_next", *algorithm["parameters"]]
        declared += [part["name"] for part in statement["letters"] + algorithm["lines"]]
        require(len(set(declared)) == len(declared), "a name is declared twice, or is one of the game's own")
        self.letters |= {letter["name"]: letter["formula"] for letter in statement["letters"]}
        self.values |= {name: self.exact(q) for name, q in self.game["parameters"].items()}
        sizes = {line["name"]: self.d if line["vector"] else 1 for line in algorithm["lines"]}
        self.before = {name: self.names(size) for name, size in sizes.items()}
        for name, formula in ((line["name"], line["formula"]) for line in algorithm["lines"]):
            self.values[name] = self.value(formula, sizes[name])
            self.carry(self.before[name], ["arb(0)"], self.values[name])
        self.values["x_next"] = self.projected(algorithm)
        self.carry(x, self.exact(*self.game["start"]), self.values["x_next"])
        sides = [self.value(side, 1)[0] for side in (self.lhs, statement["rhs"])]
        self.outer |= dict.fromkeys(name for name in sides if stage_of(name) == "round")
        holds = [(e, name) for e in algorithm["ranges"] + statement["assumptions"] for name in self.truth(e)]
        self.conditions = {s: [ast.unparse(e) for e, name in holds if stage_of(name) == s] for s in STAGES}
        held = {s: ", ".join(name for _, name in holds if stage_of(name) == s) for s in STAGES}
        self.per_path = not self.lines["end"]
        old, begin, value = (", ".join(names) for names in zip(*self.carried, strict=True))
        inner, outer = ", ".join(self.over_noise), ", ".join(self.outer)
        require("end" not in value + inner, "an expectation over all rounds has no place in a round")
        # What neither the next round nor a condition needs is computed in the last round only.
        needed = {*value.split(", "), *(name for _, name in holds)}
        each, late = list[str](), list[str]()
        for line in reversed(self.lines["round"]):
            early = held["end"] or line.split()[0] in needed
            (each if early else late).append(f" {line}")
            needed |= {node.id for node in ast.walk(ast.parse(line)) if early and isinstance(node, ast.Name)}
        late += [f" if n < {self.game['horizon']}: yield [{held['round']}], [], []; continue"] * bool(late)
        # Check the carried numbers every 100 000 lines: they cannot have grown too long by then.
        self.source = "\n ".join([
            "def play(rows):", f"{old} = {begin}",
            f"for n, ({', '.join(self.rows)},) in enumerate(rows, start=1):",
            f" if n > 1: {old} = {value}", *reversed(each),
            f" if n % {100_000 // len(self.lines['round']) + 1} == 0: bounded(n, [{value}])",
            *reversed(late), f" yield [{held['round']}], [{inner}], [{outer}]", "\ndef end(over, outer):",
            f"[{outer}] = outer", *self.lines["end"], f"return {', '.join(sides)}, [{held['end']}]",
            "\n".join(["", *self.lines["once"], f"once = [{held['once']}]"]),
        ])  # fmt: skip

    def work(self, precision: int) -> int:
        """An approximate upper bound of a replay's cost, in units of about 25 ns: a sum costs two."""
        rounds, beside = self.game["horizon"], len(self.over_noise) + len(self.outer)
        each = self.cost["round"] + 2 * (self.d + len(self.carried)) + 8 * beside + 60
        # Paths longer than 64 letters exceed any limit, whatever the formulas.
        paths = len(self.game.get("letters", "1")) ** min(rounds, 64)
        return int(self.cost["once"] + (each * paths + self.cost["end"]) * rounds) * precision // 128

    def names(self, size: int) -> Value:
        """New names for values from the previous round."""
        return [f"round{next(self.fresh)}" for _ in range(size)]

    def carry(self, old: Value, begin: Value, value: Value) -> None:
        """Bind names to a value from the previous round, or to an initial value in the first round."""
        self.carried += zip(old, begin if len(begin) == len(old) else len(old) * begin, value, strict=True)

    def add(self, stage: str, text: str, cost: int = 1) -> Value:
        """The name of the number that `text` computes; a new one is added to the program at this cost."""
        if text not in self.known:
            self.known[text] = f"{stage}{next(self.fresh)}"
            self.lines[stage].append(f"{self.known[text]} = {text}")
            self.cost[stage] += cost
        return [self.known[text]]

    def line(self, template: str, *operands: Value) -> Value:
        """The result of an operation, coordinate by coordinate, at the latest stage of its operands."""
        size, result = max(map(len, operands)), []
        self.size += size
        require(self.size <= LONGEST, f"the formulas have more than {LONGEST} operations")
        for row in zip(*(u if len(u) == size else size * u for u in operands), strict=True):
            stage = max(map(stage_of, row), key=STAGES.index)
            if stage == "end":
                self.outer |= dict.fromkeys(name for name in row if stage_of(name) == "round")
            result += self.add(stage, template.format(*row), COST.get(template, template.count("{")))
        return result

    def fold(self, template: str, value: Value) -> Value:
        """A sum or a maximum of several numbers."""
        return reduce(lambda a, b: self.line(template, a, b), [[name] for name in value])

    def exact(self, *numbers: Fraction | int) -> Value:
        """Constants."""
        return [*chain(*(self.add("once", EXACT.format(q.numerator, q.denominator)) for q in numbers))]

    def own(self, text: str, **given: Value) -> Value:
        """The value of a formula that is not the file's, with further names."""
        before = self.values, self.letters
        self.values, self.letters = self.values | given, {}
        value = self.value(ast.parse(text, mode="eval").body)
        self.values, self.letters = before
        return value

    def give_descent(self) -> None:
        """Define the values of a descent on sum_i phi(x_i) with min phi = 0; the rows are a path's noise."""
        # phi is minimal where phi' vanishes: at a point of a sloping piece, or all along a flat one.
        lows, _ = self.loss(self.exact(*(k - y / bend if bend else k for k, y, _, bend in self.pieces)))
        self.least = self.fold(SMALLER, lows)
        f, df = self.loss(self.values["x"])
        self.values |= {"df": df, "g": self.line(SUM, df, self.rows)}
        self.values["f"] = self.own(ABOVE, f=f, least=self.least)

    def loss(self, u: Value) -> tuple[Value, Value]:
        """phi and phi' at each u, summed over the pieces between the first knot and u."""
        f, df = self.exact(0), self.exact(self.pieces[0][1])
        for j, (k, y, length, bend) in enumerate(self.pieces):
            way = self.line("{} - {}", u, self.exact(k))
            way = way if j == 0 else self.line(LARGER, way, self.exact(0))
            way = way if j == len(self.pieces) - 1 else self.line(SMALLER, way, self.exact(length))
            f = self.line("{0} + {1} * ({2} + {3} * {1} / 2)", f, way, self.exact(y), self.exact(bend))
            df = self.line("{} + {} * {}", df, self.exact(bend), way)
        return f, df

    def projected(self, algorithm: dict[str, Any]) -> Value:
        """The next point, projected onto the set if there is one; only a box needs no metric."""
        y = self.value(algorithm["point"], self.d)
        if not self.linear:
            return y
        w, shape = self.value(algorithm["metric"], self.d), self.game["set"]
        if shape["kind"] not in BETWEEN:
            cost = NEAREST * self.d * len(shape.get("corners", "ab"))
            stage = max("round", *map(stage_of, y + w), key=STAGES.index)
            (point,) = self.add(stage, f"nearest([{', '.join(y)}], [{', '.join(w)}])", cost)
            return [*chain(*(self.add(stage, f"{point}[{i}]") for i in range(self.d)))]
        begin, end = (self.exact(*shape[name]) for name in ("begin", "end"))
        way = self.line("{} - {}", end, begin)
        return self.own(BETWEEN[shape["kind"]], y=y, w=w, begin=begin, end=end, way=way)

    def running(self, function: str, value: Value) -> Value:
        """A sum or a maximum over the rounds up to the current one, or the value of the previous round."""
        template, begin = OVER_ROUNDS[function]
        new = self.line(template, old := self.names(len(value)), value)
        self.carry(old, [begin], new)
        return old if function == "Prev" else new

    def value(self, node: ast.expr, size: int = 0) -> Value:
        """The value of a formula, repeated to `size` coordinates; a size of 0 keeps its own."""
        if node not in self.done:
            self.depth += 1
            require(self.depth <= DEEPEST, "a formula nests too deep, or a letter is defined by itself")
            self.done[node] = self.translated(node)
            self.depth -= 1
        value = self.done[node]
        require(size == 0 or len(value) <= size, "a formula is a vector where a number is expected")
        return size * value if len(value) < size else value

    def translated(self, node: ast.expr) -> Value:
        """The value of a formula that has not been translated yet."""
        match node:
            case ast.Constant(value=n) if type(n) is int and abs(n) < 10**400:
                return self.exact(n)
            case ast.Name(id=name) if name in self.letters:
                return self.value(self.letters[name])
            case ast.Name(id=name) if name in self.values:
                return self.values[name]
            case ast.UnaryOp(ast.USub(), e):
                return self.line("-{}", self.value(e))
            # Multiply out, because the library's power of a ball around 0 is not a number.
            case ast.BinOp(e, ast.Pow(), ast.Constant(value=n)) if type(n) is int and 1 <= n <= 16:
                return self.line(" * ".join(n * ["{0}"]), self.value(e))
            case ast.BinOp(a, ast.Pow(), ast.Name("t")) if {*map(stage_of, self.value(a))} == {"once"}:
                return self.running("e ** t", self.value(a))
            case ast.BinOp(a, op, b) if type(op) in OPERATORS:
                return self.line(OPERATORS[type(op)], self.value(a), self.value(b))
            case ast.Call(ast.Name("where"), [condition, a, b], []):
                return self.line(WHERE, self.truth(condition), self.value(a), self.value(b))
            case ast.Call(ast.Name("Prev"), [ast.Name(name)], []) if name in self.before:
                return self.before[name]
            case ast.Call(ast.Name("Regret"), [weight], []) if node is self.lhs and self.linear:
                # For the file's comparator z this is a lower bound of the regret.
                return self.own(f"CumSum(w * {GAP[self.game['kind']]})", w=self.value(weight, 1))
            case ast.Call(ast.Name("LossAt"), [point], []):
                if self.linear:
                    return self.own(AT[self.game["kind"]], z=self.value(point, self.d))
                return self.own(ABOVE, f=self.loss(self.value(point, self.d))[0], least=self.least)
            case ast.Call(ast.Name(name), several, []) if (name, len(several)) in FUNCTIONS:
                return self.line(FUNCTIONS[name, len(several)], *map(self.value, several))
            case ast.Call(ast.Name(function), [e], []) if function in OVER_COORDINATES:
                return self.fold(OVER_COORDINATES[function], self.value(e, self.d))
            case ast.Call(ast.Name(function), [e], []) if function in OVER_ROUNDS:
                return self.running(function, self.value(e))
            case ast.Call(ast.Name(function), [e], []) if function in OVER_NOISE:
                self.over_noise += self.value(e, 1)
                return self.add("end", f"over[{len(self.over_noise) - 1}][{OVER_NOISE.index(function)}]")
        name = getattr(getattr(node, "func", node), "id", type(node).__name__)
        raise Refused(f"there is no {name!r} here; Regret may stand only on the left side, of linear losses")

    def truth(self, node: ast.expr) -> Value:
        """Whether a relation holds."""
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in RELATIONS:
            return self.line(RELATIONS[type(node.ops[0])], *map(self.value, (node.left, *node.comparators)))
        raise Refused(f"{type(node).__name__} is not a relation such as a < b")
