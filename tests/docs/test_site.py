"""The site: what its pages generate, that its tutorials run, and that it builds where Sphinx is installed."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from pages import gallery, gallery_of_data, language, reference, repository, statements
from pages.console import run_command
from pages.generated import MARK, PARTS, filled
from pages.markdown import arguments_of, escaped, formula_in_cell, table
from pages.offline import loaded_from_elsewhere
from theory import Requires
from theory.algorithms.registry import algorithms
from theory.losses.registry import losses
from theory.printing.mathml import mathml
from theory.theorems.registry import theorems

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(p for p in (ROOT / "docs").rglob("*.md") if "_build" not in p.parts)
CELL = re.compile(r"^```\{code-cell\}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^```\{command\} (.*)\n(?::code: (\d+)\n)?(:root:\n)?```$", re.MULTILINE)
STATED = re.compile(r"^```\{(theorem|algorithm|claim)\} (.*)$", re.MULTILINE)
TUTORIALS = {
    p.stem: CELL.findall(p.read_text(encoding="utf-8")) for p in PAGES if p.parent.name == "tutorials"
}
TUTORIALS = {name: cells for name, cells in TUTORIALS.items() if cells}


@pytest.mark.parametrize("name", TUTORIALS)
def test_tutorial_runs(name: str, tmp_path: Path, strict) -> None:
    """The cells of a tutorial run one after the other as one program, with warnings as errors."""
    code = "\n".join(TUTORIALS[name])
    if "import torch" in code:
        pytest.importorskip("torch", reason="the tutorial trains with torch")
    if "to_frame" in code:
        pytest.importorskip("pandas", reason="the tutorial makes tables of pandas")
    # What only a notebook understands, such as %matplotlib inline.
    program = "\n".join(line for line in code.splitlines() if not line.startswith("%"))
    done = strict.text(program, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_there_are_six_tutorials() -> None:
    """The pattern of cells finds every tutorial, so that the test above cannot pass by finding nothing."""
    assert set(TUTORIALS) == {"theorem", "notebook", "falsify", "audit", "optimizer", "compare"}


WITH_COMMANDS = [page for page in PAGES if "```{command}" in page.read_text(encoding="utf-8")]


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.stem)
def test_commands_of_a_page_end_as_expected(page: Path, tmp_path: Path) -> None:
    """The commands of a page, one after the other in one folder, end with the exit codes that it states."""
    text = page.read_text(encoding="utf-8")
    found = COMMAND.findall(text)
    assert len(found) == text.count("```{command}")
    for command, expected, root in found:
        printed, code = run_command(command, ROOT if root else tmp_path)
        assert code == int(expected or 0), printed


def test_another_program_is_no_command_of_a_page() -> None:
    """A page can run this package's commands only."""
    with pytest.raises(ValueError, match="must begin with regretcheck"):
        run_command("ls", ROOT)


def test_every_mark_of_a_page_names_a_part_and_every_part_is_shown() -> None:
    """The marks on the pages and the parts that can be generated are the same."""
    marks = {m for page in PAGES for m in MARK.findall(page.read_text(encoding="utf-8"))}
    assert marks == set(PARTS)
    with pytest.raises(ValueError, match="no part is called 'weather'"):
        filled("<!-- generated: weather -->\n")


def test_every_statement_that_a_page_shows_exists() -> None:
    """The theorems, algorithms and claims that pages name are in the registries."""
    shown = [found for page in PAGES for found in STATED.findall(page.read_text(encoding="utf-8"))]
    lines = {
        "theorem": statements.theorem_lines,
        "algorithm": statements.algorithm_lines,
        "claim": statements.claim_lines,
    }
    assert {kind for kind, _ in shown} == set(lines)
    for kind, name in shown:
        assert lines[kind](name)
    with pytest.raises(ValueError, match=r"adal\.claim\.999"):
        statements.claim_lines("adal.claim.999")


def headings(lines: list[str]) -> list[str]:
    """The second-level headings among lines, without their escapes."""
    return [line.removeprefix("## ").replace("\\", "") for line in lines if line.startswith("## ")]


def test_the_gallery_shows_every_algorithm_and_loss_with_a_run() -> None:
    """Each registered object has a section, and each section ends with what its program printed."""
    for page, names in (
        (gallery.algorithm_page(), list(algorithms())),
        (gallery.loss_page(), [loss.name for loss in losses()]),
    ):
        assert headings(page) == names
        text = "\n".join(page)
        outputs = re.findall(r"```text\n(.*?)\n```", text, re.DOTALL)
        assert len(outputs) == len(names)
        assert all(re.search(r"\d\.\d{6}", output) for output in outputs)


