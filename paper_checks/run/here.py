"""What a result may depend on besides its record's key: the machine, the libraries, and how Python was told.

The folder of one run does not need this, since a run may use several machines. The result cache does: its
entries outlive an upgrade, and its folder may be shared by machines.
"""

import hashlib
import json
import os
import platform
import sys
from contextlib import suppress
from pathlib import Path

FIRST_WORDS = (
    "BLIS_", "CUDA_", "CVXPY_", "JAX_", "LD_", "MKL_", "NPY_", "NUMBA_", "NUMPY_", "OMP_", "OPENBLAS_",
    "PYTHON", "REGRETCHECK_", "SCIPY_", "SYMPY_", "TORCH", "XLA_",
)  # fmt: skip
"""The beginnings of environment variables that the interpreter, the libraries and this package read."""
PASSED_OVER = frozenset({
    "NUMBA_CACHE_DIR", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONPYCACHEPREFIX",
    "REGRETCHECK_CACHE", "REGRETCHECK_CACHE_MB", "REGRETCHECK_RESULTS_MB",
})  # fmt: skip
"""Those that change no result: where caches are and how large, and how Python prints."""


def where_it_runs() -> str:
    """A digest of the machine, the installed libraries, the interpreter's options and its environment."""
    told = [
        platform.platform(), processor(), sys.version, sys.executable, repr(sys.flags),
        sorted((name, value) for name, value in os.environ.items() if _counts(name)),
        installed(),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told).encode("utf-8", "backslashreplace")).hexdigest()


def _counts(name: str) -> bool:
    return name.startswith(FIRST_WORDS) and name not in PASSED_OVER


def processor() -> list[str]:
    """The model of the processor and the instructions it has: compiled code differs in the last bits."""
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        return sorted({line for line in lines if line.startswith(("model name", "flags", "Features", "CPU"))})
    return [platform.machine(), platform.processor()]


def installed() -> list[tuple[str, int, int]]:
    """What is installed: of each distribution its name, with its version, and when it was installed."""
    found = []
    for place in dict.fromkeys(map(os.path.realpath, sys.path)):
        with suppress(OSError):
            for path in Path(place).iterdir():
                if path.name.endswith((".dist-info", ".egg-info")):
                    record = path / "RECORD"
                    stat = (record if record.exists() else path).stat()
                    found.append((path.name, stat.st_size, stat.st_mtime_ns))
    return sorted(found)
