"""`__init__.py` only re-exports, and `__all__` says exactly what."""

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("theory", "online_sim", "bounds", "paper_checks")
INITS = sorted(init for package in PACKAGES for init in (ROOT / package).rglob("__init__.py"))


def dotted(init: Path) -> str:
    """The import name of the package whose `__init__.py` is given."""
    return ".".join(init.parent.relative_to(ROOT).parts)


def complaints(source: str) -> list[str]:
    """What an `__init__.py` does besides a docstring, `from x import Y as Y` and a matching `__all__`."""
    found: list[str] = []
    exported: list[str] = []
    declared: list[str] | None = None
    tree = ast.parse(source)
    if not ast.get_docstring(tree):
        found.append("no docstring")
    for node in tree.body:
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case ast.ImportFrom(module="__future__"):
                pass
            case ast.ImportFrom(names=names, level=0):
                found += [f"`{n.name}` is not re-exported `as` itself" for n in names if n.asname != n.name]
                exported += [n.name for n in names]
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                declared = ast.literal_eval(value)
            case ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value):
                declared = ast.literal_eval(value)
            case _:
                found.append(f"line {node.lineno}: more than a re-export")
    if declared is None:
        found.append("no `__all__`")
    elif sorted(declared) != sorted(exported):
        odd = sorted(set(declared) ^ set(exported)) or "a name twice"
        found.append(f"`__all__` and the re-exported names differ: {odd}")
    found += [f"`{name}` is private" for name in exported if name.startswith("_")]
    return found


@pytest.mark.parametrize("init", INITS, ids=dotted)
def test_init_reexports_exactly_what_all_says(init: Path) -> None:
    """Every `__init__.py` holds a docstring, re-exports, and an `__all__` equal to them."""
    assert complaints(init.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("init", INITS, ids=dotted)
def test_every_name_in_all_exists(init: Path) -> None:
    """Importing the package gives every name of its `__all__`."""
    module = importlib.import_module(dotted(init))
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_with_code_is_a_package(package: str) -> None:
    """A folder of modules without `__init__.py` would be invisible to the import contracts."""
    folders = {path.parent for path in (ROOT / package).rglob("*.py")}
    assert ROOT / package in folders
    assert sorted(str(f.relative_to(ROOT)) for f in folders if not (f / "__init__.py").is_file()) == []


GOOD = '"""Doc."""\nfrom a.b import C as C\n__all__ = ["C"]\n'


def test_a_well_formed_init_passes() -> None:
    """The checker accepts the form it asks for."""
    assert complaints(GOOD) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('["C"]', "[]"),
        ('["C"]', '["C", "D"]'),
        ('["C"]', '["C", "C"]'),
        ("C as C", "C"),
        ("C as C", "C as D"),
        ("from a.b", "from .b"),
        ('"""Doc."""\n', ""),
        ('__all__ = ["C"]\n', ""),
        ('__all__ = ["C"]\n', '__all__ = ["C"]\nVALUE = 1\n'),
        ("from a.b import C as C", "import a"),
    ],
)
def test_a_malformed_init_is_reported(before: str, after: str) -> None:
    """The checker reports every way of departing from the form."""
    assert before in GOOD
    assert complaints(GOOD.replace(before, after)) != []
