"""LIBSVM and CSV readers: what they read, and one clear error for every way a file can be bad."""

import bz2
import gzip
import hashlib

import numpy as np
import pytest

from online_sim.streams.conformance import check_stream
from online_sim.streams.data_files import data_folder
from online_sim.streams.files import csv_file, libsvm_file, standardised

LIBSVM = "2 1:0.5 3:-1\n1 2:4 # comment\n\n2 3:1e-3\n"
CSV = "day,price,note,up\n1,2.5,a,0\n2,3.5,b,1\n\n3,-1e1,c,1\n"


@pytest.fixture
def write(tmp_path):
    """Writes text or bytes to a new file, compressed by suffix, and returns its path."""

    def writer(name, content):
        data = content.encode() if isinstance(content, str) else content
        if name.endswith(".bz2"):
            data = bz2.compress(data)
        elif name.endswith(".gz"):
            data = gzip.compress(data)
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return writer


@pytest.mark.parametrize("name", ["toy", "toy.bz2", "toy.gz"])
def test_libsvm_rows_and_labels(write, name):
    """Rows become dense in file order, two labels become -1 and +1, whatever the compression."""
    stream = libsvm_file(write(name, LIBSVM))
    check_stream(stream)
    assert stream.vectors.tolist() == [[0.5, 0, -1], [0, 4, 0], [0, 0, 1e-3]]
    assert stream.labels.tolist() == [1, -1, 1]
    assert stream.name == "toy(n=3, d=3)"
    assert "3 rows in file order" in stream.provenance


def test_libsvm_options(write):
    """Index base, width, row count and order are the caller's; three labels stay as they are."""
    path = write("toy", LIBSVM)
    assert libsvm_file(path, zero_based=True).dimension == 4
    assert libsvm_file(path, dimension=6).vectors.shape == (3, 6)
    assert libsvm_file(path, rows=2).vectors.shape == (2, 3)
    assert libsvm_file(path, rows=99, order="cycle").length is None
    assert libsvm_file(write("zero", "1 0:7 2:1\n0 1:1\n")).vectors.tolist() == [[7, 0, 1], [0, 1, 0]]
    assert libsvm_file(write("regression", "1.5 1:1\n2 1:1\n-3 1:2\n")).labels.tolist() == [1.5, 2, -3]


def test_compression_is_told_by_content(write, tmp_path):
    """A bzip2 file under another name is read all the same."""
    renamed = write("toy.bz2", LIBSVM).rename(tmp_path / "toy.txt")
    assert libsvm_file(renamed).vectors.shape == (3, 3)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "the file is empty"),
        ("\n# only a comment\n", "it has no rows"),
        ("1 1:a\n", "could not convert"),
        ("1 hello\n", "expected lines `label index:value"),
        ("1 1:nan\n", "holds nan in row 0, column 0"),
        ("1 2:1 1:1\n", "expected lines `label index:value"),
        ("1 300000000:1\n", "do not fit as a dense table; read fewer with `rows`"),
    ],
)
def test_bad_libsvm_content(write, content, reason):
    """Malformed text is one ValueError with the path and the reason."""
    path = write("bad.svm", content)
    with pytest.raises(
        ValueError, match=rf"cannot read .*bad\.svm: .*{reason}|cannot read .*bad\.svm.*{reason}"
    ):
        libsvm_file(path)


@pytest.mark.parametrize(("reader", "line"), [(libsvm_file, "{0} 1:{0}"), (csv_file, "{0},{0}")])
@pytest.mark.parametrize("name", ["cut.bz2", "cut.gz"])
def test_truncated_and_garbled_files(write, reader, line, name):
    """A compressed file cut short or overwritten in the middle is one ValueError with the path."""
    path = write(name, "\n".join(line.format(i) for i in range(5000)))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    options = {"header": False} if reader is csv_file else {}
    with pytest.raises(ValueError, match=rf"cannot read .*{name}: .*fetch it again"):
        reader(path, **options)
    path.write_bytes(data[:40] + bytes(200) + data[240:])
    with pytest.raises(ValueError, match=rf"cannot read .*{name}: .*fetch it again"):
        reader(path, **options)


