"""Price relatives, the seeded market, and the data that ships with scikit-learn."""

import numpy as np
import pytest

from online_sim.streams.conformance import check_stream
from online_sim.streams.datasets import breast_cancer, diabetes, digits
from online_sim.streams.files import standardised
from online_sim.streams.markets import portfolio_or_market, price_relatives, seeded_market


@pytest.fixture
def archive(tmp_path):
    """A small archive of two markets."""
    path = tmp_path / "portfolio" / "price_relatives.npz"
    path.parent.mkdir()
    x = np.random.default_rng(1).uniform(0.9, 1.1, size=(50, 3))
    np.savez_compressed(path, toy=x, zero=np.where(x > 1.09, 0.0, x), flat=x[:, 0])
    return path


def test_price_relatives_are_read_in_time_order(archive):
    """Rows come back exactly, with a name and a provenance."""
    stream = price_relatives(archive, "toy")
    check_stream(stream)
    assert np.array_equal(stream.vectors, np.random.default_rng(1).uniform(0.9, 1.1, size=(50, 3)))
    assert stream.name == "toy(days=50, assets=3)"
    assert "50 trading days x 3 assets" in stream.provenance


@pytest.mark.parametrize(
    ("market", "reason"),
    [
        ("nyse", "`market` is 'nyse'; it holds: flat, toy, zero"),
        ("zero", r"market 'zero' holds 0.0 on day \d+, asset \d .*finite and > 0"),
        ("flat", r"market 'flat' has shape \(50,\)"),
    ],
)
def test_unusable_markets(archive, market, reason):
    """Unknown names list the known ones; entries must be positive; tables must be tables."""
    with pytest.raises(ValueError, match=rf"cannot read .*npz: {reason}"):
        price_relatives(archive, market)


def test_unusable_archives(archive, tmp_path):
    """Truncated, empty, pickled, single-array and text files are one ValueError with path and remedy."""
    data = archive.read_bytes()
    broken = tmp_path / "broken.npz"
    pickled = tmp_path / "pickled.npz"
    np.savez(pickled, toy=np.array([{}], dtype=object))
    single = tmp_path / "single.npy"
    np.save(single, np.ones((2, 2)))
    for content in (data[: len(data) // 2], b"", b"some text"):
        broken.write_bytes(content)
        with pytest.raises(ValueError, match=r"cannot read .*broken.npz: .+; fetch it again"):
            price_relatives(broken, "toy")
    for path in (pickled, single):
        with pytest.raises(ValueError, match=rf"cannot read .*{path.name}: .+; fetch it again"):
            price_relatives(path, "toy")
    with pytest.raises(ValueError, match="no such file"):
        price_relatives(tmp_path / "gone.npz", "toy")


def test_damaged_bytes_inside_an_archive(archive):
    """A flipped byte inside the compressed array is noticed by the checksum."""
    data = bytearray(archive.read_bytes())
    data[400] ^= 0xFF
    archive.write_bytes(bytes(data))
    with pytest.raises(ValueError, match=r"cannot read .*price_relatives.npz"):
        price_relatives(archive, "toy")


def test_recorded_market_or_seeded_one(archive, monkeypatch):
    """With the file the recorded market, without it the walk; a path that is given must exist."""
    monkeypatch.setenv("REGRETCHECK_DATA", str(archive.parents[1]))
    assert portfolio_or_market(market="toy").name == "toy(days=50, assets=3)"
    assert price_relatives(market="toy").length == 50
    monkeypatch.delenv("REGRETCHECK_DATA")
    fallback = portfolio_or_market(days=20, assets=2, seed=3)
    assert fallback.name == "seeded_market(days=20, assets=2, seed=3)"
    assert "not market data" in fallback.provenance
    assert portfolio_or_market(archive, market="toy").length == 50
    with pytest.raises(ValueError, match="no such file"):
        portfolio_or_market(archive.parent / "gone.npz")


def test_seeded_market_law():
    """E x = exp(drift) for every asset, volatilities 1/2 .. 3/2, log returns correlated as stated."""
    days, drift, volatility, correlation = 100_000, 1e-3, 0.02, 0.4
    x = seeded_market(days, 3, 5, drift=drift, volatility=volatility, correlation=correlation).vectors
    spread = volatility * np.array([0.5, 1.0, 1.5])
    assert (np.abs(x.mean(axis=0) - np.exp(drift)) < 5 * 1.01 * spread / np.sqrt(days)).all()
    z = (np.log(x) - drift + spread**2 / 2) / spread
    assert np.abs((z**2).mean(axis=0) - 1).max() < 5 * np.sqrt(2 / days)
    assert abs((z[:, 0] * z[:, 2]).mean() - correlation) < 5 * np.sqrt((1 + correlation**2) / days)


def test_seeded_market_is_a_fixed_table():
    """The same arguments give the same rows, more days only append, another seed gives others."""
    short, long = seeded_market(30, 4, 1), seeded_market(90, 4, 1)
    check_stream(short)
    assert np.array_equal(short.vectors, long.vectors[:30])
    assert not np.array_equal(short.vectors, seeded_market(30, 4, 2).vectors)


def test_seeded_market_without_own_noise():
    """correlation = 1 moves all assets by one shock: log returns are proportional."""
    x = seeded_market(40, 2, 1, drift=0.0, volatility=0.1, correlation=1.0).vectors
    z = (np.log(x) + np.array([0.05, 0.15]) ** 2 / 2) / np.array([0.05, 0.15])
    assert z[:, 0] == pytest.approx(z[:, 1], abs=1e-13)  # eps / 0.05, twice


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"days": 0}, "`days` = 0 must"),
        ({"assets": 0}, "`assets` = 0 must"),
        ({"seed": -1}, "`seed` = -1 must"),
        ({"volatility": -0.1}, "`volatility` = -0.1 must be a finite number, at least 0"),
        ({"correlation": 1.5}, "`correlation` = 1.5 must be a finite number, at least 0 and at most 1"),
        ({"drift": 1e4}, "leave the range of doubles"),
    ],
)
def test_bad_market_arguments(options, message):
    """Every malformed argument is a ValueError with its name and what came."""
    with pytest.raises(ValueError, match=message):
        seeded_market(**options)


