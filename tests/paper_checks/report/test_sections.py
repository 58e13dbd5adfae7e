"""The sections of a paper's report: claims, what decides them, the atlas, and links that lead somewhere."""

import re
from dataclasses import replace

import pytest

from paper_checks.cli.main import main
from paper_checks.cli.outputs import experiments_of
from paper_checks.experiments.summary import summaries
from paper_checks.report.builder import Heading, build_pages
from paper_checks.run.atlas import AtlasVerdict, rows_of_run
from paper_checks.run.examine import about_certificate, about_claim
from paper_checks.run.registry import claims, exhibits
from paper_checks.run.results import CertificateDetail
from paper_checks.scenario import Options

ORDER = ("claims", "experiments", "atlas", "calibration", "certificates", "words")
LARGEST = 450_000
"""The most bytes of the first page of the whole paper."""


@pytest.fixture(scope="module")
def decided():
    """A row for each claim, as if it had been found false."""
    return [replace(about_claim(c, Options()), verdict="FALSE", reason="seen") for c in claims()]


@pytest.fixture(scope="module")
def replayed():
    """A row for each certificate of the gallery, as if it had been accepted."""
    detail = CertificateDetail(at=1, binding="STATED")
    return [
        replace(
            about_certificate(e, Options()), verdict="CERTIFIED", reason="false of it: 2 > 1", detail=detail
        )
        for e in exhibits()
    ]


@pytest.fixture(scope="module")
def page(decided, replayed):
    """The page of these rows alone."""
    return build_pages(
        [],
        Heading("t", "c"),
        picture=lambda name: b"",
        claims=decided,
        certificates=replayed,
        experiments=experiments_of(decided),
        atlas=rows_of_run(replayed),
        files=True,
    )["report.html"]


def places(page, names=ORDER):
    """Where the sections begin; -1 for those that are not there."""
    return [page.find(f'<section aria-labelledby="{name}"') for name in names]


def dead_links(page):
    """The links inside the page that lead nowhere."""
    return {name for name in re.findall(r'href="#([^"]+)"', page) if f'id="{name}"' not in page}


def test_experiments_and_atlas_stand_between_claims_and_appendix(page):
    """In the order of a reader, and every link inside the page leads somewhere; the control does not."""
    found = places(page, [name for name in ORDER if name != "calibration"])
    assert min(found) > 0
    assert found == sorted(found)
    assert dead_links(page) == set()
    assert dead_links(page + '<a href="#nowhere">') == {"nowhere"}


def test_every_empirical_claim_is_shown_with_its_experiments(page, decided):
    """Each claim that reads an experiment, and no other; what was not run says so."""
    empirical = [claim for claim in claims() if claim.experiments]
    section = page[places(page)[1] : places(page)[2]]
    assert len(empirical) > 10
    for claim in claims():
        told = f'href="#{claim.id.replace(".", "-")}"' in section
        assert told == bool(claim.experiments), claim.id
    for about in summaries():
        assert f'id="experiment-{about.name}"' in section
        link = f'<a href="experiments/{about.name}.json" download>'
        assert (link in section) == bool(about.runs)
    assert "not run: " in section
    assert experiments_of([]) == []


def test_the_atlas_of_a_run_takes_its_replays(replayed):
    """Every reading has a row and nothing is replayed again; without one certificate there is no table."""
    rows = rows_of_run(replayed)
    false = [row for row in rows if row.verdict is AtlasVerdict.REFUTED]
    assert len(rows) > 60
    assert len(false) > 10
    # Behind it stands what natural games show.
    assert {row.finding.partition(";")[0] for row in false} == {"false of it: 2 > 1"}
    needed = {f"certificate.{row.certificate}" for row in false}
    assert rows_of_run([row for row in replayed if row.id != min(needed)]) == ()
    assert rows_of_run([]) == ()


def test_a_refused_certificate_is_not_shown_as_a_refutation(replayed):
    """Must-fail control: the row of the atlas says what is wrong."""
    name = next(row.certificate for row in rows_of_run(replayed) if row.certificate)
    broken = [
        replace(row, error="the file is damaged", verdict=None) if row.id == f"certificate.{name}" else row
        for row in replayed
    ]
    page = build_pages(
        [], Heading("t", "c"), picture=lambda name: b"", certificates=broken, atlas=rows_of_run(broken)
    )["report.html"]
    (cell,) = re.findall(rf"<td>the file is damaged <a href=\"#certificate-{name}\"", page)
    before = page[: page.index(cell)].rpartition("<td>")[2]
    assert "refused" in before


@pytest.mark.slow
def test_the_report_of_the_whole_paper(tmp_path):
    """All sections in order, every link inside and to files leads somewhere, and the page is small."""
    out = tmp_path / "out"
    assert main(["run", "--out", str(out)]) == 0
    pages = {name: (out / name).read_text(encoding="utf-8") for name in ("report.html", "details.html")}
    first = pages["report.html"]
    assert min(places(first)) > 0
    assert places(first) == sorted(places(first))
    assert len(first.encode()) <= LARGEST
    for page in pages.values():
        assert dead_links(page) == set()
        for link in set(re.findall(r'href="([^"#][^"]*)"', page)):
            file, _, part = link.partition("#")
            assert (out / file).is_file(), link
            assert not part or f'id="{part}"' in pages[file], link
