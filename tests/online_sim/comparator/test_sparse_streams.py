"""The best fixed points of a sparse stream are those of the same rows written out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from online_sim.comparator import best_in_hindsight
from online_sim.domains.box import Box
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.simplex import Simplex
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.sparse import SparseStream
from theory.losses.absolute import ABSOLUTE
from theory.losses.hinge import HINGE
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.losses.quadratic import QUADRATIC

D = 6


@pytest.mark.parametrize(
    "domain", [Box(-1.0, 1.0, dimension=D), L2Ball(D, 0.7), Simplex(D)], ids=lambda d: d.name
)
@pytest.mark.parametrize("loss", [LINEAR, QUADRATIC, ABSOLUTE, HINGE, LOGISTIC], ids=lambda loss: loss.name)
def test_sparse_rows_have_the_minima_of_dense_ones(loss, domain):
    """At every checkpoint the two enclosures meet and are narrow; some rows are empty, some equal."""
    rng = np.random.default_rng(0)
    vectors = rng.integers(-2, 3, (30, D)) * (rng.random((30, D)) < 0.3).astype(float)
    labels = np.where(rng.random(30) < 0.4, 1.0, -1.0)
    assert not vectors.any(axis=1).all()
    dense = ArrayStream(vectors, labels, order="once")
    sparse = SparseStream(csr_array(vectors), labels, order="once")
    ends = [1, 2, 7, 30]
    for first, second in zip(
        best_in_hindsight(loss, {}, domain, dense, ends), best_in_hindsight(loss, {}, domain, sparse, ends),
        strict=True,
    ):  # fmt: skip
        assert first.lower <= second.upper
        assert second.lower <= first.upper
        for found in (first, second):
            assert found.gap <= (1e-9 if loss is LOGISTIC else 1e-6) * max(1.0, abs(found.upper))
