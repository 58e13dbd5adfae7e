"""Data files: what a row is does not depend on how many are read, nor on how the file is packed."""

import bz2
import gzip
import io
import lzma
import random
import zipfile

import numpy as np
import pytest

from online_sim.streams.arrays import ArrayStream
from online_sim.streams.data_files import LONGEST_LINE, text_lines
from online_sim.streams.files import csv_file, libsvm_file, standardised
from online_sim.streams.markets import price_relatives


def zipped(data, name="inner.txt"):
    """An archive of one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def tried(read):
    """What is read and no words, or nothing and the words of the one ValueError."""
    try:
        return read(), ""
    except ValueError as error:
        return None, str(error)


PACKED = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zip": zipped}
ENDS = ("\n", "\r\n", "\r")


def random_libsvm(draw):
    """A valid file: either base, any labels, comments, empty lines, any line end, with or without a mark."""
    zero = draw.random() < 0.5
    kinds = ([0, 1], [-1, 1], [1, 2], [5], [0.5, 1.5, -3])
    labels = draw.choice(kinds)
    lines = []
    for _ in range(draw.randint(1, 12)):
        columns = sorted(draw.sample(range(0 if zero else 1, 15), draw.randint(0, 6)))
        pairs = [f"{i}:{draw.choice([1, -0.5, 1e-3, 2.5e200, '+7', '.5', '3.'])}" for i in columns]
        lines.append(" ".join([str(draw.choice(labels)), *pairs]) + draw.choice(["", " ", " # note 7:nan"]))
        lines += draw.choice([[], [""], ["# only a comment"]])
    lines.append("1 14:1")  # so that there is a column
    return draw.choice(["", "\ufeff"]) + draw.choice(ENDS).join(lines)


def random_csv(draw):
    """A valid file with a label of two values, empty lines and any line end."""
    lines = ["a,up,b"]
    for k in range(draw.randint(2, 12)):
        lines.append(f"{draw.uniform(-1, 1) * 10.0 ** draw.randint(-200, 200)},{k % 2 * 7},{k}")
        lines += draw.choice([[], [""]])
    return draw.choice(["", "\ufeff"]) + draw.choice(ENDS).join(lines)


def read_csv(path, rows=None):
    """Everything that looks at a whole file."""
    return csv_file(path, label_column="up", binary_labels=True, standardise=True, rows=rows)


READERS = [(libsvm_file, random_libsvm), (read_csv, random_csv)]


@pytest.mark.parametrize(("reader", "make"), READERS)
def test_the_first_rows_are_those_of_the_whole_file(tmp_path, reader, make):
    """In random files, for every k, `rows=k` gives the first k rows of reading all, and their labels."""
    draw, path = random.Random(3), tmp_path / "some"
    widths = set()
    for _ in range(60):
        path.write_bytes(make(draw).encode())
        whole = reader(path)
        widths.add(whole.vectors.shape)
        for k in range(1, whole.length + 2):
            part = reader(path, rows=k)
            assert np.array_equal(part.vectors, whole.vectors[:k])
            assert np.array_equal(part.labels, whole.labels[:k])
    assert len(widths) > 5  # the files differ


@pytest.mark.parametrize(("reader", "make"), READERS)
def test_packing_a_file_changes_nothing(tmp_path, reader, make):
    """Whatever the compression, in one stream or two, the rows, the labels and the name are the same."""
    draw, path = random.Random(4), tmp_path / "some"
    for _ in range(15):
        data = make(draw).encode()
        path.write_bytes(data)
        plain = reader(path)
        half = len(data) // 2
        for suffix, pack in PACKED.items():
            contents = [pack(data)] + ([pack(data[:half]) + pack(data[half:])] if suffix != "zip" else [])
            for content in contents:
                packed = tmp_path / f"some.{suffix}"
                packed.write_bytes(content)
                stream = reader(packed)
                assert np.array_equal(stream.vectors, plain.vectors)
                assert np.array_equal(stream.labels, plain.labels)
                assert stream.name == plain.name


@pytest.mark.parametrize("suffix", PACKED)
@pytest.mark.parametrize(("reader", "make"), READERS)
def test_damaged_files_are_noticed(tmp_path, reader, make, suffix):
    """A packed file that is cut, has a bit flipped or something behind it: the same rows, or one error."""
    draw, path = random.Random(5), tmp_path / f"some.{suffix}"
    refused = 0
    data = make(draw).encode()
    good = PACKED[suffix](data)
    path.write_bytes(good)
    whole = reader(path)
    for _ in range(150):
        changed = bytearray(good)
        what = draw.randrange(3)
        if what == 0:
            del changed[draw.randrange(len(changed)) :]
        elif what == 1:
            changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
        else:
            changed += draw.choice([b"x", b"garbage", good[1:], b"\n1 1:1\n", bytes([0xFF]) * 70_000])
        path.write_bytes(bytes(changed))
        stream, said = tried(lambda: reader(path))
        if stream is None:
            refused += 1
            assert said.startswith(f"cannot read {path}: ")
            assert said.isprintable()
        else:
            assert np.array_equal(stream.vectors, whole.vectors)
            assert np.array_equal(stream.labels, whole.labels)
    assert refused > 100


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz"])
def test_what_stands_behind_a_stream_is_no_end_of_file(tmp_path, suffix):
    """A second stream with a damaged first byte would lose its rows in silence; zeros are padding."""
    first, second = (PACKED[suffix](line) for line in (b"1 1:1\n", b"2 1:2\n"))
    path = tmp_path / "two"
    path.write_bytes(first + bytes(8) + second)
    assert libsvm_file(path).vectors.tolist() == [[1], [2]]
    path.write_bytes(first + b"?" + second[1:])
    with pytest.raises(ValueError, match=r"cannot read .*two: .*fetch it again"):
        libsvm_file(path)


def test_zip_archives_that_are_no_data_file(tmp_path):
    """Two files, none, an unknown method, something behind the end: one error each."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "1 1:1\n")
        archive.writestr("b", "1 1:1\n")
    with pytest.raises(ValueError, match="the archive holds 2 files; unpack it"):
        libsvm_file(path)
    zipfile.ZipFile(path, "w").close()
    with pytest.raises(ValueError, match="the archive holds 0 files"):
        libsvm_file(path)
    path.write_bytes(zipped(b"1 1:1\n") + b"more")
    with pytest.raises(ValueError, match="something follows the end of the archive"):
        libsvm_file(path)