@pytest.mark.parametrize("reader", [libsvm_file, csv_file])
def test_missing_files(reader, tmp_path, monkeypatch):
    """The error lists where it looked and how to point it elsewhere."""
    monkeypatch.delenv("REGRETCHECK_DATA", raising=False)
    with pytest.raises(ValueError, match=r"no such file \(looked at: nowhere/x\).*set REGRETCHECK_DATA"):
        reader("nowhere/x")
    monkeypatch.setenv("REGRETCHECK_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=rf"looked at: nowhere/x, {tmp_path}/nowhere/x"):
        reader("nowhere/x")
    with pytest.raises(ValueError, match="is a folder; pass the path of a file"):
        reader(tmp_path)


def test_the_data_folder_is_searched(write, monkeypatch, tmp_path):
    """A relative path is found inside the folder that REGRETCHECK_DATA names."""
    write("toy.csv", CSV)
    monkeypatch.setenv("REGRETCHECK_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    assert csv_file("toy.csv", skip_columns=["note"]).length == 3


def test_the_data_folder_variable(monkeypatch, tmp_path):
    """Unset or empty means None; a wrong folder is an error, not a silent fallback."""
    monkeypatch.delenv("REGRETCHECK_DATA", raising=False)
    assert data_folder() is None
    monkeypatch.setenv("REGRETCHECK_DATA", "")
    assert data_folder() is None
    monkeypatch.setenv("REGRETCHECK_DATA", str(tmp_path / "gone"))
    with pytest.raises(ValueError, match=r"REGRETCHECK_DATA is .*gone', which is not a folder"):
        data_folder()


@pytest.mark.parametrize("name", ["toy.csv", "toy.csv.bz2", "toy.csv.gz"])
def test_csv_columns_and_labels(write, name):
    """Columns keep their order, the label leaves the rows, blank lines are skipped."""
    stream = csv_file(write(name, CSV), label_column="up", skip_columns=["note"], binary_labels=True)
    check_stream(stream)
    assert stream.vectors.tolist() == [[1, 2.5], [2, 3.5], [3, -10]]
    assert stream.labels.tolist() == [-1, 1, 1]
    assert stream.name == "toy.csv(n=3, d=2)"


def test_csv_options(write):
    """Column numbers, delimiter, byte order mark, row count, no header, no label."""
    path = write("toy.csv", CSV)
    by_number = csv_file(path, label_column=-1, skip_columns=[2], rows=2)
    assert by_number.vectors.tolist() == [[1, 2.5], [2, 3.5]]
    assert by_number.labels.tolist() == [0, 1]
    plain = csv_file(write("plain", "\ufeff1;2\r\n3;4\r\n"), header=False, delimiter=";")
    assert plain.vectors.tolist() == [[1, 2], [3, 4]]
    assert plain.labels.tolist() == [0, 0]


def test_standardised_columns():
    """Mean 0, variance 1, constant columns exactly 0; invariant under x -> a x + b with a > 0."""
    rows = np.random.default_rng(5).normal(size=(50, 3))
    rows[:, 1] = 0.1
    got = standardised(rows)
    assert (got[:, 1] == 0).all()
    assert got.mean(axis=0) == pytest.approx(0, abs=1e-15)  # 50 terms of size 1, averaged
    assert got[:, [0, 2]].std(axis=0) == pytest.approx(1, rel=1e-14)
    assert standardised(1e3 * rows + 7) == pytest.approx(
        got, abs=1e-11
    )  # 7 / 1e3 of cancellation and 50 sums


def test_standardise_leaves_labels_alone(write):
    """Labels are no column: they keep their scale."""
    stream = csv_file(write("t", "a,b\n1,10\n2,20\n3,40\n"), label_column="b", standardise=True)
    assert stream.labels.tolist() == [10, 20, 40]
    assert stream.vectors[:, 0] == pytest.approx([-np.sqrt(1.5), 0, np.sqrt(1.5)], rel=1e-15)


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        ("", {}, "the file is empty"),
        ("a,b\n", {}, "it has no rows of data"),
        ("a,b\n1,2\n3\n", {}, "line 3 has 1 fields, the first line has 2"),
        ("a,b\n1,2\n\n3,4,5\n", {}, "line 4 has 3 fields"),
        ("a,b\n1,x\n", {}, "line 2, column 'b' holds 'x', not a number"),
        ("a,b\n1,\n", {}, "line 2, column 'b' is empty"),
        ("a,b\n1,2\n1,NaN\n", {}, "line 3, column 'b' holds 'NaN'; NaN and inf cannot be played"),
        ("a,b\n1,-inf\n", {}, "line 2, column 'b' holds '-inf'"),
        ("a,b\n1,1_0\n", {}, "line 2, column 'b' holds '1_0', not a number"),
        ("1,2\n3,4\n", {}, "line 1 should name the columns, but holds only numbers; pass header=False"),
        ("a,b\n1,2\n", {"label_column": "c"}, r"`label_column` has 'c'; expected one of .*: a, b"),
        ("a,a\n1,2\n", {"label_column": "a"}, r"`label_column` has 'a'"),
        ("a,b\n1,2\n", {"skip_columns": [2]}, "`skip_columns` has 2"),
        ("a,b\n1,2\n", {"label_column": "a", "skip_columns": ["a"]}, "names the label column 'a'"),
        ("a,b\n1,2\n", {"skip_columns": ["a", "b"]}, "no column is kept"),
        ("a,b\n1,2\n", {"label_column": "a", "skip_columns": ["b"]}, "no column is left besides the label"),
        (
            "a,b\n1,2\n",
            {"label_column": "a", "binary_labels": True},
            "the label column has 1 distinct values",
        ),
        ('a,b\n"1,2\n', {}, "expected CSV text in UTF-8"),
        (b"a,b\n\xff\xfe,1\n", {}, "expected CSV text in UTF-8"),
        ("a,b\n1,2\n", {"rows": 0}, "`rows` = 0 must be a whole number, at least 1"),
    ],
)
def test_bad_csv_content(write, content, options, reason):
    """Every bad cell, line or option is one ValueError with the place and the reason."""
    with pytest.raises(ValueError, match=reason):
        csv_file(write("bad.csv", content), **options)


