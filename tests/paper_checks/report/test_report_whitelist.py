"""Hostile LaTeX, pictures and texts: nothing that is not on a list gets into the page."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from paper_checks.report import svg as pictures
from paper_checks.report.builder import Heading, build_report
from paper_checks.report.svg import inline_svg
from paper_checks.run.record import Record, Section, StatementText
from paper_checks.run.results import GameDetail, Result
from theory.printable import printable
from theory.printing import mathml as formulas
from theory.printing.mathml import mathml

LATEX = [
    r"\text{<script>alert(1)</script>}",
    r"\text{</mtext></math><script>alert(1)</script>}",
    r"\text{<img src=x onerror=alert(1)>}",
    r"\text{<style>@import 'http://elsewhere/x.css'</style>}",
    r"\text{<svg onload=alert(1)>}",
    r"\text{<iframe src='http://elsewhere'></iframe>}",
    r"\text{<annotation-xml encoding='text/html'><b onclick='x()'>}",
    r"\text{<mglyph src='http://elsewhere/x.png'>}",
    r"\text{&lt;script&gt;alert(1)&lt;/script&gt;}",
    r"\text{&#60;script&#62;}",
    r"\text{&amp;lt;script&amp;gt;}",
    r"\text{&#x202e;&#x1b;}",
    r"\mathrm{<script>}",
    r"\operatorname{<b>}",
    r"\mbox{<object data='x'>}",
    r"\textbf{<a href='javascript:x()'>y</a>}",
    r"\href{javascript:alert(1)}{x}",
    r"\href{http://elsewhere/}{x}",
    r"\href{data:text/html,<script>x()</script>}{x}",
    r"\url{javascript:x()}",
    r"\style{background:url(http://elsewhere)}{x}",
    r"\class{verdict}{x}",
    r"\id{words}{x}",
    r"\cssId{words}{x}",
    r"\includegraphics{http://elsewhere/x.png}",
    r"\color{red;background:url(http://elsewhere)}x",
    r'\color{" onclick="x()}x',
    r"\textcolor{url(javascript:x())}{x}",
    r"\colorbox{red}{x}",
    r"\fcolorbox{red}{blue}{x}",
    r"\rule{1em}{1em}",
    r'\hspace{1em" onload="x()}',
    r'\begin{array}{c" onload="x()}a\end{array}',
    r"\foo{x}",
    r"\unicode{x3c}script",
    r"\def\a{<script>}\a",
    r"\newcommand{\a}{\b\b}\newcommand{\b}{x}\a",
    r"\let\a=<\a script>",
    "\x1b[31mx",
    "x\u202ey",
    "x\u200by",
    "\ud800",
    "\x00",
    "{" * 5000,
    "x" * 200_000,
    r"\left(",
    "}",
    "",
    r"\frac",
    "a & b",
]

INSIDE = [
    "<script>alert(1)</script>",
    "<script href='http://elsewhere/x.js'/>",
    "<SCRIPT>alert(1)</SCRIPT>",
    "<style>@import 'http://elsewhere/x.css';</style>",
    "<style>*{background:url(http://elsewhere)}</style>",
    "<foreignObject><div xmlns='http://www.w3.org/1999/xhtml' onclick='x()'>y</div></foreignObject>",
    "<image href='http://elsewhere/x.png'/>",
    "<image xlink:href='data:image/svg+xml,%3Csvg onload=x()%3E'/>",
    "<feImage href='http://elsewhere/x.png'/>",
    "<filter id='f'><feImage href='http://elsewhere'/></filter>",
    "<a href='javascript:x()'><path d='M 0 0'/></a>",
    "<a xlink:href='http://elsewhere'><text>y</text></a>",
    "<use href='http://elsewhere/x.svg#a'/>",
    "<use xlink:href='data:image/svg+xml,x#a'/>",
    "<use href='#outer'/>",
    "<use href=' #a'/>",
    "<animate attributeName='href' to='javascript:x()'/>",
    "<path d='M 0 0'><set attributeName='onclick' to='x()'/></path>",
    "<path d='M 0 0' onclick='x()'/>",
    "<g onload='x()' onmouseover='y()'/>",
    "<path ONCLICK='x()'/>",
    "<path xlink:onclick='x()'/>",
    "<path d='javascript:x()'/>",
    "<path style='fill: url(http://elsewhere/#a)'/>",
    "<path style='background: url(javascript:x())'/>",
    "<path style='fill: expression(x())'/>",
    "<path style='fill: \\75rl(http://elsewhere)'/>",
    "<path style='-moz-binding: url(http://elsewhere)'/>",
    "<path style='position: fixed; stroke: #000'/>",
    "<path style='fill: image-set(\"http://elsewhere\" 1x)'/>",
    "<path fill='url(http://elsewhere/#a)'/>",
    "<path clip-path='url(data:image/svg+xml,x#a)'/>",
    "<path mask='url(#a)' filter='url(#a)'/>",
    "<rect x='1' y='url(http://elsewhere)' width='javascript:x()'/>",
    "<g transform='translate(1) url(http://elsewhere)'/>",
    "<text>&lt;script&gt;alert(1)&lt;/script&gt;</text>",
    "<text>&#x202e;&#x9b;31m</text>",
    "<text href='javascript:x()'>y<tspan onclick='x()'>z</tspan></text>",
    "<metadata><script>x()</script></metadata>",
    "<title>t</title><desc>d</desc>",
    "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>x()</h:script>",
    "<h:path xmlns:h='http://elsewhere/' d='M 0 0'/>",
    "<m:math xmlns:m='http://www.w3.org/1998/Math/MathML' href='javascript:x()'/>",
    "<path id='a b\" onclick=\"x()'/>",
    "<path id='&#x202e;'/>",
    "<path class='verdict' data-x='1' tabindex='0' xml:base='http://elsewhere/'/>",
    "<switch><path d='M 0 0'/></switch>",
    "<view id='v'/><cursor href='http://elsewhere'/>",
    "<!-- <script>x()</script> --><?xml-stylesheet href='http://elsewhere/x.css'?>",
    "<svg><script>x()</script></svg>",
]

TEXTS = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><a href='javascript:x()'>",
    "{{ 7 * 7 }}{% raw %}",
    "\x1b[31m\x07\x9b2J",
    "a\u202eb\u2066c\u200bd\u00ade\ufefff",
    "\ud800",
    "&#x202e;&lt;b&gt;",
]

HTML = {
    "html": "lang", "meta": "charset name content http-equiv", "nav": "aria-label", "h2": "id", "h3": "id",
    "section": "aria-labelledby class", "p": "class", "a": "href class aria-label download",
    "span": "class aria-hidden", "div": "class", "ul": "class", "li": "class", "dl": "class",
    "table": "class", "td": "class style data-name colspan", "th": "scope class id rowspan colspan",
    "tr": "id", "code": "class", "input": "id type placeholder size", "select": "id", "option": "value",
    **dict.fromkeys(
        ["head", "title", "style", "script", "body", "header", "main", "footer", "h1", "h4", "strong", "wbr",
         "dt", "dd", "caption", "thead", "tbody", "figure", "figcaption", "label"],
        "",
    ),
}  # fmt: skip
"""The elements of the templates, each with its attributes."""
SCRIPT = (Path(pictures.__file__).parent / "page.js").read_text()
"""The only script that a page may have."""
FILES = re.compile(r"(certificates|plots)/[\w.-]+|results\.(json|csv)|(details|report)\.html(#[\w.-]+)?")
"""The files of a run to which a page may link."""

SVG_NAMES = {"id", "href", "xlink:href", "style", "xmlns", "xmlns:xlink", "role", "aria-label"} | {
    name.lower() for name in pictures.VALUES
}


class Listed(HTMLParser):
    """What of a page is not on a list."""

    def __init__(self, text):
        super().__init__()
        self.flaws, self.tags, self.script = [], set(), ""
        self.feed(text)
        self.close()
        if self.script not in {"", SCRIPT}:
            self.flaws.append("script")

    def handle_starttag(self, tag, attributes):
        """Look an element and its attributes up."""
        self.tags.add(tag)
        shapes = {name.lower() for name in pictures.ELEMENTS} | {"svg"}
        if tag in HTML:
            known = set(HTML[tag].split())
        elif tag in formulas.ELEMENTS:
            known = set(formulas.ELEMENTS[tag].split())
        else:
            known = SVG_NAMES if tag in shapes else None
        if known is None:
            self.flaws.append(tag)
            return
        for name, value in attributes:
            value = value or ""
            leads = name.rpartition(":")[2] in {"href", "src"} and not value.startswith("#")
            leads = leads and not (tag == "a" and FILES.fullmatch(value))
            loads = re.search(r"url\((?!#)|javascript:|data:(?!-)|@import|expression", value)
            if name not in known or leads or (loads and name != "aria-label"):
                self.flaws.append((tag, name, value))

    handle_startendtag = handle_starttag

    def handle_data(self, data):
        """A style sheet loads nothing, and the script is ours."""
        if self.cdata_elem == "script":
            self.script += data
        if self.cdata_elem == "style" and re.search(r"@import|url\(|expression", data):
            self.flaws.append(data)

    def handle_decl(self, decl):
        """Only the one at the top."""
        if decl.lower() != "doctype html":
            self.flaws.append(decl)

    def handle_comment(self, data):
        """There are none."""
        self.flaws.append(data)

    def handle_pi(self, data):
        """There are none."""
        self.flaws.append(data)


def picture(inside):
    """A picture with something in it."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'viewBox="0 0 9 9">'
        f'<defs><path id="a" d="M 0 0 L 1 1"/></defs><g id="outer"><use href="#a"/>{inside}</g></svg>'
    ).encode()


