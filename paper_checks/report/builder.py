"""One self-contained HTML file from the records of a run: no scripts, fonts or external pictures."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paper_checks.report.mathml import mathml, pieces
from paper_checks.report.proofs import proof_groups, tightness_text
from paper_checks.report.svg import inline_svg
from paper_checks.report.words import (
    CERTIFICATE_WORDS,
    CLAIM_WORDS,
    PROOF_WORDS,
    STEP_WORDS,
    WORDS,
    margin_text,
    tally,
)
from paper_checks.run.record import Record, Section
from paper_checks.run.results import GameDetail, Result
from theory.printable import printable


@dataclass(frozen=True)
class Heading:
    """The head of the report: the title, the command that made the results, and the time (None: omitted)."""

    title: str
    command: str
    generated: str | None = None


def build_report(
    records: Sequence[Record],
    heading: Heading,
    *,
    picture: Callable[[str], bytes],
    wanted: Callable[[Result], bool] = lambda _: True,
    claims: Sequence[Result] = (),
    audited: Sequence[Result] = (),
    certificates: Sequence[Result] = (),
) -> str:
    """The page. picture: returns the SVG with a given file name. wanted: selects the rows to show.

    claims: the checked claims. audited: one row for each audited proof. certificates: one row for each
    replayed certificate. The same arguments give the same text. Raises ValueError when a formula cannot be
    shown.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from theory.proof import StepStatus

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "math": mathml_cached(),
        "margin": margin_text,
        "anchor": anchor,
        "rounds": rounds_text,
        "tightness": tightness_text,
        "breakable": breakable,
        "pieces": pieces,
    }
    rows = [row for record in records for row in record.results if wanted(row)]
    shown = [record for record in records if any(wanted(row) for row in record.results)]
    everything = (*rows, *certificates, *audited, *claims)
    versions: Mapping[str, str] = next((row.versions for row in everything if row.versions), {})
    page = environment.get_template("report.html.j2").render(
        heading=heading,
        words=WORDS,
        tally=tally(row.outcome for row in rows),
        rows=rows,
        theorems=_theorems(shown, rows),
        algorithms=_algorithms(shown),
        scenarios=[_scenario(record, picture, wanted) for record in shown],
        versions=versions,
        seed=next((row.seed for row in everything), 0),
        claims=claims,
        claim_words=CLAIM_WORDS,
        claim_tally=tally((row.verdict for row in claims), CLAIM_WORDS),
        certificates=certificates,
        certificate_words=CERTIFICATE_WORDS,
        certificate_tally=tally((row.verdict for row in certificates), CERTIFICATE_WORDS),
        audited=audited,
        proofs=proof_groups(audited),
        proof_words=PROOF_WORDS,
        proof_tally=tally((row.verdict for row in audited), PROOF_WORDS),
        step_words=STEP_WORDS,
        statuses=list(StepStatus),
    )
    return printable(page, lines=True)


def mathml_cached() -> Callable[..., Any]:
    """A filter that converts each formula once and keeps the LaTeX if that fails."""
    from markupsafe import Markup

    known: dict[tuple[str, bool], Any] = {}

    def convert(latex: str, block: bool = False) -> Any:
        if (latex, block) not in known:
            try:
                known[latex, block] = Markup(mathml(latex, block=block))
            except ValueError:
                known[latex, block] = Markup("<code>{}</code>").format(latex)
        return known[latex, block]

    return convert