def test_base_and_labels_come_from_the_whole_file(tmp_path):
    """An index 0 in the last row moves the columns of the first; {0, 1} become -1 and +1 in one row too."""
    path = tmp_path / "base"
    path.write_text("1 1:5 2:3\n-1 0:1 2:3\n")
    assert libsvm_file(path, rows=1).vectors.tolist() == [[0, 5, 3]]
    assert libsvm_file(path, zero_based=True, rows=1).vectors.tolist() == [[0, 5, 3]]
    path.write_text("0 1:5\n1 1:6\n")
    assert libsvm_file(path, rows=1).labels.tolist() == [-1]
    path.write_text("x,y\n5,0\n6,1\n")
    assert csv_file(path, label_column="y", binary_labels=True, rows=1).labels.tolist() == [-1]


BAD_LIBSVM = [
    ("1 1:1\nnan 1:2\n", "line 2 has the label 'nan'"),
    ("1 1:1\n-inf 1:2\n", "line 2 has the label '-inf'"),
    ("1 1:1\n1e999 1:2\n", "line 2 has the label '1e999'"),
    ("1 1:1\n2 2:-Infinity\n", "line 2 holds -inf in row 1, column 1"),
    ("1 1:1\n2 2:1e999\n", "line 2 holds inf in row 1, column 1"),
    ("1 1:1\n\n# c\n2 3:1 2:1\n", "line 4 has the index 2 after 3"),
    ("1 1:1 1:1\n", "line 1 has the index 1 after 1"),
    ("1 1:1\r\n2 1:x\r\n", "line 2 holds '1:x': could not convert 'x'"),
    ("1 1:1\r2 1:\r", "line 2 holds '1:': could not convert ''"),
    ("1 :1\n", "line 1 holds ':1', where an index"),
    ("1 -1:1\n", "line 1 holds '-1:1', where an index"),
    ("1 1.5:1\n", r"line 1 holds '1\.5:1', where an index"),
    ("1 1:1_0\n", "line 1 holds '1:1_0': could not convert '1_0'"),
    ("1_0 1:1\n", "line 1 has the label '1_0'"),
    ("a 1:1\n", "line 1 has the label 'a'"),
    ("1,2 1:1\n", "line 1 has the label '1,2'"),
    ("1 1:0x10\n", "could not convert '0x10'"),
    ("1 1:\u0661\n", "could not convert"),
    ("1 \u0661:1\n", "where an index"),
    ("1 1:1\x00\n", r"could not convert '1\\x00'"),
    ("1 1:\x1b[31m1\n", r"could not convert '\\x1b\[31m1'"),
    (b"1 1:1\n2 1:\xff\n", "line 2 holds the byte 0xff"),
    ("1 1:1\n".encode("utf-16"), "line 1 holds the byte 0xff"),
    ("1 1:1\n\ufeff2 1:1\n", r"line 2 has the label '\\ufeff2'"),
    ("1 99999999999999999999:1\n", "where an index"),
    ("1 1:1\n1 999999999999999999:1\n", "do not fit as a dense table.*look at line 2"),
    ("1\n-1\n", "its lines hold labels only; name the columns with `dimension`"),
    ("1 1:1\n2 " + "1" * 100_000 + "\n", "line 2 holds '1{40}[.]{3}', where an index"),
]


