"""Price relatives for online portfolio selection: recorded markets, and a seeded random walk without files.

Row t holds x[t, i] = close(t) / close(t - 1) > 0 of asset i; a portfolio w in the simplex grows by <w, x[t]>
(T. Cover, "Universal portfolios", Mathematical Finance 1991).
"""

from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from online_sim.streams.arrays import ArrayStream, PlayOrder
from online_sim.streams.base import as_seed
from online_sim.streams.chunks import StreamKind, chunk_generator
from online_sim.streams.data_files import BROKEN, broken_file, data_folder, find_file, open_zip
from theory.borders import real, whole
from theory.printable import printable

PRICE_FILE = Path("portfolio") / "price_relatives.npz"
"""Where a data folder keeps the recorded markets."""


def price_relatives(
    path: Path | str = PRICE_FILE, market: str = "nyse_o", *, order: PlayOrder = "once"
) -> ArrayStream:
    """One recorded market, (days, assets) in time order, from an npz file with an array for each.

    Args:
        path: The file, or a path relative to the data folder. Nothing is unpickled.
        market: The name of the array in the file.
        order: "once" or "cycle" (never ends).

    Raises:
        ValueError: A missing, truncated or garbled file, an unknown market (the known ones are listed), or an
            entry that is not a finite number > 0 (day and asset are named).
    """
    found = find_file(path)
    try:
        relatives, known = _market(found, market)
    except (*BROKEN, ValueError, TypeError, OverflowError) as error:
        reason = str(error) or type(error).__name__
        raise broken_file(
            found, reason, "fetch it again: an npz of (days, assets) arrays is needed"
        ) from error
    if relatives is None:
        raise broken_file(found, f"`market` is {market!r}", f"it holds: {', '.join(known) or 'nothing'}")
    _check_relatives(found, market, relatives)
    days, assets = relatives.shape
    market = printable(market)
    return ArrayStream(
        relatives,
        order=order,
        name=f"{market}(days={days}, assets={assets})",
        provenance=f"price relatives of the market {market}, {days} trading days x {assets} assets "
        f"in time order, from {printable(found.name)}",
    )


def _market(path: Path, market: str) -> tuple[NDArray[Any] | None, list[str]]:
    """The array named `market` (None when there is none), and the names of all."""
    # Opened here: np.load leaves its own handle open when the archive turns out to be broken.
    with path.open("rb") as raw:
        if raw.read(4)[:2] != b"PK":
            raise ValueError("it is not an npz archive, which holds a named array for each market")
        with open_zip(raw) as archive:
            members = {name.removesuffix(".npy"): name for name in archive.namelist()}
            if market not in members:
                return None, sorted(members)
            with archive.open(members[market]) as file:
                _check_size(file, archive.getinfo(members[market]).file_size)
            with archive.open(members[market]) as file:
                return np.lib.format.read_array(file, allow_pickle=False), sorted(members)


def _check_size(file: IO[bytes], size: int) -> None:
    """Refuse an array whose header asks for more than the file holds: all of it is allocated first."""
    version = np.lib.format.read_magic(file)
    if version not in {(1, 0), (2, 0)}:
        raise ValueError(f"the array is written in version {version} of the npy format")
    one = version == (1, 0)
    shape, _, dtype = (np.lib.format.read_array_header_1_0 if one else np.lib.format.read_array_header_2_0)(
        file
    )
    if prod(shape) * dtype.itemsize > size and not dtype.hasobject:
        raise ValueError(f"an array of shape {shape} is announced, and {size} bytes are there")


def _check_relatives(path: Path, market: str, relatives: NDArray[np.float64]) -> None:
    where = f"market {market!r}"
    if relatives.ndim != 2 or relatives.size == 0 or relatives.dtype.kind not in "fiu":
        what = f"{where} has shape {relatives.shape} and dtype {relatives.dtype}"
        raise broken_file(path, what, "numbers of shape (days, assets) are needed")
    bad = np.argwhere(~(np.isfinite(relatives) & (relatives > 0)))
    if len(bad):
        day, asset = bad[0]
        what = f"{where} holds {relatives[day, asset]} on day {day}, asset {asset} (counted from 0)"
        raise broken_file(path, what, "price relatives are finite and > 0: drop the day or the asset")


def seeded_market(
    days: int = 1000,
    assets: int = 5,
    seed: int = 0,
    *,
    drift: float = 3e-4,
    volatility: float = 0.015,
    correlation: float = 0.3,
    order: PlayOrder = "once",
) -> ArrayStream:
    """A geometric random walk: a synthetic market of shape (days, assets) that needs no file.

    x[t, i] = exp(drift - s_i^2 / 2 + s_i (sqrt(c) z_t + sqrt(1 - c) e_ti)), z and e iid standard normal, c =
    correlation in [0, 1], and the volatilities s_i = volatility * (1/2, ..., 3/2), equally spaced over the
    assets. So E x[t, i] = exp(drift) for every asset, and rebalancing, not picking, is what can win.

    Args:
        days: The number of rounds >= 1.
        assets: The number of coordinates >= 1.
        seed: A whole number >= 0; another seed gives another market.
        drift: Drift per day.
        volatility: Mean volatility per day, >= 0.
        correlation: Correlation of any two assets, in [0, 1].
        order: "once" or "cycle" (never ends).

    Raises:
        ValueError: An argument is out of range, or an entry would be infinite.
    """
    rounds = whole("days", days, least=1)
    columns = whole("assets", assets, least=1)
    start = as_seed(seed)
    drift, volatility = real("drift", drift), real("volatility", volatility, least=0.0)
    correlation = real("correlation", correlation, least=0.0, most=1.0)
    generator = chunk_generator(start, StreamKind.MARKET, 0)
    normals = generator.standard_normal((rounds, columns + 1))  # row by row: more days only append
    common, own = normals[:, :1], normals[:, 1:]
    spread = volatility * (np.linspace(0.5, 1.5, columns) if columns > 1 else np.ones(1))
    shocks = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own
    with np.errstate(over="ignore", under="ignore"):
        relatives = np.exp(drift - spread**2 / 2 + spread * shocks)
    if not (np.isfinite(relatives) & (relatives > 0)).all():
        raise ValueError(
            f"`drift`={drift!r}, `volatility`={volatility!r} leave the range of doubles; use smaller"
        )
    return ArrayStream(
        relatives,
        order=order,
        name=f"seeded_market(days={rounds}, assets={columns}, seed={start})",
        provenance=f"synthetic geometric random walk, seed {start}, drift {drift:g}, "
        f"volatility {volatility:g}, correlation {correlation:g}; not market data",
    )


def portfolio_or_market(
    path: Path | str | None = None,
    *,
    market: str = "nyse_o",
    days: int = 1000,
    assets: int = 5,
    seed: int = 0,
    order: PlayOrder = "once",
) -> ArrayStream:
    """The recorded `market` where its file is at hand, else `seeded_market(days, assets, seed)`.

    The stream's name and provenance say which of the two it is.

    Args:
        path: The file of `price_relatives`, which must be readable; None looks for
            portfolio/price_relatives.npz in the data folder.
        market: The name of the array in the file.
        days: The number of rounds of a synthetic market.
        assets: The number of its coordinates.
        seed: Its seed.
        order: "once" or "cycle" (never ends).
    """
    if path is not None:
        return price_relatives(path, market, order=order)
    folder = data_folder()
    if folder is not None and (folder / PRICE_FILE).is_file():
        return price_relatives(folder / PRICE_FILE, market, order=order)
    return seeded_market(days, assets, seed, order=order)
