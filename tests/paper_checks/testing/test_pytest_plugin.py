"""The pytest plugin, used as a stranger would: in a small repository of its own, in a process of its own."""

import importlib.metadata
import json
import os
import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from bounds.verdict import Verdict
from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.streams import constant
from paper_checks.testing.assertions import Regretcheck, defaults
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD
from theory.losses.linear import LINEAR
from theory.theorems.adal import THEOREM1

THEORY = '''\
"""Our own theory: a bound for gradient descent, and one that is too small."""

from sympy import S, sqrt

from theory.parameters import alpha
from theory.quantities import Regret
from theory.source import Source, add_source
from theory.statement import Assumption, Reading, Requires, Theorem
from theory.symbols import D, T

add_source("ours", "Us. Our own bound.")
OURS = Theorem(
    id="ours.bound",
    title="Our bound",
    source=Source("ours", "Theorem 1"),
    algorithms=("SGD",),
    lhs=Regret(S.One),
    readings=(
        Reading("right", (D**2 / (2 * alpha) + alpha) * sqrt(T), "for gradients up to 1"),
        Reading("small", sqrt(T) / 1000, "far too small"),
    ),
    assumptions=(Assumption("the losses are convex", Requires.CONVEX_LOSSES),),
)
'''


HEAD = """\
import pytest
from online_sim.domains import Box
from online_sim.game import Game
from online_sim.streams import constant
from our_theory import OURS
from theory.algorithms.sgd import SGD
from theory.losses.linear import LINEAR

BOX, PARAMETERS = Box(-1.0, 1.0, dimension=1), {"alpha": 1.0}
GAME = Game(SGD, LINEAR, constant([1.0]), BOX, horizon=50, parameters=PARAMETERS, start=[1.0])
"""

GREEN = f"""\
{HEAD}
def test_our_bound(regretcheck):
    (check,) = regretcheck.holds(OURS, GAME, reading="right", engine="numpy")
    assert check.margin > 0.8

def test_the_small_one_is_false(regretcheck):
    regretcheck.violated(OURS, GAME, reading="small", by=1, engine="numpy")

@pytest.mark.theorem(OURS, GAME, engine="numpy")
class TestWithAMarker:
    @pytest.mark.parametrize("slope", [0.5, 1.0])
    @pytest.mark.theorem(reading="right")
    def test_slopes(self, regretcheck, slope):
        regretcheck.holds(stream=constant([slope]))

    def test_by_name(self, regretcheck):
        regretcheck.verdict("VIOLATED", reading="small")

def test_a_theorem_of_the_package(regretcheck):
    from theory.algorithms.adal import ADAL
    parameters = {{"alpha": 1.0, "beta1": 0.0, "beta2": 0.5, "eps": 0.0}}
    game = Game(ADAL, LINEAR, constant([0.4]), GAME.domain, horizon=1, parameters=parameters, start=[1.0])
    regretcheck.violated("adal.theorem1.A", game, engine="numpy")

def test_without_the_fixture():
    pass
"""

RED = f"""\
{HEAD}
def test_wrong(regretcheck):
    regretcheck.holds(OURS, GAME, engine="numpy")

def test_margin(regretcheck):
    regretcheck.holds(OURS, GAME, reading="right", margin=100, engine="numpy")

def test_too_late(regretcheck):
    regretcheck.violated(OURS, GAME, reading="small", by=0, engine="numpy")
"""

EMPTY = f"""\
{HEAD}
import unittest

def test_only_the_fixture(regretcheck):
    pass

@pytest.mark.theorem
def test_only_the_marker():
    assert True

@pytest.mark.theorem(OURS, GAME, engine="numpy")
class TestOfAClass:
    def test_inside(self):
        pass

    @pytest.mark.xfail(reason="passes, and nobody looks", strict=False)
    def test_expected_to_fail(self, regretcheck):
        pass

    def test_swallowed(self, regretcheck):
        with pytest.raises(ValueError):
            regretcheck.holds(reading="none such")

@pytest.mark.theorem
class TestOfUnittest(unittest.TestCase):
    def test_inside(self):
        pass

@pytest.mark.theorem
@pytest.mark.parametrize("k", [1, 2])
def test_twice(k):
    pass
"""

