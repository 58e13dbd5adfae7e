"""The networks of the experiments, one file each: a module defines `build` and `ARGUMENTS`."""

from paper_checks.experiments.networks.registry import build as build
