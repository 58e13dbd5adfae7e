"""Values read off a picture in the page are those of the checks."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from bounds.plot import figure_bytes, plot_checks
from bounds.verdict import Verdict
from paper_checks.report import svg
from paper_checks.report.svg import inline_svg
from tests.bounds.test_plot import make

ROUNDS = np.unique(np.geomspace(1, 10_000, 40).astype(int))
BOUND = 3.0 * ROUNDS**0.5


def drawn() -> bytes:
    """A plot of a regret and a bound."""
    checks = [make("A", ROUNDS**0.6 / 2, BOUND, rounds=ROUNDS, verdict=Verdict.HOLDS)]
    return figure_bytes(plot_checks(checks, width="page"))


def curve(page: ET.Element, number: int) -> np.ndarray:
    """The points (N, 2) of a curve in the picture's units."""
    group = next(e for e in page.iter() if e.get("id") == f"p-curve-{number}")
    path = next(e.get("d", "") for e in group if e.tag.endswith("path"))
    return np.array(re.findall(r"-?[\d.]+", path), dtype=float).reshape(-1, 2)


def test_values_read_off_the_curves_are_those_that_were_drawn():
    """The ends of the axes and the frame turn the points of a curve into its values."""
    page = ET.fromstring(inline_svg(drawn(), prefix="p", label="say"))
    scale = json.loads(page.get("data-scale"))
    left, top, right, bottom = scale["frame"]
    points = curve(page, scale["curves"].index("bound A"))
    (first, last), (low, high) = scale["rounds"], scale["values"]
    rounds = first * (last / first) ** ((points[:, 0] - left) / (right - left))
    values = low * (high / low) ** ((bottom - points[:, 1]) / (bottom - top))
    assert np.allclose(rounds[[0, -1]], [1, 10_000], rtol=2e-3)
    assert np.allclose(values, 3.0 * rounds**0.5, rtol=2e-3)


@pytest.mark.parametrize(
    "said",
    [
        "no JSON",
        "null",
        '{"frame": [0, 0, 1, 1]}',
        '{"frame": [0, 0, 1, 1], "rounds": [1, 2], "values": [1, "NaN"], "curves": ["a"]}',
        '{"frame": [0, 0, 1, 1], "rounds": [1, 2], "values": [0, 1], "curves": ["a"]}',
        '{"frame": [0, 0, 1, 1], "rounds": [2, 1], "values": [1, 2], "curves": ["a"]}',
        '{"frame": [0, 0, 1, 1], "rounds": [1, 2], "values": [1, 2], "curves": []}',
    ],
)
def test_what_is_no_scale_is_dropped(said):
    """A picture from a stranger's folder cannot hand the script anything but numbers and names."""
    assert "data-scale" in inline_svg(drawn(), prefix="p", label="say")
    good = re.search(rb"<dc:description>.*?</dc:description>", drawn(), re.DOTALL)
    bad = drawn().replace(good[0], f"<dc:description>{said}</dc:description>".encode())
    assert "data-scale" not in inline_svg(bad, prefix="p", label="say")


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs the browser Chromium to run the script")
def test_the_script_shows_the_values_under_the_pointer(tmp_path):
    """The script of the page, run by a browser."""
    script = (Path(svg.__file__).parent / "page.js").read_text()
    picture = inline_svg(drawn(), prefix="p", label="say")
    page = tmp_path / "page.html"
    page.write_text(
        f"<body><figure style='width:800px'>{picture}</figure><script>{script}</script><script>"
        "{ const s = document.querySelector('svg'), at = s.getScreenCTM(), f = JSON.parse(s.dataset.scale);"
        "const [left, top, right, bottom] = f.frame, [a, b] = f.rounds;"
        "const p = new DOMPoint(left + (right - left) * Math.log(100 / a) / Math.log(b / a), top + 9);"
        "const q = p.matrixTransform(at);"
        "s.dispatchEvent(new PointerEvent('pointermove', {clientX: q.x, clientY: q.y})); }</script></body>"
    )
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", page.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    said = re.findall(r'<p class="readout">(.*?)</p>', shown)
    assert said == ["About T = 100: regret 7.92; bound A 30."]
