"""Weighted projections in high dimension; the compiled ones are called from Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from paper_checks.bench.row import BenchRow, Call, Case, Contender, Goal, Peer, Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from online_sim.domains.base import Domain

TIMES = {1000: 2000, 100_000: 20, 1_000_000: 2}
"""The number of projections in a timed call, by d."""
JAXOPT_ACCURACY = 1e-3
"""The tolerance for jaxopt, whose bisection stops after a fixed number of steps."""


def _vectors(dimension: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """A point outside every set of this file, and weights that span four decades."""
    import numpy as np

    rng = np.random.default_rng(dimension)
    return rng.normal(size=dimension), 10 ** rng.uniform(-2, 2, size=dimension)


def _normal(dimension: int) -> NDArray[Any]:
    import numpy as np

    return np.random.default_rng(1).uniform(0.5, 1, size=dimension)


def simplex(dimension: int) -> Domain:
    """The probability simplex."""
    from online_sim import Simplex

    return Simplex(dimension)


def ball(dimension: int) -> Domain:
    """The unit ball."""
    from online_sim import L2Ball

    return L2Ball(dimension)


def half_space(dimension: int) -> Domain:
    """A half-space that the point violates."""
    from online_sim import HalfSpace

    return HalfSpace(_normal(dimension), _offset(dimension))


def box_hyperplane(dimension: int) -> Domain:
    """A hyperplane through the box [-1/2, 1/2]^d."""
    from online_sim import BoxHyperplane

    return BoxHyperplane(-0.5, 0.5, normal=_normal(dimension), offset=0.1 * dimension)


def _offset(dimension: int) -> float:
    return float(_normal(dimension) @ _vectors(dimension)[0]) - 1.0


def _ours(make: Callable[[int], Domain], dimension: int, times: int) -> Call:
    import numpy as np

    from paper_checks.bench.peers.projections import repeated

    kernel = make(dimension).kernel()
    if kernel is None:
        raise ValueError(f"{make.__name__} has no compiled projection")
    function, work, data = kernel.function, np.empty(kernel.work_size), kernel.data
    point, weight = _vectors(dimension)
    out = np.empty(dimension)

    def project() -> Any:
        out.fill(0.0)  # no warm start from the previous answer
        if function(point, weight, out, work, data) != 0:
            raise RuntimeError(f"the projection of {make.__name__} failed")
        return out

    return repeated(times, project)


def _sorting(dimension: int, times: int) -> Call:
    import numpy as np

    from paper_checks.bench.peers.projections import repeated
    from paper_checks.bench.peers.simplex import by_sorting

    return repeated(times, partial(by_sorting, np), *_vectors(dimension))


def _section(name: str, dimension: int, times: int) -> Call:
    import numpy as np

    from paper_checks.bench.peers.projections import jaxopt_section

    given = _vectors(dimension)
    if name == "simplex":
        return jaxopt_section(times, given, np.ones(dimension), 1.0, 0.0, 1.0)
    return jaxopt_section(times, given, _normal(dimension), 0.1 * dimension, -0.5, 0.5)


def _brentq(dimension: int, times: int) -> Call:
    from paper_checks.bench.peers.projections import repeated, scipy_ball

    return repeated(times, scipy_ball, *_vectors(dimension), 1.0)


def _closed_form(dimension: int, times: int) -> Call:
    from paper_checks.bench.peers.projections import numpy_half_space, repeated

    return repeated(times, numpy_half_space, *_vectors(dimension), _normal(dimension), _offset(dimension))


def _jaxopt(name: str, d: int) -> Contender:
    return Contender(
        "jaxopt box section", partial(_section, name, d), max(1, TIMES[d] // 10), ("jax", "jaxopt")
    )


def cases(settings: Settings) -> Sequence[Case]:
    """One case for each set and size."""
    sizes = [min(TIMES)] if settings.quick else list(TIMES)
    found = []
    for d in sizes:
        fewer = max(1, TIMES[d] // 10)
        sort = Contender("numpy, sorting", partial(_sorting, d), fewer)
        found += [
            _case("simplex", d, simplex, Peer(sort, Goal(faster=7.0)),
                  Peer(_jaxopt("simplex", d), Goal(faster=4.0), JAXOPT_ACCURACY)),
            _case("ball", d, ball, Peer(Contender("scipy brentq", partial(_brentq, d), fewer))),
            _case("half_space", d, half_space,
                  Peer(Contender("numpy, closed form", partial(_closed_form, d), TIMES[d]))),
            _case("box_hyperplane", d, box_hyperplane,
                  Peer(_jaxopt("box_hyperplane", d), tolerance=JAXOPT_ACCURACY)),
        ]  # fmt: skip
    return found


def _case(name: str, d: int, make: Callable[[int], Domain], *peers: Peer) -> Case:
    return Case(
        f"projection.{name}.{d}", f"weighted projection, {name.replace('_', ' ')}, d = {d:,}", "coordinate",
        Contender("our kernel", partial(_ours, make, d), TIMES[d]), peers, scale=d, check=1,
    )  # fmt: skip


ROW = BenchRow("projection", "weighted projections with many coordinates", cases)