def test_the_gallery_shows_every_statement() -> None:
    """Each theorem of the registry has a section with the formulas of its readings."""
    page = gallery.theorem_page()
    assert headings(page) == list(theorems())
    assert page.count("```{math}") >= sum(len(stated.readings) for stated in theorems().values())


def test_the_gallery_shows_every_stream() -> None:
    """Each stream and noise of the front door has a section."""
    from online_sim import GaussianStream, streams

    shown = headings(gallery_of_data.stream_page())
    assert {"GaussianStream", "reddi", "skewed", "AllPaths"} <= set(shown)
    assert set(shown) <= set(streams.__all__)
    assert GaussianStream.__name__ in shown


def test_an_object_without_an_example_is_an_error() -> None:
    """A new set or stream makes the page fail until it has an example; so does an example of nothing."""
    with pytest.raises(ValueError, match=r"\['Ball'\] have no example, \['Bell'\] do not exist"):
        gallery.page("sets", {"Ball": []}, {"Bell": ""})


def test_an_example_that_fails_is_an_error() -> None:
    """A program of the gallery that raises stops the page, and the error shows the program."""
    with pytest.raises(RuntimeError, match="division by zero\n1 / 0"):
        gallery.example("1 / 0")


def test_the_language_names_everything() -> None:
    """Each quantity, property, constant and field is on the page of the language."""
    from online_sim.constants import constants
    from theory import quantities

    page = "\n".join(language.language_page())
    written = {"Regret", "CumSum", "CumMax", "Norm1", "First", "Prev", "pinv", "softplus", "UniformDraw"}
    assert written <= set(language.quantity_names())
    hidden = language.HIDDEN | {"is_vector", "outermost", "measured"}
    public = {
        name
        for name, value in vars(quantities).items()
        if getattr(value, "__module__", "") == quantities.__name__ and not name.startswith("_")
    }
    assert set(language.quantity_names()) == public - hidden
    for name in (*language.quantity_names(), *(r.name for r in Requires)):
        assert f"`{name}" in page
    assert constants.__doc__ is not None
    for name in ("D_2", "f_star", "x_gap", "G_f", "twin_tolerance", "checkpoints"):
        assert f"| `{name}` |" in page


def test_every_field_of_an_object_is_explained() -> None:
    """The page of the language has a line for each argument of the objects, not only for those it found."""
    from dataclasses import fields

    for kind in language.KINDS:
        asked = {f.name for f in fields(kind) if f.init and f.name != "_"}
        assert asked == set(arguments_of(kind)), kind.__name__


def test_the_front_doors_are_shown_whole() -> None:
    """Each public name of the four packages has an entry."""
    import importlib

    for package in reference.FRONT_DOORS:
        text = "\n".join(reference.front_door_page(package))
        entries = re.findall(rf"(?:auto\w+::|py:data\}}) {package}\.(\w+)$", text, re.MULTILINE)
        assert sorted(entries) == sorted(importlib.import_module(package).__all__)


def test_commands_and_schemas_are_shown_whole() -> None:
    """Each command of the command line and each schema file of the packages has a section."""
    from paper_checks.cli.exit_codes import MEANINGS

    assert set(headings(reference.command_page())) == set(MEANINGS)
    packages = reference.PACKAGES
    schemas = [p for room in reference.FRONT_DOORS for p in (packages / room).rglob("*.schema.json")]
    assert sorted(str(p.relative_to(packages)) for p in schemas) == sorted(reference.SCHEMAS)
    assert len(headings(reference.schema_page())) == len(schemas)


def test_changes_and_citation_come_from_their_files(tmp_path: Path) -> None:
    """The page of changes holds a waiting fragment above the releases, and the citation a version."""
    (tmp_path / "new-thing.added.md").write_text("A new thing.\nIt shines.\n", encoding="utf-8")
    news = "\n".join(repository.news_page(tmp_path))
    assert news.startswith("## Not yet released\n\n### Added\n\n- A new thing. It shines.\n")
    assert "### Verdicts that changed" in news
    (tmp_path / "new-thing.added.md").unlink()
    assert "Not yet released" not in "\n".join(repository.news_page(tmp_path))
    assert "version = {" in "\n".join(repository.citation_page())


def test_every_formula_of_the_registries_becomes_mathml() -> None:
    """What the directives show converts: the formulas of every theorem and algorithm."""
    lines = [line for name in theorems() for line in statements.theorem_lines(name)]
    lines += [line for name in algorithms() for line in statements.algorithm_lines(name)]
    formulas = re.findall(r"```\{math\}\n(.*?)\n```", "\n".join(lines), re.DOTALL)
    assert len(formulas) > len(theorems())
    for formula in set(formulas):
        assert mathml(formula, block=True).startswith("<math")


