"""A Python process that imports the package once and runs each request in a copy of itself (a fork).

Started by `warm_python.Warm` with `-W error`. A request is a line of JSON on standard input, its answer the
exit code on standard output. The copy has a fresh `__main__`, its own output, folder, environment and
arguments; it ends as any interpreter does, with exit functions and tracebacks.
"""

import atexit
import gc
import json
import os
import sys
import threading
import types
import warnings
from typing import NoReturn

KEPT = sys.modules["__main__"]
"""This module, which a copy replaces as `__main__` but still runs."""


def warm() -> None:
    """Import what the command line and the examples of the pages use."""
    import matplotlib.backends.backend_svg
    import matplotlib.figure
    import numba

    import bounds.evaluate
    import bounds.plot
    import online_sim.simulate
    import paper_checks.cli.main
    import paper_checks.cli.outputs
    import paper_checks.report.builder
    from paper_checks.run.registry import exhibits, scenarios

    _ = matplotlib, numba, bounds, online_sim, paper_checks
    scenarios()
    exhibits()


def asked() -> dict[str, object] | None:
    """The next request, in the copy that serves it; None in the first process when there are no more."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            return json.loads(line)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
    return None


def become(request: dict[str, object]) -> types.ModuleType:
    """Take the folder, environment, arguments, output and `-W` of a request; return its `__main__`."""
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["-c", *request["words"]]
    if not request["errors"]:
        sys.warnoptions.remove("error")
        warnings.filters.remove(("error", None, Warning, None, 0))
        warnings._filters_mutated()
    quiet = os.open(os.devnull, os.O_RDONLY)
    os.dup2(quiet, 0)
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "utf-8").partition(":")
    for number, name, kind in ((1, "stdout", errors or "strict"), (2, "stderr", "backslashreplace")):
        file = os.open(request[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, number)
        os.close(file)
        stream = open(number, "w", encoding=encoding, errors=kind, closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    return main


def end(code: str, main: types.ModuleType) -> NoReturn:
    """Run the code and end this copy as an interpreter ends, except that the memory is left to the system.

    Taking the imported modules apart would need half a second.
    """
    status = 0
    try:
        exec(compile(code, "<string>", "exec"), main.__dict__)
    except SystemExit as ended:
        if isinstance(ended.code, str):
            sys.stderr.write(f"{ended.code}\n")
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        status = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status & 255)


if __name__ == "__main__":
    sys.path[0] = ""  # as for `python -c`
    warm()
    gc.collect()
    gc.freeze()  # a collection in a copy would touch, and so duplicate, every page
    if (found := asked()) is not None:
        end(found["code"], become(found))
