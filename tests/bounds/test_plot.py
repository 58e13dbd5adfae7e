"""Plots of checks: files whole and reproducible, every promise of the picture kept in its text and shapes."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from bounds.plot import WIDTHS, figure_bytes, keys, plot_checks, verdict_lines
from bounds.plot_layout import along, freest, kept_apart, runs, wrap
from bounds.verdict import Check, Verdict

ROUNDS = np.unique(np.geomspace(1, 10_000, 81).round().astype(np.int64))
TIMES = ROUNDS.astype(float)


def make(key, lower, rhs, *, upper=None, verdict=None, trivial=None, rounds=ROUNDS, reason="", **labels):
    """A check as bounds.evaluate would make it."""
    upper = lower if upper is None else upper
    violated = lower > rhs
    usable = (upper > 0) & np.isfinite(rhs)
    ratio = np.where(usable, rhs / np.where(usable, upper, 1.0), np.inf)
    k = int(np.argmin(ratio))
    return Check(
        f"toy.theorem.{key}",
        verdict or (Verdict.VIOLATED if violated.any() else Verdict.HOLDS),
        reason,
        rounds,
        lower,
        upper,
        rhs,
        rhs,
        np.full(rounds.size, np.nan) if trivial is None else trivial,
        float(ratio[k]) if usable.any() else None,
        int(rounds[k]) if usable.any() else None,
        int(rounds[np.argmax(violated)]) if violated.any() else None,
        labels={"title": "A toy theorem", "lhs": "regret", **labels},
    )


def holding():
    """Three readings, none violated."""
    return [
        make(key, np.sqrt(TIMES), c * np.sqrt(TIMES), trivial=2 * TIMES)
        for key, c in zip("ABC", (2, 3, 9), strict=True)
    ]


def violated():
    """A regret T^(3/4) that is above 3 sqrt(T) after T = 81, and below 30 sqrt(T)."""
    regret = TIMES**0.75
    return [make("A", regret, 3.0 * np.sqrt(TIMES)), make("B", regret, 30.0 * np.sqrt(TIMES))]


def negative():
    """A regret that is negative before round 36."""
    return [make("A", np.sqrt(TIMES) - 6.0, 2.0 * np.sqrt(TIMES))]


def undefined():
    """A bound that is undefined before round 10, and one that never is defined."""
    late = np.where(TIMES < 10, np.nan, 3 * np.sqrt(TIMES))
    never = np.full(TIMES.size, np.nan)
    reason = "the bound is undefined or infinite at every recorded round"
    return [
        make("A", np.sqrt(TIMES), late),
        make("B", np.sqrt(TIMES), never, verdict=Verdict.VACUOUS, reason=reason),
    ]


def wide():
    """An interval that reaches below zero early, as a confidence interval does."""
    middle = 2 * TIMES**-0.3
    reason = "at T = 1 the left side lies in [-1, 5], the bound is 4"
    said = {"verdict": Verdict.UNDECIDED, "reason": reason, "lhs": "gradient average"}
    return [make("A", middle - 3 * TIMES**-0.5, 4 * TIMES**-0.3, upper=middle + 3 * TIMES**-0.5, **said)]


def single():
    """One round, as a minimal counterexample has."""
    one = np.array([1])
    return [
        make("A", np.array([0.8]), np.array([0.678]), rounds=one),
        make("B", np.array([0.8]), np.array([0.9]), rounds=one),
    ]


def nothing_to_see():
    """A regret and a bound that are nowhere positive."""
    return [make("A", -TIMES, np.zeros(TIMES.size), verdict=Verdict.VACUOUS, reason="zero")]


def one_decade():
    """Values with few powers of ten among them, where matplotlib numbers ticks between them, too."""
    return [make("A", 2e-5 * TIMES**0.3, 6e-4 * TIMES**0.0)]


def long_name():
    """A left side whose name is wider than the room beside a panel, and than the panel is high."""
    name = "sum of the scaled inner products of gradient and transformed gradient"
    return [make("A", TIMES**0.4, 3 * np.sqrt(TIMES), lhs=name)]


CASES = [holding, violated, negative, undefined, wide, single, nothing_to_see, one_decade, long_name]


def drawn(checks, name="svg", **options):
    """The bytes of a plot, by default as wide as a screen."""
    return figure_bytes(plot_checks(checks, **{"width": "screen", **options}), name)


def texts(checks, **options):
    """All words of the SVG, as one string."""
    root = ET.fromstring(drawn(checks, **options))
    found = [t.strip() for element in root.iter() if element.tag.endswith("text") for t in element.itertext()]
    return " ".join(found)


def axes_of(checks, **options):
    """The panel of a plot."""
    return plot_checks(checks, **options).axes[0]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("width", ["column", "page", "screen", 4.2])
def test_every_case_is_drawn_within_the_figure(case, width):
    """At every width no word leaves the figure."""
    from matplotlib.text import Text

    figure = plot_checks(case(), width=width)
    inches = WIDTHS.get(width, width)
    assert figure.get_figwidth() == inches
    figure.canvas.draw()
    for artist in figure.findobj(Text):
        if artist.get_text() and artist.get_visible() and artist.get_tightbbox() is not None:
            box = artist.get_window_extent()
            # Tick labels outside the limits exist but are not drawn: their axis clips them.
            if artist in figure.texts or artist in figure.axes[0].texts:
                assert box.x0 >= -1, artist.get_text()
                assert box.x1 <= figure.bbox.x1 + 1, artist.get_text()
                assert box.y0 >= -1, artist.get_text()
                assert box.y1 <= figure.bbox.y1 + 1, artist.get_text()


@pytest.mark.parametrize("width", ["column", "page", "screen"])
def test_the_name_of_an_axis_is_no_longer_than_the_axis(width):
    """A long one is broken into lines, so that it does not run over the title."""
    figure = plot_checks(long_name(), width=width)
    figure.canvas.draw()
    axes = figure.axes[0]
    (name,) = [text for text in axes.texts if text.get_text().endswith("and bound")]
    assert "\n" in name.get_text()
    assert name.get_window_extent().height <= axes.get_window_extent().height + 1
    assert max(text.get_window_extent().x1 for text in figure.texts) <= figure.bbox.x1


@pytest.mark.parametrize("case", CASES)
def test_labels_do_not_overlap(case):
    """The words beside and inside the panel keep apart from each other."""
    figure = plot_checks(case(), width="column")
    boxes = [(a.get_text(), a.get_window_extent()) for a in [*figure.texts, *figure.axes[0].texts]]
    for k, (first, a) in enumerate(boxes):
        for second, b in boxes[:k]:
            # Boxes include room for descenders: neighbouring lines of the header may share 4 of 20 pixels.
            over = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            assert min(over) <= 4, (first, second)


@pytest.mark.parametrize("case", CASES)
def test_ticks_are_where_matplotlib_draws_them(case):
    """The numbers and ticks are matplotlib's, at the pixel where its own axes put them."""
    figure = plot_checks(case())
    axes = figure.axes[0]
    ours = [(text.get_text(), text.get_window_extent().extents) for text in axes.texts]
    drawn = {(line.get_marker(), line.get_markersize()): line.get_xydata() for line in axes.lines}

    def among_ours(word, box):
        # A hundredth of a pixel is more than the rounding of a position.
        return any(word == said and np.allclose(box, place, rtol=0, atol=0.01) for said, place in ours)

    for number, axis in enumerate((axes.xaxis, axes.yaxis)):
        low, high = axis.get_view_interval()
        axis.set_visible(True)
        figure.canvas.draw()
        both = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
        labels = [tick.label1 for tick in both if low <= tick.get_loc() <= high and tick.label1.get_text()]
        assert labels
        for label in labels:
            extents = label.get_window_extent().extents
            assert among_ours(label.get_text(), extents)
            assert not among_ours(label.get_text(), extents + 1)
        for ticks, length in ((axis.get_major_ticks(), 3.5), (axis.get_minor_ticks(), 2.0)):
            # Marker 3 points down from the axis of rounds, marker 0 left from that of values.
            found = drawn[3 - 3 * number, length][:, number]
            assert all(tick.tick1line.get_markersize() == length for tick in ticks)
            assert np.array_equal(found, [t.get_loc() for t in ticks if low <= t.get_loc() <= high])


