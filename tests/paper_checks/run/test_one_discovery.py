"""A clash of ids is an error in every registry: a second object with a known id is planted."""

from __future__ import annotations

import importlib
from dataclasses import replace

import pytest

from paper_checks.bench.registry import bench_rows
from paper_checks.run.registry import audits, claims, exhibits, scenarios
from theory.algorithms.registry import algorithms
from theory.losses.registry import losses
from theory.theorems.registry import theorems

REGISTRIES = {
    "scenarios": (scenarios, "paper_checks.adal.portfolio", "SCENARIO", "id"),
    "scenarios of a family": (scenarios, "paper_checks.calibration.ogd", "SCENARIOS", "id"),
    "claims": (claims, "paper_checks.adal.claims.matrix_norm", "CLAIM", "id"),
    "audits": (audits, "paper_checks.audited.diabetes", "AUDIT", "scenario"),
    "exhibits": (exhibits, "paper_checks.gallery.amsgrad", "EXHIBITS", "name"),
    "rows of the benchmark": (bench_rows, "paper_checks.bench.rows.start", "ROW", "id"),
    "algorithms": (algorithms.__wrapped__, "theory.algorithms.adabelief", None, "name"),
    "losses": (losses.__wrapped__, "theory.losses.huber", None, "name"),
    "theorems": (theorems.__wrapped__, "theory.theorems.nosadam", None, "id"),
}


@pytest.mark.parametrize("kind", REGISTRIES)
def test_two_objects_of_one_id_are_refused(kind, monkeypatch):
    """The error names the id and the module of the second one; without it the registry is whole."""
    find, place, offer, key = REGISTRIES[kind]
    found = find()
    known = list(found.values()) if hasattr(found, "values") else list(found)
    assert len({getattr(one, key) for one in known}) == len(known) > 1
    module = importlib.import_module(place)
    first, last = known[0], known[-1]
    mine = vars(module).values() if offer is None else [getattr(module, offer)]
    other = last if any(first is v or (isinstance(v, tuple) and first in v) for v in mine) else first
    second = replace(other)
    several = offer is not None and offer.endswith("S")
    monkeypatch.setattr(module, offer or "SECOND", (second,) if several else second, raising=False)
    with pytest.raises(ValueError, match=f"two {kind.partition(' of a')[0]} have the {key}") as caught:
        find()
    assert repr(getattr(other, key)) in str(caught.value)
