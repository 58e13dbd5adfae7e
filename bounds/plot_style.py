"""The settings under which every plot is drawn, and what matplotlib need not find anew for each."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

from online_sim.places import let_matplotlib_write

_STYLE = {
    "svg.hashsalt": "regretcheck",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "path.simplify": True,
    # matplotlib looks up every name for every text, and an SVG repeats them all; Verdana is as wide.
    "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"],
}
_MEASURE = "get_text_width_height_descent"


@contextmanager
def neutral_style() -> Iterator[None]:
    """Use the library's defaults whatever the user's matplotlibrc says, then restore the user's settings."""
    let_matplotlib_write()
    import matplotlib as mpl

    with warnings.catch_warnings(), mpl.rc_context():
        warnings.simplefilter("ignore", mpl.MatplotlibDeprecationWarning)
        settings: dict[Any, Any] = {k: v for k, v in mpl.rcParamsDefault.items() if "backend" not in k}
        mpl.rcParams.update(settings | _STYLE)
        own = [(kind, name, vars(kind)[name], new) for kind, name, new in _kept_from_plot_to_plot()]
        for kind, name, _, new in own:
            setattr(kind, name, new)
        try:
            yield
        finally:
            for kind, name, old, _ in own:
                setattr(kind, name, old)


@cache
def _kept_from_plot_to_plot() -> tuple[tuple[type, str, Any], ...]:
    """Methods of matplotlib's classes, by their names, with caches that last from plot to plot.

    The caches hold only what was found under the settings of `neutral_style`.
    """
    from matplotlib.mathtext import MathTextParser
    from matplotlib.textpath import TextToPath

    wanted = ((MathTextParser, "_parse_cached", _formulas), (TextToPath, _MEASURE, _extents))
    # Another version of matplotlib may have other methods.
    return tuple((kind, name, made()) for kind, name, made in wanted if name in vars(kind))


def _formulas() -> Any:
    """Matplotlib's method that parses formulas, with a cache that lasts from plot to plot.

    The library keeps what one renderer parsed, so that every plot parses its tick labels anew, in three
    sizes: a third of its time.
    """
    from matplotlib.mathtext import MathTextParser

    parse = vars(MathTextParser)["_parse_cached"].__wrapped__
    parsers: dict[str, Any] = {"vector": MathTextParser("path"), "raster": MathTextParser("agg")}

    @lru_cache(maxsize=2048)
    def parsed(output: str, *what: Any) -> Any:
        return parse(parsers[output], *what)

    return lambda parser, *what: parsed(parser._output_type, *what)


def _extents() -> Any:
    """Matplotlib's method that measures a text of an SVG: most words and numbers come again."""
    from matplotlib.textpath import TextToPath

    measure, measuring = vars(TextToPath)[_MEASURE], TextToPath()

    @lru_cache(maxsize=4096)
    def measured(*what: Any) -> Any:
        return measure(measuring, *what)

    # The properties of a font can be changed, as a key must not.
    return lambda _, text, font, mathematics: measured(text, font.copy(), mathematics)