def test_the_words_say_what_was_found():
    """Verdicts, readings, title and slope stand in the plot."""
    words = texts(violated())
    first = ROUNDS[ROUNDS > 81][0]
    assert "A toy theorem" in words
    assert f"A: {Verdict.VIOLATED.value} (first at T = {first})" in words
    assert Verdict.HOLDS.value in words
    assert "bound A" in words
    assert "bound B" in words
    assert "slope 0.75 [0.75, 0.75]" in words
    assert f"first violation A: T = {first}" in words
    assert "slope" not in texts(violated(), slope=False)
    assert "first violation" not in texts(holding())
    assert "round T" in words


def test_first_violations_that_nearly_touch_share_a_callout():
    """Three marks side by side are one text with a line each; far apart they are three texts."""
    regret = TIMES**0.75
    near = [make(k, regret, c * np.sqrt(TIMES)) for k, c in (("A", 3.0), ("B", 3.12), ("C", 3.25))]
    firsts = [c.first_violation for c in near]
    assert len(set(firsts)) == 3
    said = " ".join(f"{key}: T = {first}" for key, first in zip("ABC", firsts, strict=True))
    assert f"first violation {said}" in texts(near)
    far = [make("A", regret, 2.0 * np.sqrt(TIMES)), make("B", regret, 4.0 * np.sqrt(TIMES))]
    assert texts(far).count("first violation") == 2


