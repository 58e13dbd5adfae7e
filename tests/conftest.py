"""Fixtures for every test; nothing heavy is imported here."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from warm_python import Warm

# No test takes a result from the user's cache, nor leaves one there; its own tests choose another folder.
os.environ["REGRETCHECK_RESULTS_MB"] = "0"
# Kernels are kept from one run of the tests to the next, and neither push out the user's nor are pushed out.
os.environ.setdefault(
    "REGRETCHECK_CACHE", str(Path(__file__).resolve().parents[1] / ".pytest_cache" / "kernels")
)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Read the test files without looking for garbage, and never look through what they left again.

    The modules and the test items are millions of objects that stay until the end, and each full collection
    would visit them all.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data: REGRETCHECK_DATA, or ../shared/data beside the repository, or a skip."""
    named = os.environ.get("REGRETCHECK_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the real data files: {folder} is not a folder, set REGRETCHECK_DATA")
    return folder


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """Python processes that have the package imported already."""
    from warm_python import Warm

    process = Warm()
    yield process
    process.close()


@pytest.fixture(scope="session")
def strict(warm: Warm) -> Warm:
    """As `warm`, with warnings as errors."""
    return warm.strict()
