"""A part of CIFAR as lossless pictures: made in the test, read, and damaged."""

import re

import numpy as np
import pytest

from paper_checks.experiments.images import cifar
from paper_checks.experiments.images.base import MissingData


@pytest.fixture
def part(tmp_path):
    """A folder with 2 000 training and 1 000 test images, and what is in it."""
    image = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(0)
    # Coarse pixels, so that packing them takes no time.
    images = {
        key: rng.integers(0, 256, (n, 1, 1, 3), dtype=np.uint8).repeat(32, 1).repeat(32, 2)
        for key, n in (("train", 2_000), ("test", 1_000))
    }
    images["train"][0, 3, 5] = images["test"][999, 30, 1] = (1, 2, 3)
    labels = {key: rng.integers(0, 10, len(found)).astype(np.uint8) for key, found in images.items()}
    for key, found in images.items():
        for k, thousand in enumerate(found.reshape(-1, 25, 40, 32, 32, 3)):
            picture = image.fromarray(thousand.transpose(0, 2, 1, 3, 4).reshape(800, 1280, 3))
            picture.save(tmp_path / f"{key}_{k:02d}.webp", lossless=True, quality=0, method=0)
    np.savez(tmp_path / "labels.npz", **labels)
    return tmp_path, images, labels


def test_the_pictures_are_cut(part):
    """Every image and label is back in its place."""
    folder, images, labels = part
    found = cifar.read("cifar10", folder)
    for key, (pixels, numbers) in (("train", found.training()), ("test", found.testing())):
        np.testing.assert_array_equal(pixels, images[key])
        np.testing.assert_array_equal(numbers, labels[key])


def test_without_training_images_the_files_are_named(part):
    """The test images are there; who asks for the others is told what to put where."""
    folder, _, labels = part
    for file in folder.glob("train_*"):
        file.unlink()
    np.savez(folder / "labels.npz", test=labels["test"])
    found = cifar.read("cifar10", folder)
    assert found.train is None
    assert len(found.testing()[1]) == 1_000
    with pytest.raises(MissingData, match=r"test images only; .* put there data_batch_1\.bin, .*tar\.gz"):
        found.training()


def test_without_test_images_it_is_missing(part):
    """A data set needs them."""
    folder, _, labels = part
    (folder / "test_00.webp").unlink()
    np.savez(folder / "labels.npz", train=labels["train"])
    with pytest.raises(MissingData, match="there are no test images in"):
        cifar.read("cifar10", folder)


@pytest.mark.parametrize(
    ("file", "damage", "words"),
    [
        ("train_00.webp", lambda p: p.unlink(), "there is no such file, but labels.npz has its labels"),
        ("train_01.webp", lambda p: p.write_bytes(p.read_bytes()[:500]), "not a WebP picture"),
        ("test_00.webp", lambda p: p.write_bytes(b"<html>"), "not a WebP picture"),
        ("test_00.webp", lambda p: p.write_bytes(b""), "not a WebP picture"),
        ("labels.npz", lambda p: p.write_bytes(p.read_bytes()[:500]), "not an npz of labels"),
        ("labels.npz", lambda p: p.write_bytes(p.read_bytes()[:-9]), "not an npz of labels"),
        ("labels.npz", lambda p: p.write_bytes(b"<html>"), "not an npz of labels"),
        ("labels.npz", lambda p: p.write_bytes(b""), "not an npz of labels"),
    ],
)
def test_a_damaged_file_is_named(part, file, damage, words):
    """One error with its path, the reason and what to do."""
    folder, *_ = part
    damage(folder / file)
    with pytest.raises(
        ValueError, match=rf"{re.escape(str(folder / file))}: .*{words}.*fetch the file again"
    ):
        cifar.read("cifar10", folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda test: test[:-1], r"the shape \(999,\)"),
        (lambda test: test[:0], r"the shape \(0,\)"),
        (lambda test: test.astype(float), "the type float64"),
        (lambda test: test[:, None], r"the shape \(1000, 1\)"),
        (lambda test: test.astype(object), "not an npz of labels"),
        (lambda test: np.where(np.arange(1_000) == 7, 10, test), "label 7 is 10, expected 0 to 9"),
    ],
)
def test_labels_that_do_not_fit_are_refused(part, change, words):
    """Their number, their type and their range."""
    folder, _, labels = part
    np.savez(folder / "labels.npz", train=labels["train"], test=change(labels["test"]))
    with pytest.raises(ValueError, match=rf"labels\.npz: .*{words}"):
        cifar.read("cifar10", folder)


def test_pictures_and_labels_belong_together(part):
    """A picture of another size, one too many, and one without labels."""
    image = pytest.importorskip("PIL.Image")
    folder, _, labels = part
    saved = (folder / "test_00.webp").read_bytes()
    image.new("RGB", (32, 32)).save(folder / "test_00.webp", lossless=True)
    with pytest.raises(ValueError, match=r"test_00\.webp: it has 32 x 32 pixels, expected 800 x 1280"):
        cifar.read("cifar10", folder)
    (folder / "test_00.webp").write_bytes(saved)
    (folder / "test_01.webp").write_bytes(saved)
    with pytest.raises(ValueError, match=r"test_01\.webp: labels\.npz has no labels for it"):
        cifar.read("cifar10", folder)
    np.savez(folder / "labels.npz", test=labels["test"])
    with pytest.raises(ValueError, match=r"labels\.npz: it has no labels for train_00\.webp"):
        cifar.read("cifar10", folder)
