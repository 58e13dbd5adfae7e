"""Planted errors: one sign, one square root, one metric, one stream; each turns `regretcheck ci` red."""

import json
import shutil
from dataclasses import replace
from fractions import Fraction

import pytest
from sympy import Add, Pow, Rational, preorder_traversal

import online_sim.streams.adversarial
import paper_checks.cli.ci
import paper_checks.run.selection
import theory.algorithms.adal
import theory.algorithms.registry
import theory.proofs.regret
import theory.theorems.adal
from paper_checks.ci.baseline import ALGORITHMS, Entry, algorithm_rows, entry_of
from paper_checks.ci.baseline_file import ALGORITHMS_FILE, FOLDER, read_baseline
from paper_checks.ci.comparison import EntryStatus, compare, updated
from paper_checks.cli.main import main
from paper_checks.gallery import exhibit
from paper_checks.run import registry
from paper_checks.run.algorithm_lines import algorithm_lines
from paper_checks.run.results import CertificateDetail, GameSummary, Result
from theory.algorithms.adal import ADAL
from theory.proofs.regret import proof_of_theorem_r
from theory.theorems.adal import THEOREM1, THEOREM2

HALF = Rational(1, 2)
PLAYED = (ALGORITHMS, "AdaL")


def ci(capsys, *names):
    """The exit code, and the entries that are not unchanged: (scenario, reading) -> the fields named."""
    capsys.readouterr()
    code = main(["ci", *names, "--jobs", "1", "--json"])
    content = json.loads(capsys.readouterr().out)
    red = [e for e in content["entries"] if e["status"] != "unchanged"]
    assert content["green"] is (code == 0)
    return code, {(e["scenario"], e["reading"]): {c["field"] for c in e["changes"]} for e in red}


def mutate(monkeypatch, changed):
    """Let AdaL be this one, both where it is played and where statements look up what they are about."""
    known = {**theory.algorithms.registry.algorithms(), "AdaL": changed}  # looked up before it is changed
    monkeypatch.setattr(theory.algorithms.adal, "ADAL", changed)
    monkeypatch.setattr(theory.algorithms.registry, "algorithms", lambda: known)


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
# A new algorithm takes seconds to compile: the plain tests take one sign of two lines, and one reading.
QUICK = {"vhat-0", "point-0"}
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
    mutate(monkeypatch, SIGNS[name])
    code, red = ci(capsys, "rosenbrock")
    assert code == 1
    red.pop(PLAYED, None)  # nothing is known of it where the mutant leaves the region, and the game ends
    assert {scenario for scenario, _ in red} == {"rosenbrock"}
    assert {reading for _, reading in red} == {f"adal.theorem2.{r.key}" for r in THEOREM2.readings}


@pytest.mark.parametrize("name", sorted(SIGNS))
def test_one_flipped_sign_is_named_by_itself(name):
    """Whatever the games feel of it: the algorithm's own entry says which line changed, and how."""
    path = FOLDER / ALGORITHMS_FILE
    row = Result("r", "t", "", "s", "", "HOLDS", "")
    (same,), (mutant,) = (
        algorithm_rows([replace(row, played=GameSummary("AdaL", recurrence=algorithm_lines(r)))])
        for r in (ADAL, SIGNS[name])
    )
    stored = {PLAYED: read_baseline(path)[PLAYED]}
    assert [c.status for c in compare(stored, [same])] == [EntryStatus.SAME]
    (found,) = compare(stored, [mutant])
    assert found.status is EntryStatus.CHANGED
    assert [c.field for c in found.changes] == [f"line {name.rpartition('-')[0]}"]


@pytest.mark.parametrize("name", [pytest.param(n, marks=() if n == "A-0" else SLOW) for n in sorted(ROOTS)])
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
    mutate(monkeypatch, replace(ADAL, metric=1))
    code, red = ci(capsys, "intersection", "one_round")
    assert code == 1
    # On an interval the projection is the clip whatever the metric: there the mutant plays the same game.
    assert red.pop(PLAYED) == {"line metric"}
    assert set(red) == {("intersection", f"adal.theorem1.{key}") for key in "ABC"}
    assert ci(capsys, "one_round") == (1, {PLAYED: {"line metric"}})


def test_one_changed_stream(capsys, monkeypatch):
    """A stream whose large gradient is larger by a thousandth is seen, and only where it is played."""
    reddi = online_sim.streams.adversarial.reddi
    monkeypatch.setattr(online_sim.streams.adversarial, "reddi", lambda c: reddi(c + Fraction(1, 1000)))
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
    assert "4 entries of 1 scenario: 3 unchanged, 1 changed" in out


