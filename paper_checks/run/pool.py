"""Processes that run tasks: this one, others on this machine (loky), or a Dask or Ray cluster.

When a worker dies, its work is repeated; only a task that kills its worker every time is given up, as `Lost`.
joblib has one interface for all three, but a generator of its Dask backend (joblib 1.6) never ends when a
task is given up. Each is therefore used through futures, loky through joblib's bundled copy.
"""

import logging
import os
import signal
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from paper_checks.run.ends import SIGNALS, end_with, ending, quiet_children, uninterrupted
from paper_checks.run.one_thread import alone

BACKENDS = ("loky", "dask", "ray")
SECONDS = 10
"""The time limit for a cluster to answer and for its first worker to appear."""

GROWTH = 1_000_000_000
"""The bytes by which a worker may grow before a new one takes its place, which imports everything again.

Imports and a few compiled kernels take 300 MB: with that limit a run began up to eight workers."""

Call = Callable[[], Any]


@dataclass(frozen=True)
class Lost:
    """The outcome of a task that killed every worker that tried it; reason: one sentence."""

    reason: str


@dataclass(frozen=True)
class Pool:
    """A pool that runs calls; `open_pool` makes one.

    submit: sends a call to a worker. width: the number of calls in flight. deaths: the exceptions of a future
    whose worker died. attempts: how often a call is tried before it is given up. blames: whether only the
    call that killed its worker gets the exception, not every running call.
    """

    submit: Callable[[Call], Future[Any]]
    width: Callable[[], int]
    deaths: tuple[type[BaseException], ...]
    attempts: int
    blames: bool

    def results(self, calls: Sequence[Call]) -> Iterator[tuple[int, Any]]:
        """(index, return value or `Lost`) of each call, as soon as it is available.

        An exception that a call raises is raised here.
        """
        queue, running = deque(range(len(calls))), dict[Future[Any], int]()
        tries = [0] * len(calls)
        try:
            while queue or running:
                while (
                    queue and len(running) < max(1, self.width()) and self._may_join(queue[0], tries, running)
                ):
                    index = queue.popleft()
                    tries[index] += 1
                    running[self.submit(calls[index])] = index
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    index = running.pop(future)
                    try:
                        value = future.result()
                    except self.deaths as error:
                        if tries[index] < self.attempts:
                            queue.append(index)
                            continue
                        said = " ".join(str(error).split())[:200] or type(error).__name__
                        value = Lost(
                            f"a worker process died {tries[index]} time{'s' * (tries[index] > 1)} "
                            f"(out of memory?): {said}"
                        )
                    yield index, value
        finally:
            for future in running:
                future.cancel()

    def _may_join(self, index: int, tries: Sequence[int], running: dict[Future[Any], int]) -> bool:
        """Whether a call may run with others; its last attempt runs alone, so that it blames no other."""
        if self.blames or not running:
            return True
        last = self.attempts - 1
        return tries[index] < last and all(tries[other] <= last for other in running.values())


@contextmanager
def open_pool(backend: str = "loky", jobs: int = 1, *, scheduler: str | None = None) -> Iterator[Pool | None]:
    """The workers of a backend, closed at the end; None if this process does the work itself.

    backend: "loky" (processes of this machine), "dask" or "ray"; jobs: the number of processes of a new
    cluster; scheduler: the address of an existing cluster, all of whose workers are used. Raises ValueError
    when the backend is unknown or not installed, or when nothing answers at the address.
    """
    if backend not in BACKENDS:
        raise ValueError(f"`--backend` = {backend!r} is unknown; known: {', '.join(BACKENDS)}")
    if jobs < 1:
        raise ValueError(f"`jobs` = {jobs} must be at least 1")
    if scheduler is not None and backend == "loky":
        raise ValueError(
            f"`--scheduler` = {scheduler!r} is the address of a cluster; add --backend dask or ray"
        )
    if backend == "loky" and jobs == 1:
        yield None
        return
    stack = ExitStack()
    try:
        if backend == "loky":
            yield _loky(jobs, stack)
        elif backend == "dask":
            yield _dask(jobs, scheduler, stack)
        else:
            yield _ray(jobs, scheduler, stack)
    finally:
        with uninterrupted():
            stack.__exit__(*sys.exc_info())


