"""Where finished work is stored and what a stored record depends on, so that `--resume` can reuse it.

A record is reused only if its key is the same (options, versions, the code of the package, the file and the
parameters of the scenario), every file that the task read has the same content now (`online_sim.inputs`), and
every file that the task wrote is still there unchanged.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from online_sim.inputs import program_digest, unchanged
from paper_checks.run.own_file import FileBuild
from paper_checks.run.record import Record, load_record
from paper_checks.scenario import Options, Scenario, Varied


def record_path(out: Path, name: str) -> Path:
    """The path of a finished record."""
    return out / "partial" / f"{name}.json"


def crash_path(out: Path, name: str) -> Path:
    """The path of the traceback of a crash."""
    return out / "partial" / f"{name}.crash.txt"


def trace_path(out: Path, scenario: str) -> Path:
    """The path of the trace of a scenario."""
    return out / "traces" / f"{scenario}.npz"


def stored_record(out: Path, name: str, key: str) -> Record | None:
    """The finished record that an earlier run stored under a name; None if none may be reused."""
    try:
        record = load_record(record_path(out, name).read_bytes())
    except (OSError, ValueError):
        return None
    whole = unchanged({str(out / path): found for path, found in record.files.items()})
    return record if record.key == key and whole and unchanged(record.inputs) else None


def fingerprint(scenario: Scenario, options: Options) -> str:
    """A digest of what a game's record depends on before it is played: options, versions, code, builder.

    The files read while it is built and played are known only afterwards: see `Record.inputs`.
    """
    varied = scenario.build if isinstance(scenario.build, Varied) else None
    build = scenario.build if varied is None else varied.base
    from online_sim.content import content

    made_by = build.path.read_bytes() if isinstance(build, FileBuild) else content(build).encode()
    told = [list(scenario.theorem_ids), scenario.title, [] if varied is None else varied.words]
    return digest(scenario.id, options, told, made_by)


def digest(name: str, options: Options, *parts: Any) -> str:
    """A digest of a task's name, the options, the versions, the code, and further JSON values or bytes."""
    own = [hashlib.sha256(p).hexdigest() if isinstance(p, bytes) else p for p in parts]
    # A file added to the data folder may be read instead of another, so the file names count as well.
    data = None if options.data is None else [str(options.data), _names(options.data)]
    told = [name, options.words, data, program_digest(), own]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
