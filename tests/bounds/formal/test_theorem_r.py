"""Theorem R in Coq: what is proved is what the package states, and the proofs compile without new axioms."""

import re
import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest

from bounds.formal.coq import HOW_TO_GET_COQ, compile_file, coq_compiler
from bounds.formal.propositions import Proposition, n, proposition
from bounds.formal.repaired import (
    ADAL_RUNS,
    AMSGRAD_RUN,
    ANY_WEIGHTS_RUNS,
    LIBRARY,
    PROPOSITIONS,
    build,
    printed,
    sources,
)
from bounds.formal.words import prelude
from theory.algorithms.adal import MAXIMA
from theory.algorithms.amsgrad import AMSGRAD
from theory.quantities import Norm1
from theory.statement import Status, Theorem
from theory.symbols import g, ghat
from theory.theorems import ogd, realisable, repaired
from theory.theorems.adal import THEOREM1
from theory.theorems.amsgrad import SHARP
from theory.theorems.registry import theorems
from theory.theorems.repaired import R
from theory.theorems.shared import SMOOTH

SOURCES = sources()
AXIOMS = {
    "ClassicalDedekindReals.sig_forall_dec",
    "ClassicalDedekindReals.sig_not_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
    "Classical_Prop.classic",
}
"""Those of Coq's real numbers: the last one comes with its exponential and logarithm."""


@pytest.mark.parametrize("name", printed())
def test_statements_are_printed_from_the_package(name: str) -> None:
    """The algorithms and the propositions in the files are those that the package prints today."""
    assert SOURCES[name] == printed()[name]


def test_weights_stand_for_the_norm() -> None:
    """With ||g_t||_1 for the weights, the lines with any weights are AdaL's own; with 1, AMSGrad's."""
    for run, own in zip(ANY_WEIGHTS_RUNS, ADAL_RUNS, strict=True):
        assert run.steps[0] == (ghat, n * g)
        assert [(s, e.xreplace({n: Norm1(g)})) for s, e in run.steps] == own.steps
    plain = [(s, e.xreplace({ghat: g})) for s, e in MAXIMA[0].steps[1:]]
    assert (plain, MAXIMA[0].point, MAXIMA[0].metric) == (list(AMSGRAD.steps), AMSGRAD.point, AMSGRAD.metric)


def test_every_algorithm_of_the_theorems_is_there() -> None:
    """A proposition is about the algorithms that its theorem names; Theorem 1, about the repaired ones."""
    for p in PROPOSITIONS:
        names = tuple(run.recurrence.name for run in p.runs)
        corrected = tuple(r.name for r in MAXIMA)
        assert names == (corrected if p.theorem is THEOREM1 else p.theorem.algorithms), p.name


def test_words_are_those_of_the_certificates() -> None:
    """Sums, maxima, the pseudo-inverse and the projection are defined as in files about certificates."""
    definition = re.compile(r"^(?:Notation|Fixpoint|Definition) (\w+).*?\.$", re.MULTILINE | re.DOTALL)
    ours, theirs = (
        {found[1]: found[0] for found in definition.finditer(text)}
        for text in (SOURCES["Definitions.v"], prelude("definitions"))
    )
    shared = {"point", "SumCoords", "CumSum", "CumMax", "pinv", "box", "distance", "projection"}
    assert shared <= ours.keys() & theirs.keys()
    assert {k: ours[k] for k in shared} == {k: theirs[k] for k in shared}


@pytest.mark.parametrize("module", [ogd, realisable, repaired], ids=lambda m: m.__name__)
def test_every_reading_of_the_proved_theorems_is_there(module: ModuleType) -> None:
    """No statement of the files about Theorem R, its corollaries and gradient descent is left out."""
    theorems = [t for t in vars(module).values() if isinstance(t, Theorem)]
    stated = {(p.theorem.id, p.key) for p in PROPOSITIONS}
    assert len(theorems) > 1
    assert {(t.id, reading.key) for t in theorems for reading in t.readings} <= stated


@pytest.mark.parametrize("p", PROPOSITIONS, ids=lambda p: p.name)
def test_every_proposition_is_proved_and_its_axioms_are_printed(p: Proposition) -> None:
    """A theorem has the proposition as its statement, and `Print Assumptions` names it."""
    proved = re.findall(rf"^Theorem (\w+) : {p.name}\.$", "\n".join(SOURCES.values()), re.MULTILINE)
    assert len(proved) == 1
    assert f"Print Assumptions {proved[0]}." in SOURCES["Assumptions.v"]


def test_every_step_of_the_proof_is_a_lemma() -> None:
    """The steps L0 to L12 of the proof on paper, with their variants, are lemmas of those names."""
    names = re.findall(r"^(?:Lemma|Theorem) ((?:L|T)\w+)", "\n".join(SOURCES.values()), re.MULTILINE)
    steps = [*(f"L{k}" for k in range(13)), "L3a", "L5m", "L11b", "L_zero", "T0", "T1"]
    assert {name: names.count(name) for name in steps} == dict.fromkeys(steps, 1)


