"""The official formats, made small in the test, and what is damaged, missing or pickled."""

import gzip
import os
import re

import numpy as np
import pytest

from paper_checks.experiments.images import cifar, mnist
from paper_checks.experiments.images.base import MissingData
from paper_checks.experiments.images.registry import load

COUNTS = {"train": 6, "t10k": 3}


def idx(array):
    """An IDX file of bytes."""
    head = bytes((0, 0, 8, array.ndim)) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return head + array.astype(np.uint8).tobytes()


@pytest.fixture
def digits(tmp_path):
    """A folder with a small MNIST; its arrays by the names of the files."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "mnist"
    folder.mkdir()
    arrays = {}
    for name in mnist.FILES:
        count = COUNTS[name.partition("-")[0]]
        shape = (count, 28, 28) if "images" in name else (count,)
        arrays[name] = rng.integers(0, 256 if "images" in name else 10, shape)
        (folder / f"{name}.gz").write_bytes(gzip.compress(idx(arrays[name])))
    return folder, arrays


def test_mnist_is_read(digits):
    """Images with one channel, labels as integers, whatever the packing."""
    folder, arrays = digits
    packed = mnist.read("mnist", folder)
    for name in mnist.FILES:
        (folder / name).write_bytes(idx(arrays[name]))
        (folder / f"{name}.gz").unlink()
    plain = mnist.read("mnist", folder)
    images, labels = packed.training()
    np.testing.assert_array_equal(images[..., 0], arrays[mnist.FILES[0]])
    np.testing.assert_array_equal(labels, arrays[mnist.FILES[1]])
    assert packed.testing()[0].shape == (3, 28, 28, 1)
    assert packed.sha256 == plain.sha256


def test_one_pixel_changes_the_hash(digits):
    """The hash is of the content."""
    folder, arrays = digits
    before = mnist.read("mnist", folder).sha256
    arrays[mnist.FILES[2]][0, 0, 0] ^= 1
    (folder / f"{mnist.FILES[2]}.gz").write_bytes(gzip.compress(idx(arrays[mnist.FILES[2]])))
    assert mnist.read("mnist", folder).sha256 != before


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda raw: raw[: len(raw) // 2], "cannot be unpacked"),
        (lambda raw: gzip.compress(gzip.decompress(raw)[:-1]), "not an IDX file"),
        (lambda raw: gzip.compress(b"\0\0\x09" + gzip.decompress(raw)[3:]), "not an IDX file"),
        (lambda raw: gzip.compress(b""), "not an IDX file"),
    ],
    ids=["half", "one byte short", "another type", "empty"],
)
@pytest.mark.parametrize("name", mnist.FILES)
def test_a_damaged_file_is_named(digits, name, damage, words):
    """Each of the four, damaged in four ways: one error with its path and what to do."""
    folder, _ = digits
    path = folder / f"{name}.gz"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=rf"{re.escape(str(path))} .*{words}.*fetch the file again"):
        mnist.read("mnist", folder)


def test_labels_that_do_not_fit_are_refused(digits):
    """Too few labels, or a label 10."""
    folder, arrays = digits
    labels = arrays[mnist.FILES[1]]
    for wrong in (labels[:-1], np.where(np.arange(len(labels)) == 2, 10, labels)):
        (folder / f"{mnist.FILES[1]}.gz").write_bytes(gzip.compress(idx(wrong)))
        with pytest.raises(ValueError, match="expected 6 from 0 to 9"):
            mnist.read("mnist", folder)


def binary(name, count, rng):
    """A binary CIFAR file and its content."""
    layout = cifar.LAYOUTS[name]
    labels = rng.integers(0, layout.classes, (count, layout.labels))
    images = rng.integers(0, 256, (count, 3, 32, 32))
    rows = np.concatenate([labels, images.reshape(count, -1)], axis=1).astype(np.uint8)
    return rows.tobytes(), images.transpose(0, 2, 3, 1), labels[:, -1]


@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_the_binary_version_is_read(tmp_path, name):
    """Channels come last; of the two labels of CIFAR-100 the fine one counts."""
    rng = np.random.default_rng(1)
    layout = cifar.LAYOUTS[name]
    content = {file: binary(name, 4, rng) for file in (*layout.train, *layout.test)}
    for file, (raw, *_) in content.items():
        (tmp_path / file).write_bytes(raw)
    found = cifar.read(name, tmp_path)
    np.testing.assert_array_equal(found.training()[0], np.concatenate([content[f][1] for f in layout.train]))
    np.testing.assert_array_equal(found.training()[1], np.concatenate([content[f][2] for f in layout.train]))
    np.testing.assert_array_equal(found.testing()[0], content[layout.test[0]][1])


def test_a_cut_binary_file_is_named(tmp_path):
    """Bytes that are not a number of whole images."""
    rng = np.random.default_rng(1)
    for file in (*cifar.LAYOUTS["cifar100"].train, *cifar.LAYOUTS["cifar100"].test):
        (tmp_path / file).write_bytes(binary("cifar100", 2, rng)[0][:-5])
    with pytest.raises(ValueError, match=r"train\.bin has .* bytes, which is not a number of images"):
        cifar.read("cifar100", tmp_path)


@pytest.mark.parametrize(("name", "file"), [("cifar10", "data_batch_1"), ("cifar100", "train")])
def test_a_pickle_is_not_opened(tmp_path, name, file):
    """A file that would run code when unpickled is refused, with the names of the files that are read."""
    (tmp_path / file).write_bytes(b"cos\nsystem\n(S'touch " + os.fsencode(tmp_path / "opened") + b"'\ntR.")
    with pytest.raises(ValueError, match=r"pickled; put the binary version there: .*\.bin"):
        cifar.read(name, tmp_path)
    assert not (tmp_path / "opened").exists()


@pytest.mark.parametrize("name", ["mnist", "cifar10", "cifar100"])
def test_missing_images_are_one_sentence(tmp_path, name, monkeypatch):
    """The places, the option and the files."""
    with pytest.raises(MissingData, match=rf"looked in .*{name}.*--data .*folder {name} with "):
        load(name, tmp_path)
    (tmp_path / name).mkdir()
    with pytest.raises(MissingData, match=r"expected are|MNIST is the files"):
        load(name, tmp_path)
    monkeypatch.delenv("REGRETCHECK_DATA", raising=False)
    load.cache_clear()
    with pytest.raises(MissingData, match="REGRETCHECK_DATA is not set"):
        load(name)


def test_real_images(shared_data):
    """The moments that the authors' data are known for; CIFAR-100 has no training images here."""
    digits = load("mnist", shared_data)
    mean, deviation = digits.moments(np.arange(60_000))
    np.testing.assert_allclose([mean[0], deviation[0]], [0.1307, 0.3081], atol=5e-5)  # four known digits
    cifar10 = load("cifar10", shared_data)
    assert cifar10.training()[0].shape == (10_000, 32, 32, 3)
    assert np.bincount(digits.testing()[1]).tolist() == [
        980,
        1135,
        1032,
        1010,
        982,
        892,
        958,
        1028,
        974,
        1009,
    ]
    with pytest.raises(MissingData, match="test images only"):
        load("cifar100", shared_data).training()
