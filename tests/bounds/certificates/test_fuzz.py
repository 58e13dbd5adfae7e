"""Changed certificates: none breaks the checker, and an independent replay confirms what it accepts."""

import ast
import copy
import json
import math
import random
import time
from collections import Counter
from fractions import Fraction as F

import pytest

from bounds.certificates.binding import Bound
from bounds.certificates.certificate import certificate_bytes, unclaimed
from bounds.certificates.certify import NO_CLAIM, certify
from bounds.certificates.checker import ReplayOutcome, formulas, nearest, replay
from bounds.certificates.checker.reading import read
from bounds.certificates.verification import verify_certificate
from bounds.games import (
    Block,
    Counterexample,
    ExactBall,
    ExactL1Ball,
    ExactPolytope,
    ExactSimplex,
    LinearGame,
)
from independent.replay import confirms
from paper_checks.gallery.exhibit import FOLDER
from theory.algorithms.adal import ADAL
from theory.algorithms.registry import algorithms
from theory.theorems.adal import THEOREM1

SEED = 20_240_229
WORK = 20_000_000
"""Half a second of replay: so that no changed horizon takes long here."""
SECONDS = 20.0
"""No file may take longer; the work above takes half a second on a quiet machine, reading less."""
BASES = {
    name: (FOLDER / f"{name}.json").read_bytes()
    for name in (
        "theorem1_one_round_A", "theorem1_silence_B", "theorem1_forgetting_C", "theorem1_epsilon_segment_R2",
        "theorem1_epsilon_diagonal_R1", "adam_one_round", "theorem2_one_round_M", "theorem2_noise_epsilon",
        "theorem2_skewed",
    )
}  # fmt: skip


def on_a_simplex() -> bytes:
    """Two small gradients on the probability simplex of R^3 against Theorem 1, reading C."""
    rows = ((F(1, 100), F(-1, 100), F(1, 300)), (F(1, 200), F(-1, 100), F(1, 400)))
    given = {"alpha": F(1, 10), "beta1": 0, "beta2": F(1, 2), "eps": 0}
    game = LinearGame(ADAL, given, ExactSimplex(3), (1, 0, 0), (Block(rows),))
    return certify(Counterexample(THEOREM1, "C", game))


def in_a_ball() -> bytes:
    """Two steps of gradient descent that leave the ball, against a bound of the file's own."""
    rows = ((F(1), F(-1)), (F(2), F(1)), (F(1), F(-3)))
    game = LinearGame(
        algorithms()["SGD"], {"alpha": 1}, ExactBall((0, F(1, 2)), 1), (1, F(1, 2)), (Block(rows),)
    )
    file = json.loads(certificate_bytes(unclaimed(Counterexample(THEOREM1, "C", game, (0, F(3, 2))))))
    own = {"theorem": "own.theorem", "rhs": "D_2 / 4 * SumCoords(x ** 2)", "letters": [], "assumptions": []}
    file["statement"] |= own | {"requires": ["CONVEX_LOSSES", "BALL"]}
    file["claim"] = {"lhs_at_least": "17/5", "rhs_at_most": "4/5"}
    return certificate_bytes(file)


def cut_off(shape) -> bytes:
    """Steps of AdaL onto the border of a set, against its own bound, claimed to almost three decimals."""
    rows = ((F(1), F(-1)), (F(-2), F(1)), (F(-1), F(-3)), (F(1, 2), F(2)))
    given = {"alpha": F(1), "beta1": 0, "beta2": F(1, 2), "eps": 0}
    game = LinearGame(ADAL, given, shape, (F(1, 4), F(1, 2)), (Block(rows),))
    file = json.loads(certificate_bytes(unclaimed(Counterexample(THEOREM1, "C", game, (0, F(-1, 2))))))
    own = {"theorem": "own.theorem", "rhs": "SumCoords(x + 2)", "letters": [], "assumptions": []}
    file["statement"] |= own | {"lhs": "CumSum(SumCoords((x + 2) ** 2))", "requires": ["COMPACT_SET"]}
    parsed = read(certificate_bytes(file | {"claim": NO_CLAIM}))
    left, right, _, _ = replay.replay(parsed, formulas.BallProgram(parsed), 128)
    least, most = math.floor(float(left) * 1000) - 1, math.ceil(float(right) * 1000) + 1
    file["claim"] = {"lhs_at_least": f"{least}/1000", "rhs_at_most": f"{most}/1000"}
    return certificate_bytes(file)


