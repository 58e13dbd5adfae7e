"""Fixtures for every test; nothing heavy is imported here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data: REGRETCHECK_DATA, or ../shared/data beside the repository, or a skip."""
    named = os.environ.get("REGRETCHECK_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the real data files: {folder} is not a folder, set REGRETCHECK_DATA")
    return folder
