"""The report: one file, well formed, nothing from elsewhere, readable without eyes and without colour."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from markupsafe import escape

from paper_checks.audit import Audit
from paper_checks.report.builder import Heading, build_report
from paper_checks.report.proofs import proof_groups, tightness_text
from paper_checks.report.svg import inline_svg
from paper_checks.report.words import WORDS, margin_text, tally
from paper_checks.run.audits import examine_audit
from paper_checks.run.results import ProofDetail
from paper_checks.run.runner import run_records
from paper_checks.scenario import Options
from theory.printing.mathml import flaw_of, pieces

HEADING = Heading("A <title>", "regretcheck run 'a & b' --seed 0")
VOID = {"meta", "br", "hr", "img", "link", "input", "wbr"}


class Page(HTMLParser):
    """Elements, ids, links and nesting of a page."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.ids, self.links, self.flaws = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        """Note an element."""
        given = dict(attributes)
        self.tags.append((tag, given))
        if "id" in given:
            self.ids.append(given["id"])
        self.links += [v for k, v in attributes if k in {"href", "src", "xlink:href"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        """Note an element that closes itself."""
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        """Note a wrong nesting."""
        if not self.open or self.open.pop() != tag:
            self.flaws.append(tag)

    def all(self, name):
        """The attributes of every element of a name."""
        return [given for tag, given in self.tags if tag == name]


@pytest.fixture(scope="module")
def made(toys_with_crash, tmp_path_factory):
    """The records of the toys, and their pictures."""
    out = tmp_path_factory.mktemp("out")
    records = run_records(toys_with_crash, Options(), out=out)
    return records, lambda name: (out / "plots" / name).read_bytes()


@pytest.fixture(scope="module")
def page(made):
    """The page of the toys."""
    records, picture = made
    return build_report(records, HEADING, picture=picture)


def test_the_page_is_well_formed(page):
    """Every element is closed in order, ids are unique, and inner links lead somewhere."""
    parsed = Page(page)
    assert (parsed.open, parsed.flaws) == ([], [])
    assert len(set(parsed.ids)) == len(parsed.ids)
    assert all(link.startswith("#") and link[1:] in parsed.ids for link in parsed.links), parsed.links


def test_the_control_notices_a_broken_page():
    """The same parser sees a wrong nesting."""
    assert Page("<p><b></p></b>").flaws


def test_the_page_needs_nothing_from_elsewhere(page):
    """One script, allowed by its hash; no link, no import, no address but the names of MathML and SVG."""
    parsed = Page(page)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    allowed = b64encode(sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{allowed}'" in page
    assert not re.search(r"fetch|XMLHttp|import|eval|innerHTML|WebSocket|src\s*=", script)
    assert not {tag for tag, _ in parsed.tags} & {"link", "iframe", "img", "object", "embed", "base"}
    known = {
        "http://www.w3.org/1998/Math/MathML",
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert set(re.findall(r"https?://[^\s\"'<>)]+", page)) <= known
    assert "@import" not in page
    assert re.findall(r"url\((?!#)", page) == []


def test_formulas_are_clean(page):
    """No LaTeX is left in any formula, and there are formulas for statements, algorithm, loss and letters."""
    formulas = re.findall(r"<math.*?</math>", page, re.DOTALL)
    assert len(formulas) >= 6
    assert all(flaw_of(formula) is None for formula in formulas)


def test_pictures_speak(page):
    """Every picture is an image with words; its parts do not clash with another's."""
    pictures = Page(page).all("svg")
    assert len(pictures) == 2
    for given in pictures:
        assert given["role"] == "img"
        assert "violated" in given["aria-label"] or "not applicable" in given["aria-label"]
        assert "viewbox" in given
        assert "width" not in given


