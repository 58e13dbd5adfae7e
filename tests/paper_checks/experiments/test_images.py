"""The official formats, made small in the test, and what is damaged, missing or pickled."""

import gzip
import hashlib
import io
import os
import re
import tarfile
from dataclasses import replace

import numpy as np
import pytest

from paper_checks.experiments.images import cifar, mnist
from paper_checks.experiments.images.base import MissingData
from paper_checks.experiments.images.registry import load, places, root

COUNTS = (6, 3)
"""The numbers of training and test images of the small data sets; readers check those of the whole ones."""


def idx(array):
    """An IDX file of bytes."""
    head = bytes((0, 0, 8, array.ndim)) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return head + array.astype(np.uint8).tobytes()


@pytest.fixture
def digits(tmp_path, monkeypatch):
    """A folder with a small MNIST; its arrays by the names of the files."""
    monkeypatch.setattr(mnist, "COUNTS", COUNTS)
    rng = np.random.default_rng(0)
    folder = tmp_path / "mnist"
    folder.mkdir()
    arrays = {}
    for name in mnist.FILES:
        count = COUNTS[name.startswith("t10k")]
        shape = (count, 28, 28) if "images" in name else (count,)
        arrays[name] = rng.integers(0, 256 if "images" in name else 10, shape)
        (folder / f"{name}.gz").write_bytes(gzip.compress(idx(arrays[name])))
    return folder, arrays


def test_mnist_is_read(digits):
    """Images with one channel, labels as integers, whatever the packing; nobody can change them."""
    folder, arrays = digits
    packed = mnist.read("mnist", folder)
    for name in mnist.FILES:
        (folder / name).write_bytes(idx(arrays[name]))
        (folder / f"{name}.gz").unlink()
    plain = mnist.read("mnist", folder)
    images, labels = packed.training()
    np.testing.assert_array_equal(images[..., 0], arrays[mnist.FILES[0]])
    np.testing.assert_array_equal(labels, arrays[mnist.FILES[1]])
    assert (images.dtype, labels.dtype) == (np.uint8, np.int64)
    assert packed.testing()[0].shape == (3, 28, 28, 1)
    assert packed.sha256 == plain.sha256
    with pytest.raises(ValueError, match="read-only"):
        labels[0] = 1


def test_the_packing_is_told_by_content(digits):
    """A file that was unpacked and kept its name is read all the same."""
    folder, arrays = digits
    before = mnist.read("mnist", folder).sha256
    for name in mnist.FILES:
        (folder / f"{name}.gz").write_bytes(idx(arrays[name]))
    assert mnist.read("mnist", folder).sha256 == before


def test_one_pixel_changes_the_hash(digits):
    """The hash is of the content."""
    folder, arrays = digits
    before = mnist.read("mnist", folder).sha256
    arrays[mnist.FILES[2]][0, 0, 0] ^= 1
    (folder / f"{mnist.FILES[2]}.gz").write_bytes(gzip.compress(idx(arrays[mnist.FILES[2]])))
    assert mnist.read("mnist", folder).sha256 != before


def flip_last_but(raw, k):
    """The bytes with one bit changed, k bytes before the end."""
    return raw[:-k] + bytes((raw[-k] ^ 1,)) + raw[len(raw) - k + 1 :]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda raw: raw[: len(raw) // 2], "cannot be unpacked"),
        (lambda raw: flip_last_but(raw, 8), "cannot be unpacked"),
        (lambda raw: gzip.compress(gzip.decompress(raw)[:-1]), "expected"),
        (lambda raw: gzip.compress(gzip.decompress(raw) + b"\0"), "more bytes unpacked, expected"),
        (lambda raw: gzip.compress(b"\0\0\x09" + gzip.decompress(raw)[3:]), "does not begin as an IDX file"),
        (lambda raw: gzip.compress(b""), "does not begin as an IDX file"),
        (lambda raw: b"<html>", "does not begin as an IDX file"),
        (lambda raw: b"", "does not begin as an IDX file"),
    ],
    ids=["half", "checksum", "a byte short", "a byte more", "another type", "empty inside", "html", "empty"],
)
@pytest.mark.parametrize("name", mnist.FILES)
def test_a_damaged_file_is_named(digits, name, damage, words):
    """Each of the four, damaged in eight ways: one error with its path and what to do."""
    folder, _ = digits
    path = folder / f"{name}.gz"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=rf"{re.escape(str(path))}: .*{words}.*fetch the file again"):
        mnist.read("mnist", folder)