def test_text_is_not_read_as_markup() -> None:
    """Marks of Markdown are escaped, code between backticks is kept, and a bar does not end a cell."""
    assert escaped("x_* <= |y|, see `a_b`") == r"x\_\* \<= \|y\|, see `a_b`"
    assert formula_in_cell(r"\|x\|") == r"$\Vert x\Vert $"
    assert table(("a",), [("b",)]) == ["| a |", "| --- |", "| b |", ""]


def test_the_plot_of_the_front_page_shows_the_verdicts_of_the_baseline() -> None:
    """The rounds of the first violations in the picture are those that `regretcheck ci` compares."""
    rows = tomllib.loads((ROOT / "paper_checks/baselines/adal.toml").read_text(encoding="utf-8"))
    known = {
        name.rpartition(".")[2]: entry["first_violation"]
        for name, entry in rows["scenarios"]["wrong_end"].items()
        if name.startswith("adal.theorem1.")
    }
    drawn = (ROOT / "docs/images/wrong_end.svg").read_text(encoding="utf-8")
    shown = dict(re.findall(r">([ABC]): T = (\d+)<", drawn))
    assert shown == {key: str(first) for key, first in known.items()}
    assert "violated" in drawn
    for page in ("README.md", "docs/index.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert "images/wrong_end.svg)" in text
        assert "`regretcheck plot wrong_end --out docs/images/wrong_end.svg`" in text


def test_the_style_of_the_site_has_no_colour_for_one_theme_alone() -> None:
    """Colours are variables of the theme, but for the paper of plots, which the dark theme turns round."""
    style = (ROOT / "docs/_static/site.css").read_text(encoding="utf-8")
    colours = r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\("
    (dark,) = re.findall(r'html\[data-theme="dark"\][^{]*img[^{]*\{[^}]*\}', style)
    assert "invert(" in dark
    assert re.findall(colours, style.replace(dark, "")) == []
    assert re.findall(colours, dark) == ["#fff"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", '<script src="https://cdn.example/x.js"></script>'),
        ("a.html", '<link rel="stylesheet" href="//fonts.example/css">'),
        ("a.html", '<img src="http://example.org/a.png">'),
        ("a.html", "<style>@import 'https://fonts.example/x.css';</style>"),
        ("a.html", '<p style="background: url(https://example.org/a.png)">'),
        ("a.css", "@font-face { src: url(https://fonts.example/a.woff2) }"),
    ],
)
def test_a_planted_asset_of_the_network_is_found(name: str, text: str, tmp_path: Path) -> None:
    """Each kind of asset from another machine is found."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert list(loaded_from_elsewhere(tmp_path)) == [name]


def test_a_link_that_a_reader_may_follow_is_no_asset(tmp_path: Path) -> None:
    """Links, the site's own files and pictures inside a page pass."""
    text = '<a href="https://example.org">there</a><script src="_static/x.js"></script><img src="data:a//b">'
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    assert loaded_from_elsewhere(tmp_path) == {}


@pytest.mark.slow
def test_the_site_builds_and_loads_nothing_from_the_network(tmp_path: Path) -> None:
    """With warnings as errors every page is built, and none loads a thing from the network."""
    for module in ("sphinx", "myst_nb", "pydata_sphinx_theme", "sphinx_design", "sphinx_copybutton"):
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed: pip install 'regretcheck[docs]'")
    site = tmp_path / "site" / "html"
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-W", "--keep-going", "-q", "docs", str(site)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    built = {p.relative_to(site).as_posix(): p.read_text(encoding="utf-8") for p in site.rglob("*.html")}
    assert {p.relative_to(ROOT / "docs").with_suffix(".html").as_posix() for p in PAGES} <= set(built)
    assert loaded_from_elsewhere(site) == {}
    assert "<math" in built["paper.html"]
    built_style = (site / "_static" / "site.css").read_text(encoding="utf-8")
    # What is wide scrolls in its own box, on a telephone too; the index of names is narrow columns of links.
    for name, page in built.items():
        if name == "genindex.html":
            continue
        boxes = '<div (class="pst-scrollable-table-container"|style="overflow-x:auto")><table'
        # The style sheet lets the output of a cell scroll, such as a frame of pandas.
        frames = page.count('<table border="1" class="dataframe">')
        assert len(re.findall(boxes, page)) + frames == page.count("<table"), name
    assert ".cell_output .text_html { overflow-x: auto; }" in built_style
    # A class of MyST is called mathjax_ignore; what must not be is the script.
    assert [
        name for name, page in built.items() if re.search("<script[^>]*mathjax", page, re.IGNORECASE)
    ] == []