def test_trivial_bound_and_band_are_optional():
    """The dotted line and the name of the interval appear when asked for."""
    assert "doing nothing" in texts(holding())
    assert "doing nothing" not in texts(holding(), trivial=False)
    assert "99 % confidence" in texts(wide(), band="99 % confidence")


def test_what_a_logarithm_cannot_show_is_said():
    """Negative regret and undefined bounds are named, with marks at those rounds only."""
    assert "regret \N{LESS-THAN OR EQUAL TO} 0 here" in texts(negative())
    assert "0 here" not in texts(holding())
    words = texts(undefined())
    assert "bound A undefined here" in words
    assert "bound B undefined here" in words
    marks = [line for line in axes_of(negative()).lines if line.get_marker() == "v"]
    assert len(marks) == 1
    assert np.max(marks[0].get_xdata()) <= 36
    assert "bound A \N{LESS-THAN OR EQUAL TO} 0 here" in texts(nothing_to_see())


def test_no_line_bridges_a_gap():
    """An undefined stretch between defined ones stays open."""
    rhs = np.where((TIMES > 30) & (TIMES < 300), np.nan, 3 * np.sqrt(TIMES))
    panel = axes_of([make("A", np.sqrt(TIMES), rhs)])
    drawn = [line for line in panel.lines if line.get_color() == "#0072b2"]
    assert len(drawn) == 1
    assert np.array_equal(drawn[0].get_ydata(), rhs, equal_nan=True)


def test_readings_differ_without_colour():
    """No two curves share dashes and marker, so that grey prints can be read."""
    panel = axes_of(holding())
    looks = {}
    for line in panel.lines:
        if len(line.get_xdata()) == ROUNDS.size:
            looks.setdefault((str(line._unscaled_dash_pattern), line.get_marker()), []).append(line)
    assert len(looks) == 5  # the regret, three readings, doing nothing
    assert all(len(lines) == 1 for lines in looks.values())


def test_the_shade_covers_the_violated_rounds():
    """The shade begins at the crossing and ends where the bound holds again; no violation, no shade."""
    rhs = np.where((TIMES >= 10) & (TIMES <= 1000), 0.5, 3.0) * np.sqrt(TIMES)
    shades = axes_of([make("A", np.sqrt(TIMES), rhs)]).patches
    assert len(shades) == 1
    left, right = shades[0].get_x(), shades[0].get_x() + shades[0].get_width()
    inside = (left < ROUNDS) & (right > ROUNDS)
    assert np.array_equal(inside, np.sqrt(TIMES) > rhs)
    assert not axes_of(holding()).patches


def test_a_wide_interval_is_a_band_and_a_thin_one_a_line():
    """The measured interval is filled where it can be seen."""
    assert len(axes_of(wide()).collections) == 1
    assert not axes_of(holding()).collections


