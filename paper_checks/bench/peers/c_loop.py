"""The loop handwritten in C, compiled at run time into a temporary folder for this processor."""

from __future__ import annotations

import ctypes
import math
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paper_checks.bench.game import ALPHA, BETA1, BETA2, EPS
from paper_checks.bench.game import centres as centres_of
from paper_checks.bench.row import Answer, Call, Unavailable

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Sums may be added in any order (`omp simd`), as in our kernel; nothing else is relaxed.
FLAGS = ("-O3", "-march=native", "-fopenmp-simd", "-fno-math-errno", "-fno-trapping-math", "-shared", "-fPIC")

SOURCE = """
#include <math.h>
#include <string.h>

/* x (d) in and out; m, v, squares (d): anything; rows (n, d); found (rounds, 4). */
void play(long rounds, long d, long n, const double *rows, double alpha, double beta1, double beta2,
          double eps, double *restrict x, double *restrict m, double *restrict v,
          double *restrict squares, double *restrict found)
{
    double power1 = 1, power2 = 1;
    memset(m, 0, d * sizeof(double));
    memset(v, 0, d * sizeof(double));
    memset(squares, 0, d * sizeof(double));
    for (long t = 1; t <= rounds; t++) {
        const double *restrict c = rows + ((t - 1) % n) * d;
        power1 = power1 * beta1 > 1e-30 ? power1 * beta1 : 0;
        power2 = power2 * beta2 > 1e-30 ? power2 * beta2 : 0;
        const double step = alpha / (sqrt(t) * (1 - power1)), correction = 1 / (1 - power2);
        double loss = 0, norm = 0, roots = 0, lengths = 0;
        #pragma omp simd reduction(+ : loss, norm)
        for (long i = 0; i < d; i++) {
            const double g = x[i] - c[i];
            loss += g * g;
            norm += fabs(g);
        }
        #pragma omp simd reduction(+ : roots, lengths)
        for (long i = 0; i < d; i++) {
            const double g = x[i] - c[i], ghat = norm * g;
            m[i] = beta1 * m[i] + (1 - beta1) * ghat;
            v[i] = beta2 * v[i] + (1 - beta2) * ghat * ghat;
            squares[i] += g * g;
            const double root = sqrt(v[i] * correction);
            const double inverse = root > 0 ? 1 / root : 0;
            const double y = x[i] - step * (inverse + eps) * m[i];
            x[i] = y < -1 ? -1 : y > 1 ? 1 : y;
            roots += root;
            lengths += sqrt(squares[i]);
        }
        double *row = found + 4 * (t - 1);
        row[0] = loss / 2; row[1] = norm; row[2] = roots; row[3] = lengths;
    }
}
"""


def compiled(source: str = SOURCE) -> Any:
    """The function `play` of C source; Unavailable if there is no compiler called cc or it fails."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise Unavailable("there is no C compiler `cc`: install one")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "play.c"
        path.write_text(source, encoding="utf-8")
        library = path.with_suffix(".so")
        command = [compiler, *FLAGS, "-o", str(library), str(path), "-lm"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unavailable(f"cc failed: {' '.join(done.stderr.split())[:200]}")
        function = ctypes.CDLL(str(library)).play
    pointer, whole, number = ctypes.c_void_p, ctypes.c_long, ctypes.c_double
    function.argtypes = [whole] * 3 + [pointer] + [number] * 4 + [pointer] * 5
    function.restype = None
    return function


def aligned(*shape: int) -> NDArray[Any]:
    """An empty float64 array aligned to 64 bytes, since loads across cache lines take twice the time."""
    import numpy as np

    size = math.prod(shape)
    room = np.empty(size + 8)
    first = -room.ctypes.data // 8 % 8
    return room[first : first + size].reshape(shape)


def c_loop(dimension: int, rounds: int) -> Call:
    """Rounds from 0 on the box [-1, 1]^d, with the results of `bench.game.played`."""
    function = compiled()
    rows = centres_of(dimension)
    n, d = rows.shape
    centres = aligned(n, d)
    centres[:] = rows
    x, *states = (aligned(d) for _ in range(4))
    found = aligned(rounds, 4)

    def call() -> Answer:
        x[:] = 0.0
        pointers = [array.ctypes.data for array in (x, *states, found)]
        function(rounds, d, n, centres.ctypes.data, ALPHA, BETA1, BETA2, EPS, *pointers)
        return {"x": x[None], "recorded": found[None]}

    return call