def test_other_numbers_and_labels_are_refused(digits):
    """Fewer labels than images, a label 10, and a whole file of fewer images."""
    folder, arrays = digits
    labels = arrays[mnist.FILES[1]]
    path = folder / f"{mnist.FILES[1]}.gz"
    path.write_bytes(gzip.compress(idx(labels[:-1])))
    with pytest.raises(ValueError, match="does not begin as an IDX file of 6 bytes"):
        mnist.read("mnist", folder)
    path.write_bytes(gzip.compress(idx(np.where(np.arange(6) == 2, 10, labels))))
    with pytest.raises(ValueError, match="label 2 is 10, expected 0 to 9"):
        mnist.read("mnist", folder)
    path.write_bytes(gzip.compress(idx(labels)))
    path = folder / f"{mnist.FILES[0]}.gz"
    path.write_bytes(gzip.compress(idx(arrays[mnist.FILES[0]][:-1])))
    with pytest.raises(ValueError, match="does not begin as an IDX file of 6 x 28 x 28 bytes"):
        mnist.read("mnist", folder)


def test_every_missing_file_is_named(digits):
    """Two of the four are gone."""
    folder, _ = digits
    for name in mnist.FILES[1:3]:
        (folder / f"{name}.gz").unlink()
    with pytest.raises(MissingData, match=f"there is no {mnist.FILES[1]}, {mnist.FILES[2]} in "):
        mnist.read("mnist", folder)


