"""Where finished work is kept, and what a stored record depends on: `--resume` does none of it again."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from paper_checks.registry import FileBuild
from paper_checks.results import Record, load_record
from paper_checks.scenario import Options, Scenario, Varied

PACKAGES = ("theory", "online_sim", "bounds", "paper_checks")


def record_path(out: Path, name: str) -> Path:
    """Where a finished record is kept."""
    return out / "partial" / f"{name}.json"


def crash_path(out: Path, name: str) -> Path:
    """Where the traceback of a crash is kept."""
    return out / "partial" / f"{name}.crash.txt"


def trace_path(out: Path, scenario: str) -> Path:
    """Where the trace of a scenario is kept."""
    return out / "traces" / f"{scenario}.npz"


def stored_record(out: Path, name: str, key: str) -> Record | None:
    """The record that an earlier run kept under a name; None when there is none, or of other inputs."""
    try:
        record = load_record(record_path(out, name).read_bytes())
    except (OSError, ValueError):
        return None
    return record if record.key == key else None


def fingerprint(scenario: Scenario, options: Options) -> str:
    """A digest of all that a game's record depends on: options, versions, code, the scenario's own file."""
    varied = scenario.build if isinstance(scenario.build, Varied) else None
    own = scenario.build if varied is None else varied.base
    file = own.path.read_bytes() if isinstance(own, FileBuild) else b""
    return digest(scenario.id, options, [] if varied is None else varied.words, file)


def digest(name: str, options: Options, *parts: Any) -> str:
    """A digest of a task's name, the options, the versions, the code, and JSON values or bytes of its own."""
    own = [hashlib.sha256(p).hexdigest() if isinstance(p, bytes) else p for p in parts]
    content = [name, options.words, str(options.data), program_digest(), own]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def program_digest() -> str:
    """A digest of what runs: the code of this package and the versions of those it stands on."""
    from online_sim.play import versions

    content = [sorted(versions().items()), code_digest()]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@cache
def code_digest() -> str:
    """A digest of every source file of the package."""
    found = hashlib.sha256()
    root = Path(__file__).resolve().parents[1]
    for name in PACKAGES:
        for path in sorted((root / name).rglob("*.py")):
            found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


__all__ = [
    "code_digest", "crash_path", "digest", "fingerprint", "program_digest", "record_path", "stored_record",
    "trace_path",
]  # fmt: skip
