"""The look of the pages: what is wide scrolls, colours have a twin in the dark, commands can be copied."""

import re
from pathlib import Path

import pytest

from paper_checks.report.builder import Heading, build_pages
from paper_checks.report.svg import inline_svg
from paper_checks.report.texts import counterexample_text, first_sentence, spoken
from paper_checks.run.audits import examine_audit
from paper_checks.run.own_file import load_file
from paper_checks.run.runner import run_records
from paper_checks.scenario import Options
from theory.printing.mathml import pieces

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "my_theorem.py"
STYLE = (Path(build_pages.__code__.co_filename).parent / "style.css").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(toys_with_crash, tmp_path_factory):
    """The page of the toys, and of an audited proof."""
    from paper_checks.audit import Audit

    out = tmp_path_factory.mktemp("out")
    records = run_records(toys_with_crash, Options(), out=out)
    audited = examine_audit(Audit("reddi_stream", "A note.", rounds=9), Options())
    return build_pages(
        records,
        Heading("Toys", "regretcheck run toys.py"),
        picture=lambda name: (out / "plots" / name).read_bytes(),
        audited=audited,
        files=True,
    )["report.html"]


def loose_tables(page):
    """The number of tables that no scrolling box holds."""
    return len(re.findall(r'(?<!<div class="wide">)<table', page))


def test_every_table_scrolls_in_its_box(page):
    """No table pushes the page sideways; the control finds a loose one."""
    assert page.count('<div class="wide"><table') >= 4
    assert loose_tables(page) == 0
    assert loose_tables(page.replace('<div class="wide"><table', "<table", 1)) == 1
    assert re.search(r"\.wide\{overflow-x:auto\}", STYLE)


def palettes(style):
    """The names that each `:root` block defines: by day, in the dark, in print."""
    return [set(re.findall(r"(--[a-z]+):", block)) for block in re.findall(r":root\{([^}]*)\}", style)]


def fixed_colours(style):
    """The colours that stand outside the `:root` blocks."""
    return re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(", re.sub(r":root\{[^}]*\}", "", style))


def test_every_colour_has_a_twin_in_the_dark_and_in_print():
    """The three palettes define the same names, and no colour stands elsewhere; the control finds one."""
    day, dark, print_ = palettes(STYLE)
    assert day == dark == print_
    assert {"--ink", "--page", "--drawn"} <= day
    assert fixed_colours(STYLE) == []
    assert fixed_colours(STYLE + "p{color:#123456}") == ["#123456"]
    assert "filter:var(--drawn)" in STYLE


def test_print_has_a_layout_of_its_own():
    """A sheet is narrow, but tables stay tables on it, and nothing scrolls there."""
    assert "@media screen and (max-width:44rem)" in STYLE
    assert not re.search(r"@media \(max-width", STYLE)
    _, _, rules = STYLE.rpartition("@media print{")
    assert ".wide,.formula{overflow:visible}" in rules
    assert "break-inside:avoid" in rules


def test_every_command_can_be_copied(page):
    """Each command of this package has the class for which the script makes a button."""
    commands = re.findall(r"<code([^>]*)>(regretcheck [^<]*)</code>", page)
    assert len(commands) >= 4
    assert {given for given, _ in commands} == {' class="command"'}


def test_every_check_has_a_permanent_link(page):
    """Each row of a check, and each game, holds a link to itself."""
    checks = re.findall(r'id="((?:check|scenario|audit)-[^"]+)"', page)
    assert {name.partition("-")[0] for name in checks} == {"check", "scenario", "audit"}
    for name in checks:
        assert f'<a class="here" href="#{name}"' in page


def test_a_plot_stands_once(page):
    """What is shown with an answer is only linked from its game; every plot can be downloaded."""
    shown = re.findall(r"<figure>.*?</figure>", page, re.DOTALL)
    assert len(shown) == 2
    assert all(re.search(r'<a href="plots/[^"]+" download>SVG</a>', figure) for figure in shown)
    assert 'href="#answer-toy-sgd">The plot is above</a>' in page