def test_a_far_bound_does_not_squeeze_the_rest():
    """A bound of 1e30 is named at the edge, and the limits stay with the regret."""
    checks = [*holding(), make("far", np.sqrt(TIMES), 1e30 * TIMES, trivial=2 * TIMES)]
    assert "bound far \N{UPWARDS ARROW}" in texts(checks)
    assert axes_of(checks).get_ylim()[1] < 1e7


def test_readings_with_different_left_sides_are_named():
    """Readings may report different replicates: then each left side carries its readings' names."""
    checks = [
        make("A", np.sqrt(TIMES), 3 * np.sqrt(TIMES)),
        make("B", 2 * np.sqrt(TIMES), 3 * np.sqrt(TIMES)),
    ]
    words = texts(checks)
    assert "regret (A)" in words
    assert "regret (B)" in words


def test_dollars_are_mathematics_or_literal():
    """A title with $...$ is set as mathematics; one that cannot be set is printed as it is."""
    assert "$" not in texts(holding(), title=r"$\frac{1}{T}\sum_t \|\nabla f(x_t)\|^2$")
    assert r"costs $5 and \nothing$" in texts(holding(), title=r"costs $5 and \nothing$")


@pytest.mark.parametrize("name", ["svg", "png", "pdf"])
def test_bytes_are_reproducible(name):
    """The same checks give the same bytes, without a date, whatever the user's settings are."""
    import matplotlib as mpl

    first = drawn(violated(), name)
    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9, "text.usetex": True}):
        settings = dict(mpl.rcParams)
        second = drawn(violated(), name)
        assert dict(mpl.rcParams) == settings
    assert first == second
    assert b"Date" not in first
    changed = violated()
    changed[0] = replace(changed[0], rhs=1.01 * changed[0].rhs)
    assert drawn(changed, name) != first


@pytest.mark.slow
def test_bytes_are_the_same_in_another_process():
    """A fresh interpreter with another hash seed gives the same SVG."""
    code = (
        "import sys, numpy as np; from bounds.plot import figure_bytes, plot_checks;"
        "from bounds.verdict import Check, Verdict;"
        "t=np.arange(1,50); s=np.sqrt(t);"
        "c=Check('a.b.C',Verdict.HOLDS,'',t,s,s,2*s,2*s,3*s,2.0,1,None);"
        "sys.stdout.buffer.write(figure_bytes(plot_checks([c])))"
    )
    command = [sys.executable, "-c", code]
    first, second = (
        subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    )
    assert first.stdout == second.stdout
    assert first.stdout.startswith(b"<?xml")


def test_files_follow_the_suffix(tmp_path):
    """A suffix chooses the format; none writes SVG and PNG; nothing else is left in the folder."""
    plot_checks(holding(), tmp_path / "a.svg")
    plot_checks(holding(), str(tmp_path / "new" / "b"))
    plot_checks(holding(), tmp_path / "c.PNG")
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["a.svg", "b.png", "b.svg", "c.PNG"]
    assert (tmp_path / "c.PNG").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "new" / "b.svg").read_bytes()


def test_a_png_is_big_enough_for_print():
    """The page plot has 200 dots per inch."""
    from PIL import Image

    with Image.open(io.BytesIO(drawn(holding(), "png", width="page"))) as image:
        assert image.width == round(200 * WIDTHS["page"])


