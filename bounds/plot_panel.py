"""The drawing behind `bounds.plot.plot_checks`: text above, one panel of curves, notes around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bounds.plot_content import INK, Content, Curve, LeftSide
from bounds.plot_layout import runs, wrap
from bounds.plot_notes import Panel, end_labels, marks, obstacles, strip, violations
from bounds.plot_scale import CURVE
from bounds.plot_ticks import ticks
from bounds.verdict import Check

if TYPE_CHECKING:
    from matplotlib.figure import Figure


BAND, SHADE = "#c4c4c4", "#f6e3da"

FAR = 1e6
"""The factor of distance from the measured curves beyond which a curve leaves the panel."""

PANEL = 0.5
"""The height of the panel as a share of the figure's width."""

RIGHT, BESIDE = 0.45, 3.2
"""The largest share of the width right of the panel, and what of it is not for names, in font sizes."""


def draw(content: Content, title: str, verdicts: Sequence[str], inches: float, dpi: int) -> Figure:
    """Build the figure; arguments as validated by `plot_checks`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(inches, inches), dpi=dpi)
    FigureCanvasAgg(figure)
    panel = Panel(figure, float(np.interp(inches, [3.35, 5.8, 8.0], [7.0, 8.0, 10.0])), content.rounds)
    content = _with_broken_labels(panel, content)
    _frame(panel, title, verdicts)
    low, high, rows = _scales(panel, content)
    _axes(panel, content)
    _shade(panel, content.checks)
    for m in content.left_sides:
        _band(panel, m, low)
    drawn = [curve for curve in content.curves if np.any(np.isfinite(curve.y))]
    for number, curve in enumerate(drawn):
        _line(panel, curve, number)
    end_labels(panel, drawn, low, high)
    taken = strip(panel, content.remarks, rows)
    # Only the callouts of violations look for free room.
    if any(check.first_violation is not None for check in content.checks):
        hidden = obstacles(panel, [*content.curves, *_edges(content.left_sides)], low)
        violations(panel, content, hidden, taken)
    return figure


def _frame(panel: Panel, title: str, verdicts: Sequence[str]) -> None:
    """Draw title and verdicts as high as they need, and axes of a fixed height below."""
    figure, size, axes = panel.figure, panel.size, panel.axes
    width = figure.get_figwidth() * 72
    pad = 0.8 * size
    # A reserve for SVG viewers that set wider letters.
    room = 0.97 * (width - 2 * pad)
    bold: dict[str, Any] = {"fontweight": "bold"}
    plain: dict[str, Any] = {"parse_math": False}
    lines = [(part, 1.1, bold) for part in _wrapped(panel, _safe(title), room, 1.1, bold)]
    for verdict in verdicts:
        lines += [(part, 0.9, plain) for part in _wrapped(panel, verdict, room, 0.9, plain)]
    rises = [_rise_and_fall(text, size * scale, style) for text, scale, style in lines]
    bottom, height_of_panel = 3.7 * size, PANEL * width
    height = pad + sum(rise + fall for rise, fall in rises) + 0.9 * size + height_of_panel + bottom
    figure.set_figheight(height / 72)
    cursor = height - pad
    for (text, scale, style), (rise, fall) in zip(lines, rises, strict=True):
        y = (cursor - rise) / height
        figure.text(pad / width, y, text, fontsize=size * scale, va="baseline", **style)
        cursor -= rise + fall
    axes.set_position((0.1, bottom / height, 0.6, height_of_panel / height))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(which="both", labelsize=0.9 * size)


def _rise_and_fall(text: str, size: float, style: dict[str, Any]) -> tuple[float, float]:
    """The points above and below the baseline; sums and fractions need more than a line of words."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import MathTextParser

    rise, fall = 0.95 * size, 0.35 * size
    if "$" in text and style.get("parse_math") is not False:
        parsed = MathTextParser("path").parse(text, 72, FontProperties(size=size))
        rise, fall = max(rise, parsed.height), max(fall, parsed.depth + 0.15 * size)
    return rise, fall


def _wrapped(panel: Panel, text: str, width: float, scale: float, style: dict[str, Any]) -> list[str]:
    """The lines of a text; mathematics between dollars and `T = 5` stay whole."""
    pieces = text.split("$")
    glued = "$".join(p.replace(" ", "\N{NO-BREAK SPACE}") if k % 2 else p for k, p in enumerate(pieces))
    glued = glued.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
    lines = wrap(glued, width, lambda word: panel.extent(word, scale, **style)[0])
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _safe(text: str) -> str:
    """The text with $...$ as mathematics if it can be set, else literally."""
    from matplotlib.mathtext import MathTextParser

    try:
        if "$" in text:
            MathTextParser("path").parse(text)
    except ValueError:
        return text.replace("$", r"\$")
    return text


