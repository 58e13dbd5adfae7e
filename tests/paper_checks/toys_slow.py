"""A toy, then one that takes long."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

specification = spec_from_file_location("toys_beside", Path(__file__).with_name("toys.py"))
toys = module_from_spec(specification)
specification.loader.exec_module(toys)

SCENARIOS = (toys.PLAIN, toys.SLOW)