def _loky(jobs: int, stack: ExitStack) -> Pool:
    from joblib.externals.loky import ProcessPoolExecutor
    from joblib.externals.loky.process_executor import BrokenProcessPool

    threads = str(max(1, available_cpus() // jobs))
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    environment = {**_of_workers(), **{name: os.environ.get(name, threads) for name in names}}
    begin = partial(_begin, os.getpid(), GROWTH)

    def executor() -> Any:
        with quiet_children():
            made = ProcessPoolExecutor(jobs, env=environment, initializer=begin)
        stack.callback(lambda: made.shutdown(wait=True, kill_workers=True))
        return made

    # loky replaces a worker that has grown by GROWTH and warns of it in its own thread, which an error ends:
    # no result would ever come.
    stack.enter_context(warnings.catch_warnings())
    warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
    current = executor()

    def submit(call: Call) -> Future[Any]:
        nonlocal current
        with quiet_children():
            try:
                return current.submit(alone, call)  # type: ignore[no-any-return]
            except BrokenProcessPool:
                current = executor()
                return current.submit(alone, call)  # type: ignore[no-any-return]

    return Pool(submit, lambda: jobs, (BrokenProcessPool,), attempts=3, blames=False)


def _begin(parent: int, growth: int) -> None:
    """Make this process a worker of `parent` that may grow by `growth` bytes, not only by loky's 300 MB."""
    from joblib.externals.loky import process_executor

    process_executor._MAX_MEMORY_LEAK_SIZE = growth
    end_with(parent)


def _dask(jobs: int, scheduler: str | None, stack: ExitStack) -> Pool:
    try:
        from distributed import Client, KilledWorker, LocalCluster
    except ImportError as error:
        raise _not_installed("dask", error) from None
    if scheduler is None:
        with uninterrupted(), quiet_children(*SIGNALS):
            cluster = stack.enter_context(
                LocalCluster(
                    n_workers=jobs, threads_per_worker=1, dashboard_address=None, silence_logs=50,
                    env=_of_workers(),
                )
            )  # fmt: skip
            client = stack.enter_context(Client(cluster))
            stack.push(lambda kind, *_: _kill_workers(cluster) if kind is not None else None)
    else:
        try:
            client = stack.enter_context(Client(scheduler, timeout=SECONDS, set_as_default=False))
            client.wait_for_workers(1, timeout=SECONDS)
        except (OSError, ValueError) as error:
            raise _no_answer(scheduler, "dask scheduler", "dask worker", error) from None
    executor = client.get_executor(pure=False)
    stack.callback(lambda: executor.shutdown(wait=False))
    # Dask itself retries a task whose worker died, three times by default, and knows which task it was.
    return Pool(
        lambda call: executor.submit(alone, call),
        lambda: 2 * sum(client.ncores().values()),
        (KilledWorker, CancelledError),
        attempts=1,
        blames=True,
    )


def _kill_workers(cluster: Any) -> None:
    """End the workers of a cluster at once: when asked to close, each would first finish its task."""
    if ending():  # otherwise lost connections log errors once the cluster no longer mutes them
        for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    for nanny in list(cluster.workers.values()):
        nanny.auto_restart = False
        number = nanny.pid
        if number is not None:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)


def _ray(jobs: int, scheduler: str | None, stack: ExitStack) -> Pool:
    try:
        import ray
    except ImportError as error:
        raise _not_installed("ray", error) from None
    from ray.exceptions import NodeDiedError, ObjectLostError, OutOfMemoryError, WorkerCrashedError

    quiet = {"logging_level": "ERROR", "log_to_driver": False}
    try:
        if scheduler is None:
            ray.init(num_cpus=jobs, include_dashboard=False, **quiet)
        else:
            ray.init(address=scheduler, **quiet)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise _no_answer(str(scheduler), "ray start --head", "ray start", error) from None
    stack.callback(ray.shutdown)
    # Ray, too, retries a task whose worker died.
    work = ray.remote(max_retries=2)(alone)
    return Pool(
        lambda call: work.remote(call).future(),
        lambda: 2 * int(ray.cluster_resources().get("CPU", 1)),
        (NodeDiedError, ObjectLostError, OutOfMemoryError, WorkerCrashedError),
        attempts=1,
        blames=True,
    )


def _of_workers() -> dict[str, str]:
    """The environment of workers on this machine: the kernel folder that this process chose."""
    from online_sim.places import ENVIRONMENT_VARIABLE, cache_folder

    try:
        return {ENVIRONMENT_VARIABLE: str(cache_folder())}
    except OSError:
        return {}


def available_cpus() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def _not_installed(backend: str, error: ImportError) -> ValueError:
    return ValueError(
        f"`--backend` = {backend!r} needs {error.name or backend}, which is not installed; "
        f"pip install 'regretcheck[{backend}]'"
    )


def _no_answer(scheduler: str, head: str, worker: str, error: Exception) -> ValueError:
    said = " ".join(str(error).split())[:120] or type(error).__name__
    return ValueError(
        f"`--scheduler` = {scheduler!r} does not answer with a worker within {SECONDS} s ({said}); "
        f"start it with `{head}`, and workers with `{worker}`"
    )
