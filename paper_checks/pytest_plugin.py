"""pytest plugin: the fixture `regretcheck` and the marker `theorem`, for the tests of any repository.

It is loaded with every pytest run of an environment that has this package, so it imports pytest alone:
what plays and checks is imported by the fixture's first call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from paper_checks.assertions import Regretcheck

MARKER = (
    "theorem(theorem=None, **game): what the fixture `regretcheck` checks in this test unless the call says "
    "otherwise; every test that uses the fixture carries it, so that `-m theorem` selects them"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for pictures."""
    parser.getgroup("regretcheck").addoption(
        "--regretcheck-plots",
        metavar="DIR",
        default=None,
        help="draw bound and measurement of every failed theorem check into this folder",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, for ``--strict-markers``."""
    config.addinivalue_line("markers", MARKER)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests that use the fixture."""
    if "regretcheck" in getattr(item, "fixturenames", ()) and item.get_closest_marker("theorem") is None:
        item.add_marker("theorem")


@pytest.fixture
def regretcheck(request: pytest.FixtureRequest) -> Regretcheck:
    """Assert a verdict: ``regretcheck.holds(theorem, recurrence, loss, stream, domain, horizon=...)``.

    The marker ``@pytest.mark.theorem(...)`` of the test, its class and its module gives what calls leave out.
    Each verdict and margin is recorded as a property of the test, so that JUnit XML holds them.
    """
    from paper_checks.assertions import Regretcheck, defaults

    markers = [(m.args, m.kwargs) for m in request.node.iter_markers("theorem")]
    return Regretcheck(
        defaults(markers),
        test=request.node.nodeid,
        record=lambda name, value: request.node.user_properties.append((name, value)),
        plots=request.config.getoption("regretcheck_plots"),
    )
