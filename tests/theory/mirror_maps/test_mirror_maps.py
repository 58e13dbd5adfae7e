"""Mirror maps: the laws of each, what sympy finds of a new one, and what is refused when one is built."""

from dataclasses import replace

import pytest
from sympy import Abs, Float, Integer, Piecewise, Rational, S, cosh, exp, log, oo, sign, sqrt

from theory.mirror_maps.conformance import MirrorMapError, check_mirror_map
from theory.mirror_maps.entropy import ENTROPY
from theory.mirror_maps.euclidean import EUCLIDEAN
from theory.mirror_maps.fermi_dirac import FERMI_DIRAC
from theory.mirror_maps.hyperbolic_entropy import HYPERBOLIC_ENTROPY
from theory.mirror_maps.log_barrier import LOG_BARRIER
from theory.mirror_maps.mirror_map import DUAL, MirrorMap
from theory.mirror_maps.registry import mirror_maps
from theory.quantities import SumCoords
from theory.source import Source
from theory.symbols import g, x, z
from theory.theorems.against import divergence

SOURCE = Source("bubeck2015", "section 4.1")
HALF_LINE = (S.Zero, oo)
POWER = MirrorMap("3/2", SOURCE, psi=4 * Abs(x) ** Rational(3, 2) / 3, inverse=sign(DUAL) * DUAL**2 / 4)
"""A map with a kink in its second derivative."""
ALL = pytest.mark.parametrize("psi", [*mirror_maps(), POWER], ids=lambda psi: psi.name)


def test_every_file_is_found():
    """The five maps of the package."""
    known = {ENTROPY, EUCLIDEAN, FERMI_DIRAC, HYPERBOLIC_ENTROPY, LOG_BARRIER}
    assert known <= set(mirror_maps())


@ALL
def test_every_map_keeps_its_contract(psi):
    """The gradient increases, the divergence is positive, and the step minimises, also on a box."""
    check_mirror_map(psi)


@pytest.mark.parametrize("name", ["moved", "divergence"])
def test_a_wrong_map_is_found(name):
    """Must-fail controls: a step twice as long, and half of the divergence."""

    class Wrong(type(ENTROPY)):  # type: ignore[misc]
        """The entropy with one part that does not belong to it."""

        def moved(self, push):
            return ENTROPY.moved(2 * push if name == "moved" else push)

        def divergence(self, u, w):
            return SumCoords(ENTROPY.divergence(u, w).args[0] / (2 if name == "divergence" else 1))

    wrong = Wrong(ENTROPY.name, SOURCE, psi=ENTROPY.psi, domain=HALF_LINE, inverse=ENTROPY.inverse)
    with pytest.raises(MirrorMapError, match="is better"):
        check_mirror_map(wrong)


@pytest.mark.parametrize(
    ("psi", "domain", "point"),
    [
        (x * log(x) - x, HALF_LINE, x * exp(-g)),
        (x**2 / 2, (-oo, oo), x - g),
        (x**2 / 2 - log(x), HALF_LINE, None),
        (x * log(x) + (1 - x) * log(1 - x), (0, 1), None),
    ],
    ids=["entropy", "square", "square and barrier", "binary entropy"],
)
def test_sympy_finds_the_inverse_gradient(psi, domain, point):
    """Without `inverse` the gradient is inverted once, and the map keeps its contract."""
    found = MirrorMap("found", SOURCE, psi=psi, domain=domain)
    assert point is None or found.moved(g) == point
    check_mirror_map(found)


def test_the_divergences_of_the_textbook():
    """Half the squared distance; and the Kullback-Leibler divergence, up to what cancels on the simplex."""
    square = EUCLIDEAN.divergence(z, x).args[0]
    assert all((square - (z - x) ** 2 / 2).subs({z: u, x: w}) == 0 for u in (-2, 0, 3) for w in (-1, 0, 2))
    known, own = divergence(z, x).args[0], ENTROPY.divergence(z, x).args[0]
    for u, w in ((S.Zero, Rational(1, 3)), (Rational(1, 2), Rational(1, 5)), (S.One, Rational(1, 7))):
        apart = (own - known - (w - u)).xreplace({z: u, x: w})
        assert abs(apart.evalf(40)) < 1e-30


def test_a_divergence_at_the_ends_of_the_domain():
    """0 log 0 = 0: psi has its limit there, on both sides."""
    psi = MirrorMap("binary", SOURCE, psi=x * log(x) + (1 - x) * log(1 - x), domain=(0, 1))
    for end in (S.Zero, S.One):
        assert abs((psi.divergence(z, x).args[0].xreplace({z: end, x: S.Half}) - log(2)).evalf(40)) < 1e-30


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"psi": -log(x), "domain": HALF_LINE}, "tends to 0 at oo, not to oo"),
        ({"psi": x}, "tends to 1 at -oo"),
        ({"psi": -(x**2) / 2}, "tends to oo at -oo"),
        ({"psi": x**2 / 2, "domain": HALF_LINE}, "tends to 0 at 0"),
        ({"psi": x * log(x) - x, "domain": HALF_LINE, "inverse": 2 * exp(DUAL)}, "at y = 0 the gradient"),
        ({"psi": x**2 / 2, "inverse": -DUAL}, "at y = 1 the gradient"),
        ({"psi": x**2 / 2, "inverse": DUAL + DUAL * (DUAL - 1) * (DUAL + 2)}, "of the gradient at"),
        (
            {"psi": x**2 / 2 - log(x), "domain": HALF_LINE, "inverse": (DUAL - sqrt(DUAL**2 + 4)) / 2},
            "outside",
        ),
        ({"psi": x**2 / 2 - log(Abs(x)), "inverse": (DUAL + sqrt(DUAL**2 + 4)) / 2}, "of the gradient at"),
        ({"psi": x**2 / 2 - Abs(x), "inverse": DUAL + sign(DUAL)}, "is not the inverse"),
        ({"psi": (x - 1) ** 2 * (x + 1) ** 2}, "finds no inverse"),
        ({"psi": cosh(x)}, "finds no inverse"),
        ({"psi": x**2 / 2, "inverse": Piecewise((DUAL, DUAL < 50), (2 * DUAL, True))}, "uses"),
        ({"psi": Abs(x - 1) ** 3}, "only 0 may be one"),
        ({"psi": SumCoords(x**2)}, "SumCoords"),
        ({"psi": Float(0.5) * x**2}, "float"),
        ({"psi": x * z}, "unknown symbols z"),
        ({"psi": Integer(1)}, "function of x"),
        ({"psi": x**2 / 2, "domain": (1, 0)}, "swap them"),
        ({"psi": x**2 / 2, "domain": 3}, "two ends"),
    ],
)
def test_what_is_no_map_is_refused(fields, words):
    """Must-fail controls, each with the argument and what is wrong."""
    with pytest.raises(ValueError, match=words):
        MirrorMap("refused", SOURCE, **fields)


def test_an_inverse_that_agrees_at_the_points_tried_is_refused():
    """The identity is checked by sympy, not at points only."""
    exact = [Rational(n, 12) for n in (1, 2, 3, 5, 8, 12, 13, 17, 24, 40, 90, 200)]
    bump = DUAL
    for u in exact:
        bump *= DUAL**2 - u**2
    bump *= DUAL + 2
    with pytest.raises(ValueError, match="sympy does not see"):
        replace(EUCLIDEAN, inverse=DUAL + bump)
