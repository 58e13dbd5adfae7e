"""Newton steps on large boxes by conjugate gradients: right answers on plain, compressed and sparse rows."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.sparse import csr_array

from online_sim.comparator import best_in_hindsight, minimise
from online_sim.comparator.cumulative import Extent
from online_sim.comparator.kernels.box_model import box_model
from online_sim.comparator.minimising import compile_loss, cumulative, enclose
from online_sim.comparator.parts import sum_error
from online_sim.comparator.tables import CompressedTable, PlainTable, as_table
from online_sim.domains.box import Box
from online_sim.sparse_rows import rows_of
from online_sim.streams.arrays import ArrayStream
from theory.losses.huber import HUBER
from theory.losses.logistic import LOGISTIC
from theory.losses.squared import SQUARED

TOLERANCE = 1e-9


def _rows(name, seed=0):
    rng = np.random.default_rng(seed)
    n, d = {"few": (8, 300), "one": (1, 300), "dense": (400, 60)}.get(name, (900, 80))
    vectors = rng.standard_normal((n, d))
    if name != "dense":
        vectors *= rng.random((n, d)) < 0.1
    labels = np.where(vectors @ rng.standard_normal(d) + rng.logistic(size=n) > 0.5, 1.0, -1.0)
    match name:
        case "one class":
            labels[:] = -1.0
        case "zero rows":
            vectors[::2] = 0.0
        case "repeated":
            vectors, labels = np.tile(vectors[:90], (10, 1)), np.tile(labels[:90], 10)
        case "zero columns":
            vectors[:, ::3] = 0.0
        case "huge":
            vectors *= 1e5
        case "tiny":
            vectors *= 1e-5
    return vectors, labels


ROWS = (
    "random", "dense", "few", "one", "one class", "zero rows", "repeated", "zero columns", "huge", "tiny"
)  # fmt: skip


def _independent(vectors, labels, lower, upper, loss):
    """The minimum by L-BFGS-B, from formulas of its own."""

    def total(z):
        u = vectors @ z
        if loss is SQUARED:
            return 0.5 * float(((u - labels) ** 2).sum()), vectors.T @ (u - labels)
        margin = -labels * u
        return float(np.logaddexp(0.0, margin).sum()), -vectors.T @ (labels / (1.0 + np.exp(-margin)))

    with np.errstate(over="ignore"):
        return minimize(
            total, 0.5 * (lower + upper), jac=True, method="L-BFGS-B",
            bounds=list(zip(lower, upper, strict=True)),
            options={"ftol": 1e-15, "gtol": 0.0, "maxcor": 30, "maxiter": 5000, "maxfun": 20_000},
        ).fun  # fmt: skip


@pytest.mark.parametrize("radius", [0.05, 1.0])
@pytest.mark.parametrize("loss", [LOGISTIC, SQUARED], ids=lambda loss: loss.name)
@pytest.mark.parametrize("name", ROWS)
def test_encloses_what_an_independent_solver_finds(name, loss, radius):
    """On random and degenerate rows the enclosure is narrow and right, at the border and inside."""
    vectors, labels = _rows(name)
    lower = -radius * (1.0 + np.arange(vectors.shape[1]) % 3)
    upper = lower + 2.0 * radius
    found = minimise(loss, {}, Box(lower, upper), vectors, labels, np.ones(len(labels)))
    truth = _independent(vectors, labels, lower, upper, loss)
    # L-BFGS-B ends above the minimum; its own rounding is below 1e-12 of F.
    assert found.lower <= truth * (1.0 + 1e-12)
    if name != "huge":  # there it stops early
        assert truth <= found.upper + 1e-6 * max(1.0, found.upper)
        assert found.gap <= TOLERANCE * max(1.0, found.upper)
    assert found.gap >= 0.0
    assert Box(lower, upper).contains(found.point)


@pytest.mark.parametrize("loss", [LOGISTIC, SQUARED, HUBER], ids=lambda loss: loss.name)
def test_plain_and_compressed_rows_have_one_answer(loss):
    """The same rows as an array, compressed, and as a sparse matrix of scipy give enclosures that meet."""
    vectors, labels = _rows("random", 1)
    box, ones = Box(-0.5, 0.5, dimension=80), np.ones(len(labels))
    compiled = compile_loss(loss, {})
    tables = [PlainTable(vectors), PlainTable(vectors).compressed, as_table(rows_of("x", csr_array(vectors)))]
    assert isinstance(tables[1], CompressedTable)
    found = [
        enclose(
            cumulative(compiled, box, table, labels, ones), box, Extent.of(box), start=None, tolerance=None
        )
        for table in tables
    ]
    for first in found:
        assert first.gap <= TOLERANCE * max(1.0, abs(first.upper))
        assert all(first.lower <= second.upper for second in found)


def test_products_of_compressed_rows():
    """Every operation of a compressed table is that of the plain one, up to rounding."""
    rng = np.random.default_rng(2)
    vectors, labels = _rows("zero rows", 2)
    plain, packed = PlainTable(vectors), as_table(vectors)
    assert isinstance(packed, CompressedTable)
    n, d = vectors.shape
    x, s, h = rng.standard_normal(d), rng.standard_normal(n), rng.random(n)
    pairs = [
        (plain.times(x), packed.times(x)), (plain.adjoint(s), packed.adjoint(s)),
        (plain.gram(h), packed.gram(h)),
        (plain.squares(h), packed.squares(h)), (plain.lengths, packed.lengths),
        (plain.part(3, 40), packed.part(3, 40)), (plain.part(890, 950), packed.part(890, 950)),
        (plain.head(7).times(x), packed.head(7).times(x)),
        (plain.kept(s > 0.0).times(x), packed.kept(s > 0.0).times(x)),
    ]  # fmt: skip
    for first, second in pairs:
        assert first.shape == second.shape
        # Sums of fewer than 900 terms of size about 1.
        np.testing.assert_allclose(first, second, rtol=0, atol=1e-12)
    leaders = packed.leaders(labels)
    for j, leader in enumerate(leaders):
        assert np.array_equal(vectors[j], vectors[leader])
        assert labels[j] == labels[leader]
    assert len(np.unique(leaders)) < n


def test_equal_rows_are_counted_once():
    """A table with many equal rows gives at every checkpoint what its rounds give one by one."""
    vectors, labels = _rows("repeated", 3)
    vectors[5] = 0.0  # a row of its own
    labels[7] *= -1.0  # equal to others but for its label
    order = np.random.default_rng(0).permutation(len(labels))
    vectors, labels = vectors[order], labels[order]
    box, ends = Box(-1.0, 1.0, dimension=80), [1, 4, 50, 333, 900]
    weights = np.random.default_rng(1).integers(0, 3, len(labels)).astype(float)
    for c in (None, weights):
        found = best_in_hindsight(
            LOGISTIC, {}, box, ArrayStream(vectors, labels, order="once"), ends, round_weights=c
        )
        for end, minimum in zip(ends, found, strict=True):
            played = np.ones(end) if c is None else c[:end]
            if not played.any():
                assert (minimum.lower, minimum.upper) == (0.0, 0.0)
                continue
            alone = minimise(LOGISTIC, {}, box, vectors[:end], labels[:end], played)
            assert minimum.lower <= alone.upper
            assert alone.lower <= minimum.upper
            assert minimum.gap <= TOLERANCE * max(1.0, minimum.upper)


def test_no_round_counts():
    """All weights 0: the enclosure [0, 0] at every checkpoint."""
    vectors, labels = _rows("random")
    found = best_in_hindsight(
        LOGISTIC, {}, Box(-1.0, 1.0, dimension=80), ArrayStream(vectors, labels), [1, 900],
        round_weights=np.zeros(900),
    )  # fmt: skip
    assert [(m.lower, m.upper) for m in found] == [(0.0, 0.0)] * 2


@pytest.mark.parametrize("kind", ["start", "corner", "outside", "no number"])
def test_a_lying_kernel_only_widens_the_enclosure(kind, monkeypatch):
    """Must-fail control: with a wrong minimiser of the model the minimum still lies inside, in a wide gap."""
    vectors, labels = _rows("random", 4)
    box, ones = Box(-1.0, 1.0, dimension=80), np.ones(len(labels))
    truth = minimise(LOGISTIC, {}, box, vectors, labels, ones)
    z = {
        "start": np.zeros(80),
        "corner": np.ones(80),
        "outside": np.full(80, 7.0),
        "no number": np.full(80, np.nan),
    }

    def lie(*arguments):
        return z[kind]

    monkeypatch.setattr("online_sim.comparator.kernels.box_model.box_model", lie)
    monkeypatch.setattr("online_sim.comparator.minimising.SMOOTH_FALLBACK_SIZE", 0)
    found = minimise(LOGISTIC, {}, box, vectors, labels, ones)
    assert found.lower <= truth.upper
    assert truth.lower <= found.upper
    assert found.gap > 1e3 * TOLERANCE * found.upper
    assert box.contains(found.point)


def test_the_model_by_rows_and_by_matrix():
    """Both forms of the Hessian lead to one minimiser, which no projected gradient step improves."""
    rng = np.random.default_rng(5)
    vectors, _ = _rows("random", 5)
    n, d = vectors.shape
    table = as_table(vectors)
    h, bend, g = rng.random(n), np.full(d, 0.1), 30.0 * rng.standard_normal(d)
    z, lower, upper = np.zeros(d), np.full(d, -0.5), np.full(d, 0.7)
    matrix = table.gram(h) + np.diag(bend)
    none = np.zeros(0, dtype=np.int64)
    by_rows = box_model(*table.data, h, bend, np.zeros((0, 0)), g, z, lower, upper, 1e-10)
    by_matrix = box_model(np.zeros(0), none, none, np.zeros(0), bend, matrix, g, z, lower, upper, 1e-10)
    for y in (by_rows, by_matrix):
        slope = g + matrix @ y
        gap = np.maximum(slope * (y - lower), slope * (y - upper)).sum()
        assert gap <= 2e-10  # the kernel's own sums round differently
        assert np.all((lower <= y) & (y <= upper))
    for places in (by_rows == upper, by_rows == lower, np.abs(by_rows) < 0.5):
        assert places.any()


@pytest.mark.parametrize("dimension", [3, 5000])
def test_sums_over_compressed_rows_stay_within_their_bound(dimension):
    """In chunks for few coordinates and compensated for many: sum_j s_j a_j against exact rationals."""
    rng = np.random.default_rng(6)
    n = 400
    vectors = np.zeros((n, dimension))
    vectors[:, :2] = rng.standard_normal((n, 2)) * 10.0 ** rng.integers(-8, 8, (n, 2))
    s = rng.standard_normal(n)
    got = PlainTable(vectors).compressed.adjoint(s)
    for i in range(2):
        terms = [Fraction(p) * Fraction(q) for p, q in zip(s, vectors[:, i], strict=True)]
        error = abs(Fraction(got[i]) - sum(terms, Fraction(0)))
        # Products are rounded in both forms.
        assert error <= Fraction(sum_error(n)) * sum(map(abs, terms), Fraction(0))
    assert not got[2:].any()
