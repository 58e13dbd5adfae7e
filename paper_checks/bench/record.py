"""The record of a benchmark run: JSON with the results and where, when and with what they were measured."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from paper_checks.bench.measure import MeasuredCase, Timed
from paper_checks.bench.row import Settings
from paper_checks.run.results import json_ready

FORMAT = "regretcheck-bench-1"
PACKAGES = (
    "numpy", "scipy", "sympy", "numba", "cvxpy", "clarabel", "osqp", "daqp", "jax", "jaxlib", "jaxopt",
    "optax", "torch", "python-flint", "scikit-learn",
)  # fmt: skip


def record(
    found: Iterable[MeasuredCase], settings: Settings, *, command: str, threads: int
) -> dict[str, Any]:
    """All measurements and their circumstances as strict JSON values, without machine name or paths."""
    return {
        "format": FORMAT,
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "command": command,
        "quick": settings.quick,
        "threads": threads,
        "machine": machine(),
        "load": load(),
        "versions": versions(),
        "rows": [_case(measured) for measured in found],
    }


def dumps(content: dict[str, Any]) -> bytes:
    """The bytes of a record, as stored in the file."""
    shown = json_ready(content)
    return (json.dumps(shown, indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode()


def file_name(content: dict[str, Any]) -> str:
    """The file name, such as ``2026-11-25T2105.json``: a new file for each run."""
    date: str = content["date"]
    return date.removesuffix(" UTC").replace(" ", "T").replace(":", "") + ".json"


def machine() -> dict[str, Any]:
    """The kind of machine: system, processor, number of usable processors, graphics card."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "cpu": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "gpu": _graphics(),
    }


def load() -> float | None:
    """The average number of runnable processes over the last five minutes, including ours."""
    return round(os.getloadavg()[1], 2) if hasattr(os, "getloadavg") else None


def versions() -> dict[str, str]:
    """The versions of this package, python and every peer that is installed."""
    found = {"python": platform.python_version(), "regretcheck": metadata.version("regretcheck")}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def _graphics() -> str | None:
    import sys

    torch = sys.modules.get("torch")  # only a row that used torch knows about a card
    return torch.cuda.get_device_name() if torch is not None and torch.cuda.is_available() else None


def _case(measured: MeasuredCase) -> dict[str, Any]:
    own = _contender(measured.own)
    return {
        "id": measured.id, "title": measured.title, "unit": f"seconds/{measured.unit}",
        **{name: own[name] for name in ("name", "goal", "time", "outcome", "note")},
        "beside": [_contender(peer) for peer in measured.peers],
    }  # fmt: skip


def _contender(timed: Timed) -> dict[str, Any]:
    goal, timing = timed.goal, timed.timing
    return {
        "name": timed.name,
        "floor": timed.floor,
        "goal": None if goal is None else {k: v for k, v in asdict(goal).items() if v is not None},
        "time": None if timing is None else {k: _short(v) for k, v in asdict(timing).items()},
        "ratio": _short(timed.ratio),
        "difference": _short(timed.difference),
        "outcome": timed.outcome.name,
        "note": timed.note,
    }


def _short(number: float | None) -> float | None:
    """The number to six digits: more would be noise."""
    return None if number is None else (number if isinstance(number, int) else float(f"{number:.6g}"))
