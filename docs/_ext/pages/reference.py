"""The reference: every public name of the front doors, every command, every JSON schema."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pages.markdown import code, escaped, table
from theory import Loss, MirrorMap, Recurrence

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = Path(inspect.getfile(Loss)).parents[1]
"""Where the packages lie: in the repository, or where they are installed."""
FRONT_DOORS = ("theory", "online_sim", "bounds", "paper_checks")
SCHEMAS = ("bounds/certificates/checker/certificate.schema.json", "paper_checks/bench/results.schema.json")


def front_door_page(package: str) -> list[str]:
    """Every public name of a package: classes and functions by autodoc, objects by the gallery."""
    module = importlib.import_module(package)
    lines: list[str] = []
    for name in sorted(module.__all__, key=lambda n: (n[0].islower(), n.isupper(), n.lower())):
        offered = getattr(module, name)
        if inspect.isclass(offered):
            options = ["   :members:", "   :member-order: bysource"]
            lines += ["```{eval-rst}", f".. autoclass:: {package}.{name}", *options, "```", ""]
        elif callable(offered):
            lines += ["```{eval-rst}", f".. autofunction:: {package}.{name}", "```", ""]
        else:
            lines += [f"```{{py:data}} {package}.{name}", _object(offered), "```", ""]
    return lines


def _object(offered: object) -> str:
    """One sentence on an object of the front door."""
    if isinstance(offered, Recurrence):
        return (
            f"The algorithm {escaped(offered.name)}; the [gallery](../gallery/algorithms.md) has its lines."
        )
    if isinstance(offered, Loss):
        return f"The loss {escaped(offered.name)}; the [gallery](../gallery/losses.md) has its formula."
    if isinstance(offered, MirrorMap):
        return f"The mirror map {escaped(offered.name)}; the [recipes](../recipes.md) play with one."
    raise ValueError(f"no rule says how to describe {offered!r}; add one to pages.reference")


def command_page() -> list[str]:
    """Every command with its arguments and options, as `--help` has them."""
    import typer

    from paper_checks.cli.main import app

    group: Any = typer.main.get_command(app)
    lines: list[str] = []
    for name, command in group.commands.items():
        context = command.make_context(f"regretcheck {name}", [], resilient_parsing=True)
        usage = command.get_usage(context).removeprefix("Usage: ")
        lines += [f"## {name}", "", escaped(command.help or ""), "", "```console", f"$ {usage}", "```", ""]
        kinds: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
        for parameter in command.get_params(context):
            record = parameter.get_help_record(context)
            if record is not None and parameter.name != "help":
                kinds[parameter.param_type_name].append((code(record[0]), escaped(record[1])))
        for kind, rows in kinds.items():
            lines += table((kind, "what it is"), rows) if rows else []
        lines += [escaped(command.epilog or ""), ""]
    return lines


def schema_page() -> list[str]:
    """Every JSON schema of the package: what it describes, its fields, and its text."""
    lines: list[str] = []
    for place in SCHEMAS:
        text = (PACKAGES / place).read_text(encoding="utf-8")
        schema: Mapping[str, Any] = json.loads(text)
        lines += [f"## {escaped(schema['title'])}", "", f"The file {code(place)}.", ""]
        lines += [escaped(schema["description"]), ""] if "description" in schema else []
        needed = set(schema.get("required", ()))
        rows = [
            (code(name), _kind(field), "yes" if name in needed else "")
            for name, field in schema["properties"].items()
        ]
        lines += table(("field", "kind", "required"), rows)
        lines += ["```{dropdown} The schema", "~~~json", text.strip(), "~~~", "```", ""]
    return lines


def _kind(field: Mapping[str, Any]) -> str:
    """The type of a field, or what it must be."""
    if "const" in field:
        return code(json.dumps(field["const"]))
    kinds = field.get("type", "one of several")
    return escaped(" or ".join([kinds] if isinstance(kinds, str) else kinds))