def _scales(panel: Panel, content: Content) -> tuple[float, float, list[float]]:
    """Set the limits; return the curves' ordinate range and the heights (axes units) of the strip's rows."""
    axes, rounds, rows = panel.axes, panel.rounds, len(content.remarks)
    ends = [e[np.isfinite(e) & (e > 0)] for m in content.left_sides for e in (m.lower, m.upper)]
    reference = np.concatenate(ends)
    shown = [c.y[np.isfinite(c.y)] for c in content.curves]
    centre = float(np.max(reference)) if reference.size else float(np.median(np.concatenate([*shown, [1.0]])))
    # A curve that never comes near is named at the edge and must not compress the others.
    near = [y for y in shown if y.size and np.min(y) <= centre * FAR and np.max(y) >= centre / FAR]
    everything = np.concatenate([*near, *ends, [centre]])
    low = max(float(np.min(everything)), centre / FAR)
    high = min(float(np.max(everything)), centre * FAR)
    span = max(float(np.log10(high / low)), 0.3)
    low, high = low / 10 ** (0.05 * span), high * 10 ** (0.06 * span)
    # The strip takes its share of the panel below the curves.
    row = 1.35 * panel.size / (PANEL * panel.figure.get_figwidth() * 72)
    share = (rows + 0.3) * row if rows else 0.0
    bottom = high / (high / low) ** (1 / (1 - share))
    margin = 1.06 if rounds.size > 1 else 3.0
    axes.set_ylim(bottom, high)
    axes.set_xlim(rounds[0] / margin, rounds[-1] * margin)
    for axis, ratio in ((axes.xaxis, rounds[-1] / rounds[0]), (axes.yaxis, high / bottom)):
        if ratio < 20:
            _plain_ticks(axis)
    if rounds.size == 1:
        axes.set_xticks(rounds, [f"{rounds[0]:g}"])
        axes.set_xticks([], minor=True)
    return low, high, [(rows - k - 0.45) * row for k in range(rows)]


def _plain_ticks(axis: Any) -> None:
    """Label short ranges as 0.5, 1, 2 instead of powers of ten."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = axis.get_view_interval()
    digits = (1, 2, 5) if high / low > 4 else (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9)
    axis.set_major_locator(LogLocator(subs=digits))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def _with_broken_labels(panel: Panel, content: Content) -> Content:
    """Curves whose names are in lines that fit beside a panel of at least 55 % of the figure's width."""
    room = RIGHT * panel.figure.get_figwidth() * 72 - BESIDE * panel.size
    broken = [replace(c, label=_in_lines(panel, c.label, room)) for c in content.curves]
    return replace(content, curves=broken)


def _in_lines(panel: Panel, text: str, room: float) -> str:
    """The text with its lines broken to this width in points."""
    plain: dict[str, Any] = {"parse_math": False}
    return "\n".join(part for line in text.split("\n") for part in _wrapped(panel, line, room, 1.0, plain))


def _axes(panel: Panel, content: Content) -> None:
    """Draw both axes in the room that the texts left and right leave."""
    axes = panel.axes
    width = panel.figure.get_figwidth() * 72
    left = 0.8 * panel.size
    name = f"{content.left_sides[0].label.split(' (')[0]} and bound"
    left += ticks(panel, axes.yaxis, _in_lines(panel, name, PANEL * width))
    longest = max(panel.extent(curve.label, parse_math=False)[0] for curve in content.curves)
    right = min(longest + BESIDE * panel.size, RIGHT * width)
    box = axes.get_position()
    axes.set_position((left / width, box.y0, (width - left - right) / width, box.height))
    ticks(panel, axes.xaxis, "round T")


def _shade(panel: Panel, checks: Sequence[Check]) -> None:
    """Shade where a bound is violated; a checkpoint covers the rounds half-way to its neighbours."""
    axes, rounds = panel.axes, panel.rounds
    left, right = axes.get_xlim()
    mask = np.zeros(rounds.size, dtype=bool)
    for check in checks:
        if check.first_violation is not None:
            mask |= (check.lhs_lower > check.rhs) & (rounds >= check.first_violation)
    edges = np.concatenate([[left], np.sqrt(rounds[1:] * rounds[:-1]), [right]])
    for first, last in runs(mask):
        axes.axvspan(edges[first], edges[last + 1], color=SHADE, linewidth=0, zorder=0)


def _band(panel: Panel, m: LeftSide, low: float) -> None:
    if m.thin:
        return
    axes, rounds = panel.axes, panel.rounds
    upper = np.where(m.upper > 0, m.upper, np.nan)
    lower = np.where(m.upper > 0, np.maximum(m.lower, low), np.nan)
    axes.fill_between(rounds, lower, upper, color=BAND, linewidth=0, zorder=1)
    axes.plot(rounds, upper, color=INK, linewidth=0.5, zorder=2)
    axes.plot(rounds, np.where(m.lower > low, lower, np.nan), color=INK, linewidth=0.5, zorder=2)
    if rounds.size == 1:
        axes.vlines(rounds, lower, upper, color=BAND, linewidth=5, zorder=1)


def _edges(left_sides: Sequence[LeftSide]) -> list[Curve]:
    """The ends of wide intervals, as obstacles for labels."""
    ends = [e for m in left_sides if not m.thin for e in (m.lower, m.upper)]
    return [Curve("", np.where(e > 0, e, np.nan), INK, "-", None, 0.5) for e in ends]


def _line(panel: Panel, curve: Curve, number: int) -> None:
    finite = np.isfinite(curve.y)
    size = panel.size
    marked = marks(panel.rounds, finite, number) if curve.marker else []
    # A point without neighbours would not draw a line.
    lonely = [a for a, b in runs(finite) if a == b]
    panel.axes.plot(
        panel.rounds,
        curve.y,
        color=curve.color,
        linestyle=curve.dashes,
        linewidth=curve.width * size / 8,
        marker=curve.marker or "o",
        markersize=0.5 * size,
        markeredgewidth=0.11 * size,
        markerfacecolor="white" if curve.marker else curve.color,
        markevery=sorted({*marked, *lonely}),
        gid=f"{CURVE}{number}",
        label=curve.label.partition("\n")[0],
        zorder=4 if curve.marker is None else 3,
    )