def anchor(text: str) -> str:
    """The fragment name for a text."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text)


def breakable(name: str) -> Any:
    """A name that may break across lines after a dot or an underscore."""
    from markupsafe import Markup, escape

    return Markup("").join(
        Markup("{}<wbr>").format(part) if part in "._" else escape(part)
        for part in re.split(r"([._])", name)
        if part
    )


def rounds_text(number: int | None) -> str:
    """A round for people: thin spaces between thousands, or a dash for None."""
    return "–" if number is None else f"{number:,}".replace(",", "\u202f")


_MERGED = ("constants", "where", "scaling")
"""The choices of a printed reading that may differ between scenarios."""


def _theorems(records: Sequence[Record], rows: Sequence[Result]) -> list[dict[str, Any]]:
    """The theorems, each with its readings once, the choices that scenarios made, and its rows by reading."""
    result = []
    for theorem in sorted({row.theorem for row in rows}):
        mine = [row for row in rows if row.theorem == theorem]
        found = [s for r in records if r.section for s in r.section.statements if s.id == theorem]
        readings: dict[tuple[str, str], dict[str, Any]] = {}
        for statement in found:
            for reading in statement.readings:
                if any(row.id == reading["id"] for row in mine):
                    seen = readings.setdefault(
                        (reading["id"], reading["formula"]), {**reading, **{field: [] for field in _MERGED}}
                    )
                    for field in _MERGED:
                        seen[field] = list(dict.fromkeys([*seen[field], *reading.get(field, ())]))
        letters = dict.fromkeys(line for reading in readings.values() for line in reading["where"])
        order = {key: k for k, key in enumerate(dict.fromkeys(key[0] for key in readings))}
        keys = list(dict.fromkeys(row.id[len(theorem) + 1 :] or "all" for row in mine if row.error is None))
        result.append(
            {
                "columns": keys or ["all"],
                "grid": _grid(mine, theorem, keys or ["all"]),
                "id": theorem,
                "title": found[0].title if found else theorem,
                "source": found[0].source if found else "",
                "readings": list(readings.values()),
                "where": list(letters),
                "assumptions": found[0].assumptions if found else (),
                "rows": sorted(mine, key=lambda row: order.get(row.id, len(order))),
                "tally": tally(row.outcome for row in mine),
            }
        )
    return result


def _grid(rows: Sequence[Result], theorem: str, keys: Sequence[str]) -> list[tuple[str, list[Result | None]]]:
    """The table of scenarios by readings; a crash fills its whole line."""
    grid: dict[str, list[Result | None]] = {}
    for row in rows:
        line = grid.setdefault(row.scenario, [None] * len(keys))
        places = (
            range(len(keys)) if row.error is not None else [keys.index(row.id[len(theorem) + 1 :] or "all")]
        )
        for k in places:
            line[k] = row
    return list(grid.items())


def _algorithms(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Each algorithm once, with the scenarios that run it."""
    found: dict[tuple[str, tuple[str, ...]], tuple[Section, list[str]]] = {}
    for record in records:
        if record.section is not None:
            s = record.section
            found.setdefault((s.algorithm_name, s.algorithm), (s, []))[1].append(s.scenario)
    return [
        {"name": s.algorithm_name, "source": s.algorithm_source, "lines": s.algorithm, "scenarios": names}
        for s, names in found.values()
    ]


def _scenario(
    record: Record, picture: Callable[[str], bytes], wanted: Callable[[Result], bool]
) -> dict[str, Any]:
    from markupsafe import Markup

    rows = [row for row in record.results if wanted(row)]
    section = record.section
    assumptions: dict[str, Sequence[Mapping[str, Any]]] = {
        row.theorem: row.detail.assumptions for row in rows if isinstance(row.detail, GameDetail)
    }
    plots = []
    for k, (theorem, name, text) in enumerate(section.plots if section is not None else ()):
        if theorem in assumptions:
            prefix = anchor(f"{rows[0].scenario}-{k}")
            drawn = inline_svg(picture(name), prefix=prefix, label=text)
            plots.append({"theorem": theorem, "svg": Markup(drawn), "caption": f"{text.split('. ')[0]}."})
    return {
        "id": rows[0].scenario,
        "title": rows[0].title,
        "rows": rows,
        "section": section,
        "assumptions": assumptions,
        "plots": plots,
        "seconds": rows[0].seconds,
        "command": rows[0].command,
        "error": rows[0].error,
    }
