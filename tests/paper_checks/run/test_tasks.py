"""How the tasks of a run begin: in which order, and with how many threads of the linear algebra."""

import os
import subprocess
import sys
from functools import partial

from paper_checks.run.record import Record
from paper_checks.run.store import Finished
from paper_checks.run.task import Progress, Task
from paper_checks.run.tasks import apart, run_tasks

LOAD_LATE = """
import sys
from paper_checks.run.one_thread import alone

def threads():
    assert "scipy" not in sys.modules
    import scipy.linalg
    from threadpoolctl import threadpool_info
    return {found["num_threads"] for found in threadpool_info() if found["user_api"] == "blas"}

print(alone(threads))
"""
MANY_BETWEEN = """
from threadpoolctl import threadpool_info, threadpool_limits
from paper_checks.run.one_thread import alone

def threads():
    return {found["num_threads"] for found in threadpool_info() if found["user_api"] == "blas"}

def loads():
    import scipy.linalg

alone(loads)
threadpool_limits(2)
print(alone(threads), threads())
threadpool_limits(2)
print(alone(threads), threads())
"""


def _task(name: str, rounds: float, begun: list[str]) -> Task:
    def work(progress: Progress) -> Finished:
        begun.append(name)
        return Finished(Record(name, (), None))

    return Task(name, name, work, partial(Record, results=(), section=None), rounds=rounds)


def test_the_longest_tasks_begin_first_and_results_keep_their_order() -> None:
    """A task of unknown length comes first, the shortest last; equal ones as they are given."""
    begun: list[str] = []
    given = {"short": 3, "first": float("inf"), "long": 50, "second": float("inf")}
    found = run_tasks([_task(name, rounds, begun) for name, rounds in given.items()])
    assert begun == ["first", "second", "long", "short"]
    assert [record.key for record in found] == list(given)


def test_several_processes_do_not_begin_neighbours_together() -> None:
    """Neighbours, which often share kernels, are two places apart; those of known length stay at the end."""
    order = apart([7, 5, 4, 2, 9, 3, 1], known=lambda number: number in {3, 1})
    assert order == [7, 2, 5, 9, 4, 3, 1]
    assert apart([1, 2], known=lambda number: True) == [1, 2]
    assert apart([], known=lambda number: False) == []


def test_a_linear_algebra_that_is_loaded_late_has_one_thread_too() -> None:
    """Sums have the same order in every process, whether or not scipy was there when the task began."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    done = subprocess.run(
        [sys.executable, "-c", LOAD_LATE], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout == "{1}\n"


def test_every_task_has_one_thread_and_what_was_set_comes_back() -> None:
    """Also in the libraries that an earlier task loaded, and where someone set another number between two."""
    done = subprocess.run([sys.executable, "-c", MANY_BETWEEN], capture_output=True, text=True, check=True)
    assert done.stdout == "{1} {2}\n{1} {2}\n"