ENOUGH = f"""\
{HEAD}
def test_looked_at_by_hand(regretcheck):
    (check,) = regretcheck.checks(OURS, GAME, reading="small", engine="numpy")
    assert check.first_violation == 1

@pytest.mark.theorem
@pytest.mark.xfail(reason="not yet", strict=True)
def test_known_to_fail(regretcheck):
    regretcheck.holds(OURS, GAME, reading="small", engine="numpy")

@pytest.mark.theorem
def test_skipped():
    pytest.skip("says so")

def test_of_something_else():
    pass
"""


@pytest.fixture
def repository(tmp_path):
    """A repository with a theory file and strict pytest settings; the function runs its tests."""
    (tmp_path / "our_theory.py").write_text(THEORY)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = --strict-markers\nfilterwarnings = error\npythonpath = .\n"
    )

    def run(tests, *arguments):
        (tmp_path / "test_ours.py").write_text(tests)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment
        )

    return run


def test_the_entry_point_leads_to_the_plugin():
    """The installed distribution offers the plugin under pytest11, and pytest has loaded it."""
    (found,) = importlib.metadata.entry_points(group="pytest11", name="regretcheck")
    assert found.value == "paper_checks.testing.pytest_plugin"
    assert found.dist.name == "regretcheck"


def test_a_separate_repository_asserts_its_own_theorem(repository, tmp_path):
    """Fixture, marker and the package's own theorems pass there, and JUnit XML holds verdict and margin."""
    done = repository(GREEN, "--junit-xml=junit.xml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "7 passed" in done.stdout
    root = ElementTree.parse(tmp_path / "junit.xml").getroot()
    properties = {p.get("name"): p.get("value") for p in root.iter("property")}
    assert properties["regretcheck.ours.bound.small"].startswith("VIOLATED, margin ")
    assert properties["regretcheck.adal.theorem1.A"] == "VIOLATED, margin 0.604584 at round 1"


def test_the_marker_selects_every_test_that_uses_the_fixture(repository):
    """`-m theorem` runs those tests and no other, whether the marker was written or not."""
    done = repository(GREEN, "-m", "theorem")
    assert "6 passed, 1 deselected" in done.stdout


def test_a_failure_says_why_and_how_to_repeat_it(repository, tmp_path):
    """The message holds verdict, reason, margin, game and command; the picture is drawn."""
    done = repository(RED, "--regretcheck-plots=pictures")
    assert done.returncode == 1
    out = done.stdout
    for line in (
        "ours.bound.small is VIOLATED, expected HOLDS",
        Verdict.VIOLATED.value,
        "seen: at T = 1 the left side is at least 2, the bound 0.001",
        "margin (bound/measured): 0.000471405 at round 2",
        "first violated in round 1",
        "game: SGD(alpha=1.0) on box(d=1, lower=-1, upper=1), loss linear, constant(1)",
        "rounds 1 to 50 from [1.0], seeds none, engine numpy",
        "to repeat: pytest 'test_ours.py::test_wrong'",
        "ours.bound.right has the margin 1.41421 at round 2, expected at least 100",
        "ours.bound.small is violated from round 1 on, expected by round 0",
        ">   ",
        "regretcheck.holds(OURS, GAME",
    ):
        assert line in out, line
    assert "def _fail" not in out, "the traceback ends at the caller's line"
    assert len(list((tmp_path / "pictures").glob("test_ours.py_test_wrong*.svg"))) == 1


def test_a_test_that_checked_nothing_fails(repository, tmp_path):
    """The marker alone, the fixture alone, a swallowed error: each is red, and JUnit XML says why."""
    done = repository(EMPTY, "--junit-xml=junit.xml", "-rA")
    assert done.returncode == 1, done.stdout
    assert "8 failed" in done.stdout
    assert "passed" not in done.stdout.splitlines()[-1]
    assert done.stdout.count("marked `theorem` but held no theorem against a game") >= 8
    failures = ElementTree.parse(tmp_path / "junit.xml").getroot().findall(".//failure")
    assert len(failures) == 8
    assert all("held no theorem against a game" in f.get("message") + (f.text or "") for f in failures)


def test_one_that_checked_something_keeps_its_outcome(repository):
    """The control: a check by hand passes, an expected failure is one, a skip is a skip."""
    done = repository(ENOUGH)
    assert done.returncode == 0, done.stdout
    assert "2 passed, 1 skipped, 1 xfailed" in done.stdout


def test_the_plugin_costs_next_to_nothing(tmp_path):
    """Loading it brings neither sympy nor numpy, and takes less than 10 ms beside pytest itself."""
    code = (
        "import json, sys, time, pytest\n"
        "began = time.perf_counter(); import paper_checks.testing.pytest_plugin\n"
        "print(json.dumps([time.perf_counter() - began, sorted(sys.modules)]))"
    )
    runs = [
        json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
        for _ in range(3)
    ]
    assert not {"sympy", "numpy", "scipy", "typer", "rich", "bounds", "theory.recurrence"} & set(runs[0][1])
    # The least of three: the others measure who else uses the machine.
    assert min(seconds for seconds, _ in runs) < 0.010


DESCENT = Game(
    SGD, LINEAR, constant([1.0]), Box(-1.0, 1.0, dimension=1), horizon=5, parameters={"alpha": 1.0}
)


def game(**options):
    """What the fixture gives, where a marker says everything."""
    return Regretcheck({"theorem": THEOREM1, "game": DESCENT, "engine": "numpy", **options})


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: Regretcheck().holds(), TypeError, "`theorem` is missing; give it to the call or to"),
        (lambda: Regretcheck().holds("adal.theorem1"), TypeError, "`game` is missing"),
        (lambda: game(game=SGD).holds(), TypeError, "`game` = .* must be a Game"),
        (lambda: game(theorem="nothing").holds(), ValueError, "`theorem` = 'nothing' is unknown; known: "),
        (lambda: game(theorem=3).holds(), TypeError, "`theorem` = 3 must be a Theorem"),
        (lambda: game(theorem="adal.theorem1.Z").holds(), ValueError, "has no reading 'Z'"),
        (lambda: game().holds(reading="Z"), ValueError, "has no reading 'Z'; known: A, B, C"),
        (lambda: game().verdict("TRUE"), ValueError, "`expected` = 'TRUE' is not a verdict; known: HOLDS"),
        (lambda: game().holds(1, 2, 3), TypeError, "3 positional arguments; at most theorem, game"),
        (lambda: game().checks(record=()), TypeError, "`record` is what the theorem asks for"),
    ],
)
def test_wrong_calls_are_errors_not_failures(call, error, sentence):
    """A mistake in a call is a TypeError or ValueError that says what to do, never a failed theorem."""
    with pytest.raises(error, match=sentence.replace("(", r"\(")):
        call()