def test_headings_and_tables_can_be_navigated(page):
    """One h1, no level skipped, and every header cell says what it heads."""
    parsed = Page(page)
    levels = [int(tag[1]) for tag, _ in parsed.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert all(given.get("scope") in {"row", "col"} for given in parsed.all("th"))
    assert parsed.all("html")[0]["lang"] == "en"


def test_every_verdict_is_a_word(page):
    """Verdicts of all toys appear as words, with what they mean and what is not proved."""
    for word in WORDS.values():
        assert word.short in page
        assert word.plain[:40] in page
    assert "What this report does not prove" in page
    assert "toy.narrow" in page
    assert "broken:</strong> α &lt; 1/2" in page


def test_text_from_outside_is_escaped(page):
    """Titles, notes, commands and errors cannot become markup."""
    assert "A &lt;title&gt;" in page
    assert "&#39;a &amp; b&#39;" in page
    assert "A &lt;toy&gt; &amp; nothing more" in page
    assert "A toy that &lt;crashes&gt;" in page
    assert "<crashes>" not in page


def test_the_same_results_give_the_same_page(made, page):
    """Nothing in the page depends on when or in which process it was made; the time appears if given."""
    records, picture = made
    assert build_report(records, HEADING, picture=picture) == page
    dated = build_report(records, Heading("t", "c", "2030-01-02"), picture=picture)
    assert "2030-01-02" in dated


def test_only_wanted_rows_are_shown(made):
    """A page about one reading says nothing of the others."""
    records, picture = made
    page = build_report(records, HEADING, picture=picture, wanted=lambda row: row.id == "toy.sgd.false")
    assert "far too small" in page
    assert "larger than anything" not in page
    assert "toy_narrow" not in page
    assert Page(page).flaws == []


@pytest.fixture(scope="module")
def audited():
    """Reddi's stream without and with the maximum, a crashed audit, and one whose notes are hostile."""
    found = [
        row
        for name in ("reddi_stream", "repaired.maximum.reddi_stream")
        for row in examine_audit(Audit(name, "A <note> & more.", rounds=9), Options())
    ]
    return [*found, *examine_audit(Audit("no_such<scenario>", "."), Options())]


@pytest.fixture(scope="module")
def proofs(audited):
    """The page of these audits alone."""
    return build_report([], HEADING, picture=None, audited=audited)


def test_proofs_are_shown_step_by_step(proofs, audited):
    """The page of audits is well formed; every step stands once, with its formula, and where it breaks."""
    parsed = Page(proofs)
    assert (parsed.open, parsed.flaws) == ([], [])
    assert len(set(parsed.ids)) == len(parsed.ids)
    assert all(link.startswith("#") and link[1:] in parsed.ids for link in parsed.links), parsed.links
    assert all(given.get("scope") in {"row", "rowgroup", "col"} for given in parsed.all("th"))
    for step in audited[0].detail.audit["steps"]:
        assert proofs.count(f'<th scope="rowgroup" rowspan="2">{step["key"]}</th>') == 1
        assert escape(step["title"]) in proofs
    assert "First to break: L5m, V_t never decreases, in round 2." in proofs
    assert proofs.count("breaks in round\u00a02") == 3  # L5m and T0, and F1, in one game of two
    formulas = re.findall(r"<math.*?</math>", proofs, re.DOTALL)
    assert len(formulas) >= 2 * (18 + 3)
    assert all(flaw_of(formula) is None for formula in formulas)


def test_audits_are_escaped_and_crashes_named(proofs):
    """Notes and names cannot become markup; a crashed audit is a line of the table."""
    assert "A &lt;note&gt; &amp; more." in proofs
    assert "no_such&lt;scenario&gt;" in proofs
    assert "there is no scenario" in proofs
    assert "<scenario>" not in proofs
    assert "5 proofs checked step by step on a game: 2 intact, 2 broken, 1 crashed." in proofs


def test_variants_share_a_table_while_their_steps_read_alike(audited):
    """Two variants of AdaL share the steps of a proof and differ in letters; a changed step stands apart."""
    groups = proof_groups(audited)
    assert [len(group["rows"]) for group in groups] == [2, 2]
    assert [len(group["letters"]) for group in groups] == [2, 2]
    steps = audited[0].detail.audit["steps"]
    changed = {**audited[0].detail.audit, "steps": [{**steps[0], "formula": "1 = 2"}, *steps[1:]]}
    apart = proof_groups([replace(audited[0], detail=ProofDetail(audit=changed)), *audited[1:]])
    assert [len(group["rows"]) for group in apart] == [1, 2, 1]


def test_without_audits_there_is_no_section(page):
    """The control: a page of scenarios alone does not speak of proofs."""
    assert 'id="proofs"' not in page


def test_a_page_of_claims_alone_has_no_empty_section(proofs):
    """What was not asked for is not announced."""
    assert "At a glance" not in proofs
    assert ">Scenarios<" not in proofs


@pytest.mark.parametrize(
    ("step", "text"),
    [
        ({"outcome": "HOLDS", "tightness": 0.9944, "relation": "<="}, "0.994"),
        ({"outcome": "HOLDS", "tightness": -40.0, "relation": "<="}, "\u221240"),
        ({"outcome": "HOLDS", "tightness": 0.00393, "relation": "="}, "0.00393 roundings"),
        ({"outcome": "HOLDS", "tightness": None, "relation": "<="}, ""),
        ({"outcome": "UNDEFINED", "tightness": None, "relation": "=", "left": None, "right": None}, ""),
        ({"outcome": "BREAKS", "tightness": 1.0, "relation": "<=", "left": 2.0, "right": 1.5}, "off by 0.25"),
        ({"outcome": "BREAKS", "tightness": 9.0, "relation": "=", "left": -1.0, "right": 0.0}, "off by 1"),
    ],
)
def test_tightness_reads_well(step, text):
    """A ratio, an identity in roundings, and where a step breaks how far the sides are apart."""
    assert tightness_text(step) == text


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"a \le b", ["a", r"{} \le b"]),
        (r"a = -b + \frac{1 - b}{2} - c", ["a", "{} = -b", r"{} + \frac{1 - b}{2}", "{} - c"]),
        (r"\left(a + b\right) \le \left|a - b\right|", [r"\left(a + b\right)", r"{} \le \left|a - b\right|"]),
        (r"\begin{cases} a + b & c \end{cases} + d", [r"\begin{cases} a + b & c \end{cases}", "{} + d"]),
        (r"\leftarrow + \lefty", [r"\leftarrow", r"{} + \lefty"]),
    ],
)
def test_long_formulas_break_between_terms(latex, expected):
    """Only at signs outside of every bracket, and nothing is lost."""
    assert pieces(latex) == expected
    assert " ".join(pieces(latex)).replace("{} ", "") == latex


