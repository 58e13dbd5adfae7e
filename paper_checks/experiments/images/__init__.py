"""Image data sets as numpy arrays, read from the files that their authors distribute, without any network."""

from paper_checks.experiments.images.base import Images as Images
from paper_checks.experiments.images.registry import load as load
