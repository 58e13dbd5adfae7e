"""The gallery: every feasible set and every stream of the front doors, each with an example that is run here.

Only the arguments of an example are written here; an object without one is an error.
"""

from __future__ import annotations

import inspect
from typing import get_args

from online_sim import Domain, NoiseAlphabet, Stream, domains, streams
from online_sim.streams import AllPaths
from pages.gallery import imports, page
from pages.markdown import code, escaped, first_sentence

_SET = """\
{imports}
from theory import LINEAR, SGD
from theory.symbols import x_next

domain = {domain}
game = Game(SGD, LINEAR, constant([1.0, 2.0]), domain, horizon=20, parameters={{"alpha": 0.5}})
end = play(game, record=[x_next], engine="numpy")[x_next][-1]
print(f"{{domain.name}}: 20 steps against (1, 2) lead to {{end.round(4).tolist()}}")
"""
SETS = {
    "Box": "Box([-1.0, 0.0], [1.0, 2.0])",
    "BoxHyperplane": "BoxHyperplane(0.0, 1.0, normal=[1.0, 2.0], offset=1.0)",
    "CvxpySet": 'CvxpySet(2, lambda v: [v >= 0, v[0] + 2 * v[1] <= 2], name="triangle")',
    "Ellipsoid": "Ellipsoid([1.0, 3.0])",
    "HalfSpace": "HalfSpace([-1.0, -2.0], 3.0)",
    "L1Ball": "L1Ball(2, radius=1.0)",
    "L2Ball": "L2Ball(2, radius=1.0)",
    "Polytope": "Polytope([[1.0, 1.0], [-1.0, 0.0], [0.0, -1.0]], [1.0, 0.0, 0.0])",
    "Simplex": "Simplex(2)",
}
"""Each set as an example makes it."""


def set_page() -> list[str]:
    """Every feasible set of the front door."""
    offered = {name: getattr(domains, name) for name in domains.__all__}
    found = {
        n: c for n, c in offered.items() if inspect.isclass(c) and issubclass(c, Domain) and c is not Domain
    }
    programs = {
        name: _SET.format(imports=imports(f"{_SET} {made}"), domain=made) for name, made in SETS.items()
    }
    return page("sets", {name: _described(c) for name, c in found.items()}, programs)


_STREAM = """\
{imports}
{before}
stream = {stream}
rows = stream.block(0, 3)
print(f"{{stream.name}}: the first rows are {{rows.played[:, :3].round(3).tolist()}}")
"""
_ALPHABET = """\
{imports}

noise = {stream}
print(f"{{noise.name}}: {{noise.values.tolist()}} w.p. {{[str(p) for p in noise.probabilities]}}")
"""
_PATHS = """\
{imports}
from theory import SGD
from theory.losses.half_square import NOISY_HALF_SQUARE

game = Game(SGD, NOISY_HALF_SQUARE, {stream}, horizon=4, parameters={{"alpha": 0.5}}, start=[1.0])
print(f"{{game.replicates}} games are played side by side, one for each path of the noise")
"""
STREAMS = {
    "AllPaths": "AllPaths(skewed())",
    "AlphabetStream": "AlphabetStream(skewed(), seed=0)",
    "ArrayStream": 'ArrayStream([[1.0, 2.0], [3.0, 4.0]], order="cycle")',
    "FormulaStream": "FormulaStream((2 * uniform() - 1) / (coordinate + 1), dimension=2, seed=7)",
    "GaussianStream": "GaussianStream(2, seed=0)",
    "NoiseAlphabet": 'NoiseAlphabet([2, -1], ["1/3", "2/3"])',
    "Periodic": "Periodic([3.0, -1.0, -1.0])",
    "Shuffled": "Shuffled(ArrayStream([[1.0], [2.0], [3.0]]), seed=0, with_replacement=False)",
    "SparseStream": "SparseStream(csr_array([[0.0, 2.0], [1.0, 0.0], [0.0, 0.0]]))",
    "breast_cancer": "breast_cancer()",
    "build_up": "build_up(2, 5.0)",
    "constant": "constant([1.0, -2.0])",
    "csv_file": 'csv_file("rows.csv", label_column="label")',
    "diabetes": "diabetes()",
    "digits": "digits(positive=0)",
    "libsvm_file": 'libsvm_file("rows.txt")',
    "one_coordinate_at_a_time": "one_coordinate_at_a_time(3)",
    "one_large_then_small": "one_large_then_small(10.0, 1.0)",
    "path_stream": "path_stream(skewed(), [0, 1, 1])",
    "portfolio_or_market": "portfolio_or_market(days=10, assets=2)",
    "price_relatives": 'price_relatives("prices.npz", "toy")',
    "rademacher": "rademacher()",
    "reddi": "reddi(3)",
    "seeded_market": "seeded_market(days=10, assets=2)",
    "skewed": "skewed()",
    "wrong_end": "wrong_end(2, 3)",
}
"""Each stream as an example makes it."""
_BEFORE = {
    "FormulaStream": "from theory.quantities import uniform\nfrom theory.symbols import coordinate\n",
    "SparseStream": "from scipy.sparse import csr_array\n",
    "csv_file": """\
from pathlib import Path

Path("rows.csv").write_text("a,b,label\\n1,2,1\\n3,4,0\\n5,6,1\\n")
""",
    "libsvm_file": """\
from pathlib import Path

Path("rows.txt").write_text("1 1:2 2:3\\n-1 2:1\\n1 1:4\\n")
""",
    "price_relatives": """\
import numpy as np

np.savez("prices.npz", toy=[[1.1, 0.9], [0.9, 1.1], [1.0, 1.0]])
""",
}
"""What an example does before it makes the stream: imports, or the file that is read."""


def stream_page() -> list[str]:
    """Every stream, and every noise of finitely many letters, of the front door of streams."""
    found = {name: getattr(streams, name) for name in streams.__all__}
    described = {name: _described(offered) for name, offered in found.items() if _made_by(offered)}
    return page("streams", described, {name: _stream_program(name) for name in STREAMS})


def _made_by(offered: object) -> type | None:
    """What a name is or returns, if it feeds a game; None otherwise."""
    made = offered if inspect.isclass(offered) else inspect.signature(offered).return_annotation
    made = get_args(made)[0] if get_args(made) else made
    feeds = (
        inspect.isclass(made) and issubclass(made, Stream | NoiseAlphabet | AllPaths) and made is not Stream
    )
    return made if feeds else None


def _stream_program(name: str) -> str:
    made, stream = _made_by(getattr(streams, name)), STREAMS[name]
    template = _PATHS if made is AllPaths else _ALPHABET if made is NoiseAlphabet else _STREAM
    before = _BEFORE.get(name, "")
    return template.format(imports=imports(f"{template} {stream}"), before=before, stream=stream)


def _described(offered: object) -> list[str]:
    """The names of the arguments, and the first paragraph of the docstring."""
    arguments = ", ".join(inspect.signature(offered).parameters)
    return [f"{code(f'{offered.__name__}({arguments})')}: {escaped(first_sentence(offered))}", ""]