CUT_OFF = {
    "l1 ball": ExactL1Ball((0, F(1, 2)), 1),
    "polytope": ExactPolytope(((1, F(1, 2)), (-1, F(1, 3)), (0, F(3, 2)), (0, F(-1, 2)))),
    "weighted ball": ExactBall((0, F(1, 2)), 1),
}
BASES |= {"simplex": on_a_simplex(), "ball": in_a_ball()}
BASES |= {name: cut_off(shape) for name, shape in CUT_OFF.items()}


def of_bytes(rng, raw: bytes) -> bytes:
    """Bytes changed, left out, said twice, or exchanged."""
    k, length = rng.randrange(len(raw)), rng.choice((1, 1, 2, 5, 40))
    match rng.randrange(5):
        case 0:
            return raw[:k] + bytes([rng.randrange(256)]) + raw[k + 1 :]
        case 1:
            return raw[:k] + raw[k + length :]
        case 2:
            return raw[:k] + raw[k : k + length] + raw[k:]
        case 3:
            digits = [i for i, byte in enumerate(raw) if chr(byte).isdigit()]
            i = rng.choice(digits)
            return raw[:i] + str(rng.randrange(10)).encode() + raw[i + 1 :]
    # What the number or the name at one place is, at another.
    words = raw.split(b'"')
    i, j = (rng.randrange(1, len(words), 2) for _ in range(2))
    words[i] = words[j]
    return b'"'.join(words)


def places(part, path=()):
    """Every place in a file: the keys that lead there."""
    yield path
    entries = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in entries:
        yield from places(value, (*path, key))


def at(file, path):
    """What stands at a place."""
    for key in path:
        file = file[key]
    return file


ODD = (
    None, True, 0, -1, 10**30, 1.5, "", "x", "1/0", "0", "-7/3", "nan", [], {}, [[]], "\ud800", "a\u200bb",
    "\x1b[2J", "9" * 500, "-" * 500 + "1", "10 ** 10 ** 10", "0x" + "f" * 3990, "exp(exp(exp(t)))", "1 / 0",
    "Supremum(x)",
)  # fmt: skip


def of_structure(rng, raw: bytes) -> bytes:
    """A part left out, said twice, exchanged for another part, or for something odd."""
    file = json.loads(raw)
    *above, last = rng.choice([path for path in places(file) if path])
    place = at(file, above)
    match rng.randrange(5):
        case 0:
            del place[last]
        case 1 if isinstance(place, list):
            place.insert(rng.randrange(len(place) + 1), copy.deepcopy(place[last]))
        case 1 | 2:
            place[last] = copy.deepcopy(at(file, rng.choice(list(places(file)))))
        case 3 if isinstance(place, list):
            rng.shuffle(place)
        case _:
            place[last] = rng.choice(ODD)
    return json.dumps(file, ensure_ascii=rng.random() < 0.5).encode(errors="surrogatepass")


NAMES = ("x", "g", "t", "T", "d", "D", "D_2", "D_i", "f", "df", "L", "alpha", "beta1", "M", "vhat", "pi")
CALLS = ("abs", "sign", "sqrt", "exp", "log", "log1p", "sin", "cos", "pinv", "SumCoords", "MaxCoords", "Prev",
         "CumSum", "CumMax", "Expectation", "Supremum")  # fmt: skip
CONDITIONS = ("t < 3", "CumMax(abs(g)) <= 1000", "SumCoords(x * x) <= 9", "Expectation(t) > 0",
              "Supremum(SumCoords(abs(g))) > 1", "Prev(x) <= x + 9", "T >= t")  # fmt: skip
