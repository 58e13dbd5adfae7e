"""What the generated source looks like where speed or the independence of the reference depends on it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from sympy import Expr

from online_sim.domains.l2_ball import L2Ball
from online_sim.engines.array.source import print_rounds
from online_sim.engines.loop.kernel import print_kernel
from online_sim.engines.loop.style import Style
from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.program import Projection
from theory.algorithms.adal import ADAL
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.quantities import CumSum, Norm1
from theory.symbols import f, g, m, x


def loop_lines(text: str) -> list[str]:
    """Lines inside loops over coordinates."""
    lines, found, depth = text.splitlines(), [], None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if depth is not None and indent > depth:
            found.append(line.strip())
        else:
            depth = indent if line.strip() == "for i in range(d):" else None
    return found


@pytest.mark.parametrize("projection", [Projection.NONE, Projection.CLIP])
def test_scalars_are_hoisted(projection: Projection) -> None:
    """beta**t is a running product, and neither it nor sqrt(t) nor a constant stands in a coordinate loop."""
    text = print_kernel(compile_program(Request(ADAL, LOGISTIC, projection=projection))).text
    inner = "\n".join(loop_lines(text))
    assert inner
    assert "**" not in text
    assert "s_power" not in inner
    assert "s_t" not in inner
    assert "s_alpha__parameter" not in inner
    assert inner.count("math.sqrt") == 1  # the bodies differ only in what they record


@pytest.mark.parametrize(("record", "once"), [([CumSum(f)], True), ([Norm1(x), Norm1(g), Norm1(m)], False)])
def test_what_recorded_rounds_repeat_is_compiled_once(record: list[Expr], once: bool) -> None:
    """Both kinds of rounds are one body, but not where what is recorded changes most of their passes."""
    program = compile_program(Request(ADAL, LOGISTIC, projection=Projection.CLIP, record=record))
    text = print_kernel(program).text
    assert text.count("row_now = ") == (1 if once else 2)
    assert text.count("if t_now == recorded:") == (1 if once else 0)


def test_states_are_updated_in_place() -> None:
    """Without a called projection nothing is copied: three loads, three stores a coordinate."""
    text = print_kernel(compile_program(Request(ADAL, LINEAR, projection=Projection.CLIP))).text
    assert "buf_" not in text


def test_a_called_projection_needs_its_kernel() -> None:
    """The program that calls a projection is not printed without one; with one it imports the compiled one.

    A reproducible kernel holds the source instead, which it compiles without leave to reorder anything.
    """
    program = compile_program(Request(ADAL, LINEAR, projection=Projection.CALL))
    with pytest.raises(ValueError, match="needs the kernel of the domain"):
        print_kernel(program)
    text = print_kernel(program, L2Ball(3, 1.0).kernel()).text
    assert "from online_sim.domains.kernels.l2_ball import project_l2_ball" in text
    assert "def project_l2_ball" not in text
    text = print_kernel(program, L2Ball(3, 1.0).kernel(), Style(reproducible=True)).text
    assert "def project_l2_ball" in text
    assert "from __future__" not in text


DIGEST = """
import hashlib
from online_sim.engines.array.source import print_rounds
from online_sim.engines.loop.kernel import print_kernel
from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.program import Projection
from theory.algorithms.registry import algorithms
from theory.losses.logistic import LOGISTIC
from theory.losses.rosenbrock import ROSENBROCK
from theory.quantities import CumMax, CumSum, Norm1, Norm2Squared, NormInf, Prev
from theory.symbols import f, g, x

digest = hashlib.sha256()
record = [x, g, f, 2 * g, g**2, CumSum(g), CumMax(g), Prev(g), Prev(2 * g), x - 3 * g]
record += [Norm2Squared(x), NormInf(g), CumSum(f), CumMax(Norm1(g)), Norm1(x - g) * NormInf(x)]
for name in ("AdaL", "AdaL[norm=group]", "AdaBelief", "RAdam", "Nesterov"):
    for loss in (LOGISTIC, ROSENBROCK):
        request = Request(algorithms()[name], loss, projection=Projection.CLIP, record=record)
        program = compile_program(request)
        digest.update(print_kernel(program).text.encode() + print_rounds(program).encode())
print(digest.hexdigest())
"""


def test_printing_does_not_depend_on_the_process() -> None:
    """Whatever order the process gives to sets, the text is the same: the cache on disk is found."""
    digests = set()
    for seed in ("0", "1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        digests.add(done.stdout)
    assert len(digests) == 1


def test_the_reference_hoists_nothing() -> None:
    """The reference writes beta**t as a power: its arithmetic is independent of the loops'."""
    text = print_rounds(compile_program(Request(ADAL, LOGISTIC, projection=Projection.NONE)))
    assert "fading(s_beta1, s_t)" in text
    assert "s_power" not in text