def test_drawing_leaves_pyplot_alone():
    """Importing and drawing never load pyplot; importing the module does not even load matplotlib."""
    code = (
        "import sys, numpy as np; import bounds.plot; assert 'matplotlib' not in sys.modules;"
        "from bounds.verdict import Check, Verdict; t=np.arange(1,9); s=np.sqrt(t);"
        "bounds.plot.plot_checks([Check('a.b.C',Verdict.HOLDS,'',t,s,s,2*s,2*s,3*s,2.0,1,None)]);"
        "assert 'matplotlib.figure' in sys.modules and 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_verdict_lines_group_readings():
    """Readings with one verdict share a sentence, each with its number."""
    assert verdict_lines(holding()) == [
        f"A, B, C: {Verdict.HOLDS.value} "
        "(smallest bound / measured: 2 at T = 1 for A, 3 at T = 1 for B, 9 at T = 1 for C)"
    ]
    broken = replace(holding()[0], verdict=Verdict.ASSUMPTION_BROKEN, reason="gamma < 1: gamma = 2")
    assert verdict_lines([broken]) == [f"A: {Verdict.ASSUMPTION_BROKEN.value} (gamma < 1: gamma = 2)"]


def test_keys_are_short_within_one_theorem():
    """Readings of one theorem go by their keys, those of several by their ids."""
    checks = holding()
    assert keys(checks) == ["A", "B", "C"]
    assert keys([checks[0], replace(checks[1], id="other.B")]) == ["toy.theorem.A", "other.B"]


@pytest.mark.parametrize(
    ("change", "options", "named"),
    [
        (lambda checks: [], {}, "`checks` is empty"),
        (lambda checks: [checks[0], single()[0]], {}, "share their rounds"),
        (lambda checks: [replace(checks[0], rhs=checks[0].rhs[:-1])], {}, "rhs of toy.theorem.A"),
        (lambda checks: [replace(c, rounds=ROUNDS[::-1]) for c in checks], {}, "increasing rounds"),
        (lambda checks: checks, {"width": "poster"}, "`width` = 'poster'"),
        (lambda checks: checks, {"width": 0.5}, "`width` = 0.5"),
        (lambda checks: checks, {"path": "plot.gif"}, "'.gif'"),
        (lambda checks: checks, {"path": ""}, "names no file"),
    ],
)
def test_bad_input_is_named(change, options, named):
    """A wrong argument is named, with its value, before anything is drawn."""
    with pytest.raises(ValueError, match=named):
        plot_checks(change(holding()), **options)


def test_an_unknown_format_is_named():
    """Only formats that are reproducible are offered."""
    with pytest.raises(ValueError, match="`format` = 'gif'"):
        drawn(holding(), "gif")


def test_a_path_that_cannot_be_written_is_named(tmp_path):
    """A folder that is a file gives one clear error and leaves nothing behind."""
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ValueError, match=r"cannot write the plot to `path` = .*plot\.svg"):
        plot_checks(holding(), tmp_path / "file" / "plot.svg")
    (tmp_path / "taken.svg").mkdir()
    with pytest.raises(ValueError, match="cannot write"):
        plot_checks(holding(), tmp_path / "taken.svg")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "taken.svg"]


def test_spread_keeps_labels_apart_and_near():
    """Labels do not overlap, keep their order, stay in the range, and do not move without need."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        count = int(rng.integers(1, 8))
        wanted, heights = rng.uniform(-10, 110, count), rng.uniform(3, 12, count)
        placed = kept_apart(wanted, heights, 0.0, 100.0)
        order = np.argsort(wanted)
        gaps = np.diff(placed[order]) - (heights[order][1:] + heights[order][:-1]) / 2
        assert np.all(gaps >= -1e-9)  # sums of a dozen numbers below 100
        assert np.all(placed - heights / 2 >= -1e-9)
        assert np.all(placed + heights / 2 <= 100 + 1e-9)
    assert np.array_equal(kept_apart([10.0, 50.0], [5.0, 5.0], 0.0, 100.0), [10.0, 50.0])
    assert np.allclose(kept_apart([50.0, 50.0], [6.0, 6.0], 0.0, 100.0), [47.0, 53.0])


def test_wrap_runs_along_freest():
    """Lines fit, stretches are found, polylines are filled but not across gaps, free spots are preferred."""
    assert wrap("a bb ccc dddd", 5, len) == ["a bb", "ccc", "dddd"]
    assert runs(np.array([True, False, True, True])) == [(0, 0), (2, 3)]
    assert runs(np.zeros(3, dtype=bool)) == []
    points = along(np.array([0.0, 10.0, np.nan, 20.0]), np.array([0.0, 0.0, 0.0, 0.0]), 1.0)
    assert np.count_nonzero(points[:, 0] <= 10) == 12
    assert not np.any((points[:, 0] > 10) & (points[:, 0] < 20))
    boxes = [(0.0, -1.0, 9.0, 1.0), (0.0, 5.0, 9.0, 6.0)]
    assert freest(boxes, points, [], np.zeros(2)) == 1
    assert freest(boxes, points, [(1.0, 5.0, 2.0, 6.0)], np.zeros(2)) == 0
    assert freest(boxes, points[:0], [], np.array([0.0, 1.0])) == 0