NUMBERS = (F(0), F(1), F(2), F(1, 2), F(-1), F(1, 7), F(3, 2), F(10), F(99, 100), F(1, 1000))


class Changed(ast.NodeTransformer):
    """One node of a formula, the k-th, becomes another."""

    def __init__(self, rng, k: int) -> None:
        self.rng, self.k = rng, k

    def visit(self, node):
        """Count the nodes, change one."""
        if isinstance(node, ast.expr):
            self.k -= 1
            if self.k == -1:
                return self.other(node)
        return self.generic_visit(node)

    def other(self, node):
        """Another operation of the same parts, a call around the node, or another leaf."""
        rng = self.rng
        if isinstance(node, ast.BinOp) and rng.random() < 0.5:
            return ast.BinOp(
                node.left, rng.choice((ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow))(), node.right
            )
        kind = rng.randrange(5)
        if kind == 0:
            return ast.Call(ast.Name(rng.choice(CALLS)), [node], [])
        if kind == 1:
            condition = ast.Compare(ast.Name("t"), [rng.choice((ast.Lt, ast.GtE))()], [ast.Constant(2)])
            return ast.Call(ast.Name("where"), [condition, node, ast.Constant(rng.randrange(3))], [])
        if kind == 2:
            return ast.BinOp(node, rng.choice((ast.Add, ast.Sub, ast.Mult))(), ast.Constant(rng.randrange(3)))
        return ast.Name(rng.choice(NAMES)) if kind == 3 else ast.Constant(rng.randrange(4))


def another_formula(rng, text: str) -> str:
    """A formula with one node changed."""
    tree = ast.parse(text, mode="eval")
    count = sum(isinstance(node, ast.expr) for node in ast.walk(tree))
    return ast.unparse(ast.fix_missing_locations(Changed(rng, rng.randrange(count)).visit(tree)))


def numbers(part, path=()):
    """The places of the rationals of a game."""
    for path in places(part):
        value = at(part, path)
        if isinstance(value, str) and value.lstrip("-")[:1].isdigit():
            yield path


def formula_places(file):
    """The places of the formulas."""
    for path in places(file):
        wanted = {"lhs", "rhs", "formula", "assumptions", "ranges", "point", "metric"}
        if isinstance(at(file, path), str) and wanted & set(path):
            yield path


def of_meaning(rng, raw: bytes) -> bytes:
    """Another number, horizon, formula or condition, often with a claim that fits: it could be right."""
    file = json.loads(raw)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        kind = rng.randrange(6)
        if kind <= 1:
            *above, last = rng.choice(list(numbers(file["game"])))
            place = at(file["game"], above)
            q = F(place[last])
            place[last] = str(rng.choice((q + rng.choice(NUMBERS), q * rng.choice(NUMBERS), -q, q / 3)))
        elif kind == 2:
            most = 6 if len(file["game"].get("letters", [])) > 1 else 12
            file["game"]["horizon"] = rng.randint(1, most)
            for block in file["game"].get("stream", []):
                block["times"] = rng.randint(1, 3)
        elif kind == 3:
            sides, letter = rng.choice((("lhs_at_least", 1), ("rhs_at_most", -1))), rng.choice(NUMBERS)
            file["claim"][sides[0]] = str(F(file["claim"][sides[0]]) + sides[1] * letter / 1000)
        elif kind == 4:
            *above, last = rng.choice(list(formula_places(file)))
            place = at(file, above)
            place[last] = another_formula(rng, place[last])
        else:
            conditions = file["statement"]["assumptions"]
            base = rng.choice(CONDITIONS)
            conditions.append(base if rng.random() < 0.5 else another_formula(rng, base))
    game = file["game"]
    if "stream" in game and rng.random() < 0.98:
        game["horizon"] = sum(block["times"] * len(block["pattern"]) for block in game["stream"])
    if rng.random() < 0.3:
        file["statement"]["theorem"] = "own.theorem"
    changed = json.dumps(file).encode()
    found = verify_certificate(changed, work=WORK).answer if rng.random() < 0.7 else None
    if found is not None:
        ends = [side.strip("[]").partition(" ")[0] for side in (found.lhs, found.rhs)]
        try:
            left, right = (F(end) for end in ends)
        except ValueError:
            return changed
        slack = (left - right) / rng.choice((3, 10**6, -5))
        file["claim"] = {"lhs_at_least": str(left - slack), "rhs_at_most": str(right + slack)}
        changed = json.dumps(file).encode()
    return changed


