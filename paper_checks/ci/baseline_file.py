"""Baselines as reviewable text: one TOML file per package of scenarios, one block per entry.

The blocks are sorted and nothing else is written, so that a diff shows what changed in the mathematics. The
algorithms played are listed line by line: in `ALGORITHMS_FILE` for the package, otherwise at the end.
"""

import functools
import json
import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from online_sim.files import write_bytes
from paper_checks.ci.baseline import ALGORITHMS, DIGITS, PLACES, SEED, Entry, Key
from paper_checks.run.algorithm_lines import lines_digest
from paper_checks.run.own_file import FileBuild
from paper_checks.run.repository import ENDING
from paper_checks.scenario import Scenario
from theory.printable import printable

FOLDER = Path(__file__).parents[1] / "baselines"
"""The baselines of the scenarios that come with the package."""

CLAIMS = "claims"
"""The scenario name in entries of the paper's claims, for which no game is played."""

CLAIMS_FILE = "claims.toml"

CERTIFICATES = "certificates"
"""The scenario name in entries of the gallery's certificates."""

CERTIFICATES_FILE = "certificates.toml"

ALGORITHMS_FILE = "algorithms.toml"


FORMAT = "regretcheck-baseline-1"

HEADER = """\
# What `regretcheck ci` compares with. `regretcheck ci --update` writes it; review its diff like code.
# margin: the smallest bound/measured ratio, and the round it is at; rate: the exponent of the measured side.
"""

_LONE = re.compile("[\ud800-\udfff]")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def baseline_path(scenario: Scenario, folder: Path | None = None) -> Path:
    """The file that holds the entries of a scenario.

    ``<folder>/<package>.toml``, by default in the package; ``name.baseline.toml`` next to ``name.py`` for a
    scenario of a user's file (in `folder`, if given).
    """
    build = scenario.build
    if isinstance(build, FileBuild):
        return (build.path.parent if folder is None else folder) / f"{build.path.stem}{ENDING}"
    while isinstance(build, functools.partial):
        build = build.func
    parts = (getattr(build, "__module__", None) or type(build).__module__).split(".")
    name = parts[1] if parts[0] == "paper_checks" and len(parts) > 1 else parts[0]
    return (FOLDER if folder is None else folder) / f"{name}.toml"


def read_baseline(path: Path) -> dict[Key, Entry]:
    """The entries of a file by (scenario, reading); empty if there is no file.

    Raises ValueError naming the file if it is not a baseline.
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
    for name, values in _table(content.get("algorithms", {}), path, "algorithms").items():
        entries[ALGORITHMS, name] = _algorithm(_table(values, path, name), f"{path}: algorithm {name}")
    if unknown := content.keys() - {"format", "seed", "scenarios", "algorithms"}:
        raise ValueError(f"`{min(unknown)}` in the baseline {path} is unknown; known: scenarios, algorithms")
    return entries


def write_baseline(path: Path, entries: Mapping[Key, Entry]) -> None:
    """Write the whole file or nothing; remove the file when no entry is left."""
    if entries:
        write_bytes(path, dump_baseline(entries).encode())
    else:
        path.unlink(missing_ok=True)


def dump_baseline(entries: Mapping[Key, Entry]) -> str:
    """The text of a file: sorted blocks, numbers with as many digits as are compared."""
    lines = [HEADER, f"format = {json.dumps(FORMAT)}", f"seed = {SEED}"]
    for (scenario, reading), entry in sorted(
        entries.items(), key=lambda item: (item[0][0] == ALGORITHMS, item[0])
    ):
        lines += ["", block_header(scenario, reading)]
        if entry.lines:
            lines += [f"digest = {_quoted(entry.digest)}", *_list("lines", entry.lines)]
            continue
        lines.append(f"verdict = {_quoted(entry.verdict)}")
        if entry.first_violation is not None:
            lines.append(f"first_violation = {entry.first_violation}")
        if entry.margin is not None:
            lines.append(f"margin = {_float(f'{entry.margin:.{DIGITS}g}', entry.margin)}")
        if entry.at is not None:
            lines.append(f"at = {entry.at}")
        if entry.rate is not None:
            lines.append(f"rate = {_float(f'{entry.rate:.{PLACES}f}', entry.rate)}")
        lines += _list("breaks", entry.breaks) if entry.breaks else []
        for name in ("arguments", "statement", "digest"):
            if text := getattr(entry, name):
                lines.append(f"{name} = {_quoted(text)}")
    return "\n".join(lines) + "\n"


def line_of(path: Path, scenario: str, reading: str) -> int:
    """The line, from 1, at which an entry's block begins; 1 if there is no such block."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return 1
    header = block_header(scenario, reading)
    return lines.index(header) + 1 if header in lines else 1


def block_header(scenario: str, reading: str) -> str:
    """The line that begins the block of an entry."""
    if scenario == ALGORITHMS:
        return f"[algorithms.{_key(reading)}]"
    return f"[scenarios.{_key(scenario)}.{_key(reading)}]"


def _list(name: str, texts: tuple[str, ...]) -> list[str]:
    """A list of texts, one per line, so that a diff shows which one changed."""
    return [f"{name} = [", *(f"    {_quoted(text)}," for text in texts), "]"]


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's escapes, plus escapes for other unprintable characters."""
    whole = _LONE.sub(lambda lone: printable(lone[0]), text)  # a lone surrogate has no UTF-8
    escaped = json.dumps(whole, ensure_ascii=False)
    return "".join(c if printable(c) == c else _escape(c) for c in escaped)


def _escape(c: str) -> str:
    return f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}"


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
    "breaks": (list,), "arguments": (str,), "statement": (str,), "digest": (str,), "lines": (list,),
}  # fmt: skip


def _entry(values: Mapping[str, Any], where: str) -> Entry:
    known = tuple(name for name in _TYPES if name != "lines")
    _check(values, where, known)
    if "verdict" not in values:
        raise ValueError(f"`verdict` is missing in {where}; update the baseline anew")
    numbers = {name: float(values[name]) for name in ("margin", "rate") if name in values}
    return Entry(**{**values, **numbers, "breaks": tuple(values.get("breaks", ()))})


def _algorithm(values: Mapping[str, Any], where: str) -> Entry:
    """The entry of an algorithm; its digest must match its lines, or one of them was edited by hand."""
    _check(values, where, ("digest", "lines"))
    lines = tuple(values.get("lines", ()))
    if not lines or values.get("digest") != lines_digest(lines):
        raise ValueError(f"`digest` in {where} is not that of its `lines`; restore it, or update it anew")
    return Entry("", digest=values["digest"], lines=lines)


def _check(values: Mapping[str, Any], where: str, known: tuple[str, ...]) -> None:
    for name, value in values.items():
        if name not in known:
            raise ValueError(f"`{name}` in {where} is unknown; known: {', '.join(known)}")
        if isinstance(value, bool) or not isinstance(value, _TYPES[name]):
            raise ValueError(f"`{name}` = {value!r} in {where} must be a {_TYPES[name][0].__name__}")
        if isinstance(value, list) and not all(isinstance(text, str) for text in value):
            raise ValueError(f"`{name}` = {value!r} in {where} must be a list of texts")