def report(latex="x", inside="", text="t"):
    """A page of one game, with this LaTeX, this in its picture and this text wherever one can stand."""
    reading = {
        "id": "t.r", "key": "r", "note": text, "formula": latex, "where": [latex], "constants": [text],
        "scaling": [text],
    }  # fmt: skip
    section = Section(
        "s", text, text, text, text, (latex,), (latex,),
        (StatementText("t", text, text, (reading,), (text,)),), ((latex, text, text),), ((text, text),),
        (("t", "p.svg", text),),
    )  # fmt: skip
    row = Result(
        "t.r", "t", text, "s", text, "HOLDS", text, command=text, error=text, versions={text: text},
        detail=GameDetail(assumptions=({"holds": True, "text": text, "detail": text},)),
    )  # fmt: skip
    return build_report(
        [Record("k", (row,), section)], Heading(text, text, text), picture=lambda _: picture(inside)
    )


def assert_harmless(page):
    """Only listed elements, attributes and values; no character that does not print."""
    assert Listed(page).flaws == []
    assert printable(page, lines=True) == page
    page.encode()


@pytest.mark.parametrize("latex", LATEX, ids=range(len(LATEX)))
def test_hostile_latex(latex):
    """Whatever LaTeX a theorem file stores, the page shows formulas or their source, and nothing else."""
    page = report(latex=latex)
    assert_harmless(page)
    assert "<math" in page or "<code>" in page


