"""The scopes of `regretcheck ci`: the package's baselines, and one for each of the user's files.

Each scope is compared separately: a stored entry that no run produces is missing, and red. A scope that names
select in part compares only that part.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from paper_checks.ci.baseline import ALGORITHMS, Entry, Key, algorithm_rows
from paper_checks.ci.baseline_file import (
    ALGORITHMS_FILE,
    CERTIFICATES,
    CERTIFICATES_FILE,
    CLAIMS,
    CLAIMS_FILE,
    FOLDER,
    baseline_path,
    read_baseline,
)
from paper_checks.ci.comparison import Comparison, compare
from paper_checks.run.own_file import FileBuild
from paper_checks.run.repository import ENDING, OwnFiles, shown
from paper_checks.run.results import Result
from paper_checks.run.selection import Selection, begins
from paper_checks.scenario import Scenario

PACKAGE = "the package's own baselines (the AdaL paper and what goes with it)"
"""The title of the package's scope."""


@dataclass(frozen=True)
class Scope:
    """Entries that are compared among themselves.

    title: its name for people. mine: whether a row belongs to it. stored: the entries of each of its files.
    home: the file of an entry that is not stored yet. expected: the stored entries that the run was asked
    for. whole: whether these are all.
    """

    title: str
    mine: Callable[[Result], bool]
    stored: Mapping[Path, Mapping[Key, Entry]]
    home: Callable[[Key], Path]
    expected: Callable[[Key], bool]
    whole: bool

    def compare(self, rows: Iterable[Result]) -> list[Comparison]:
        """Compare the rows of the scope, plus one for each algorithm, with its stored entries."""
        rows = [row for row in rows if self.mine(row)]
        rows += algorithm_rows(rows)
        homes = {key: path for path, entries in self.stored.items() for key in entries}
        everything = {key: entry for entries in self.stored.values() for key, entry in entries.items()}
        # The algorithms of a scenario that crashed or was not selected are unknown.
        known = self.whole and all(row.verdict is not None for row in rows)
        found = compare(
            everything, rows, expected=lambda k: known if k[0] == ALGORITHMS else self.expected(k)
        )
        keys = [(c.scenario, c.reading) for c in found]
        return [
            replace(c, file=homes[key] if key in homes else self.home(key))
            for c, key in zip(found, keys, strict=True)
        ]

    def passed_over(self, compared: Iterable[Comparison]) -> int:
        """The number of stored entries that were not compared."""
        looked_at = sum(c.old is not None for c in compared)
        return sum(map(len, self.stored.values())) - looked_at


def scopes_of(
    chosen: Selection,
    names: Sequence[str],
    known: Sequence[Scenario],
    *,
    own: OwnFiles | None = None,
    folder: Path | None = None,
) -> list[Scope]:
    """The scopes of what was chosen, with the package's scope last.

    names: what the user asked for, except ``.py`` files; without names or files the whole package is
    compared. known: the package's scenarios. own: the repository's files, if these were chosen. folder: of
    the baselines, instead of the package's folder and the files' folders. Reads every baseline; raises
    ValueError for an unreadable baseline and for two files with one baseline.
    """
    by_file: dict[Path, list[Scenario]] = {}
    for s in chosen.scenarios:
        if isinstance(s.build, FileBuild):
            by_file.setdefault(s.build.path, []).append(s)
    found: list[Scope] = []
    taken: dict[Path, Path] = {}
    for path, its in by_file.items():
        baseline = baseline_path(its[0], folder)
        if baseline in taken:
            raise ValueError(
                f"{path} and {taken[baseline]} have one baseline, {baseline}; rename one of them"
            )
        taken[baseline] = path
        found.append(_of_file(shown(path), baseline, frozenset(s.id for s in its)))
    orphans = _orphans(own, folder, taken) if not names else ()
    found += [_of_file(shown(path), path, frozenset()) for path in orphans]
    of_files = frozenset(s.id for its in by_file.values() for s in its)
    if len(of_files) < len(chosen.scenarios) or chosen.claims or chosen.certificates:
        found.append(_of_package(chosen, names, known, folder or FOLDER, of_files))
    return found


def _orphans(own: OwnFiles | None, folder: Path | None, taken: Mapping[Path, Path]) -> Iterable[Path]:
    """The baselines whose file is gone; in a baseline folder, those that belong to no chosen file."""
    if folder is not None:
        return [path for path in sorted(folder.glob(f"*{ENDING}")) if path not in taken]
    return () if own is None else own.orphans


def _of_file(title: str, baseline: Path, scenarios: frozenset[str]) -> Scope:
    return Scope(
        title, lambda row: row.scenario in scenarios, {baseline: read_baseline(baseline)},
        lambda _: baseline, lambda _: True, True,
    )  # fmt: skip


def _of_package(
    chosen: Selection, names: Sequence[str], known: Sequence[Scenario], folder: Path, of_files: frozenset[str]
) -> Scope:
    paths = {s.id: baseline_path(s, folder) for s in chosen.scenarios if not isinstance(s.build, FileBuild)}
    paths |= {
        CLAIMS: folder / CLAIMS_FILE,
        CERTIFICATES: folder / CERTIFICATES_FILE,
        ALGORITHMS: folder / ALGORITHMS_FILE,
    }
    files = [path for path in sorted(folder.glob("*.toml")) if not path.name.endswith(ENDING)]
    stored = {path: read_baseline(path) for path in dict.fromkeys((*files, *paths.values()))}
    present, asked = {s.id for s in known}, {s.id for s in chosen.scenarios}
    certificates = {f"certificate.{entry.name}" for entry in chosen.certificates}

    def expected(key: Key) -> bool:
        scenario, reading = key
        if not names:
            return True
        if scenario == CERTIFICATES:
            return reading in certificates
        # A name also selects a missing entry if it is the name of its scenario or reading.
        by_reading = any(begins(reading, n) for n in names) and (scenario in asked or scenario not in present)
        return by_reading or any(begins(scenario, n) for n in names)

    return Scope(
        PACKAGE, lambda row: row.scenario not in of_files, stored, lambda key: paths[key[0]], expected,
        not names,
    )  # fmt: skip