@pytest.mark.parametrize(
    ("name", "shape"),
    [("svmguide1.bz2", (3089, 4)), ("phishing.bz2", (11055, 68)), ("mushrooms.bz2", (8124, 112))],
)
def test_real_libsvm_files(shared_data, name, shape):
    """Sizes as the provenance file states; labels 0/1 and 1/2 become -1/+1."""
    stream = libsvm_file(shared_data / "libsvm" / name)
    assert stream.vectors.shape == shape
    assert set(np.unique(stream.labels)) == {-1.0, 1.0}


def test_real_train_and_test_parts_agree_in_width(shared_data):
    """a9a is 0-based with 123 columns, and the reader finds that out for both parts."""
    for name in ("a9a.bz2", "a9a.t.bz2"):
        assert (
            libsvm_file(shared_data / "libsvm" / name, zero_based=True, dimension=123, rows=500).dimension
            == 123
        )
    assert libsvm_file(shared_data / "streams" / "abalone.bz2").vectors.shape == (4177, 8)


def test_real_streams_in_time_order(shared_data):
    """Electricity and bike hours: sizes, the published sum of counts, and the first hours in order."""
    elec = csv_file(shared_data / "streams" / "elec2.csv.bz2", label_column="class", binary_labels=True)
    assert elec.vectors.shape == (45312, 6)
    assert elec.vectors[:3, 0].tolist() == [0.0, 0.021277, 0.042553]
    bike = csv_file(
        shared_data / "streams" / "bike_hour.csv.bz2", label_column="cnt", skip_columns=["dteday"]
    )
    assert bike.labels.sum() == 3292679
    assert (np.diff(bike.vectors[:, 0]) == 1).all()


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("libsvm/a9a.bz2", "45a1782b9d719cf3"),
        ("libsvm/phishing.bz2", "7e78c5d804eafbc4"),
        ("libsvm/splice.bz2", "249fc91835287b61"),
        ("libsvm/svmguide1.bz2", "a3ac5781a136f22b"),
        ("streams/abalone.bz2", "3efbc8c3783b62c1"),
    ],
)
def test_real_files_give_what_another_reader_gave(shared_data, name, digest):
    """Every bit of rows and labels is that of scikit-learn's reader; so are the first rows alone."""
    stream = libsvm_file(shared_data / name)
    assert hashlib.sha256(stream.vectors.tobytes() + stream.labels.tobytes()).hexdigest()[:16] == digest
    part = libsvm_file(shared_data / name, rows=70)
    assert np.array_equal(part.vectors, stream.vectors[:70])
    assert np.array_equal(part.labels, stream.labels[:70])
    assert part.labels.any()