def test_nothing_is_assumed() -> None:
    """No file has a gap or an axiom of its own; a hypothesis stands only in a section."""
    words = re.compile(r"\b(Admitted|admit|give_up|Axioms?|Conjecture|Parameters?|Abort|bypass_check)\b")
    for name, text in SOURCES.items():
        code = re.sub(r"\(\*.*?\*\)", "", text, flags=re.DOTALL)
        assert not words.findall(code), name
        depth = 0
        for line in code.splitlines():
            depth += line.startswith("Section ") - line.startswith("End ")
            assert depth or not line.startswith(("Hypothesis", "Variable")), name
    folder = files("bounds.formal") / "theorem_r"
    assert {path.name for path in folder.iterdir() if path.name.endswith(".v")} == set(SOURCES)


def test_other_conditions_and_sides_are_refused() -> None:
    """A theorem about smooth losses, or whose left side is no regret, has no words here."""
    smooth = replace(R, assumptions=(*R.assumptions, SMOOTH))
    with pytest.raises(ValueError, match="SMOOTH_LOSS"):
        proposition(Proposition("smooth", smooth, "D", R.lhs, ADAL_RUNS))
    with pytest.raises(ValueError, match="must be a regret"):
        proposition(Proposition("no_regret", SHARP, "stated", Norm1(g), (AMSGRAD_RUN,)))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder in which all files are compiled, and what Coq says of the last one."""
    if coq_compiler() is None:
        pytest.skip(HOW_TO_GET_COQ)
    folder = tmp_path_factory.mktemp("theorem_r")
    *_, (name, last) = build(folder).items()
    assert (name, last.accepted) == ("Assumptions.v", True), last.output
    return folder, last.output


@pytest.mark.slow
def test_coq_accepts_the_proofs_and_knows_no_other_axioms(built: tuple[Path, str]) -> None:
    """Every theorem rests on the axioms of Coq's real numbers alone."""
    found = re.findall(r"^(\w[\w.]*)\s*:", built[1], re.MULTILINE)
    assert built[1].count("Axioms:") == SOURCES["Assumptions.v"].count("Print Assumptions ")
    assert set(found) - {"Axioms"} == AXIOMS


CONTROLS = {
    "a sign flipped": ("Algorithms.v", "+ ghat t i * (1 - b", "- ghat t i * (1 - b", "Runs.v"),
    "a step uphill": ("Algorithms.v", "x t i - alpha * mhat", "x t i + alpha * mhat", "Runs.v"),
    "no maximum": ("Algorithms.v", "Rmax (vhat (pred t) i) (v t i)", "v t i", "Runs.v"),
    "another metric": ("Algorithms.v", "(fun i => sqrt (vhat t i))", "(fun i => vhat t i)", "Runs.v"),
    "a smaller first term": ("Statement.v", "(2 - beta1)", "(1 - beta1)", "TheoremR.v"),
    "a smaller second term": ("Statement.v", "(beta1 / 2 + (1 / 2))", "(beta1 / 2)", "TheoremR.v"),
    "a smaller factor": ("Relatives.v", "beta2)) 1)", "beta2)) (1 / 2))", "Variants.v"),
    "half of a bound": ("Statement.v", "/ (2 * alpha)", "/ (4 * alpha)", "Ogd.v"),
    "far points": ("Definitions.v", "distance d w p y <= d", "distance d w p y >= d", "Descent.v"),
    "1/0 = 1": ("Definitions.v", "then 0 else", "then 1 else", "Descent.v"),
    "a weaker harmonic sum": ("Energy.v", "<= 1 + ln (INR T).", "<= 2 + ln (INR T).", "Energy.v"),
}
"""What Coq must refuse: the file, what is replaced by what, and the file in which the proof breaks."""


@pytest.mark.slow
@pytest.mark.parametrize("control", CONTROLS)
def test_coq_refuses(control: str, built: tuple[Path, str], tmp_path: Path) -> None:
    """A wrong recurrence, a bound too small, or a lemma too weak breaks a proof."""
    changed, old, new, breaks = CONTROLS[control]
    folder = Path(shutil.copytree(built[0], tmp_path / "copy"))
    assert old in SOURCES[changed]
    (folder / changed).write_text(SOURCES[changed].replace(old, new), encoding="utf-8")
    stale: set[str] = set()
    for name, text in SOURCES.items():
        imports = re.findall(rf"^From {LIBRARY} Require Import ([^.]*)\.$", text, re.MULTILINE)
        if name == changed or stale & set(" ".join(imports).split()):
            stale.add(name.removesuffix(".v"))
            done = compile_file(folder / name, library=LIBRARY)
            if not done.accepted:
                break
    assert (name, done.accepted) == (breaks, False), done.output
    assert "Syntax error" not in done.output


def test_what_is_called_checked_by_coq_is_proved_there() -> None:
    """Every reading of such a theorem is a proposition with its own left side, and no other theorem is."""
    stated = {(p.theorem.id, p.key) for p in PROPOSITIONS if p.lhs == p.theorem.lhs}
    complete = {
        name for name, theorem in theorems().items() if {(name, r.key) for r in theorem.readings} <= stated
    }
    called = {name for name, theorem in theorems().items() if theorem.status is Status.CHECKED_BY_COQ}
    assert called == complete
