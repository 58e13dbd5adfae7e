"""Sphinx builds the site from this folder: `make docs`. Nothing is fetched, and a warning is an error."""

import atexit
import os
import shutil
import sys
import tempfile
import tomllib
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]
PROJECT = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = PROJECT["name"]
author = PROJECT["authors"][0]["name"]
version = release = PROJECT["version"]
copyright = author

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "pages.sphinx_parts",
]
exclude_patterns = ["_build", "_ext", "examples", "tables"]
nitpicky = False

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3

# A page is executed if it says so in its head; an error in a cell stops the build. The kernel would say that
# it talks over this machine's own network, and would keep a history in the user's folder.
IPYTHON = Path(tempfile.mkdtemp())
atexit.register(shutil.rmtree, IPYTHON, ignore_errors=True)
(IPYTHON / "profile_default").mkdir()
(IPYTHON / "profile_default" / "ipython_kernel_config.py").write_text(
    "get_config().Application.log_level = 40\n"
)
os.environ["IPYTHONDIR"] = str(IPYTHON)
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
NEEDED = {"tutorials/optimizer.md": "torch", "tutorials/notebook.md": "pandas"}
nb_execution_excludepatterns = [page for page, library in NEEDED.items() if find_spec(library) is None]
nb_merge_streams = True

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
maximum_signature_line_length = 90
toc_object_entries_show_parents = "hide"
napoleon_numpy_docstring = False

copybutton_prompt_text = "$ "

html_theme = "pydata_sphinx_theme"
html_title = "regretcheck"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "regretcheck"},
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "footer_start": [],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}
