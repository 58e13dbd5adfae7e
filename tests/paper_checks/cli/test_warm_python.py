"""A copy of the warm process ends and speaks as an interpreter that was started for the code alone."""

import subprocess
import sys

import pytest

CODES = {
    "prints": "print('ä'); import sys; sys.stderr.write('b')",
    "ends with a number": "raise SystemExit(3)",
    "ends with a word": "raise SystemExit('a word')",
    "ends": "raise SystemExit",
    "fails": "import sys; print(sys.argv, __name__, sys.path[0] == ''); undefined",
    "vanishes": "import os; os._exit(7)",
    "is killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "lasts": "import atexit, threading, time; atexit.register(print, 'last')\n"
    "threading.Thread(target=lambda: (time.sleep(0.05), print('then'))).start(); print('first')",
    "is somewhere": "import os; print(os.getcwd(), os.environ['COLUMNS'], 'HOME' in os.environ)",
    "is warned": "import sys, warnings; errors = ('error', None, Warning, None, 0)\n"
    "print(sys.warnoptions, errors in warnings.filters)",
    "warns": "import warnings; warnings.warn('w', UserWarning); print('on')",
}


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
@pytest.mark.parametrize("options", [(), ("-W", "error")], ids=["plain", "strict"])
def test_it_is_what_an_interpreter_does(code, options, warm, strict, tmp_path):
    """Exit code, output, the last line of the error stream."""
    environment = {"COLUMNS": "33", "PYTHONIOENCODING": "utf-8"}
    fresh = subprocess.run(
        [sys.executable, *options, "-c", code, "a", "b c"], cwd=tmp_path, env=environment,
        capture_output=True, check=False,
    )  # fmt: skip
    copy = (strict if options else warm).run(code, "a", "b c", cwd=tmp_path, environment=environment)
    assert (copy.returncode, copy.stdout) == (fresh.returncode, fresh.stdout)
    assert copy.stderr.splitlines()[-1:] == fresh.stderr.splitlines()[-1:]


def test_nothing_stays_from_one_run_to_the_next(warm, tmp_path):
    """Names, variables of the environment, the working folder and changed modules are gone."""
    change = "import os, theory; left = 1; os.environ['LEFT'] = '1'; os.chdir('/'); theory.left = 1"
    assert warm.run(change).returncode == 0
    look = (
        "import os, theory; assert 'left' not in globals() and 'LEFT' not in os.environ; print(os.getcwd())"
    )
    done = warm.text(f"{look}; assert not hasattr(theory, 'left')", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"{tmp_path}\n")


def test_what_hangs_is_ended():
    """After the time limit the process is killed."""
    from warm_python import Warm

    process = Warm()
    with pytest.raises(TimeoutError, match="took more than"):
        process.run("import time; time.sleep(60)", timeout=0.2)
    assert process.process.wait() != 0
    process.close()
