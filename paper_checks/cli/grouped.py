"""The list of commands in `--help`, in groups; plain text, since rich's help would load slowly."""

from collections.abc import Mapping, Sequence
from typing import Any

from typer.core import TyperGroup

GROUPS: Mapping[str, Sequence[str]] = {
    "Check": ("run", "ci", "audit", "list", "new"),
    "Search": ("falsify", "tighten", "atlas"),
    "Prove and certify": ("prove", "certify", "verify", "formalize"),
    "Report and data": ("report", "merge", "plot", "experiment", "data"),
}
"""The commands of each group, in the order shown; every other command is a tool."""


class GroupedCommands(TyperGroup):
    """The commands of the program, listed by what they are for."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each group with its commands and their first sentences."""
        known = self.list_commands(ctx)
        named = {name for names in GROUPS.values() for name in names}
        groups = {**GROUPS, "Tools": [name for name in known if name not in named]}
        width = max(map(len, known))
        for title, names in groups.items():
            found = [(name, self.get_command(ctx, name)) for name in names]
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(width), one.get_short_help_str(limit=80)) for name, one in found if one]
                )