@pytest.mark.parametrize("inside", INSIDE, ids=range(len(INSIDE)))
def test_hostile_pictures(inside):
    """Whatever a picture holds, its own paths stay and nothing else that is not listed does."""
    page = report(inside=inside)
    assert_harmless(page)
    assert "M 0 0 L 1 1" in page
    for gone in ("elsewhere", "alert", "x()"):
        assert gone not in re.sub(r"<text.*?</text>", "", page)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_hostile_texts(text):
    """Titles, notes, names, errors and commands are text, and what does not print stands as its number."""
    assert_harmless(report(text=text))


def test_a_page_without_hostility_passes_and_has_all_three_languages():
    """The control: HTML, a formula and a picture are in the page that is looked at."""
    assert {"p", "mi", "path", "use"} <= Listed(report()).tags


@pytest.mark.parametrize(
    "bad",
    [
        *(f"<svg>{i}</svg>" for i in INSIDE[:6]),
        LATEX[0],
        "<!-- x -->",
        "<p id='x'>",
        "<script>alert(1)</script>",
        "<a href='plots/../x'>",
        "<a href='x.html'>",
    ],
)
def test_the_control_finds_what_is_not_listed(bad):
    """The same parser notices hostile input that nobody has cleaned."""
    assert Listed(bad).flaws


@pytest.mark.parametrize(
    "latex",
    [r"\text{a < b > c}", r"\frac{x_{1}}{2} \le \sqrt{y}", r"\color{red}x", r"\mathbb{E}\left[x\right]",
     r"\begin{matrix} a & b \\ c & d \end{matrix}"],
)  # fmt: skip
def test_honest_latex_is_converted(latex):
    """The list is long enough for formulas, and a text may hold < and >."""
    text = mathml(latex, block=True)
    assert Listed(text).flaws == []
    assert ("&lt;" in text) == ("<" in latex)


def test_what_a_picture_keeps():
    """Shapes, texts, looks and references inside the picture stay; ids are made apart."""
    honest = (
        '<path id="c" d="M 1 2 z" style="fill: none; stroke: #e6e6e6; font: 9px \'Deja Vu\'"/>'
        '<g clip-path="url(#c)" transform="translate(1 2) rotate(-90 3 4)">'
        '<text x="1">a <tspan>b</tspan> c</text></g>'
        '<use xlink:href="#c" x="1"/>'
    )
    text = inline_svg(picture(honest), prefix="p", label="say")
    for kept in (
        'id="p-c"', 'd="M 1 2 z"', "fill: none; stroke: #e6e6e6; font: 9px 'Deja Vu'",
        'clip-path="url(#p-c)"', 'transform="translate(1 2) rotate(-90 3 4)"', "a <tspan>b</tspan> c</text>",
        'href="#p-c"', 'stroke-linejoin="round"',
    ):  # fmt: skip
        assert kept in text


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
     picture("<g>" * 5000 + "</g>" * 5000), b"<svg/>", b""],
)  # fmt: skip
def test_what_is_no_picture(content):
    """Other encodings, entities, endless nesting and other languages are one ValueError."""
    with pytest.raises(ValueError, match="this is no SVG picture"):
        inline_svg(content, prefix="p", label="")
