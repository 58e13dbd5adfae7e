"""Where finished work is stored and what a stored record depends on, so that it can be reused.

A record is reused only if its key is the same (options, versions, the files of the package, the file and the
parameters of the scenario), everything that the task read is the same now (`online_sim.inputs`), and every
file that the task wrote is still there unchanged. This holds for the folder of a run, whose records
`--resume` reuses, and for the result cache (`paper_checks.run.result_cache`), which is for every folder.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from online_sim.inputs import program_digest, unchanged
from online_sim.stopwatch import Times
from paper_checks.run.own_file import FileBuild
from paper_checks.run.record import Record, load_record
from paper_checks.scenario import Options, Scenario, Varied


@dataclass(frozen=True)
class Finished:
    """The output of a task: its record, and files by their path under the folder of the run.

    keep: whether the record is stored, so that it can be reused; crashes are not stored. spent: the times of
    its stages, if they were asked for.
    """

    record: Record
    files: Mapping[str, bytes] = field(default_factory=dict)
    keep: bool = True
    spent: Times = field(default_factory=dict)


def record_path(out: Path, name: str) -> Path:
    """The path of a finished record."""
    return out / record_name(name)


def record_name(name: str) -> str:
    """The path of a finished record under the folder of a run."""
    return f"partial/{name}.json"


def crash_path(out: Path, name: str) -> Path:
    """The path of the traceback of a crash."""
    return out / "partial" / f"{name}.crash.txt"


def trace_path(out: Path, scenario: str) -> Path:
    """The path of the trace of a scenario."""
    return out / "traces" / f"{scenario}.npz"


def read_finished(read: Callable[[str], bytes], name: str) -> Finished:
    """What a finished task stored, complete and unchanged.

    read: returns the content of a path under the folder of the run. Raises OSError if something is missing,
    ValueError with the reason if something was changed.
    """
    record = load_record(read(record_name(name)))
    files = {path: read(path) for path in record.files}
    for path, content in files.items():
        if hashlib.sha256(content).hexdigest() != record.files[path]:
            raise ValueError(f"{path} was changed after it was written")
    return Finished(record, files)


def read_stored(out: Path, name: str) -> Finished:
    """What a finished task stored in the folder of a run; errors as of `read_finished`."""
    return read_finished(lambda path: (out / path).read_bytes(), name)


def stored_record(out: Path, name: str, key: str) -> Record | None:
    """The finished record that an earlier run stored under a name; None if none may be reused."""
    try:
        record = read_stored(out, name).record
    except (OSError, ValueError):
        return None
    return record if record.key == key and unchanged(record.inputs) else None


def fingerprint(scenario: Scenario, options: Options) -> str:
    """A digest of what a game's record depends on before it is played: options, versions, code, builder.

    The files read while it is built and played are known only afterwards: see `Record.inputs`. Those beside a
    theory file are found from its path, so a copy of it elsewhere is another scenario.
    """
    varied = scenario.build if isinstance(scenario.build, Varied) else None
    build = scenario.build if varied is None else varied.base
    from online_sim.content import content

    made_by = build.path.read_bytes() if isinstance(build, FileBuild) else content(build).encode()
    place = str(build.path) if isinstance(build, FileBuild) else ""
    told = [list(scenario.theorem_ids), scenario.title, [] if varied is None else varied.words, place]
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
