"""Bound versus measurement in one call: the measured side, every reading of the bound, the verdicts in words.

Log-log axes. Black: the measured left side, a line where its interval is thin and a grey band where it is
wide. Each reading has its own dashes, marker and colour and is named at its end, so that the plot survives
grey printing and colour blindness. Dotted: the guarantee of never moving. The rounds where a bound is
violated are shaded and the first is marked. What a logarithm cannot show (a regret <= 0, an undefined bound)
is noted in a strip under the curves instead of being dropped silently.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from bounds.plot_scale import scale_of
from bounds.plot_style import neutral_style
from bounds.verdict import Check, Verdict
from online_sim.files import write_bytes
from theory.borders import WrongType, as_number, flag, instance, items, meant, must, shown, text
from theory.printable import printable_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Width = float | Literal["column", "page", "screen"]
Format = Literal["svg", "png", "pdf"]

WIDTHS: dict[str, float] = {"column": 3.35, "page": 5.8, "screen": 8.0}
"""The widths in inches: a paper's column and text width at print size, and a screen."""

FORMATS: tuple[Format, ...] = ("svg", "png", "pdf")
DPI = 200

# No date and no library version, so that the same checks give the same bytes.
_METADATA: dict[Format, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def plot_checks(
    checks: Sequence[Check],
    path: str | Path | None = None,
    *,
    title: str | None = None,
    trivial: bool = True,
    slope: bool = True,
    width: Width = "page",
    band: str | None = None,
) -> Figure:
    """Draw every reading of one theorem against what was measured on one game.

    Args:
        checks: what `bounds.evaluate.checks` returned, all over the same rounds.
        path: where to write, as .svg, .png or .pdf by suffix, or as both .svg and .png without suffix;
            written completely or not at all. None writes nothing.
        title: by default the theorem's, with $...$ set as mathematics.
        trivial: whether to draw the guarantee of a player who never moves.
        slope: whether to fit the exponent of the left side over the last two decades of rounds, and to show
            it with its 95 % interval (`bounds.rates`).
        width: "column", "page", "screen", or inches.
        band: what the measured interval is, in words, such as "99 % confidence".

    Returns:
        The matplotlib Figure, which a notebook shows. Its ticks are drawn once, for the limits that it has.
        matplotlib's settings are left unchanged.

    Raises:
        ValueError: no checks, different rounds, a bad width or suffix, a path that cannot be written.
    """
    _validate(checks)
    for name, said in (("title", title), ("band", band)):
        if said is not None:
            text(name, said)
    flag("trivial", trivial)
    flag("slope", slope)
    inches = _inches(width)
    targets = _targets(path)
    with neutral_style():
        from bounds.plot_content import content_of
        from bounds.plot_panel import draw

        content = content_of(
            checks, keys(checks), slope=slope, trivial=trivial, band=band, narrow=inches < 4.5
        )
        figure = draw(content, _title(checks) if title is None else title, verdict_lines(checks), inches, DPI)
        files = [(target, _render(figure, name)) for target, name in targets]
    for target, raw in files:
        try:
            write_bytes(target, raw)
        except OSError as error:
            raise ValueError(
                f"cannot write the plot to `path` = {target}: {error.strerror or error}"
            ) from error
    # Notebooks show the figures of pyplot; this is none.
    figure._repr_png_ = partial(_for_notebook, figure)  # type: ignore[attr-defined]
    return figure


def figure_bytes(figure: Figure, format: Format = "svg") -> bytes:
    """A figure of `plot_checks` as the bytes of a file, to embed in a report."""
    if not isinstance(format, str) or format not in FORMATS:
        raise ValueError(f"`format` = {shown(format)} is not one of {', '.join(FORMATS)}")
    with neutral_style():
        return _render(figure, format)


def keys(checks: Sequence[Check]) -> list[str]:
    """The readings' short names; full ids if the checks belong to different theorems."""
    theorems = {check.id.rpartition(".")[0] for check in checks}
    return [check.id.rpartition(".")[2] if len(theorems) == 1 else check.id for check in checks]


def verdict_lines(checks: Sequence[Check]) -> list[str]:
    """One sentence per verdict: its readings, the verdict in words, and where or by how much."""
    grouped: dict[tuple[Verdict, str], list[tuple[str, Check]]] = {}
    for key, check in zip(keys(checks), checks, strict=True):
        grouped.setdefault((check.verdict, check.sentence), []).append((key, check))
    return [
        printable_line(f"{', '.join(key for key, _ in members)}: {sentence}{_evidence(verdict, members)}")
        for (verdict, sentence), members in grouped.items()
    ]


def _evidence(verdict: Verdict, members: Sequence[tuple[str, Check]]) -> str:
    """The numbers behind a verdict, stated once if its readings agree."""
    found: dict[str, list[str]] = {}
    for key, check in members:
        if verdict is Verdict.VIOLATED:
            text = f"T = {check.first_violation}" if check.first_violation is not None else ""
        elif verdict is Verdict.HOLDS:
            text = f"{check.margin:.3g} at T = {check.at}" if check.margin is not None else ""
        else:
            text = check.reason
        if text:
            found.setdefault(text, []).append(key)
    if not found:
        return ""
    lead = {Verdict.VIOLATED: "first at ", Verdict.HOLDS: "smallest bound / measured: "}.get(verdict, "")
    if len(found) == 1 and len(members) == len(next(iter(found.values()))):
        return f" ({lead}{next(iter(found))})"
    separator = ", " if lead else "; "
    parts = [
        f"{text} for {', '.join(names)}" if lead else f"{', '.join(names)}: {text}"
        for text, names in found.items()
    ]
    return f" ({lead}{separator.join(parts)})"


def _title(checks: Sequence[Check]) -> str:
    titles = dict.fromkeys(check.labels.get("title", check.id.rpartition(".")[0]) for check in checks)
    return printable_line("; ".join(titles))


def _validate(checks: Sequence[Check]) -> None:
    if len(items("checks", checks, Check, "a Check", "bounds.evaluate.checks returns them")) == 0:
        raise ValueError("`checks` is empty; pass what bounds.evaluate.checks(theorem, trace) returned")
    first = checks[0]
    for check in checks:
        if not np.array_equal(check.rounds, first.rounds):
            raise ValueError(
                f"`checks` must share their rounds, but {check.id} has {check.rounds.size} up to "
                f"{check.rounds[-1:]}, {first.id} has {first.rounds.size} up to {first.rounds[-1:]}; "
                "plot each game by itself"
            )
        for name in ("lhs_lower", "lhs_upper", "rhs", "trivial"):
            if getattr(check, name).shape != first.rounds.shape:
                raise ValueError(
                    f"`checks`: {name} of {check.id} has shape {getattr(check, name).shape}, "
                    f"its rounds {first.rounds.shape}"
                )
    if first.rounds.size == 0 or first.rounds[0] < 1 or np.any(np.diff(first.rounds) <= 0):
        raise ValueError(f"`checks` must have increasing rounds from 1 on, got {shown(first.rounds)}")


def _inches(width: Width) -> float:
    if isinstance(width, str):
        if width not in WIDTHS:
            raise ValueError(
                f"`width` = {shown(width)} is not one of {', '.join(WIDTHS)}, nor a number of inches"
                f"{meant(width, WIDTHS)}"
            )
        return WIDTHS[width]
    inches = as_number(width)
    if inches is None:
        raise WrongType(must("width", width, f"one of {', '.join(WIDTHS)}, or a number of inches"))
    if not 2.5 <= inches <= 40:
        raise ValueError(f"`width` = {inches!r} inches is out of range; labels need 2.5 to 40")
    return inches


def _targets(path: str | Path | None) -> list[tuple[Path, Format]]:
    """The files to write, with their formats."""
    if path is None:
        return []
    path = Path(instance("path", path, (str, Path), "the path of a file", "plot.svg say"))
    if not path.name:
        raise ValueError(f"`path` = {str(path)!r} names no file")
    if not path.suffix:
        return [(path.with_suffix(".svg"), "svg"), (path.with_suffix(".png"), "png")]
    for name in FORMATS:
        if path.suffix.lower() == f".{name}":
            return [(path, name)]
    raise ValueError(
        f"`path` = {path} ends in {path.suffix!r}; use .svg, .png or .pdf, or no suffix for svg and png"
    )


def _for_notebook(figure: Figure) -> tuple[bytes, dict[str, int]]:
    """A figure as a notebook asks for it: the picture, and its size in pixels of a screen."""
    width, height = (round(96 * inches) for inches in figure.get_size_inches())
    return figure_bytes(figure, "png"), {"width": width, "height": height}


def _render(figure: Figure, name: Format) -> bytes:
    buffer = io.BytesIO()
    scale = {"Description": scale_of(figure)} if name == "svg" else {}
    figure.savefig(buffer, format=name, dpi=DPI, metadata=_METADATA[name] | scale)
    return buffer.getvalue()