KINDS = {"bytes": of_bytes, "structure": of_structure, "meaning": of_meaning}


def said(text: str) -> str:
    """A formula as Python writes it."""
    return ast.unparse(ast.parse(text.strip(), mode="eval"))


def identity(raw: bytes) -> list:
    """What a file must share with the package's statement, formulas without their blanks and parentheses."""
    file = json.loads(raw)
    s, a = file["statement"], file["algorithm"]
    letters = [(u["name"], said(u["formula"])) for u in s["letters"] if u["name"] != "vhat_0"]
    lines = [(u["name"], u["vector"], said(u["formula"])) for u in a["lines"]]
    rest = [s["theorem"], s["reading"], s["requires"], a["name"], a["parameters"]]
    texts = [s["lhs"], s["rhs"], *s["assumptions"], "0", *a["ranges"], "0", a["point"], a["metric"]]
    return [*rest, letters, lines, *map(said, texts)]


def hunted(
    count: int, *, kinds=tuple(KINDS), bases=tuple(BASES), seed: int = SEED
) -> tuple[Counter, bytes | None]:
    """The outcomes of `count` changed certificates, and the first accepted one that is not confirmed."""
    rng = random.Random(seed)
    seen: Counter = Counter()
    for _ in range(count):
        kind, base = rng.choice(kinds), rng.choice(bases)
        raw = KINDS[kind](rng, BASES[base])
        began = time.perf_counter()
        found = verify_certificate(raw, work=WORK)
        assert time.perf_counter() - began < SECONDS, raw
        assert "breaks the examination" not in found.refused, raw
        assert found.refused.isprintable(), raw
        outcome = "REFUSED" if found.answer is None else found.answer.outcome.name
        seen[outcome] += 1
        if outcome != ReplayOutcome.CERTIFIED.name:
            continue
        seen[f"accepted {kind}"] += 1
        if found.binding.bound in (Bound.STATED, Bound.ASKED):
            assert identity(raw) == identity(BASES[base]), raw
        seen[found.binding.bound.name] += 1
        if not confirms(raw):
            return seen, raw
    return seen, None


def test_the_independent_replay_confirms_the_gallery() -> None:
    """Every kind of game that is changed below: boxes, a segment, noise and none."""
    for raw in BASES.values():
        assert confirms(raw)


def test_no_changed_certificate_is_accepted_wrongly() -> None:
    """600 of them: all are answered, and what is accepted is confirmed by the independent replay."""
    seen, wrong = hunted(600)
    assert wrong is None, (seen, wrong)
    assert {"REFUSED", "REFUTED", "CERTIFIED", "UNDECIDED", "FOREIGN", "ALTERED", "STATED"} <= set(seen), seen
    assert min(seen[f"accepted {kind}"] for kind in KINDS) >= 5, seen
    assert seen["CERTIFIED"] >= 100, seen


@pytest.mark.slow
def test_no_changed_certificate_is_accepted_wrongly_in_ten_thousand() -> None:
    """The same with another seed and twenty times as many."""
    seen, wrong = hunted(10_000, seed=SEED + 1)
    assert wrong is None, (seen, wrong)
    assert seen["CERTIFIED"] >= 2000, seen


