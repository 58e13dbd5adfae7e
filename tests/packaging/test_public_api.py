"""An `__init__.py` holds no code: a docstring and names, those of a stub imported when asked for."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from enum import Enum
from pathlib import Path

import pytest

from theory.front_door import front_door

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("theory", "online_sim", "bounds", "paper_checks")
INITS = sorted(init for package in PACKAGES for init in (ROOT / package).rglob("__init__.py"))
DOORS = [init for init in INITS if init.with_suffix(".pyi").is_file()]
DOOR = ("from theory.front_door import front_door", "__getattr__, __dir__, __all__ = front_door(__name__)")


def dotted(init: Path) -> str:
    """The import name of the package whose `__init__.py` is given."""
    return ".".join(init.parent.relative_to(ROOT).parts)


def complaints(source: str, stub: str | None) -> list[str]:
    """What an `__init__.py` does besides a docstring and re-exports, by a stub or with `__all__`."""
    tree = ast.parse(source)
    found = [] if ast.get_docstring(tree) else ["no docstring"]
    names, declared = [], None
    lines = ast.parse(stub).body if stub is not None else tree.body[1:]
    for node in lines:
        match node:
            case ast.ImportFrom(names=[ast.alias(name=name, asname=same)], level=0) if name == same:
                names.append(name)
            case ast.ImportFrom(module=str(door), names=[ast.alias(name="*")]) if stub and door in PACKAGES:
                names += importlib.import_module(door).__all__
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value) if stub is None:
                declared = ast.literal_eval(value)
            case ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value) if stub is None:
                declared = ast.literal_eval(value)
            case _:
                found.append(f"`{ast.unparse(node)}` is not `from module import Name as Name`")
    if stub is None and (declared is None or sorted(declared) != sorted(names)):
        found.append(f"`__all__` is {declared}, the names are {names}")
    code = tuple(ast.unparse(node) for node in tree.body[1:])
    if stub is not None and code != DOOR:
        found.append(f"more or less than a front door: {code}")
    found += [f"`{name}` is private" for name in names if name.startswith("_")]
    return found if len(set(names)) == len(names) else [*found, "a name twice"]


@pytest.mark.parametrize("init", INITS, ids=dotted)
def test_init_is_a_front_door_or_empty(init: Path) -> None:
    """Nothing happens when a package is imported."""
    stub = init.with_suffix(".pyi")
    assert complaints(init.read_text(), stub.read_text() if stub.is_file() else None) == []


@pytest.mark.parametrize("init", DOORS, ids=dotted)
def test_every_name_of_a_stub_exists(init: Path) -> None:
    """Each name is the object of the module that the stub names, and `dir` shows it."""
    package = importlib.import_module(dotted(init))
    for node in ast.parse(init.with_suffix(".pyi").read_text()).body:
        assert isinstance(node, ast.ImportFrom)
        module = importlib.import_module(str(node.module))
        for name in module.__all__ if node.names[0].name == "*" else [node.names[0].name]:
            assert getattr(package, name) is getattr(module, name)
            assert name in dir(package)


@pytest.mark.parametrize("init", DOORS, ids=dotted)
def test_no_name_is_that_of_a_module_inside(init: Path) -> None:
    """Importing the module would put it in the place of the object."""
    package = importlib.import_module(dotted(init))
    assert {module.name for module in pkgutil.iter_modules(package.__path__)} & set(package.__all__) == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_argument_of_a_public_name_is_described(package: str) -> None:
    """Under `Args:` or `Attributes:`, by its name."""
    door = importlib.import_module(package)
    for name in door.__all__:
        thing = getattr(door, name)
        if inspect.isroutine(thing) or (inspect.isclass(thing) and not issubclass(thing, Enum)):
            undescribed = missing(inspect.getdoc(thing) or "", list(inspect.signature(thing).parameters))
            assert undescribed == [], f"{package}.{name}"


def missing(text: str, arguments: list[str]) -> list[str]:
    """The arguments that a docstring does not describe."""
    _, _, described = text.partition("Args:\n")
    described += text.partition("Attributes:\n")[2]
    return [
        name for name in arguments if not re.search(rf"^ +(?:\w+, )*\**{name}\b.*:", described, re.MULTILINE)
    ]


def test_an_undescribed_argument_is_noticed() -> None:
    """The control."""
    text = "What it is.\n\nArgs:\n    one, two: Both.\n    **options: The rest."
    assert missing(text, ["one", "two", "options", "three"]) == ["three"]
    assert missing("What it is; one: this.", ["one"]) == ["one"]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_with_code_is_a_package(package: str) -> None:
    """A folder of modules without `__init__.py` would be invisible to the import contracts."""
    folders = {path.parent for path in (ROOT / package).rglob("*.py")}
    assert ROOT / package in folders
    assert sorted(str(f.relative_to(ROOT)) for f in folders if not (f / "__init__.py").is_file()) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_an_unknown_name_is_an_import_error(package: str) -> None:
    """It is neither None nor an error of another kind."""
    with pytest.raises(ImportError, match="no_such_name"):
        exec(f"from {package} import no_such_name")


def test_one_name_imports_its_own_module_alone() -> None:
    """A box needs no stream, no engine and no solver."""
    code = "import sys; from online_sim import Box; print(sorted(m for m in sys.modules if 'streams' in m))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_stub_may_stand_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of somebody else can have the same door."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text('"""A shop."""\n\n' + "\n".join(DOOR) + "\n")
    (tmp_path / "shop" / "__init__.pyi").write_text("from shop.till import pay as pay\n")
    (tmp_path / "shop" / "till.py").write_text("def pay(): return 3\n")
    monkeypatch.syspath_prepend(tmp_path)
    shop = importlib.import_module("shop")
    assert "shop.till" not in sys.modules
    assert shop.pay() == 3
    assert shop.__all__ == front_door("shop")[2] == ["pay"]


GOOD = '"""Doc."""\n' + "\n".join(DOOR) + "\n"
STUB = "from a.b import C as C\nfrom a.b import D as D\n"


def test_a_well_formed_init_passes() -> None:
    """The checker accepts the two forms."""
    assert complaints(GOOD, STUB) == []
    assert complaints('"""Doc."""\n__all__: list[str] = []\n', None) == []
    assert complaints('"""Doc."""\nfrom a.b import C as C\n__all__ = ["C"]\n', None) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("C as C", "C"),
        ("C as C", "E as C"),
        ("C as C", "D as D"),
        ("C as C", "_C as _C"),
        ("from a.b import C", "from .b import C"),
        ("from a.b import C as C", "import a"),
        ("from a.b import C as C", "from a import *"),
        ('"""Doc."""\n', ""),
        (DOOR[1], ""),
        (DOOR[1], f"{DOOR[1]}\nVALUE = 1"),
    ],
)
def test_a_malformed_init_is_reported(before: str, after: str) -> None:
    """The checker reports every way of departing from the form."""
    assert before in GOOD + STUB
    assert complaints(GOOD.replace(before, after), STUB.replace(before, after)) != []
    assert complaints(GOOD, None) != []


@pytest.mark.parametrize("names", ['["C", "D"]', "[]", '["C", "C"]'])
def test_a_list_of_other_names_is_reported(names: str) -> None:
    """Without a stub, `__all__` says what is re-exported."""
    assert complaints(f'"""Doc."""\nfrom a.b import C as C\n__all__ = {names}\n', None) != []


def test_one_import_line_offers_the_names_of_three_packages() -> None:
    """None of them has two meanings, and nothing is loaded before a name is asked for."""
    from paper_checks import notebook

    doors = [importlib.import_module(package) for package in ("theory", "online_sim", "bounds")]
    assert notebook.__all__ == sorted(name for door in doors for name in door.__all__)
    code = "import sys, paper_checks.notebook; print({'sympy', 'numba', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
    assert complaints(GOOD, "from theory import *\n") == []
    assert complaints(GOOD, "from theory import *\nfrom theory import *\n") == ["a name twice"]
