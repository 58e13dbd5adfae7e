"""Print the table of docs/bench.md from a file that `regretcheck bench --out docs/tables/results` wrote.

    python docs/tables/bench.py [FILE]       # by default the newest of docs/tables/results
    python docs/tables/bench.py --changes    # every goal: the newest two runs of docs/tables/results

Nothing is measured here.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from paper_checks.bench.history import changes, read_history
from paper_checks.bench.measure import Standing
from paper_checks.bench.row import Goal
from paper_checks.cli.bench_history import markdown
from paper_checks.cli.bench_table import goal_text, ratio_text, seconds_text

RESULTS = Path(__file__).with_name("results")


def main() -> None:
    """Print what was measured where, then a line for each contender; or the changes."""
    if sys.argv[1:] == ["--changes"]:
        found = changes(read_history(RESULTS))
        print(markdown([one for one in found if one.after.goal is not None]), end="")
        return
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else max(RESULTS.glob("20*.json"))
    content = json.loads(path.read_text(encoding="utf-8"))
    machine = content["machine"]
    threads = "one thread" if content["threads"] == 1 else f"{content['threads']} threads"
    clock = ", processor time" if "--cpu-time" in content["command"] else ""
    where = f"{machine['cpu']}, {machine['cores']} cores, {threads}"
    busy = f", average load {content['load']:g}" if content["load"] is not None else ""
    print(f"`{content['command']}`, {content['date']}: {where}{busy}{clock}.")
    print()
    print("| row | per | ours | beside it | its time | ratio | goal | |")
    print("|---|---|---|---|---|---|---|---|")
    for row in content["rows"]:
        unit = row["unit"].removeprefix("seconds/")
        own = [row["id"], unit, time_text(row["time"])]
        if row["goal"] or not row["beside"]:
            print_line([*own, "", "", "", goal(row), word(row)])
            own = ["", "", ""]
        for other in row["beside"]:
            beside = [other["name"], time_text(other["time"]), ratio_text(other["ratio"])]
            print_line([*own, *beside, goal(other), word(other)])
            own = ["", "", ""]


def print_line(cells: list[str]) -> None:
    """A row of the table."""
    print(f"| {' | '.join(cells)} |")


def time_text(time: dict[str, Any] | None) -> str:
    """The median."""
    return "" if time is None else seconds_text(time["median"])


def goal(line: dict[str, Any]) -> str:
    """The goal as a bound on the ratio or the time."""
    return goal_text(Goal(**line["goal"]) if line["goal"] else None)


def word(line: dict[str, Any]) -> str:
    """Met, not met, not run or refused; nothing where there is no goal."""
    outcome = Standing[line["outcome"]]
    return "" if outcome is Standing.MEASURED else outcome.value


if __name__ == "__main__":
    main()