def test_pictures_are_cleaned():
    """Scripts, handlers, outside links and metadata do not get into the page; ids are made apart."""
    hostile = (
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        b'width="9" onload="x()">'
        b'<metadata>m</metadata><script>alert(1)</script><defs><path id="a"/></defs>'
        b'<use xlink:href="#a" clip-path="url(#a)"/><image href="http://elsewhere/x.png"/></svg>'
    )
    text = inline_svg(hostile, prefix="p", label='say "this" & <that>')
    for gone in ("script", "alert", "onload", "metadata", "elsewhere", 'width="9"'):
        assert gone not in text
    assert 'id="p-a"' in text
    assert 'xlink:href="#p-a"' in text
    assert "url(#p-a)" in text
    assert Page(text).all("svg")[0]["aria-label"] == 'say "this" & <that>'
    for bad in (b"", b"<html/>", b"<svg"):
        with pytest.raises(ValueError, match="no SVG"):
            inline_svg(bad, prefix="p", label="")


@pytest.mark.parametrize(
    ("margin", "text"),
    [(None, "–"), (0.5, "0.5×"), (1.0, "1×"), (8.0912, "8.09×"), (8765.4, "8770×"), (123456.0, "123000×"),
     (1.5e7, "1.5e+07×"), (0.000471, "0.000471×")],
)  # fmt: skip
def test_margins_read_well(margin, text):
    """Three digits, no exponent where people do without."""
    assert margin_text(margin) == text


def test_tally_counts_each_verdict():
    """Counts come in the order of the words."""
    assert tally(["VIOLATED", "HOLDS", None, "HOLDS"]) == "2 no violation, 1 violated, 1 crashed"


def test_there_is_a_word_for_every_verdict():
    """A verdict added later must be given a word here."""
    from bounds.verdict import Verdict

    assert set(WORDS) == {None, "HOLDS_WHERE_RECORDED", *(v.name for v in Verdict)}
    # The same sign for one verdict about every round and about the recorded ones, and for no two others.
    own = [w for name, w in WORDS.items() if name != "HOLDS_WHERE_RECORDED"]
    assert len({w.sign for w in own}) == len(own)
    assert len({w.ascii_sign for w in own}) == len(own)
    assert len({w.plain for w in WORDS.values()}) == len(WORDS)