@pytest.mark.parametrize(("content", "reason"), BAD_LIBSVM)
@pytest.mark.parametrize("rows", [None, 1])
def test_every_bad_line_is_named(tmp_path, content, reason, rows):
    """One error with path, line and reason, however many rows are asked for."""
    path = tmp_path / "bad"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(
        ValueError, match=rf"^cannot read .*bad: {reason}|^cannot read .*bad: .*{reason}"
    ) as e:
        libsvm_file(path, rows=rows)
    assert str(e.value).isprintable()
    assert len(str(e.value)) < 400 + len(str(path))


def test_what_libsvm_files_may_hold(tmp_path):
    """A query id, blanks of either kind, a comment in any encoding and values at both ends of the range."""
    path = tmp_path / "odd"
    path.write_bytes(
        b"+1 qid:3 1:1.\t2:-.5 \n-1.0e0 3:1e308 # caf\xe9 1:x\n1 1:4e-324\n1 2:1.5e308 3:1.5e308"
    )
    stream = libsvm_file(path)
    expected = [[1, -0.5, 0], [0, 0, 1e308], [5e-324, 0, 0], [0, 1.5e308, 1.5e308]]
    assert stream.vectors.tolist() == expected
    assert stream.labels.tolist() == [1, -1, 1, 1]
    assert libsvm_file(path, dimension=9).dimension == 9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dimension": 2}, "line 2 has the index 3, and `dimension` is 2; pass 3 at least"),
        ({"dimension": 0}, "`dimension` = 0 must be a whole number"),
        ({"dimension": True}, "`dimension` = True must be a whole number"),
        ({"zero_based": "yes"}, "`zero_based` = 'yes' is unknown"),
        ({"zero_based": 1}, "`zero_based` = 1 is unknown"),
        ({"rows": 1.5}, r"`rows` = 1\.5 must be a whole number"),
        ({"order": "twice"}, "`order` = 'twice' is unknown"),
    ],
)
def test_bad_libsvm_options(tmp_path, options, message):
    """Every option is checked by its name."""
    path = tmp_path / "good"
    path.write_text("1 1:1\n2 3:1\n")
    with pytest.raises(ValueError, match=message):
        libsvm_file(path, **options)
    path.write_text("1 0:1\n")
    with pytest.raises(ValueError, match="line 1 has the index 0; pass zero_based=True"):
        libsvm_file(path, zero_based=False)


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        ("a,b\n1,2\n3,nan\n", {"rows": 1}, "line 3, column 'b' holds 'nan'"),
        ("a,b\n1,2\n3,1e999\n", {}, "line 3, column 'b' holds '1e999'"),
        ("a,b\n1,2\n3\n", {"rows": 1}, "line 3 has 1 fields"),
        ("a,b\n1,\u0661\n", {}, "line 2, column 'b' holds"),
        ("a\n1\n2\x1b\n", {}, r"line 3, column 'a' holds '2\\x1b'"),
        ("a,b\r1,2\r3,x\r", {}, "line 3, column 'b' holds 'x'"),
        (b"a,b\n1,2\n3,\xff\n", {}, "line 3 holds the byte 0xff, which is not text in UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), {}, "line 1 holds the byte 0xff"),
        ('a,b\n1,"2\n', {}, "line 2: unexpected end of data; expected CSV text in UTF-8"),
        ("a,b\n1,2\n", {"delimiter": ""}, "`delimiter` is ''"),
        ("a,b\n1,2\n", {"delimiter": ",,"}, "`delimiter` is ',,'"),
        ("a,b\n1,2\n", {"delimiter": None}, "`delimiter` is None"),
        ("a,b\n1,2\n", {"header": "no"}, "`header` = 'no' must be True or False"),
        ("a,b\n1,2\n", {"standardise": 1}, "`standardise` = 1 must be True or False"),
        ("a,b\n1,2\n", {"binary_labels": True}, "`binary_labels` is True without a `label_column`"),
        ("a,b\n1,2\n", {"skip_columns": "a"}, r"`skip_columns` is 'a'; pass a list: \['a'\]"),
        ("a,b\n1,2\n", {"label_column": True}, "`label_column` has True"),
        ("a,b\n1,2\n", {"label_column": 1.5}, r"`label_column` has 1\.5"),
    ],
)
def test_bad_csv_files_and_options(tmp_path, content, options, reason):
    """One error with path and line, or with the name of the option."""
    path = tmp_path / "bad.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=reason) as e:
        csv_file(path, **options)
    assert str(e.value).isprintable()


