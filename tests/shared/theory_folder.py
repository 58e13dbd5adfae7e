"""A theory file that reads from everywhere: helpers, a helper's helper, a late one, a table, an archive."""

import numpy as np

THEORY = """
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from far_helper import START, alpha
from paper_checks.scenario import Plan, Scenario

HORIZON = 30


def build(options):
    import numpy as np

    from online_sim.domains.box import Box
    from online_sim.game import Game
    from online_sim.streams import ArrayStream
    from theory.algorithms.sgd import SGD
    from theory.losses.linear import LINEAR
    from theory.parameters import alpha as step
    from theory.quantities import Regret
    from theory.source import Source
    from theory.statement import Assumption, Reading, Requires, Theorem
    from theory.symbols import D, T
    from sympy import S, sqrt

    with (HERE / "calls.txt").open("a") as file:
        file.write("x")
    import late_helper

    rows = np.loadtxt(HERE / "data.csv", delimiter=",", ndmin=2) + options.seed / 8
    weights = np.load(HERE / "weights.npz")["w"]
    theorem = Theorem(
        id="mine.sgd", title="Mine", source=Source("zinkevich2003", "Theorem 1"), algorithms=("SGD",),
        lhs=Regret(S.One), readings=(Reading("r", (D**2 / (2 * step) + step) * sqrt(T), "usual"),),
        assumptions=(Assumption("the losses are convex", Requires.CONVEX_LOSSES),),
    )
    stream, box = ArrayStream(rows * weights * late_helper.SCALE, order="cycle"), Box(-1.0, 1.0, dimension=1)
    game = Game(SGD, LINEAR, stream, box, horizon=HORIZON, parameters={"alpha": alpha()}, start=[START])
    return Plan((theorem,), game, engine="numpy", checkpoints=5)


SCENARIO = Scenario("mine", "Mine", ("mine.sgd",), build)
"""


def write_theory(place):
    """Make the folder of the theory file `my.py`, with everything that it reads."""
    place.mkdir()
    texts = {
        "my.py": THEORY,
        "far_helper.py": "from farther_helper import HALF\nSTART = 0.5\ndef alpha(): return HALF + 0.25\n",
        "farther_helper.py": "HALF = 0.50\n",
        "late_helper.py": "SCALE = 1.0\n",
        "data.csv": "0.5\n-0.25\n0.75\n",
    }
    for name, text in texts.items():
        (place / name).write_text(text)
    np.savez(place / "weights.npz", w=np.array([1.0]))
    return place


def change(path, before, after):
    """Replace the one place where a text stands in a file."""
    text = path.read_text()
    assert text.count(before) == 1
    path.write_text(text.replace(before, after))


CHANGES = [
    ("my.py", "HORIZON = 30", "HORIZON = 31"),
    ("far_helper.py", "START = 0.5", "START = 0.6"),
    ("far_helper.py", "HALF + 0.25", "HALF - 0.25"),
    ("farther_helper.py", "HALF = 0.50", "HALF = 0.90"),
    ("late_helper.py", "SCALE = 1.0", "SCALE = 1.5"),
    ("data.csv", "0.75", "0.85"),
]
"""A file, and a text in it with another text that gives another game."""


def played(folder):
    """How often the scenario was built."""
    calls = folder / "calls.txt"
    return len(calls.read_text()) if calls.exists() else 0
