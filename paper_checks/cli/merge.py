"""`regretcheck merge`: join the finished runs of several machines into one folder, without playing."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from online_sim.files import write_bytes
from paper_checks.cli.outputs import RUN, report_command, stored_run
from paper_checks.cli.printable import say
from paper_checks.cli.run import make_writable
from paper_checks.run.lock import locked
from paper_checks.run.record import Record, StatementText, load_record
from paper_checks.run.results import dump_json
from paper_checks.run.store import read_stored, record_path
from theory.borders import shown


def merge_command(folders: Sequence[Path], *, out: Path) -> int:
    """Join the runs, write the report, and print the verdicts.

    Raises:
        ValueError: a folder holds no finished run; versions or statements differ; or two rows disagree.
    """
    if len(folders) < 2:
        raise ValueError("`DIR` = one folder: name at least two folders of finished runs to join")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"`--out` = {shown(str(out))} is not an empty folder; name a new one")
    records: dict[str, tuple[Path, Record]] = {}
    known = Known()
    names: dict[str, list[str]] = {"games": [], "claims": [], "audits": [], "certificates": []}
    listed: list[list[str]] = []
    generated = ""
    for folder in folders:
        _, about = stored_run(folder)
        listed += [entry for entry in about["shown"] if entry not in listed]
        generated = max(generated, about["generated"])
        for kind, those in about["records"].items():
            for own in those:
                name = own if kind == "games" else f"{kind}/{own}"
                record = load_record(record_path(folder, name).read_bytes())
                known.check(folder, record)
                if name in records:
                    _same(name, records[name], (folder, record))
                else:
                    records[name] = folder, record
                    names[kind].append(own)
    make_writable(out)
    with locked(out):
        for name, (folder, record) in records.items():
            try:
                files = read_stored(folder, name).files
            except ValueError as problem:
                raise ValueError(f"{folder}: {problem}; run it again") from None
            for path, content in files.items():
                write_bytes(out / path, content)
            write_bytes(record_path(out, name), record.dumps())
        command = " ".join(["regretcheck merge", *map(str, folders), "--out", str(out)])
        about = {"command": command, "generated": generated, "shown": listed, "records": names}
        write_bytes(out / RUN, dump_json(about))
    say(f"joined {len(folders)} runs: {len(records)} records")
    return report_command(out, verbose=False)


class Known:
    """The versions and statements of the records read so far, each with the folder that has it first."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self.versions: tuple[Path, Mapping[str, str]] | None = None
        self.statements: dict[str, tuple[Path, tuple[object, ...]]] = {}

    def check(self, folder: Path, record: Record) -> None:
        """Raise ValueError if a record is of other versions or states a theorem in another way."""
        mine = record.results[0].versions
        place, theirs = self.versions = self.versions or (folder, mine)
        changed = [key for key in {*mine, *theirs} if mine.get(key) != theirs.get(key)]
        if changed:
            key = min(changed)
            raise ValueError(
                f"{place} has {key} {theirs.get(key)}, {folder} has {mine.get(key)}; use one version"
            )
        for s in () if record.section is None else record.section.statements:
            place, before = self.statements.setdefault(s.id, (folder, _stated(s)))
            if before != _stated(s):
                raise ValueError(
                    f"{place} and {folder} state {s.id} differently; run both with one statement"
                )


def _stated(s: StatementText) -> tuple[object, ...]:
    """What a statement says, without the choices of a scenario."""
    return s.source, s.title, s.assumptions, sorted((r["key"], r["formula"]) for r in s.readings)


def _same(name: str, first: tuple[Path, Record], second: tuple[Path, Record]) -> None:
    """Raise ValueError, naming the row, if two records of one task disagree."""
    rows = [{row.id: (row.verdict, row.seed) for row in record.results} for _, record in (first, second)]
    for row in {*rows[0], *rows[1]}:
        left, right = rows[0].get(row), rows[1].get(row)
        if left != right:
            told = [
                f"{place}: {said and f'{said[0]}, seed {said[1]}'}"
                for (place, _), said in ((first, left), (second, right))
            ]
            raise ValueError(f"{row} on {name} differs: {'; '.join(told)}; find out which one is right")
