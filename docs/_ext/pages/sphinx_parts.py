"""The Sphinx extension of the site: formulas as MathML, statements of the registries, commands that run."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from pages.console import run_command
from pages.generated import filled
from pages.offline import loaded_from_elsewhere
from pages.reference import ROOT
from pages.statements import algorithm_lines, claim_lines, theorem_lines
from theory.printing.mathml import mathml, pieces

if TYPE_CHECKING:
    from sphinx.application import Sphinx

logger = logging.getLogger(__name__)


class Stated(SphinxDirective):
    """A theorem, an algorithm or a claim of the registries, under its own name."""

    required_arguments = 1
    final_argument_whitespace = True
    lines: ClassVar[Callable[[str], list[str]]]

    def run(self) -> list[nodes.Node]:
        """The statement in a box."""
        try:
            text = "\n".join(type(self).lines(self.arguments[0]))
        except ValueError as problem:
            raise self.error(str(problem)) from problem
        box = nodes.container(classes=["statement", self.name])
        box += self.parse_text_to_nodes(text)
        return [box]


class TheoremDirective(Stated):
    """`{theorem} adal.theorem1`."""

    lines = staticmethod(theorem_lines)


class AlgorithmDirective(Stated):
    """`{algorithm} AdaL`."""

    lines = staticmethod(algorithm_lines)


class ClaimDirective(Stated):
    """`{claim} adal.claim.10`."""

    lines = staticmethod(claim_lines)


class CommandDirective(SphinxDirective):
    """`{command} regretcheck run my_theorem.py`: the command and what it prints, run while the site is built.

    The commands of a page run in one folder, which is empty before the first, or with `:root:` in the root of
    the repository. `:code:` is the exit code that is expected.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {"code": int, "root": directives.flag}

    def run(self) -> list[nodes.Node]:
        """The command and its output."""
        command, expected = self.arguments[0], self.options.get("code", 0)
        printed, code = run_command(command, ROOT if "root" in self.options else _folder(self.env.docname))
        if code != expected:
            raise self.error(f"`{command}` ended with {code}, not with {expected}:\n{printed}")
        shown = f"$ {command}\n{printed}".rstrip()
        return [nodes.literal_block(shown, shown, language="console")]


_FOLDERS: dict[str, TemporaryDirectory[str]] = {}
"""The folder of each page with commands."""


def _folder(page: str) -> Path:
    return Path(_FOLDERS.setdefault(page, TemporaryDirectory()).name)


def _finish(app: Sphinx, problem: Exception | None) -> None:
    """Remove the folders; fail if a page loads something from another machine."""
    while _FOLDERS:
        _FOLDERS.popitem()[1].cleanup()
    bad = {} if problem else loaded_from_elsewhere(Path(app.outdir))
    if bad:
        raise ExtensionError("; ".join(f"{page} loads {', '.join(found)}" for page, found in bad.items()))


def _formula(latex: str, *, block: bool) -> str:
    """A formula as MathML; one that cannot be converted is a warning, which stops the build."""
    try:
        return mathml(latex, block=block)
    except ValueError as problem:
        logger.warning("%s", problem)
        return f"<code>{html.escape(latex)}</code>"


def _inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(_formula(node.astext(), block=False))
    raise nodes.SkipNode


def _block(translator: Any, node: nodes.math_block) -> None:
    # Lines break between terms, as in the report.
    parts = " ".join(_formula(piece, block=True) for piece in pieces(node.astext()))
    translator.body.append(f'<div class="formula">{parts}</div>\n')
    raise nodes.SkipNode


_SPANS = re.compile(r"(``[^`]*``|`[^`]*`)")
_RST = re.compile(r"([\\*|_])")


def _as_rst(_app: Any, _what: str, _name: str, _object: Any, _options: Any, lines: list[str]) -> None:
    """Make docstrings reStructuredText, in place: code between backticks, and no other mark-up."""

    def plain(line: str) -> str:
        parts = _SPANS.split(line)
        return "".join(f"``{p.strip('`')}``" if _SPANS.fullmatch(p) else _RST.sub(r"\\\1", p) for p in parts)

    lines[:] = [plain(line) for line in lines]


def _readable(
    _app: Any,
    _what: str,
    _name: str,
    _object: Any,
    _options: Any,
    signature: str | None,
    returned: str | None,
) -> tuple[str | None, str | None]:
    """A signature that parses, so that long ones get a line for each argument."""
    return signature and signature.replace("<factory>", "..."), returned


def _fill(_app: Any, _docname: str, source: list[str]) -> None:
    source[0] = filled(source[0])


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the parts to Sphinx."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.add_directive("theorem", TheoremDirective)
    app.add_directive("algorithm", AlgorithmDirective)
    app.add_directive("claim", ClaimDirective)
    app.add_directive("command", CommandDirective)
    app.connect("source-read", _fill)
    app.connect("autodoc-process-signature", _readable)
    app.connect("build-finished", _finish)
    app.connect("autodoc-process-docstring", _as_rst, priority=100)  # before napoleon reads `Args:`
    return {"parallel_read_safe": False, "parallel_write_safe": True}
