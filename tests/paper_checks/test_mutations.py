"""Planted errors: one sign, one square root, one metric, one stream; each turns `regretcheck ci` red."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from sympy import Add, Pow, Rational, preorder_traversal

import online_sim.streams
import theory.algorithms.adal
import theory.theorems.adal
from paper_checks.cli.main import main
from theory.algorithms.adal import ADAL
from theory.theorems.adal import THEOREM1, THEOREM2

HALF = Rational(1, 2)


def ci(capsys, *names):
    """The exit code, and the entries that are not unchanged: (scenario, reading) -> the fields named."""
    capsys.readouterr()
    code = main(["ci", *names, "--jobs", "1", "--json"])
    content = json.loads(capsys.readouterr().out)
    red = [e for e in content["entries"] if e["status"] != "unchanged"]
    assert content["green"] is (code == 0)
    return code, {(e["scenario"], e["reading"]): {c["field"] for c in e["changes"]} for e in red}


def mutants(e, change):
    """Every expression that comes from changing one node: `change` gives the new versions of a node."""
    yield from change(e)
    for k, part in enumerate(e.args):
        for changed in mutants(part, change):
            yield e.func(*e.args[:k], changed, *e.args[k + 1 :])


def flipped(e):
    """A sum with the sign of one term flipped."""
    if isinstance(e, Add):
        for k, term in enumerate(e.args):
            yield Add(*e.args[:k], -term, *e.args[k + 1 :])


def unrooted(e):
    """A square root replaced by what stands under it."""
    if isinstance(e, Pow) and abs(e.exp) == HALF:
        yield e.base ** (2 * e.exp)


def sign_flips():
    """AdaL with one sign flipped, by the line it is in and its number there."""
    found = {}
    for k, (symbol, line) in enumerate(ADAL.steps):
        for n, changed in enumerate(mutants(line, flipped)):
            steps = (*ADAL.steps[:k], (symbol, changed), *ADAL.steps[k + 1 :])
            found[f"{symbol}-{n}"] = replace(ADAL, steps=steps)
    for n, changed in enumerate(mutants(ADAL.point, flipped)):
        found[f"point-{n}"] = replace(ADAL, point=changed)
    return found


def dropped_roots(theorem, key):
    """A theorem with one square root of one reading dropped, in every place."""
    reading = theorem.reading(key)
    for changed in mutants(reading.rhs, unrooted):
        readings = tuple(replace(r, rhs=changed) if r.key == key else r for r in theorem.readings)
        yield replace(theorem, readings=readings)


SIGNS = sign_flips()
ROOTS = {
    f"{key}-{n}": (key, mutant)
    for key in ("A", "B", "C")
    for n, mutant in enumerate(dropped_roots(THEOREM1, key))
}
# A new algorithm takes seconds to compile: the plain tests take one sign of each line, and one reading.
QUICK = {"m-0", "v-0", "vhat-0", "point-0"}
SLOW = pytest.mark.slow


def test_there_are_enough_mutants():
    """The generators find every sign of Algorithm 1 (its sums have two terms each) and every square root."""
    lines = [*(line for _, line in ADAL.steps), ADAL.point]
    terms = sum(len(e.args) for line in lines for e in preorder_traversal(line) if isinstance(e, Add))
    assert len(SIGNS) == terms >= 12
    assert set(SIGNS) >= QUICK
    assert all(mutant != ADAL for mutant in SIGNS.values())
    assert sum(name.startswith("A-") for name in ROOTS) >= 5


def test_without_a_mutation_the_same_check_is_green(capsys):
    """The control: the scenarios used below agree with the shipped baseline."""
    assert ci(capsys, "one_round", "rosenbrock", "wrong_end", "reddi_stream", "intersection") == (0, {})


@pytest.mark.parametrize("name", [pytest.param(n, marks=() if n in QUICK else SLOW) for n in sorted(SIGNS)])
def test_one_flipped_sign_in_the_recurrence(capsys, monkeypatch, name):
    """AdaL with one sign flipped, anywhere, moves every reading of Theorem 2 on Rosenbrock's valley."""
    monkeypatch.setattr(theory.algorithms.adal, "ADAL", SIGNS[name])
    code, red = ci(capsys, "rosenbrock")
    assert code == 1
    assert {scenario for scenario, _ in red} == {"rosenbrock"}
    assert {reading for _, reading in red} == {f"adal.theorem2.{r.key}" for r in THEOREM2.readings}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n.startswith("A") else SLOW) for n in sorted(ROOTS)]
)
def test_one_dropped_square_root_in_the_bound(capsys, monkeypatch, name):
    """A bound of Theorem 1 without one of its square roots is named, and no other reading is."""
    key, mutant = ROOTS[name]
    monkeypatch.setattr(theory.theorems.adal, "THEOREM1", mutant)
    code, red = ci(capsys, "wrong_end")
    assert code == 1
    assert list(red) == [("wrong_end", f"adal.theorem1.{key}")]
    assert "margin" in red["wrong_end", f"adal.theorem1.{key}"]


def test_the_projection_in_the_wrong_metric(capsys, monkeypatch):
    """Projecting in the plain metric instead of vhat^{1/2} is seen where the set is no box."""
    monkeypatch.setattr(theory.algorithms.adal, "ADAL", replace(ADAL, metric=1))
    code, red = ci(capsys, "intersection", "one_round")
    assert code == 1
    # On an interval the projection is the clip whatever the metric: there the mutant is the same algorithm.
    assert set(red) == {("intersection", f"adal.theorem1.{key}") for key in "ABC"}


def test_one_changed_stream(capsys, monkeypatch):
    """A stream whose large gradient is larger by a thousandth is seen, and only where it is played."""
    reddi = online_sim.streams.reddi
    monkeypatch.setattr(online_sim.streams, "reddi", lambda c: reddi(c + Fraction(1, 1000)))
    code, red = ci(capsys, "reddi_stream", "wrong_end")
    assert code == 1
    assert set(red) == {("reddi_stream", f"adal.theorem1.{key}") for key in "ABC"}


def test_the_table_names_the_mutant(capsys, monkeypatch):
    """What a person reads: the scenario, the reading, the old and the new margin, the exit code 1."""
    mutant = next(dropped_roots(THEOREM1, "B"))
    monkeypatch.setattr(theory.theorems.adal, "THEOREM1", mutant)
    monkeypatch.setenv("COLUMNS", "160")
    assert main(["ci", "one_round", "--jobs", "1"]) == 1
    out = capsys.readouterr().out
    assert "one_round adal.theorem1.B: verdict was VIOLATED, is VACUOUS" in out
    assert "margin was 0.847214 at round 1, is 1.032" in out
    assert "adal.theorem1.A" not in out
    assert "3 entries of 1 scenario: 2 unchanged, 1 changed" in out