def test_the_line_that_changed_is_printed(capsys, monkeypatch):
    """What a person reads of a changed algorithm: its name, the line, the old and the new formula."""
    mutate(monkeypatch, SIGNS["m-0"])
    assert main(["ci", "one_round", "--jobs", "1"]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "the algorithm AdaL changed: line m: beta1 * Prev(m) + ghat * (1 - beta1) -> " in out
    assert "checked: the package's own baselines" in out
    assert "only what was asked for; not compared: " in out


def proof_with(change):
    """Theorem R's proof with one step changed."""

    def proof(recurrence, **how):
        found = proof_of_theorem_r(recurrence, **how)
        return replace(found, steps=tuple(change(s) if s.key == "L7" else s for s in found.steps))

    return proof


def test_a_step_of_a_proof_that_breaks(capsys, monkeypatch):
    """Half of a right side breaks in the first round, and sympy no longer confirms it: both are named."""
    half = proof_with(lambda step: replace(step, right=step.right / 2))
    monkeypatch.setattr(theory.proofs.regret, "proof_of_theorem_r", half)
    code, red = ci(capsys, "reddi_stream")
    assert code == 1
    assert red == {("reddi_stream", "audit.repaired.theoremR"): {"broken steps", "arguments"}}


def test_a_step_whose_argument_is_no_longer_confirmed(capsys, monkeypatch):
    """A step that still holds on the run, but that sympy does not confirm, is red as well."""
    loose = proof_with(lambda step: replace(step, right=2 * step.right))
    monkeypatch.setattr(theory.proofs.regret, "proof_of_theorem_r", loose)
    assert ci(capsys, "reddi_stream") == (1, {("reddi_stream", "audit.repaired.theoremR"): {"arguments"}})


@pytest.fixture
def certificates(tmp_path, monkeypatch):
    """The gallery's files in a folder where they can be changed."""
    folder = tmp_path / "certificates"
    shutil.copytree(exhibit.FOLDER, folder)
    monkeypatch.setattr(exhibit, "FOLDER", folder)
    return folder


NAME = "adam_one_round"
CERTIFICATE = ("certificates", f"certificate.{NAME}")


def test_an_untouched_copy_of_the_certificates_is_green(capsys, certificates):
    """The control of the three tests below."""
    assert ci(capsys, "adam.theorem4_1") == (0, {})


def test_a_certificate_that_claims_less(capsys, certificates):
    """Another claim that is still certified: its bytes are others, and the margin is the file's."""
    path = certificates / f"{NAME}.json"
    content = json.loads(path.read_text())
    low, high = (Fraction(content["claim"][side]) for side in ("rhs_at_most", "lhs_at_least"))
    content["claim"]["rhs_at_most"] = str((low + high) / 2)
    path.write_text(json.dumps(content))
    assert ci(capsys, "adam.theorem4_1") == (1, {CERTIFICATE: {"margin", "digest"}})


def test_a_certificate_of_other_bytes(capsys, certificates):
    """The same mathematics in another layout: the digest says that somebody wrote it anew."""
    path = certificates / f"{NAME}.json"
    path.write_text(json.dumps(json.loads(path.read_text())))
    assert ci(capsys, "adam.theorem4_1") == (1, {CERTIFICATE: {"digest"}})


def test_a_certificate_of_an_altered_statement_is_never_accepted(capsys, certificates, tmp_path):
    """Neither compared nor written down under --update: it shows nothing about the theorem it names."""
    path = certificates / f"{NAME}.json"
    content = json.loads(path.read_text())
    content["statement"]["rhs"] = f"({content['statement']['rhs']}) / 2"
    path.write_text(json.dumps(content))
    stored = tmp_path / "stored"
    shutil.copytree(FOLDER, stored)
    for extra in ([], ["--update"]):
        code = main(["ci", "adam.theorem4_1", "--jobs", "1", "--baselines", str(stored), *extra])
        assert code == 1
        assert "the file changes a statement" in " ".join(capsys.readouterr().out.split())
    kept = read_baseline(stored / "certificates.toml")[CERTIFICATE]
    assert kept == read_baseline(FOLDER / "certificates.toml")[CERTIFICATE]


def test_whose_statement_a_certificate_is_about_is_compared():
    """A file that no longer binds to the package's statement is red, though it is certified."""
    row = Result("certificate.x", "t", "", "certificates", "", "CERTIFIED", "")
    row = replace(row, detail=CertificateDetail(binding="STATED"))
    stored = {("certificates", "certificate.x"): entry_of(row)}
    assert [c.status for c in compare(stored, [row])] == [EntryStatus.SAME]
    (found,) = compare(stored, [replace(row, detail=CertificateDetail(binding="FOREIGN"))])
    assert found.sentence == "statement was STATED, is FOREIGN"


def test_a_scenario_that_is_gone(capsys, monkeypatch):
    """Asked for by its theorem, its stored entry is red although nothing plays it any more."""
    kept = tuple(s for s in registry.scenarios() if s.id != "calibration.ogd_ball")
    for module in (paper_checks.run.selection, paper_checks.cli.ci):
        monkeypatch.setattr(module, "scenarios", lambda: kept)
    code, red = ci(capsys, "ogd.sqrt")
    assert (code, set(red)) == (1, {("calibration.ogd_ball", "ogd.sqrt.stated")})
    code, red = ci(capsys, "ogd.constant")
    assert (code, red) == (0, {}), "a run of something else says nothing about it"


def test_a_claim_that_is_gone(capsys, monkeypatch):
    """Asked for by a prefix, the stored verdict of a claim that no file holds is red."""
    kept = tuple(c for c in registry.claims() if c.id == "adal.claim.10")
    monkeypatch.setattr(paper_checks.run.selection, "claims", lambda: kept)
    code, red = ci(capsys, "adal.claim.10")
    assert (code, red) == (0, {})
    code, red = ci(capsys, "adal.claim")
    assert code == 1
    assert len(red) == len(registry.claims()) - 1


def test_a_row_with_an_error_is_never_accepted():
    """A proved theorem that is violated is an error of the tool: no baseline may call that unchanged."""
    row = Result("t.A", "t", "", "s", "", "VIOLATED", "seen", error="a proved theorem is violated")
    (found,) = compare({("s", "t.A"): Entry("VIOLATED")}, [row])
    assert found.status is EntryStatus.CRASHED
    assert updated({}, compare({}, [row])) == {}
