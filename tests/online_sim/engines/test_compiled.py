"""Programs and kernels are kept by their content, never by a name."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
from sympy import Rational

from online_sim.domains.box import Box
from online_sim.engines import compiled
from online_sim.engines.compiled import kept_program
from online_sim.engines.loop import kernel as loop_kernel
from online_sim.engines.loop.kernel import print_kernel
from online_sim.engines.loop.style import Style
from online_sim.engines.program import Projection
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adal import ADAL
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC
from theory.quantities import CumSum
from theory.recurrence import Recurrence
from theory.symbols import f, g, m, t, x


def test_equal_content_is_one_program() -> None:
    """A copy of a recurrence, of another name even, is compiled once; so is its kernel."""
    first = kept_program(ADAL, LINEAR, projection=Projection.CLIP, record=[CumSum(f)])
    again = kept_program(replace(ADAL, name="copy"), LINEAR, projection=Projection.CLIP, record=[CumSum(f)])
    assert first is again
    assert print_kernel(first) is print_kernel(again)
    assert print_kernel(first, None, Style(reproducible=True)) is not print_kernel(first)


def test_changed_content_is_another_program() -> None:
    """The same name with another line, start value, loss, set or record gives another program and kernel."""
    base = kept_program(ADAL, LINEAR, projection=Projection.CLIP, record=[f])
    slower = replace(ADAL, point=x - (x - ADAL.point) / 2)
    started = replace(ADAL, initial={m: Rational(1, 2)})
    others = [
        kept_program(slower, LINEAR, projection=Projection.CLIP, record=[f]),
        kept_program(started, LINEAR, projection=Projection.CLIP, record=[f]),
        kept_program(ADAL, QUADRATIC, projection=Projection.CLIP, record=[f]),
        kept_program(ADAL, LINEAR, projection=Projection.NONE, record=[f]),
        kept_program(ADAL, LINEAR, projection=Projection.CLIP, record=[2 * f]),
        kept_program(ADAL, LINEAR, projection=Projection.CLIP, record=[], series=[f]),
    ]
    assert len({base, *others}) == len(others) + 1
    # The initial value is in the state, not in the text.
    assert len({print_kernel(p).text for p in (base, *others)}) == len(others)


def test_a_changed_algorithm_plays_differently() -> None:
    """Through `play` too: nothing stale is served for an algorithm redefined under its name."""
    options = {"horizon": 5, "parameters": {"alpha": 0.1}, "record": [x], "checkpoints": "all"}
    rows, box = ArrayStream(np.random.default_rng(0).normal(size=(5, 3))), Box(-1, 1, dimension=3)
    before = play(ADAL, LINEAR, rows, box, **options)
    halved = play(replace(ADAL, point=x - (x - ADAL.point) / 2), LINEAR, rows, box, **options)
    again = play(ADAL, LINEAR, rows, box, **options)
    assert np.array_equal(before[x], again[x])
    assert np.abs(before[x] - halved[x]).max() > 1e-3


def test_a_second_play_does_no_symbolic_work(monkeypatch) -> None:
    """The first play of a content compiles and prints it; an identical one does neither."""
    done: list[str] = []

    def counted(module: ModuleType, name: str) -> None:
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, **k: (done.append(name), real(*a, **k))[1])

    counted(compiled, "compile_program")
    counted(loop_kernel, "KernelWriter")
    rows, box = ArrayStream(np.ones((4, 2))), Box(-1, 1, dimension=2)
    other = replace(ADAL, name="never played")

    def once(recurrence: Recurrence) -> list[str]:
        done.clear()
        play(recurrence, QUADRATIC, rows, box, horizon=4, parameters={"alpha": 0.1}, record=[CumSum(f), g, t])
        return list(done)

    assert set(once(ADAL)) == {"compile_program", "KernelWriter"}
    assert once(ADAL) == []
    assert once(other) == []  # a name is no content
    compiled.compiled_once.cache_clear()
    assert once(ADAL) == ["compile_program"]