def test_a_newcomer_sees_the_formula_the_plot_and_the_search_first(tmp_path):
    """The first screen about the statement of a file; before the facts stands nothing else."""
    records = run_records(load_file(EXAMPLE), Options(), out=tmp_path)
    page = build_pages(
        records, Heading("t", "c"), picture=lambda name: (tmp_path / "plots" / name).read_bytes()
    )["report.html"]
    first = page[page.index("<h1>") : page.index("<nav")]
    assert first.count('<section class="answer') == 1
    assert "<math" in first
    assert "<figure>" in first
    assert '<code class="command">regretcheck falsify my_theorem.py</code>' in first


def test_a_picture_keeps_what_is_seen_and_no_more():
    """Names that nothing uses and digits that nobody sees are dropped; small factors keep their digits."""
    content = (
        b'<svg xmlns="http://www.w3.org/2000/svg"><g id="free">'
        b'<path id="used" d="M 1.234567  2.5 \nL 3 1e-9"/>'
        b'<path transform="scale(0.015625)" d="M 0.123 4"/></g><use href="#used" x="7.654321"/></svg>'
    )
    text = inline_svg(content, prefix="p", label="")
    assert 'id="p-free"' not in text
    assert 'id="p-used" d="M 1.23 2.5 L 3 1e-9"' in text
    assert 'x="7.65"' in text
    assert "scale(0.015625)" in text


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("f_1(x)=2x/5, x_1=1, beta1=0, eps=1e-8", "f₁(x) = 2x/5, x₁ = 1, β₁ = 0, ε = 10⁻⁸"),
        ("gamma = beta1^2/beta2 < 1", "γ = β₁²/β₂ < 1"),
        ("||grad f||_1 ||grad f||_2^2", "‖∇f‖₁ ‖∇f‖₂²"),
        ("O(log T/sqrt(T)), sqrt(T log T)", "O(log T/√T), √(T log T)"),
        ("X=[-1,1], 2.5e-08, 2e+06, vhat_0 := 1", "X = [−1,1], 2.5·10⁻⁸, 2·10⁶, v̂₀ = 1"),
        ("adal.theorem_1 is no index, and 3 > 1", "adal.theorem_1 is no index, and 3 > 1"),
        ("delta D_2^2/(2 eta): adagrad.theorem5_delta", "δ D₂²/(2 η): adagrad.theorem5_delta"),
        ("c^(3/2) and 2^10, beta1**2", "c^(3/2) and 2¹⁰, β₁²"),
    ],
)
def test_plain_text_is_shown_as_mathematics(plain, shown):
    """Greek letters, roots, norms, indices, powers; names stay as they are."""
    assert spoken(plain) == shown


def test_the_line_of_a_counterexample_names_its_bound():
    """Under a heading that says what is false; a comparison inside the line stays."""
    line = "false of Adam[beta1=decaying]: T=1, d=1 with 3 > 2 games: regret 0.799999 > 0.483668"
    assert counterexample_text(line) == (
        "Adam[β₁ = decaying]: T = 1, d = 1 with 3 > 2 games: regret 0.799999 > bound 0.483668"
    )


def test_the_caption_is_the_first_sentence_with_readable_rounds():
    """Thin spaces between thousands; decimals are left alone."""
    assert first_sentence("Regret over rounds 1 to 4000000. A: violated.") == (
        "Regret over rounds 1 to 4\u202f000\u202f000."
    )
    assert first_sentence("0.123456 stays") == "0.123456 stays."


def test_formulas_of_the_page_break_between_terms(page):
    """A relation is set piece by piece, so that a narrow page wraps it."""
    assert len(pieces("a = b + c")) == 3
    assert '<div class="formula flow"><math' in page
    assert re.search(r"\.flow math\{display:inline math", STYLE)