def test_nearer_markers_win():
    """The marker of the test comes before the class's, and that before the module's."""
    near, far = ((), {"horizon": 1}), (("T", "G"), {"horizon": 2, "loss": "L"})
    assert defaults([near, far]) == {"theorem": "T", "game": "G", "horizon": 1, "loss": "L"}


def test_a_theorem_about_another_algorithm_is_an_error():
    """Gradient descent has no vhat: Theorem 1 cannot be evaluated, which is an error and no verdict."""
    with pytest.raises(ValueError, match="`vhat` in sqrt"):
        game().checks()


def test_verdicts_are_given_as_objects_or_names(regretcheck):
    """The fixture is there in this very test, and takes a `Verdict` as well as its name."""
    parameters = {"alpha": 1.0, "beta1": 0.0, "beta2": 0.5, "eps": 0.0}
    made = replace(
        DESCENT, recurrence=ADAL, stream=constant([0.4]), horizon=1, parameters=parameters, start=[1.0]
    )
    objects, options = (THEOREM1, made), {"engine": "numpy"}
    one = regretcheck.verdict(Verdict.VIOLATED, *objects, **options)
    other = regretcheck.verdict("VIOLATED", *objects, **options)
    assert [c.id for c in one] == [c.id for c in other] == [f"adal.theorem1.{key}" for key in "ABC"]
    with pytest.raises(pytest.fail.Exception, match=r"adal\.theorem1\.A is VIOLATED, expected HOLDS"):
        regretcheck.holds(*objects, **options)
