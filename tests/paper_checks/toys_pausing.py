"""Three toys, of which the second waits the first time it is played: long enough to be killed."""

import os
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from paper_checks.scenario import Scenario

specification = spec_from_file_location("toys_beside", Path(__file__).with_name("toys.py"))
toys = module_from_spec(specification)
specification.loader.exec_module(toys)


def play(name, options):
    """A toy; where the test asks for it, each call is counted and the second toy's first one waits."""
    folder = os.environ.get("REGRETCHECK_PAUSE")
    if folder:
        calls = Path(folder) / f"{name}.calls"
        first = not calls.exists()
        with calls.open("a") as file:
            file.write("x")
        if name == "toy_b" and first:
            (Path(folder) / "pid").write_text(str(os.getpid()))
            (Path(folder) / "pid").replace(Path(folder) / "toy_b.pid")
            time.sleep(300)
    return toys.game(options)


def a(options):
    """The first toy."""
    return play("toy_a", options)


def b(options):
    """The toy that waits."""
    return play("toy_b", options)


def c(options):
    """The last toy."""
    return play("toy_c", options).with_game(parameters={"alpha": 0.5})


SCENARIOS = tuple(
    Scenario(f"toy_{build.__name__}", f"Toy {build.__name__}", ("toy.sgd",), build) for build in (a, b, c)
)
