"""Playing a game: what the functions take, and what they must refuse."""

from __future__ import annotations

import numpy as np

from online_sim.domains import Box
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.game import Game
from online_sim.prepared import prepare
from online_sim.python_loss import PythonLoss
from online_sim.simulate import play
from online_sim.streams import AllPaths, GaussianStream
from python_borders.border import ALPHABET, NAN, PAIR, Border
from theory.algorithms.adal import ADAL
from theory.loss import Shape
from theory.losses.linear import LINEAR
from theory.symbols import T, f, x, z

PLAYED = Game(ADAL, LINEAR, GaussianStream(2, 1), horizon=3, parameters={"alpha": 0.1})

BORDERS = (
    Border(
        "Game",
        Game,
        {
            "recurrence": ADAL,
            "loss": LINEAR,
            "stream": GaussianStream(2, 1),
            "domain": Box(-1, 1, dimension=2),
            "horizon": 3,
            "parameters": {"alpha": 0.1},
            "start": [0.0, 0.5],
            "replicates": 1,
            "groups": [0, 1],
            "table": (np.eye(2), np.ones(2)),
        },
        kinds={
            "recurrence": "recurrence",
            "loss": "loss",
            "horizon": "count",
            "replicates": "count",
            "start": "array",
            "parameters.alpha": "positive",
            "parameters": "mapping",
        },
        passes={"parameters.alpha": (PAIR,)},
        bad=(
            ("stream", "noise", "a Stream"),
            ("stream", 3, "a Stream"),
            ("stream", GaussianStream, "that is the class"),
            ("stream", [], "empty list"),
            ("stream", [GaussianStream(2), 3], "a Stream"),
            ("domain", "box", "a Domain or None"),
            ("domain", Box, "that is the class"),
            ("domain", 3, "a Domain or None"),
            ("groups", [0.5, 1], "whole numbers"),
            ("groups", [True, False], "whole numbers"),
            ("groups", "ab", "whole numbers"),
            ("groups", [0], "2 whole numbers"),
            ("table", 3, "a pair"),
            ("table", (np.eye(2),), "a pair"),
            ("table", ("a", "b"), "a pair"),
            ("table", (np.eye(2), [1j, 0]), "a pair"),
            ("start", [2.0, 0.0], "lies outside"),
            ("parameters>alhpa", {"alhpa": 1}, "did you mean alpha?"),
            ("parameters.alpha", [True, 0.1], "number"),
            ("parameters.alpha", [[0.1]], "each replicate"),
            ("parameters.alpha", [0.1, [0.2]], "number"),
            ("parameters.alpha", [], "empty list"),
            ("replicates", 10**12, "GB"),
        ),
    ),
    Border(
        "play",
        play,
        {
            "game": PLAYED,
            "record": [x],
            "series": [f],
            "checkpoints": 2,
            "engine": "numpy",
            "vectors": {z: [0.0, 0.0]},
            "progress": lambda done, horizon: None,
            "autosave": None,
            "resume": None,
            "threads": 1,
        },
        kinds={
            "threads": "count",
            "record": "items",
            "series": "items",
            "vectors": "mapping",
            "progress": "function",
        },
        passes={"vectors": (None,)},
        bad=(
            ("game", ADAL, "a Game"),
            ("game", Game, "that is the class"),
            ("game", None, "a Game"),
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
            ("autosave", "", "path of a file"),
            ("autosave", 3, "path of a file"),
            ("resume", "run.npz", "load_trace"),
            ("threads", 2, "leave it out"),
            ("threads", 257, "at most 256"),
            ("vectors", {"z": [0.0, 0.0]}, "Vector symbols"),
            ("vectors", {z: "a"}, "finite numbers"),
            ("vectors", {z: [0.0]}, "shape"),
            ("vectors", {z: [NAN, 0.0]}, "finite numbers"),
            ("record", ["abc"], "sympy expression"),
            ("record", x, "a list"),
            ("record>T", [T * f], "write t, the round"),
        ),
    ),
    Border(
        "prepare",
        prepare,
        {
            "game": PLAYED,
            "record": [x],
            "series": [f],
            "checkpoints": 2,
            "engine": "numpy",
            "vectors": {z: [0.0, 0.0]},
            "threads": 1,
        },
        kinds={"threads": "count", "record": "items", "series": "items", "vectors": "mapping"},
        passes={"vectors": (None,)},
        bad=(
            ("game", ADAL, "a Game"),
            ("engine", "nunba", "did you mean numba"),
            ("engine", NumpyEngine, "that is the class"),
            ("checkpoints", [4], "1..3"),
            ("threads", 2, "leave it out"),
            ("record>T", [T * f], "write t, the round"),
        ),
    ),
    Border(
        "play of a prepared game",
        prepare(PLAYED, engine="numpy").play,
        {
            "parameters": {"alpha": 0.2},
            "start": [0.0, 0.5],
            "stream": GaussianStream(2, 3),
            "progress": lambda done, horizon: None,
            "autosave": None,
            "resume": None,
        },
        kinds={
            "start": "array",
            "parameters.alpha": "positive",
            "parameters": "mapping",
            "progress": "function",
        },
        passes={"parameters": (None,), "parameters.alpha": (PAIR,)},
        bad=(
            ("stream", "noise", "a Stream"),
            ("stream", [], "empty list"),
            ("stream>start", GaussianStream(3, 1), "d = 3"),
            ("parameters.alpha", [0.1, 0.2], "prepare another"),
            ("parameters>alhpa", {"alhpa": 1}, "did you mean alpha?"),
            ("autosave", "", "path of a file"),
            ("resume", "run.npz", "load_trace"),
        ),
    ),
    Border(
        "AllPaths",
        AllPaths,
        {"alphabet": ALPHABET, "limit": 100},
        kinds={"alphabet": "alphabet", "limit": "count"},
    ),
    Border(
        "streams of AllPaths",
        AllPaths(ALPHABET, 100).streams,
        {"horizon": 2},
        kinds={"horizon": "count"},
        bad=(("horizon", 10**6, "limit"),),
    ),
    Border("weights of AllPaths", AllPaths(ALPHABET).weights, {"horizon": 2}, kinds={"horizon": "count"}),
    Border(
        "PythonLoss",
        PythonLoss,
        {"name": "mine", "function": lambda *_: (0.0, np.zeros(2)), "shape": Shape.CONVEX},
        kinds={"name": "name", "function": "function"},
        bad=(("shape", "convex", "a Shape"), ("name", "", "says something")),
    ),
)