def test_stated_hashes_are_compared(digits):
    """PROVENANCE.txt as `sha256sum` writes it: what agrees is listed, another file is refused."""
    folder, arrays = digits
    packed = [f"{name}.gz" for name in mnist.FILES]
    lines = [f"  {hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in packed[:3]]
    (folder / "PROVENANCE.txt").write_text("Digits\nsha256:\n" + "\n".join(lines))
    assert mnist.read("mnist", folder).compared == tuple(packed[:3])
    arrays[mnist.FILES[0]][0, 0, 0] ^= 1
    (folder / packed[0]).write_bytes(gzip.compress(idx(arrays[mnist.FILES[0]])))
    with pytest.raises(ValueError, match=r"images-idx3-ubyte\.gz: its sha256 is .*PROVENANCE\.txt states"):
        mnist.read("mnist", folder)


def binary(layout, count, rng):
    """A binary CIFAR file and its content."""
    labels = rng.integers(0, layout.classes, (count, layout.labels))
    images = rng.integers(0, 256, (count, 3, 32, 32))
    rows = np.concatenate([labels, images.reshape(count, -1)], axis=1).astype(np.uint8)
    return rows.tobytes(), images.transpose(0, 2, 3, 1), labels[:, -1]


@pytest.fixture(params=["cifar10", "cifar100"])
def colours(request, tmp_path, monkeypatch):
    """The layout of a small data set with the official names, its folder, and its content by file."""
    whole = cifar.LAYOUTS[request.param]
    small = replace(whole, train=dict.fromkeys(whole.train, 4), test=dict.fromkeys(whole.test, 2))
    monkeypatch.setitem(cifar.LAYOUTS, request.param, small)
    rng = np.random.default_rng(1)
    content = {file: binary(small, n, rng) for file, n in {**small.train, **small.test}.items()}
    return request.param, small, tmp_path, content


def written(folder, content):
    """The folder, with the binary files in it."""
    folder.mkdir(exist_ok=True)
    for file, (raw, *_) in content.items():
        (folder / file).write_bytes(raw)
    return folder


def packed(layout, content, *, without=()):
    """The archive of the binary version: a folder, a file that nobody needs, the images."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        top = tarfile.TarInfo(layout.unpacked)
        top.type = tarfile.DIRTYPE
        archive.addfile(top)
        for name, raw in {"readme.html": b"about", **{k: v[0] for k, v in content.items()}}.items():
            if name not in without:
                member = tarfile.TarInfo(f"{layout.unpacked}/{name}")
                member.size = len(raw)
                archive.addfile(member, io.BytesIO(raw))
    return out.getvalue()


def test_the_binary_version_is_read(colours):
    """Channels come last; of the two labels of CIFAR-100 the fine one counts."""
    name, layout, folder, content = colours
    found = cifar.read(name, written(folder, content))
    np.testing.assert_array_equal(found.training()[0], np.concatenate([content[f][1] for f in layout.train]))
    np.testing.assert_array_equal(found.training()[1], np.concatenate([content[f][2] for f in layout.train]))
    (file,) = layout.test
    np.testing.assert_array_equal(found.testing()[0], content[file][1])
    np.testing.assert_array_equal(found.testing()[1], content[file][2])


def test_packed_and_unpacked_are_the_same(colours):
    """The authors' archive, unopened, and the folder that it unpacks to."""
    name, layout, folder, content = colours
    (folder / layout.archive).write_bytes(packed(layout, content))
    closed = cifar.read(name, folder).sha256
    (folder / layout.archive).unlink()
    written(folder / layout.unpacked, content)
    assert cifar.read(name, folder).sha256 == closed
    assert cifar.read(name, written(folder, content)).sha256 == closed


def test_a_damaged_archive_is_named(colours):
    """Cut, changed, without a file, with a file of another size, another archive than stated."""
    name, layout, folder, content = colours
    path, raw = folder / layout.archive, packed(layout, content)
    first = next(iter(layout.files))
    short = {**content, first: (content[first][0][:-1],)}
    for damaged, words in (
        (raw[: len(raw) // 2], "cannot be unpacked"),
        (raw[:-9], "cannot be unpacked"),
        (flip_last_but(raw, 8), "cannot be unpacked"),
        (b"<html>", "cannot be unpacked"),
        (gzip.compress(b"<html>"), "cannot be unpacked"),
        (packed(layout, content, without=[first]), f"does not hold {first}"),
        (packed(layout, short), rf"{first} in it has \d+ bytes, expected \d+"),
    ):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=rf"{re.escape(str(path))}: .*{words}.*; fetch the file again"):
            cifar.read(name, folder)
    path.write_bytes(raw)
    (folder / "PROVENANCE.txt").write_text(f"{hashlib.sha256(raw).hexdigest()}  {layout.archive}\n")
    assert cifar.read(name, folder).compared == (layout.archive,)
    (folder / "PROVENANCE.txt").write_text(f"{'0' * 64}  {layout.archive}\n")
    with pytest.raises(ValueError, match=r"PROVENANCE\.txt states 000000000000"):
        cifar.read(name, folder)


@pytest.mark.parametrize("cut", [0, 1, 3073, 3074])
def test_a_binary_file_of_another_size_is_named(colours, cut):
    """Empty, or shorter by a byte or by a whole image: it is no smaller data set."""
    name, layout, folder, content = colours
    written(folder, content)
    for file in layout.files:
        raw = content[file][0]
        (folder / file).write_bytes(raw[:-cut] if cut else b"")
        with pytest.raises(ValueError, match=rf"{file}: it has \d+ bytes, expected {len(raw)}; fetch"):
            cifar.read(name, folder)
        (folder / file).write_bytes(raw)


def test_a_wrong_label_in_a_binary_file_is_named(colours):
    """The label beyond the last class, with its place."""
    name, layout, folder, content = colours
    written(folder, content)
    (file,) = layout.test
    raw = bytearray(content[file][0])
    raw[layout.labels + cifar.PIXELS + layout.labels - 1] = layout.classes
    (folder / file).write_bytes(raw)
    with pytest.raises(ValueError, match=f"{file}: label 1 is {layout.classes}, expected 0 to"):
        cifar.read(name, folder)


def test_a_missing_binary_file_is_named(colours):
    """The others are there."""
    name, layout, folder, content = colours
    written(folder, content)
    last = list(layout.train)[-1]
    (folder / last).unlink()
    with pytest.raises(MissingData, match=f"there is no {last} in .*; put it beside "):
        cifar.read(name, folder)


@pytest.mark.parametrize("name", cifar.LAYOUTS)
def test_a_pickle_is_not_opened(tmp_path, name):
    """What would run code when unpickled is refused, packed or not, with the names of the files to bring."""
    for file in cifar.LAYOUTS[name].pickled:
        path = tmp_path / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"cos\nsystem\n(S'touch " + os.fsencode(tmp_path / "opened") + b"'\ntR.")
        with pytest.raises(ValueError, match=r"pickled; put the binary version there: .*\.bin") as caught:
            cifar.read(name, tmp_path)
        assert not isinstance(caught.value, MissingData)
        path.unlink()
    assert not (tmp_path / "opened").exists()


@pytest.mark.parametrize("name", ["mnist", "cifar10", "cifar100"])
def test_missing_images_are_one_sentence(tmp_path, name, monkeypatch):
    """The places, the option and the files."""
    with pytest.raises(MissingData, match=rf"looked in .*{name}.*--data .*folder {name} with "):
        load(name, tmp_path)
    (tmp_path / name).mkdir()
    with pytest.raises(MissingData, match=r"expected are|MNIST is the files"):
        load(name, tmp_path)


def test_the_folder_is_the_first_that_is_named(tmp_path, monkeypatch):
    """The argument, the environment variable, the user's folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("REGRETCHECK_DATA", raising=False)
    assert root().name == "regretcheck"
    assert places("mnist") == (root() / "mnist",)
    usual = root()
    monkeypatch.setenv("REGRETCHECK_DATA", str(tmp_path))
    assert usual != root() == tmp_path
    assert root(tmp_path / "given") == tmp_path / "given"
    assert places("cifar100", tmp_path) == (tmp_path / "cifar100", tmp_path / "cifar100_test")


def test_an_empty_folder_does_not_hide_the_next(digits, tmp_path, monkeypatch):
    """The data lie in the second place in which they are looked for."""
    folder, _ = digits
    monkeypatch.setattr("paper_checks.experiments.images.registry.ALSO", {"mnist": ("digits",)})
    folder.rename(tmp_path / "digits")
    folder.mkdir()
    assert load("mnist", tmp_path).folder == tmp_path / "digits"


def test_real_images(shared_data):
    """The moments that the authors' data are known for; CIFAR-100 has no training images here."""
    digits = load("mnist", shared_data)
    mean, deviation = digits.moments(np.arange(60_000))
    np.testing.assert_allclose([mean[0], deviation[0]], [0.1307, 0.3081], atol=5e-5)  # four known digits
    cifar10 = load("cifar10", shared_data)
    assert cifar10.training()[0].shape == (10_000, 32, 32, 3)
    counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert np.bincount(digits.testing()[1]).tolist() == counts
    with pytest.raises(MissingData, match=r"test images only; .* put there train\.bin, test\.bin"):
        load("cifar100", shared_data).training()
    assert [len(load(name, shared_data).compared) for name in ("mnist", "cifar10", "cifar100")] == [4, 13, 11]
