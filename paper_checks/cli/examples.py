"""An example of each command, which its `--help` shows."""

from collections.abc import Mapping

from paper_checks.cli.exit_codes import epilog

EXAMPLES: Mapping[str, str] = {
    "run": "regretcheck run my_theorem.py --out out --verbose",
    "list": "regretcheck list --theorems",
    "plot": "regretcheck plot one_round --from out --out one_round.svg",
    "audit": "regretcheck audit one_round",
    "ci": "regretcheck ci my_theorem.py --update",
    "falsify": "regretcheck falsify my_theorem.py --seconds 60 --out certificates",
    "tighten": "regretcheck tighten my_theorem.py --at-most 32",
    "prove": "regretcheck prove my_theorem.py --horizon 3",
    "verify": "regretcheck verify certificates/mine.json",
    "certify": "regretcheck certify my_theorem.py --out certificates",
    "atlas": "regretcheck atlas amsgrad",
    "report": "regretcheck report out --verbose",
    "merge": "regretcheck merge machine1 machine2 --out together",
    "new": "regretcheck new adagrad_norm --kind nonconvex",
    "formalize": "regretcheck formalize certificates/mine.json --out formal",
    "bench": "regretcheck bench round --quick",
    "cache": "regretcheck cache --clear",
    "experiment": "regretcheck experiment fig4 --stored",
    "data": "regretcheck data",
}
"""By command."""


def ending(command: str) -> str:
    """The end of a command's help: an example, then its exit codes."""
    return f"Example: {EXAMPLES[command]}\n\n{epilog(command)}"