@pytest.mark.parametrize(
    ("market", "shape", "uniform", "best"),
    [
        ("nyse_o", (5651, 36), 14.50, 54.14),
        ("nyse_n", (6431, 23), 18.06, 83.51),
        ("tse", (1259, 88), 1.61, 6.28),
        ("sp500", (1276, 25), 1.34, 3.78),
        ("msci", (1043, 24), 0.91, 1.50),
        ("djia", (507, 30), 0.76, 1.19),
    ],
)
def test_recorded_markets_reproduce_the_literature(shared_data, market, shape, uniform, best):
    """Uniform buy-and-hold and best stock of every market, to the two decimals that are published."""
    stream = price_relatives(shared_data / "portfolio" / "price_relatives.npz", market)
    assert stream.vectors.shape == shape
    wealth = stream.vectors.prod(axis=0)
    assert wealth.mean() == pytest.approx(uniform, abs=0.0051)
    assert wealth.max() == pytest.approx(best, abs=0.0051)


def test_breast_cancer():
    """569 x 30 standardised columns, 212 malignant as +1; the bias column comes last."""
    stream, biased = breast_cancer(), breast_cancer(bias=True)
    check_stream(stream)
    assert stream.vectors.shape == (569, 30)
    assert (stream.labels == 1).sum() == 212
    assert np.abs(stream.vectors.mean(axis=0)).max() < 1e-13  # 569 terms of size <= 12, averaged
    assert np.array_equal(biased.vectors[:, :-1], stream.vectors)
    assert (biased.vectors[:, -1] == 1).all()
    # Larger tumours are malignant: the sign of the label is the documented one.
    assert stream.vectors[stream.labels == 1, 0].mean() > 0 > stream.vectors[stream.labels == -1, 0].mean()


def test_digits():
    """1797 x 64 pixels in [0, 1], 178 zeros; every image is positive for exactly one class."""
    streams = [digits(positive) for positive in range(10)]
    check_stream(streams[0])
    assert streams[0].vectors.shape == (1797, 64)
    assert (streams[0].vectors.min(), streams[0].vectors.max()) == (0, 1)
    assert (streams[0].labels == 1).sum() == 178
    assert (sum(stream.labels for stream in streams) == 1 - 9).all()
    with pytest.raises(ValueError, match="`positive` = 10 must be a whole number, at least 0 and at most 9"):
        digits(10)


def test_diabetes():
    """442 x 10, columns and target standardised, affine in the raw target."""
    stream = diabetes(order="cycle")
    check_stream(stream)
    assert stream.vectors.shape == (442, 10)
    assert stream.labels.std() == pytest.approx(1, rel=1e-13)  # 442 squares
    assert stream.labels[:2] == pytest.approx((np.array([151.0, 75.0]) - 152.133484) / 77.005746, abs=1e-7)


def test_the_data_sets_are_those_that_scikit_learn_loads() -> None:
    """Read without importing scikit-learn, every number is the same bit for bit."""
    from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits

    data, target = load_breast_cancer(return_X_y=True)
    block = breast_cancer().block(0, len(data))
    assert np.array_equal(block.vectors, standardised(data))
    assert np.array_equal(block.labels, np.where(target == 0, 1.0, -1.0))
    data, target = load_digits(return_X_y=True)
    block = digits(3).block(0, len(data))
    assert np.array_equal(block.vectors, data / 16)
    assert np.array_equal(block.labels, np.where(target == 3, 1.0, -1.0))
    data, target = load_diabetes(return_X_y=True, scaled=False)
    block = diabetes().block(0, len(data))
    assert np.array_equal(block.vectors, standardised(data))
    assert np.array_equal(block.labels, standardised(target.reshape(-1, 1))[:, 0])
