"""Self-contained HTML pages from the records of a run: no fonts, no external pictures, no network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paper_checks.paper import Paper
from paper_checks.report.answers import CERTIFICATE, answers_of
from paper_checks.report.pictures import pictures_of, plot_of
from paper_checks.report.proofs import proof_groups, tightness_text
from paper_checks.report.statements import formulas_of, groups_of, searches_of, theorems_of
from paper_checks.report.texts import (
    anchor,
    breakable,
    capitalised,
    counterexample_text,
    first_sentence,
    rounds_text,
    spell_seconds,
    spoken,
)
from paper_checks.report.words import (
    ATLAS_WORDS,
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
from theory.printing.mathml import mathml, pieces

if TYPE_CHECKING:
    from paper_checks.experiments.summary import Summary
    from paper_checks.run.atlas import AtlasRow

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
    experiments: Sequence[tuple[Summary, Sequence[Result]]] = (),
    atlas: Sequence[AtlasRow] = (),
    files: bool = False,
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
        experiments: The experiments behind the claims, each with the claims that it decides.
        atlas: What is known of published theorems.
        files: Whether results, certificates, plots and experiments lie in the folder of the pages.

    Raises:
        ValueError: a picture is not SVG.
    """
    from theory.proof import StepStatus

    rows = [row for record in records for row in record.results if wanted(row)]
    shown = [record for record in records if any(wanted(row) for row in record.results)]
    everything = (*rows, *certificates, *audited, *claims)
    long = len(shown) > MOST_ON_ONE_PAGE
    theorems = {found["id"]: found for found in theorems_of(shown, rows)}
    titles = {name: found["title"] for name, found in theorems.items()}
    found = answers_of(papers, shown, rows, certificates)
    pictures = pictures_of(found, shown, picture)
    above = {drawn["name"]: f"answer-{anchor(theorem)}" for theorem, drawn in pictures.items()}
    scenarios = [_scenario(record, picture, wanted, above, inline=not long) for record in shown]
    decided_by = _decided_by(experiments)
    empirical = [row for row in claims if row.id in decided_by]
    kinds = list(ATLAS_WORDS)
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
        "pictures": pictures,
        "groups": groups_of(papers, theorems, long=long),
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
        "files": files,
        "formulas": formulas_of(found, theorems),
        "searches": searches_of(found, rows),
        "experiments": experiments,
        "empirical": empirical,
        "empirical_tally": tally((row.verdict for row in empirical), CLAIM_WORDS),
        "decided_by": decided_by,
        "atlas": sorted(atlas, key=lambda row: kinds.index(row.verdict.name)),
        "atlas_words": ATLAS_WORDS,
        "atlas_tally": tally((row.verdict.name for row in atlas), ATLAS_WORDS),
    }
    environment = _environment()
    names = {REPORT: "report.html.j2", **({DETAILS: "details.html.j2"} if long else {})}
    return {
        name: printable(environment.get_template(template).render(content), lines=True)
        for name, template in names.items()
    }


def _decided_by(experiments: Sequence[tuple[Summary, Sequence[Result]]]) -> dict[str, list[str]]:
    """By the id of a claim the names of its experiments that have runs."""
    found: dict[str, list[str]] = {}
    for about, rows in experiments:
        for row in rows:
            found.setdefault(row.id, []).extend([about.name] if about.runs else [])
    return found


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
        "counterexample": counterexample_text,
        "capitalised": capitalised,
        "duration": spell_seconds,
        "certificate_name": lambda name: name.removeprefix(CERTIFICATE),
    }
    return environment


@cache
def _part(name: str) -> Any:
    """A file of this folder that goes into the page as it is: it is ours, and nothing in it is escaped."""
    from markupsafe import Markup

    return Markup((Path(__file__).parent / name).read_text(encoding="utf-8"))


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
    record: Record,
    picture: Callable[[str], bytes],
    wanted: Callable[[Result], bool],
    above: Mapping[str, str],
    *,
    inline: bool,
) -> dict[str, Any]:
    """One game.

    above: the plots that stand with an answer, file name -> anchor. inline: whether the other plots stand in
    the page; otherwise they are links to files.
    """
    rows = [row for row in record.results if wanted(row)]
    section = record.section
    assumptions: dict[str, Sequence[Mapping[str, Any]]] = {
        row.theorem: row.detail.assumptions for row in rows if isinstance(row.detail, GameDetail)
    }
    plots: list[dict[str, Any]] = []
    for k, (theorem, name, text) in enumerate(section.plots if section is not None else ()):
        if theorem not in assumptions:
            continue
        if inline and name not in above:
            plots.append(plot_of(name, text, anchor(f"{rows[0].scenario}-{k}"), picture))
        else:
            at = above.get(name, "") if inline else ""
            plots.append({"svg": "", "name": name, "caption": first_sentence(text), "above": at})
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
