"""Self-contained HTML pages from the records of a run: no fonts, no external pictures, no network."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from paper_checks.paper import Paper
from paper_checks.report.answers import CERTIFICATE, Answer, answers_of
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
from paper_checks.run.coq_checked import coq_seconds
from paper_checks.run.record import Record, Section
from paper_checks.run.results import CertificateDetail, GameDetail, Result, reused_text
from theory.printable import printable

REPORT = "report.html"
"""The first page."""


@dataclass(frozen=True)
class Heading:
    """The head of the report: the title, the command that made the results, and the time (None: omitted)."""

    title: str
    command: str
    generated: str | None = None


MOST_ON_ONE_PAGE = 12
"""The number of scenarios up to which everything, with every plot, stands on one page."""
DETAILS = "details.html"
"""The second page of a longer report."""
FILTERS: Mapping[str, str] = {
    "violated": "violated or false",
    "holds": "no violation, true or certified",
    "vacuous": "vacuous or partly",
    "broken": "not applicable or not supported",
    "undecided": "undecided or malformed",
    "crashed": "crashed",
}
"""What the filter of rows offers: the class of a verdict and its words."""


def build_report(records: Sequence[Record], heading: Heading, **shown: Any) -> str:
    """The only page of a short report, the first of a long one; shown: as for `build_pages`."""
    return build_pages(records, heading, **shown)[REPORT]


def build_pages(
    records: Sequence[Record],
    heading: Heading,
    *,
    picture: Callable[[str], bytes],
    wanted: Callable[[Result], bool] = lambda _: True,
    claims: Sequence[Result] = (),
    audited: Sequence[Result] = (),
    certificates: Sequence[Result] = (),
    papers: Sequence[Paper] = (),
) -> dict[str, str]:
    """The pages by file name: one, or two if there are many scenarios.

    The first answers the questions, statement by statement. The second of a long report holds the proofs step
    by step, the algorithms and the games, whose plots are then links to files. The same arguments give the
    same text.

    Args:
        records: The finished games.
        heading: The head of the pages.
        picture: Returns the SVG with a given file name.
        wanted: Selects the rows to show.
        claims: The checked claims.
        audited: One row for each audited proof.
        certificates: One row for each replayed certificate.
        papers: The papers whose statements come first.

    Raises:
        ValueError: a picture is not SVG.
    """
    from theory.proof import StepStatus

    rows = [row for record in records for row in record.results if wanted(row)]
    shown = [record for record in records if any(wanted(row) for row in record.results)]
    everything = (*rows, *certificates, *audited, *claims)
    long = len(shown) > MOST_ON_ONE_PAGE
    theorems = {found["id"]: found for found in _theorems(shown, rows)}
    titles = {name: found["title"] for name, found in theorems.items()}
    found = answers_of(papers, shown, rows, certificates)
    scenarios = [_scenario(record, picture, wanted, inline=not long) for record in shown]
    content: dict[str, Any] = {
        "heading": heading,
        "details": DETAILS if long else "",
        "style": _part("style.css"),
        "script": _part("page.js"),
        "script_hash": b64encode(sha256(_part("page.js").encode()).digest()).decode(),
        "words": WORDS,
        "filters": FILTERS,
        "tally": tally(row.outcome for row in rows),
        "rows": rows,
        "titles": titles,
        "answers": found,
        "pictures": _pictures(found, shown, picture) if long else {},
        "groups": _groups(papers, theorems, long=long),
        "algorithms": _algorithms(shown),
        "scenarios": scenarios,
        "versions": next((row.versions for row in everything if row.versions), {}),
        "reused": reused_text(everything),
        "seed": next((row.seed for row in everything), 0),
        "claims": claims,
        "claim_words": CLAIM_WORDS,
        "claim_tally": tally((row.verdict for row in claims), CLAIM_WORDS),
        "certificates": certificates,
        "certificate_words": CERTIFICATE_WORDS,
        "coq": _coq(certificates),
        "certificate_tally": tally((row.verdict for row in certificates), CERTIFICATE_WORDS),
        "audited": audited,
        "proofs": proof_groups(audited),
        "proof_words": PROOF_WORDS,
        "proof_tally": tally((row.verdict for row in audited), PROOF_WORDS),
        "step_words": STEP_WORDS,
        "statuses": list(StepStatus),
    }
    environment = _environment()
    names = {REPORT: "report.html.j2", **({DETAILS: "details.html.j2"} if long else {})}
    return {
        name: printable(environment.get_template(template).render(content), lines=True)
        for name, template in names.items()
    }


def _coq(certificates: Sequence[Result]) -> dict[str, str]:
    """By the id of a certificate's row, how long Coq took to check it."""
    known = coq_seconds() if certificates else {}
    digests = {row.id: row.detail.digest for row in certificates if isinstance(row.detail, CertificateDetail)}
    return {name: f"{known[digest]:.0f} s" for name, digest in digests.items() if digest in known}


