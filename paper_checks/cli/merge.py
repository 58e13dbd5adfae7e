"""`regretcheck merge`: join the finished runs of several machines into one folder, without playing."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from online_sim.files import write_bytes
from paper_checks.cli.outputs import RUN, report_command, stored_run
from paper_checks.cli.printable import say
from paper_checks.cli.run import make_writable
from paper_checks.run.lock import locked
from paper_checks.run.record import Record, StatementText, load_record
from paper_checks.run.results import dump_json
from paper_checks.run.store import record_path
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
                _check(folder, record, records.values())
                if name in records:
                    _same(name, records[name], (folder, record))
                else:
                    records[name] = folder, record
                    names[kind].append(own)
    make_writable(out)
    with locked(out):
        for name, (folder, record) in records.items():
            for path, digest in record.files.items():
                content = (folder / path).read_bytes()
                if sha256(content).hexdigest() != digest:
                    raise ValueError(f"{folder / path} was changed after it was written; run it again")
                write_bytes(out / path, content)
            write_bytes(record_path(out, name), record.dumps())
        command = " ".join(["regretcheck merge", *map(str, folders), "--out", str(out)])
        about = {"command": command, "generated": generated, "shown": listed, "records": names}
        write_bytes(out / RUN, dump_json(about))
    say(f"joined {len(folders)} runs: {len(records)} records")
    return report_command(out, verbose=False)


def _check(folder: Path, record: Record, others: Iterable[tuple[Path, Record]]) -> None:
    """Raise ValueError if a record is of other versions or states a theorem in another way."""
    for place, other in others:
        mine, theirs = record.results[0].versions, other.results[0].versions
        changed = [key for key in {*mine, *theirs} if mine.get(key) != theirs.get(key)]
        if changed:
            key = min(changed)
            raise ValueError(
                f"{place} has {key} {theirs.get(key)}, {folder} has {mine.get(key)}; use one version"
            )
        known = {} if other.section is None else {s.id: s for s in other.section.statements}
        for s in () if record.section is None else record.section.statements:
            before = known.get(s.id)
            if before is not None and _stated(before) != _stated(s):
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
