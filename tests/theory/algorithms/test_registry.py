"""The registry finds what is in the folder, and `check_recurrence` tests it."""

import importlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sympy import Expr, Integer, log, sqrt, tan

import theory.algorithms
from theory.algorithms.adal import ADAL, adal
from theory.algorithms.conformance import RecurrenceError, check_recurrence
from theory.algorithms.registry import algorithm, algorithms
from theory.algorithms.sgd import SGD
from theory.algorithms.unroll import unroll
from theory.parameters import ALPHA, BETA1, Parameter, alpha, beta1
from theory.quantities import CumMax, CumSum, GroupNorm1, Norm1, NormInf, Prev, pinv
from theory.recurrence import Recurrence
from theory.source import BIBLIOGRAPHY, Source
from theory.symbols import Scalar, Vector, f, g, m, t, v, x

SOURCE = Source("zinkevich2003", "section 2")
FOLDER = Path(theory.algorithms.__file__).parent


def test_the_registry_holds_every_family() -> None:
    """The algorithms the paper names, and AdaL's variants, are there."""
    families = {name.partition("[")[0] for name in algorithms()}
    assert families >= {
        "SGD", "SGD with momentum", "Nesterov", "AdaGrad", "RMSProp", "Adadelta", "Adam", "AdamW", "AMSGrad",
        "NosAdam", "AdaX", "RAdam", "AdaBelief", "AdaL",
    }  # fmt: skip
    wanted = [
        adal(), adal(eps_mode="adam"), adal(eps_mode="none"), adal(bias_correction=False), adal(norm="group"),
        adal(eps_mode="none", bias_correction=False, maximum="R1"), adal(eps_mode="none", maximum="R2"),
        adal(eps_mode="none", maximum="R3"),
    ]  # fmt: skip
    assert all(algorithms()[r.name] == r for r in wanted)


def test_the_registry_reads_the_folder() -> None:
    """Every file contributes what it assigns, in an order that does not depend on the process."""
    modules = [importlib.import_module(f"theory.algorithms.{path.stem}") for path in FOLDER.glob("[a-z]*.py")]
    found = {id(value) for made in modules for value in vars(made).values() if isinstance(value, Recurrence)}
    assert found == {id(r) for r in algorithms().values()}
    code = "from theory.algorithms import algorithms; print('|'.join(algorithms()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "|".join(algorithms())


def test_a_name_stands_for_itself() -> None:
    """Keys are the recurrences' own names, and each source is in the bibliography."""
    for name, r in algorithms().items():
        assert r.name == name
        assert r.source.key in BIBLIOGRAPHY


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    """A typing error costs one look."""
    assert algorithm("AdaL") == ADAL
    with pytest.raises(ValueError, match=r"`name` = 'AdamX' is not an algorithm; nearest: .*Adam"):
        algorithm("AdamX")


def test_importing_an_algorithm_brings_nothing_heavy() -> None:
    """The file of one algorithm needs sympy only: no arrays, and not the other algorithms."""
    code = (
        "import sys, theory.algorithms.adal; "
        "print(sorted({'numpy', 'scipy', 'torch', 'numba', 'theory.algorithms.radam'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# -- conformance ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", algorithms())
def test_every_algorithm_conforms(name: str) -> None:
    """The one-line test of a newcomer's file passes for ours."""
    check_recurrence(algorithms()[name])


def toy(**changes: object) -> Recurrence:
    """A small good recurrence with something changed."""
    lines = ((m, beta1 * Prev(m) + g), (v, CumSum(g**2)))
    return replace(
        Recurrence("toy", SOURCE, (ALPHA, BETA1), lines, x - alpha * pinv(sqrt(v)) * m, sqrt(v)), **changes
    )


