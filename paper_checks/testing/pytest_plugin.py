"""pytest plugin: the fixture `regretcheck` and the marker `theorem`, for the tests of any repository.

It is loaded in every pytest run of an environment that has this package, so it imports only pytest. The
fixture's first call imports what plays and checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from paper_checks.testing.assertions import Regretcheck

MARKER = (
    "theorem(theorem=None, game=None, **changes): what the fixture `regretcheck` checks in this test unless "
    "the call says otherwise; every test that uses the fixture carries it, so that `-m theorem` selects "
    "them, and fails "
    "where it held no theorem against a game"
)
HELD = pytest.StashKey[int]()
"""The number of readings that a test has checked."""
NOTHING = (
    "marked `theorem` but held no theorem against a game; call the fixture: regretcheck.holds(...), "
    "regretcheck.violated(...), regretcheck.verdict(...) or regretcheck.checks(...)"
)
"""The failure message of a test that passed without checking anything."""


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


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a marked test that passed, or failed as expected, without any check."""
    report = yield
    passed = report.when == "call" and report.outcome == "passed"
    if passed and item.get_closest_marker("theorem") is not None and not item.stash.get(HELD, 0):
        report.outcome = "failed"
        report.longrepr = NOTHING
        # Set on a test that was expected to fail and passed: pytest would count it as such.
        vars(report).pop("wasxfail", None)
    return report


@pytest.fixture
def regretcheck(request: pytest.FixtureRequest) -> Regretcheck:
    """Assert a verdict: ``regretcheck.holds(theorem, Game(...))``.

    The marker ``@pytest.mark.theorem(...)`` of the test, its class and its module supplies what calls leave
    out. Each verdict and margin is recorded as a property of the test, so that it appears in JUnit XML.
    """
    from paper_checks.testing.assertions import Regretcheck, defaults

    def record(name: str, value: object) -> None:
        request.node.user_properties.append((name, value))
        request.node.stash[HELD] = request.node.stash.get(HELD, 0) + 1

    markers = [(m.args, m.kwargs) for m in request.node.iter_markers("theorem")]
    return Regretcheck(
        defaults(markers),
        test=request.node.nodeid,
        record=record,
        plots=request.config.getoption("regretcheck_plots"),
    )