FAULTS = {
    "a sign": (formulas.OPERATORS, ast.Sub, "{} + {}"),
    "a sum over rounds": (formulas.OVER_ROUNDS, "CumSum", ("{0} + {1} + {1}", "arb(0)")),
    "an absolute value": (formulas.FUNCTIONS, ("abs", 1), "{0}"),
    "a comparison": (formulas.RELATIONS, ast.Gt, "True if {0} > {1} or {0} <= {1} else None"),
    "a maximum": (formulas.OVER_ROUNDS, "CumMax", ("{1} + 0 * {0}", "arb(0)")),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_planted_in_the_checker_is_found(monkeypatch, name: str) -> None:
    """With one rule of the checker wrong it accepts what the independent replay does not confirm."""
    table, key, wrong_rule = FAULTS[name]
    monkeypatch.setitem(table, key, wrong_rule)
    seen, wrong = hunted(400, kinds=("meaning",))
    assert wrong is not None, seen


def in_another_metric(find):
    """The nearest point of another metric, with the direction that would belong to it in the right one."""

    def found(shape, y, w):
        p, _ = find(shape, y, [1] * len(y))
        return p, [v * (u - q) for u, v, q in zip(y, w, p, strict=True)]

    return found


def without_direction(find):
    """The nearest point, as if every point outside belonged to itself."""
    return lambda shape, y, w: (find(shape, y, w)[0], [0] * len(y))


def first_corner(find):
    """The first corner for every point."""
    del find

    def found(shape, y, w):
        corner = shape["corners"][0]
        return corner, [v * (u - q) for u, v, q in zip(y, w, corner, strict=True)]

    return found


def unprojected(find):
    """The point itself, wherever it is."""
    del find
    return lambda _, y, w: (y, [0] * len(w))


PROJECTION_FAULTS = [
    ("in_hull", in_another_metric, "l1 ball"),
    ("in_hull", in_another_metric, "polytope"),
    ("in_hull", first_corner, "polytope"),
    ("in_hull", unprojected, "l1 ball"),
    ("in_hull", unprojected, "polytope"),
    ("in_ball", in_another_metric, "weighted ball"),
    ("in_ball", unprojected, "weighted ball"),
]


@pytest.mark.parametrize("base", sorted(CUT_OFF))
def test_no_changed_certificate_over_a_set_is_accepted_wrongly(base: str) -> None:
    """The projection that is right: many are accepted, and all of them are confirmed."""
    seen, wrong = hunted(150, kinds=("meaning",), bases=(base,))
    assert wrong is None, (seen, wrong)
    assert seen["CERTIFIED"] >= 30, seen


@pytest.mark.parametrize(("name", "fault", "base"), PROJECTION_FAULTS)
def test_a_fault_in_a_projection_is_found(monkeypatch, name: str, fault, base: str) -> None:
    """On changed certificates over one set alone."""
    monkeypatch.setattr(nearest, name, fault(getattr(nearest, name)))
    seen, wrong = hunted(100, kinds=("meaning",), bases=(base,))
    assert wrong is not None, seen


@pytest.mark.parametrize(("name", "base"), [("in_hull", "polytope"), ("in_ball", "weighted ball")])
def test_a_projection_without_its_direction_certifies_nothing_wrong(
    monkeypatch, name: str, base: str
) -> None:
    """A pair that is right but far from the point makes wide balls, never wrong ones."""
    monkeypatch.setattr(nearest, name, without_direction(getattr(nearest, name)))
    seen, wrong = hunted(100, kinds=("meaning",), bases=(base,))
    assert wrong is None, (seen, wrong)


@pytest.mark.parametrize("careless", ["conditions", "probabilities"])
def test_a_careless_checker_is_found(monkeypatch, careless: str) -> None:
    """One that never holds a condition, or counts every path of the noise as if it were sure to come."""
    if careless == "conditions":
        monkeypatch.setattr(replay, "note", lambda *_: None)
    else:
        paths = replay.paths
        one = replay.ball(F(1))
        monkeypatch.setattr(replay, "paths", lambda game: ((p, one, *rest) for p, _, *rest in paths(game)))
    seen, wrong = hunted(400, kinds=("meaning",))
    assert wrong is not None, seen