@cache  # compiling the templates takes longer than filling them in
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

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
        "spoken": spoken,
        "capitalised": lambda text: text[:1].upper() + text[1:],
        "certificate_name": lambda name: name.removeprefix(CERTIFICATE),
    }
    return environment


@cache
def _part(name: str) -> Any:
    """A file of this folder that goes into the page as it is: it is ours, and nothing in it is escaped."""
    from markupsafe import Markup

    return Markup((Path(__file__).parent / name).read_text(encoding="utf-8"))


def _pictures(
    found: Sequence[Answer], records: Sequence[Record], picture: Callable[[str], bytes]
) -> dict[str, dict[str, Any] | None]:
    """For each answer the plot of the scenario that its statement names, or None."""
    plots = {
        (record.section.scenario, theorem): (name, text)
        for record in records
        if record.section is not None
        for theorem, name, text in record.section.plots
    }
    shown: dict[str, dict[str, Any] | None] = {}
    for answer in found:
        s = answer.statement
        plot = plots.get((s.picture, s.theorem))
        shown[s.theorem] = None if plot is None else _plot(*plot, anchor(f"answer-{s.theorem}"), picture)
    return shown


def _plot(name: str, text: str, prefix: str, picture: Callable[[str], bytes]) -> dict[str, Any]:
    from markupsafe import Markup

    drawn = Markup(inline_svg(picture(name), prefix=prefix, label=text))
    return {"svg": drawn, "name": name, "caption": f"{text.split('. ')[0]}."}


def _groups(
    papers: Sequence[Paper], theorems: Mapping[str, dict[str, Any]], *, long: bool
) -> list[dict[str, Any]]:
    """The theorems in the order of a reader: each paper's own, the repaired ones, and all others.

    long: whether the last two kinds stand on the second page, with a table on the first.
    """
    left = dict(theorems)
    groups: list[dict[str, Any]] = []

    def group(
        name: str, title: str, own: list[dict[str, Any]], text: str = "", *, second: bool = False
    ) -> None:
        if own:
            groups.append({"anchor": name, "title": title, "text": text, "theorems": own, "second": second})

    for paper in papers:
        own = [left.pop(s.theorem) for s in paper.statements if s.theorem in left]
        repaired = [left.pop(name) for s in paper.statements for name in s.repaired if name in left]
        group(paper.id, f"{paper.title}: its theorems", own)
        group(f"{paper.id}-repaired", "True instead", repaired)
    more = [left.pop(name) for name in list(left) if name.startswith("repaired.")]
    group("repaired", "More that is true instead", more, second=long)
    if groups:
        text = "Statements of other papers, most of them known to be true: they show what the tool can tell."
        group("calibration", "Calibration", list(left.values()), text, second=long)
    else:
        group("statements", "Statements", list(left.values()))
    return groups


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


_SPOKEN = (
    (re.compile(r"\balpha\b"), "α"),
    (re.compile(r"\bbeta([12])\b"), r"β\1"),
    (re.compile(r"\beps\b"), "ε"),
    (re.compile(r"(?<=[\w\])}])=(?=[\w\[({-])"), " = "),
    (re.compile(r"-(?=\d)"), "\N{MINUS SIGN}"),
)


def spoken(line: str) -> str:
    """The line of a counterexample with Greek letters and spaces, as a reader expects mathematics."""
    for pattern, written in _SPOKEN:
        line = pattern.sub(written, line)
    return line


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
        result.append(
            {
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
    record: Record, picture: Callable[[str], bytes], wanted: Callable[[Result], bool], *, inline: bool
) -> dict[str, Any]:
    """One game. inline: whether its plots stand in the page; otherwise they are links to files."""
    rows = [row for row in record.results if wanted(row)]
    section = record.section
    assumptions: dict[str, Sequence[Mapping[str, Any]]] = {
        row.theorem: row.detail.assumptions for row in rows if isinstance(row.detail, GameDetail)
    }
    plots: list[dict[str, Any]] = []
    for k, (theorem, name, text) in enumerate(section.plots if section is not None else ()):
        if theorem not in assumptions:
            continue
        if inline:
            plots.append(_plot(name, text, anchor(f"{rows[0].scenario}-{k}"), picture))
        else:
            plots.append({"svg": "", "name": name, "caption": f"{text.split('. ')[0]}."})
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
