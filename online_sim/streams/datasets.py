"""Real data that ships with scikit-learn, for use without files or network; rows in the order shipped.

The files are read where they lie: importing scikit-learn takes two seconds.
"""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from online_sim.streams.arrays import ArrayStream, PlayOrder
from online_sim.streams.files import standardised
from theory.borders import flag, whole


def _with_bias(columns: NDArray[np.float64], bias: bool) -> NDArray[np.float64]:
    return np.column_stack([columns, np.ones(len(columns))]) if flag("bias", bias) else columns


def _shipped(name: str, *, delimiter: str | None = ",", skip: int = 0) -> NDArray[np.float64]:
    """A table of numbers in scikit-learn's folder of data sets."""
    found = find_spec("sklearn")
    if found is None or not found.submodule_search_locations:
        raise ImportError("the data sets of scikit-learn need it; pip install scikit-learn", name="sklearn")
    path = Path(found.submodule_search_locations[0]) / "datasets" / "data" / name
    return np.loadtxt(path, delimiter=delimiter, skiprows=skip)


def breast_cancer(*, bias: bool = False, order: PlayOrder = "once") -> ArrayStream:
    """Breast Cancer Wisconsin (Diagnostic): 569 x 30, label +1 malignant, -1 benign.

    The columns are standardised (mean 0, variance 1). Source: W. Street, W. Wolberg, O. Mangasarian,
    UCI 1993, CC BY 4.0.

    Args:
        bias: Whether to append a column of ones, so that d = 31.
        order: "once" (569 rounds) or "cycle" (never ends).
    """
    table = _shipped("breast_cancer.csv", skip=1)
    data, target = np.ascontiguousarray(table[:, :-1]), table[:, -1]
    rows = _with_bias(standardised(data), bias)
    return ArrayStream(
        rows,
        np.where(target == 0, 1.0, -1.0),  # scikit-learn numbers malignant 0
        order=order,
        name=f"breast_cancer(n={len(rows)}, d={rows.shape[1]})",
        provenance="Breast Cancer Wisconsin (Diagnostic), Street, Wolberg & Mangasarian, UCI 1993, "
        "CC BY 4.0, as shipped with scikit-learn; columns standardised; +1 malignant, -1 benign",
    )


def digits(positive: int = 0, *, bias: bool = False, order: PlayOrder = "once") -> ArrayStream:
    """Handwritten digits: 1797 x 64, pixels / 16 in [0, 1], label +1 for `positive`, -1 for the others.

    Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits (test part), UCI 1998,
    CC BY 4.0.

    Args:
        positive: The digit 0..9 with label +1.
        bias: Whether to append a column of ones, so that d = 65.
        order: "once" (1797 rounds) or "cycle" (never ends).
    """
    wanted = whole("positive", positive, least=0, most=9)
    table = _shipped("digits.csv.gz")
    data, target = np.ascontiguousarray(table[:, :-1]), table[:, -1]
    rows = _with_bias(data / 16, bias)
    return ArrayStream(
        rows,
        np.where(target == wanted, 1.0, -1.0),
        order=order,
        name=f"digits(positive={wanted}, n={len(rows)}, d={rows.shape[1]})",
        provenance="Optical Recognition of Handwritten Digits (test part), Alpaydin & Kaynak, UCI 1998, "
        f"CC BY 4.0, as shipped with scikit-learn; pixels / 16; +1 the digit {wanted}, -1 the others",
    )


def diabetes(*, bias: bool = False, order: PlayOrder = "once") -> ArrayStream:
    """Diabetes progression, regression: 442 x 10, columns and target standardised (mean 0, variance 1).

    The raw target is a score from 25 to 346; the label is (score - 152.13...) / 77.0..., mean and standard
    deviation over the 442 rows. Source: B. Efron, T. Hastie, I. Johnstone, R. Tibshirani, "Least angle
    regression", Annals of Statistics 2004.

    Args:
        bias: Whether to append a column of ones, so that d = 11.
        order: "once" (442 rounds) or "cycle" (never ends).
    """
    data, target = _shipped("diabetes_data_raw.csv.gz", delimiter=None), _shipped("diabetes_target.csv.gz")
    rows = _with_bias(standardised(data), bias)
    return ArrayStream(
        rows,
        standardised(target.reshape(-1, 1))[:, 0],
        order=order,
        name=f"diabetes(n={len(rows)}, d={rows.shape[1]})",
        provenance="Diabetes data of Efron, Hastie, Johnstone & Tibshirani, Annals of Statistics 2004, "
        "as shipped with scikit-learn; columns and target standardised",
    )