ODD = Parameter(
    Scalar("alpha", positive=True), r"\alpha", "the step", lower=0, lower_open=True, typical=(2.0, 1.0)
)
OUT = Parameter(Scalar("alpha", positive=True), r"\alpha", "the step", lower=0, upper=1, typical=(2.0, 3.0))
DEFAULT = Parameter(Scalar("alpha", positive=True), r"\alpha", "the step", lower=0, upper=1, default=7.0)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"point": x - alpha * m / sqrt(v)}, "write 1/w as pinv"),
        ({"metric": 1 / sqrt(v)}, "write 1/w as pinv"),
        ({"point": x - alpha * m * log(v + x)}, "not real and finite"),
        ({"metric": sqrt(v) - 100}, "is negative"),
        ({"point": x - alpha * tan(m)}, "cannot be printed"),
        ({"steps": ((m, beta1 * Prev(m) + CumSum(tan(g))), (v, CumSum(g**2)))}, "cannot be printed"),
        ({"steps": ((m, beta1 + 0 * g), (v, Integer(1) + 0 * g))}, "does not depend on the gradients"),
        ({"parameters": (ODD, BETA1)}, "put the smaller end first"),
        ({"parameters": (OUT, BETA1)}, "contradicts its own declaration"),
        ({"parameters": (DEFAULT, BETA1)}, "contradicts its own declaration"),
    ],
)
def test_a_recurrence_that_breaks_a_law_is_refused(changes: dict[str, object], says: str) -> None:
    """Each law is broken once, and the sentence names it."""
    check_recurrence(toy())
    with pytest.raises(RecurrenceError, match=says):
        check_recurrence(toy(**changes))


# -- the reference -------------------------------------------------------------------------------------


def numbers(rows: tuple[tuple[Expr, ...], ...]) -> list[list[float]]:
    """Floats of a table; the tests below use binary fractions only, so nothing is rounded."""
    return [[float(u) for u in row] for row in rows]


def test_unroll_by_hand() -> None:
    """SGD with momentum, two rounds in exact binary numbers, against a hand calculation."""
    r = Recurrence(
        "toy", SOURCE, (ALPHA, BETA1), ((m, beta1 * Prev(m) + g),), x - alpha * m / t, 1, initial={m: beta1}
    )
    run = unroll(r, [(1, 0), (2, -4)], parameters={"alpha": 0.5, "beta1": 0.25}, start=(1, 0))
    # m_1 = 1/16 + (1, 0), m_2 = m_1/4 + (2, -4).
    assert numbers(run.points) == [[15 / 32, -1 / 32], [15 / 32 - 145 / 256, -1 / 32 + 255 / 256]]
    assert numbers(run.played) == [[1, 0], [15 / 32, -1 / 32]]


def test_unroll_reduces_and_accumulates() -> None:
    """Norms over all coordinates, over groups, running sums and maxima, and the loss."""
    s, u, w = Scalar("s"), Vector("u"), Vector("w")
    lines = ((s, Norm1(g) + NormInf(g) + CumSum(f)), (u, GroupNorm1(g)), (w, CumMax(g) + CumSum(g**2)))
    r = Recurrence("toy", SOURCE, (), lines, x - s - u - w, s)
    run = unroll(r, [(1, -2, 3), (-1, 0, 0)], parameters={}, groups=[0, 0, 1], losses=[5, 7])
    # Round 1: s = 6 + 3 + 5, u = (3, 3, 3), w = (1, -2, 3) + (1, 4, 9).
    # Round 2: s = 1 + 1 + 12, u = (1, 1, 0), w = (1, 0, 3) + (2, 4, 9).
    assert numbers(run.points) == [[-19, -19, -29], [-37, -38, -55]]
    assert numbers(run.metrics) == [[14, 14, 14], [14, 14, 14]]


def test_unroll_refuses_ragged_rows_and_wild_parameters() -> None:
    """Wrong input is refused by name."""
    with pytest.raises(ValueError, match="`gradients` must be rows of one length"):
        unroll(SGD, [(1, 2), (1,)], parameters={"alpha": 1})
    with pytest.raises(ValueError, match="`gradients` must be rows of one length"):
        unroll(SGD, [], parameters={"alpha": 1})
    with pytest.raises(ValueError, match="`alpha` = -1 is out of range"):
        unroll(SGD, [(1,)], parameters={"alpha": -1})
