"""Where the data of the losses come from: adversarial, stochastic, periodic and replayed streams."""

from online_sim.streams.adversarial import build_up as build_up
from online_sim.streams.adversarial import constant as constant
from online_sim.streams.adversarial import is_stuck as is_stuck
from online_sim.streams.adversarial import one_coordinate_at_a_time as one_coordinate_at_a_time
from online_sim.streams.adversarial import one_large_then_small as one_large_then_small
from online_sim.streams.adversarial import reddi as reddi
from online_sim.streams.adversarial import wrong_end as wrong_end
from online_sim.streams.alphabet import AlphabetStream as AlphabetStream
from online_sim.streams.alphabet import Enumeration as Enumeration
from online_sim.streams.alphabet import NoiseAlphabet as NoiseAlphabet
from online_sim.streams.alphabet import enumerate_paths as enumerate_paths
from online_sim.streams.alphabet import path_stream as path_stream
from online_sim.streams.alphabet import rademacher as rademacher
from online_sim.streams.alphabet import skewed as skewed
from online_sim.streams.arrays import ArrayStream as ArrayStream
from online_sim.streams.base import Block as Block
from online_sim.streams.base import Stream as Stream
from online_sim.streams.conformance import ConformanceError as ConformanceError
from online_sim.streams.conformance import check_stream as check_stream
from online_sim.streams.datasets import breast_cancer as breast_cancer
from online_sim.streams.datasets import diabetes as diabetes
from online_sim.streams.datasets import digits as digits
from online_sim.streams.files import csv_file as csv_file
from online_sim.streams.files import libsvm_file as libsvm_file
from online_sim.streams.formula import FormulaStream as FormulaStream
from online_sim.streams.gaussian import GaussianStream as GaussianStream
from online_sim.streams.markets import portfolio_or_market as portfolio_or_market
from online_sim.streams.markets import price_relatives as price_relatives
from online_sim.streams.markets import seeded_market as seeded_market
from online_sim.streams.opening import data_folder as data_folder
from online_sim.streams.periodic import Periodic as Periodic
from online_sim.streams.shuffled import Shuffled as Shuffled

__all__ = [
    "AlphabetStream",
    "ArrayStream",
    "Block",
    "ConformanceError",
    "Enumeration",
    "FormulaStream",
    "GaussianStream",
    "NoiseAlphabet",
    "Periodic",
    "Shuffled",
    "Stream",
    "breast_cancer",
    "build_up",
    "check_stream",
    "constant",
    "csv_file",
    "data_folder",
    "diabetes",
    "digits",
    "enumerate_paths",
    "is_stuck",
    "libsvm_file",
    "one_coordinate_at_a_time",
    "one_large_then_small",
    "path_stream",
    "portfolio_or_market",
    "price_relatives",
    "rademacher",
    "reddi",
    "seeded_market",
    "skewed",
    "wrong_end",
]
