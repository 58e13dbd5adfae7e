"""Machine-readable forms of a comparison: JUnit XML, GitHub's annotations, JSON."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from paper_checks.ci.baseline import ALGORITHMS
from paper_checks.ci.comparison import Comparison, EntryStatus
from paper_checks.run.results import json_ready
from theory.printable import printable

# Characters that XML 1.0 cannot hold, even escaped.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(comparisons: Sequence[Comparison]) -> bytes:
    """A suite per scenario and a case per reading; a crash is an error, any other change a failure."""
    root = ElementTree.Element("testsuites", name="regretcheck ci")
    totals = {"tests": 0, "failures": 0, "errors": 0}
    for scenario, group in groupby(comparisons, key=lambda c: c.scenario):
        mine = list(group)
        errors = sum(c.status is EntryStatus.CRASHED for c in mine)
        counts = {
            "tests": len(mine),
            "failures": sum(c.status is not EntryStatus.SAME for c in mine) - errors,
            "errors": errors,
        }
        seconds = max(c.seconds for c in mine)
        suite = ElementTree.SubElement(root, "testsuite", name=_plain(scenario), time=f"{seconds:.3f}")
        for name, count in counts.items():
            totals[name] += count
            suite.set(name, str(count))
        suite.set("skipped", "0")
        for c in mine:
            # The game is played once for all its readings.
            case = ElementTree.SubElement(
                suite, "testcase", classname=_plain(scenario), name=_plain(c.reading),
                time=f"{seconds / len(mine):.3f}",
            )  # fmt: skip
            if c.status is not EntryStatus.SAME:
                tag = "error" if c.status is EntryStatus.CRASHED else "failure"
                node = ElementTree.SubElement(case, tag, message=_plain(c.sentence), type=c.status.value)
                node.text = _plain("\n".join(details(c)))
    for name, count in totals.items():
        root.set(name, str(count))
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def details(c: Comparison) -> list[str]:
    """What happened, what the run saw, and how to repeat it, one per line."""
    # "the algorithm AdaL changed: ..." is a sentence already.
    between = " " if c.scenario == ALGORITHMS and c.status is EntryStatus.CHANGED else ": "
    lines = [f"{c.name}{between}{c.sentence}"]
    if c.reason and c.status is not EntryStatus.CRASHED:
        lines.append(f"what was seen: {c.reason}")
    if c.command:
        lines.append(f"to repeat: {c.command}")
    return lines


def github_lines(
    comparisons: Sequence[Comparison], place: Callable[[Comparison], tuple[Path, int]]
) -> list[str]:
    """One workflow command ``::error`` for each changed entry, at its line of the baseline."""
    lines = []
    for c in comparisons:
        if c.status is EntryStatus.SAME:
            continue
        path, line = place(c)
        properties = {"file": _from_workspace(path), "line": str(line), "title": f"{c.name} {c.status.value}"}
        shown = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        lines.append(f"::error {shown}::{_message(c.sentence)}")
    return lines


def annotates(mode: str, environment: Mapping[str, str]) -> bool:
    """Whether to write annotations: "github" always, "none" never, "auto" under GitHub Actions."""
    known = ("auto", "github", "none")
    if mode not in known:
        raise ValueError(f"`--annotations` = {mode!r} is unknown; known: {', '.join(known)}")
    return mode == "github" or (mode == "auto" and environment.get("GITHUB_ACTIONS") == "true")


def comparison_json(
    comparisons: Sequence[Comparison], *, green: bool, checked: Sequence[str]
) -> dict[str, Any]:
    """The comparison as plain JSON values; checked: sentences on what was compared."""
    entries = [{**asdict(c), "status": c.status.value} for c in comparisons]
    plain: dict[str, Any] = json_ready({"green": green, "checked": checked, "entries": entries})
    return plain


def _from_workspace(path: Path) -> str:
    """The path as GitHub expects it: relative to the root of the checkout if it lies in one."""
    for root in (os.environ.get("GITHUB_WORKSPACE"), Path.cwd()):
        if root and path.is_relative_to(Path(root).resolve()):
            return path.relative_to(Path(root).resolve()).as_posix()
    return path.as_posix()


def _message(text: str) -> str:
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _plain(text: str) -> str:
    return printable(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", text), lines=True)
