"""Playing a game: what the functions take, and what they must refuse."""

from __future__ import annotations

import numpy as np

from online_sim.domains import Box
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.paths import play_all_paths
from online_sim.python_loss import PythonLoss
from online_sim.simulate import play
from online_sim.streams import GaussianStream
from python_borders.border import ALPHABET, NAN, PAIR, Border
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD
from theory.loss import Shape
from theory.losses.half_square import HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.noise import with_noise
from theory.symbols import T, f, x, z

BORDERS = (
    Border(
        "play",
        play,
        {
            "recurrence": ADAL,
            "loss": LINEAR,
            "stream": GaussianStream(2, 1),
            "domain": Box(-1, 1, dimension=2),
            "horizon": 3,
            "parameters": {"alpha": 0.1},
            "start": [0.0, 0.5],
            "record": [x],
            "series": [f],
            "checkpoints": 2,
            "engine": "numpy",
            "replicates": 1,
            "groups": [0, 1],
            "vectors": {z: [0.0, 0.0]},
            "table": (np.eye(2), np.ones(2)),
            "progress": lambda done, horizon: None,
            "autosave": None,
            "enumeration": None,
            "resume": None,
        },
        kinds={
            "recurrence": "recurrence",
            "loss": "loss",
            "horizon": "count",
            "replicates": "count",
            "start": "array",
            "parameters.alpha": "positive",
            "parameters": "mapping",
            "record": "items",
            "series": "items",
            "vectors": "mapping",
            "progress": "function",
        },
        passes={"parameters.alpha": (PAIR,), "parameters": (None,), "vectors": (None,)},
        bad=(
            ("stream", "noise", "a Stream"),
            ("stream", 3, "a Stream"),
            ("stream", GaussianStream, "that is the class"),
            ("stream", [], "empty list"),
            ("stream", [GaussianStream(2), 3], "a Stream"),
            ("domain", "box", "a Domain or None"),
            ("domain", Box, "that is the class"),
            ("domain", 3, "a Domain or None"),
            ("engine", "nunba", "did you mean numba"),
            ("engine", 3, "known: auto"),
            ("engine", NumpyEngine, "that is the class"),
            ("engine", ["numpy"], "known: auto"),
            ("checkpoints", True, "whole rounds"),
            ("checkpoints", "al", "did you mean all"),
            ("checkpoints", 0, "at least 1"),
            ("checkpoints", 2.0, "whole rounds"),
            ("checkpoints", [True], "whole rounds"),
            ("checkpoints", [4], "1..3"),
            ("checkpoints", [], "whole rounds"),
            ("checkpoints", None, "whole rounds"),
            ("checkpoints", 10**15, "GB"),
            ("groups", [0.5, 1], "whole numbers"),
            ("groups", [True, False], "whole numbers"),
            ("groups", "ab", "whole numbers"),
            ("groups", [0], "2 whole numbers"),
            ("table", 3, "a pair"),
            ("table", (np.eye(2),), "a pair"),
            ("table", ("a", "b"), "a pair"),
            ("table", (np.eye(2), [1j, 0]), "a pair"),
            ("autosave", "", "path of a file"),
            ("autosave", 3, "path of a file"),
            ("resume", "run.npz", "load_trace"),
            ("enumeration", 3, "an Enumeration"),
            ("start", [2.0, 0.0], "lies outside"),
            ("parameters>alhpa", {"alhpa": 1}, "did you mean alpha?"),
            ("parameters.alpha", [True, 0.1], "number"),
            ("parameters.alpha", [[0.1]], "each replicate"),
            ("parameters.alpha", [0.1, [0.2]], "number"),
            ("parameters.alpha", [], "empty list"),
            ("vectors", {"z": [0.0, 0.0]}, "Vector symbols"),
            ("vectors", {z: "a"}, "finite numbers"),
            ("vectors", {z: [0.0]}, "shape"),
            ("vectors", {z: [NAN, 0.0]}, "finite numbers"),
            ("record", ["abc"], "sympy expression"),
            ("record", x, "a list"),
            ("record>T", [T * f], "write t, the round"),
            ("replicates", 10**12, "GB"),
        ),
    ),
    Border(
        "play_all_paths",
        play_all_paths,
        {
            "recurrence": SGD,
            "loss": with_noise(HALF_SQUARE),
            "alphabet": ALPHABET,
            "horizon": 2,
            "parameters": {"alpha": 0.1},
            "engine": "numpy",
        },
        kinds={"alphabet": "alphabet", "horizon": "count"},
    ),
    Border(
        "PythonLoss",
        PythonLoss,
        {"name": "mine", "function": lambda *_: (0.0, np.zeros(2)), "shape": Shape.CONVEX},
        kinds={"name": "name", "function": "function"},
        bad=(("shape", "convex", "a Shape"), ("name", "", "says something")),
    ),
)
