"""The startup time of the command line."""

from collections.abc import Sequence

from paper_checks.bench.row import Answer, BenchRow, Call, Case, Contender, Goal, Settings


def _help(times: int) -> Call:
    import subprocess
    import sys

    program = "import sys; from paper_checks.cli.main import main; sys.exit(main())"

    def call() -> Answer:
        for _ in range(times):
            subprocess.run([sys.executable, "-c", program, "--help"], stdout=subprocess.DEVNULL, check=True)
        return {}

    return call


def cases(_: Settings) -> Sequence[Case]:
    """The single case."""
    mine = Contender("regretcheck --help", _help, 1)
    return [Case("start", "from the prompt to the help", "start", mine, check=1, goal=Goal(below=0.15))]


ROW = BenchRow("start", "how long the command line takes to answer", cases)
