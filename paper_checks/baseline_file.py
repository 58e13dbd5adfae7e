"""Baselines as reviewable text: one TOML file for each package of scenarios, one block for each entry.

The blocks are sorted and nothing else is written, so that a diff shows what changed in the mathematics.
"""

from __future__ import annotations

import functools
import json
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from online_sim.files import write_bytes
from paper_checks.baseline import DIGITS, PLACES, SEED, Entry, Key
from paper_checks.registry import FileBuild
from paper_checks.scenario import Scenario

FOLDER = Path(__file__).parent / "baselines"
"""The baselines of the scenarios that come with the package."""

CLAIMS = "claims"
"""Stands for the scenario in the entries of the paper's claims, which no game is played for."""

CLAIMS_FILE = "claims.toml"

CERTIFICATES = "certificates"
"""Stands for the scenario in the entries of the gallery's certificates."""

CERTIFICATES_FILE = "certificates.toml"

FORMAT = "regretcheck-baseline-1"

HEADER = """\
# What `regretcheck ci` compares with. `regretcheck ci --update` writes it; review its diff like code.
# margin: the smallest bound/measured ratio, and the round it is at; rate: the exponent of the measured side.
"""

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def baseline_path(scenario: Scenario, folder: Path | None = None) -> Path:
    """The file that holds the entries of a scenario.

    ``<folder>/<package>.toml``, by default in the package; ``name.baseline.toml`` beside ``name.py`` for a
    scenario of a file of one's own (in `folder`, where one is given).
    """
    build = scenario.build
    if isinstance(build, FileBuild):
        return (build.path.parent if folder is None else folder) / f"{build.path.stem}.baseline.toml"
    while isinstance(build, functools.partial):
        build = build.func
    parts = (getattr(build, "__module__", None) or type(build).__module__).split(".")
    name = parts[1] if parts[0] == "paper_checks" and len(parts) > 1 else parts[0]
    return (FOLDER if folder is None else folder) / f"{name}.toml"


def read_baseline(path: Path) -> dict[Key, Entry]:
    """The entries of a file by (scenario, reading); none where there is no file.

    Raises one ValueError naming the file for anything that is no baseline.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot read the baseline {path}: {error}; restore it, or update it anew") from None
    if content.get("format") != FORMAT or content.get("seed") != SEED:
        raise ValueError(
            f"the baseline {path} must begin with format = {FORMAT!r} and seed = {SEED}, "
            f"got {content.get('format')!r} and {content.get('seed')!r}; restore it, or update it anew"
        )
    entries: dict[Key, Entry] = {}
    for scenario, readings in _table(content.get("scenarios", {}), path, "scenarios").items():
        for reading, values in _table(readings, path, scenario).items():
            entries[scenario, reading] = _entry(
                _table(values, path, reading), f"{path}: {scenario} {reading}"
            )
    return entries


def write_baseline(path: Path, entries: Mapping[Key, Entry]) -> None:
    """Write a whole file or none; remove it when there is no entry left."""
    if entries:
        write_bytes(path, dump_baseline(entries).encode())
    else:
        path.unlink(missing_ok=True)


def dump_baseline(entries: Mapping[Key, Entry]) -> str:
    """The text of a file: sorted blocks, numbers with as many digits as are compared."""
    lines = [HEADER, f"format = {json.dumps(FORMAT)}", f"seed = {SEED}"]
    for (scenario, reading), entry in sorted(entries.items()):
        lines += ["", block_header(scenario, reading), f"verdict = {_quoted(entry.verdict)}"]
        if entry.first_violation is not None:
            lines.append(f"first_violation = {entry.first_violation}")
        if entry.margin is not None:
            lines.append(f"margin = {_float(f'{entry.margin:.{DIGITS}g}', entry.margin)}")
        if entry.at is not None:
            lines.append(f"at = {entry.at}")
        if entry.rate is not None:
            lines.append(f"rate = {_float(f'{entry.rate:.{PLACES}f}', entry.rate)}")
    return "\n".join(lines) + "\n"


def line_of(path: Path, scenario: str, reading: str) -> int:
    """The line, from 1, at which an entry's block begins; 1 where there is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return 1
    header = block_header(scenario, reading)
    return lines.index(header) + 1 if header in lines else 1


def block_header(scenario: str, reading: str) -> str:
    """The line that begins the block of an entry."""
    return f"[scenarios.{_key(scenario)}.{_key(reading)}]"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's escapes, and DEL besides."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _float(text: str, value: float) -> str:
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return text if any(c in text for c in ".e") else f"{text}.0"


def _table(value: Any, path: Path, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"`{name}` in the baseline {path} is {value!r}; expected a table of entries")
    return value


_TYPES: dict[str, tuple[type, ...]] = {
    "verdict": (str,), "first_violation": (int,), "margin": (float, int), "at": (int,), "rate": (float, int),
}  # fmt: skip


def _entry(values: Mapping[str, Any], where: str) -> Entry:
    for name, value in values.items():
        if name not in _TYPES:
            known = ", ".join(f.name for f in fields(Entry))
            raise ValueError(f"`{name}` in {where} is unknown; known: {known}")
        if isinstance(value, bool) or not isinstance(value, _TYPES[name]):
            raise ValueError(f"`{name}` = {value!r} in {where} must be a {_TYPES[name][0].__name__}")
    if "verdict" not in values:
        raise ValueError(f"`verdict` is missing in {where}; update the baseline anew")
    numbers = {name: float(values[name]) for name in ("margin", "rate") if name in values}
    return Entry(**{**values, **numbers})


__all__ = [
    "CERTIFICATES",
    "CERTIFICATES_FILE",
    "CLAIMS",
    "CLAIMS_FILE",
    "FOLDER",
    "FORMAT",
    "baseline_path",
    "block_header",
    "dump_baseline",
    "line_of",
    "read_baseline",
    "write_baseline",
]