def test_a_line_too_long_to_be_one(tmp_path, monkeypatch):
    """A file without line ends is refused before it fills the memory; a shorter line passes."""
    monkeypatch.setattr("online_sim.streams.data_files.LONGEST_LINE", 1000)
    path = tmp_path / "long"
    path.write_bytes(b"1 1:1 #" + b"x" * 900)
    assert libsvm_file(path).length == 1
    path.write_bytes(b"1 1:1\n1 1:" + b"0" * 5000)
    with pytest.raises(ValueError, match="line 2 has 1000 characters or more"):
        libsvm_file(path)
    assert LONGEST_LINE > 1 << 20
    assert list(text_lines(path, io.BytesIO(b"\xef\xbb\xbfa\r\nb\rc"))) == ["a\r\n", "b\r", "c"]


def test_paths_that_are_none(tmp_path):
    """No path, a path with a NUL and a name longer than any file's: one error each."""
    with pytest.raises(TypeError, match="`path` is 3; expected the path of a file"):
        libsvm_file(3)
    for path in ("a\0b", tmp_path / ("x" * 300), "\x1b[31m"):
        with pytest.raises(ValueError, match=r"no such file|cannot read") as e:
            csv_file(path)
        assert str(e.value).isprintable()


def test_names_of_streams_can_be_printed(tmp_path):
    """A file name with an escape sequence does not get into names and provenances."""
    path = tmp_path / "a\x1b[31m\u202eb\u200b.gz"
    path.write_bytes(gzip.compress(b"1 1:1\n"))
    stream = libsvm_file(path)
    assert stream.name == r"a\x1b[31m\u202eb\u200b(n=1, d=1)"
    assert stream.provenance.isprintable()


@pytest.mark.parametrize("scale", [1e-320, 1e-200, 1e-3, 1e200, 1.7e308])
def test_standardised_columns_of_any_size(scale):
    """Multiplying a column by any number changes nothing but rounding, and warns of nothing."""
    column = np.array([[-1.0], [0.25], [1.0], [0.5]])
    with np.errstate(all="raise", under="ignore"):
        got = standardised(column * scale)
    tolerance = 1e-3 if scale < 1e-300 else 1e-14  # 1e-320 has 11 bits
    assert got == pytest.approx(standardised(column), rel=tolerance)
    assert got.std() == pytest.approx(1, rel=1e-14)


def test_standardised_columns_of_mixed_size():
    """Columns do not touch each other, and a power of two changes no bit."""
    rows = np.random.default_rng(1).normal(size=(40, 4))
    sizes = np.array([2.0**-900, 1.0, 2.0**900, 2.0**3])
    assert np.array_equal(standardised(rows * sizes), standardised(rows))
    assert standardised(np.array([[1e200], [-1e200], [1e-200]]))[:, 0] == pytest.approx(
        [np.sqrt(1.5), -np.sqrt(1.5), 0]
    )


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.array([[1, "2"]], dtype=object), r".*'2'"),
        (np.array([[1, None]], dtype=object), ".*None"),
        (np.ma.masked_array([[1.0, 2.0]], mask=[[False, True]]), "real numbers"),
        ([[1j]], ".*1j"),
        ([["a"]], r"\[\['a'\]\]"),
        (np.array([["2030-01-01"]], dtype="M8[D]"), ".*2030-01-01"),
        ([[10**400]], ".*10000"),
        ([[np.longdouble("1e4000")]], r"holds inf at index \(0, 0\)"),
    ],
)
def test_arrays_that_are_no_tables_of_numbers(values, reason):
    """Text, None, masks, complex numbers and dates are refused and shown, in an object array too."""
    with pytest.raises(ValueError, match=f"`vectors` .*{reason}"):
        ArrayStream(values)


def test_archives_of_markets_are_checked_before_they_fill_the_memory(tmp_path):
    """A header that announces more than the file holds is refused; damaged archives are one error each."""
    path = tmp_path / "m.npz"
    buffer = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": (10**9, 10**6)}
    np.lib.format.write_array_header_1_0(buffer, header)
    path.write_bytes(zipped(buffer.getvalue(), "toy.npy"))
    with pytest.raises(ValueError, match=r"an array of shape .* is announced, and 128 bytes are there"):
        price_relatives(path, "toy")
    np.savez_compressed(path, toy=np.full((30, 2), 1.5))
    good, draw = path.read_bytes(), random.Random(6)
    refused = 0
    for _ in range(200):
        changed = bytearray(good)
        if draw.random() < 0.3:
            del changed[draw.randrange(len(changed)) :]
        else:
            changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
        path.write_bytes(bytes(changed))
        stream, said = tried(lambda: price_relatives(path, "toy"))
        refused += stream is None
        assert stream is None or (stream.vectors == 1.5).all()
        assert stream is not None or said.startswith(f"cannot read {path}: ")
        assert said.isprintable()
    assert refused > 60
