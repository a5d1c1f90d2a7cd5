"""Reading tables: what is told by the bytes, what is decided, and what is refused with a line's number."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from your_project.errors import ProjectError
from your_project.tables import Table, read_table


def table(folder: Path, text: str | bytes, name: str = "rows.csv", **how: Any) -> Table:
    """Write a file and read it."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(path, **how)


def refused(folder: Path, text: str | bytes, **how: Any) -> str:
    """Return the error, with the folder's name left out."""
    with pytest.raises(ProjectError) as caught:
        table(folder, text, **how)
    return str(caught.value).replace(f"{folder}{'/' if '/' in str(folder) else chr(92)}", "")


def test_columns_are_numbers_categories_and_dates(tmp_path: Path) -> None:
    rows = table(
        tmp_path,
        "age,town,since,code\n"
        "31, Ulm ,2024-01-02,007\n"
        ",NA,1970-01-01T12:00,012\n"
        '1e2,"Bad Tölz, south",?,003\n',
    )
    assert rows.kinds == {"age": "number", "town": "category", "since": "date", "code": "category"}
    assert rows.column("age").tolist()[::2] == [31, 100]
    assert np.isnan(rows.column("age")[1])
    assert rows.column("town").tolist() == ["Ulm", "", "Bad Tölz, south"]
    assert rows.column("since").tolist()[:2] == [19724, 0.5]
    assert np.isnan(rows.column("since")[2])
    assert rows.column("code").tolist() == ["007", "012", "003"]  # numbers of houses, not to calculate with
    assert rows.lines.tolist() == [2, 3, 4]
    assert rows.notes == ("column 'since' holds dates: days since 1970-01-01",)


@pytest.mark.parametrize(
    "raw",
    [
        "城市,数\n上海,1\n北京,2\n".encode(),
        "\ufeff城市,数\n上海,1\n北京,2\n".encode(),
        "城市,数\n上海,1\n北京,2\n".encode("gbk"),
        "城市,数\n上海,1\n北京,2\n".encode("utf-16"),
        "城市\t数\r\n上海\t1\r\n北京\t2\r\n".encode(),
        "城市;数\r上海;1\r北京;2\r".encode(),
        b"\xb3\xc7\xca\xd0|\xca\xfd\n\xc9\xcf\xba\xa3|1\n\xb1\xb1\xbe\xa9|2\n",
    ],
    ids=["utf-8", "with mark", "gbk", "utf-16", "tabs", "old Mac", "gbk with bars"],
)
def test_encoding_and_delimiter_are_told_by_the_bytes(tmp_path: Path, raw: bytes) -> None:
    rows = table(tmp_path, raw)
    assert rows.column("城市").tolist() == ["上海", "北京"]
    assert rows.column("数").tolist() == [1, 2]


def test_gaps_have_names_in_chinese_too(tmp_path: Path) -> None:
    rows = table(tmp_path, "数,字\n1,无\n无,缺失\n缺失,a\n")
    assert np.isnan(rows.column("数")).tolist() == [False, True, True]
    assert rows.column("字").tolist() == ["无", "", "a"]  # as a category it may mean something


def test_gzip_is_read_as_it_is(tmp_path: Path) -> None:
    assert len(table(tmp_path, gzip.compress(b"a,b\n1,2\n3,4\n"), "rows.csv.gz")) == 2


def test_decimal_commas_and_thousands(tmp_path: Path) -> None:
    rows = table(tmp_path, "price;share;plain\n1.234,5;0.5;1\n7,25;1.5;2\n")
    assert rows.column("price").tolist() == [1234.5, 7.25]
    assert rows.column("share").tolist() == [0.5, 1.5]  # points in a file with commas stay points
    english = table(tmp_path, 'price,n\n"1,234.5",1\n7.25,2\n')
    assert english.column("price").tolist() == [1234.5, 7.25]


def test_the_index_that_pandas_writes_is_left_out(tmp_path: Path) -> None:
    rows = table(tmp_path, ",a,b\n0,5,x\n1,6,y\n")
    assert rows.names == ("a", "b")
    assert "only counts the rows" in rows.notes[0]


def test_kinds_that_are_given_hold(tmp_path: Path) -> None:
    text = "zip,n\n80331,1\n20095,2\n"
    assert table(tmp_path, text, kinds={"zip": "category"}).column("zip").tolist() == ["80331", "20095"]
    assert refused(tmp_path, "zip,n\nx,1\n", kinds={"zip": "number"}).startswith(
        "rows.csv, line 2, column 'zip': 'x' is not a number"
    )


def test_a_typing_error_among_numbers_is_no_new_category(tmp_path: Path) -> None:
    cells = "".join(f"{number},a\n" for number in range(30))
    assert refused(tmp_path, f"n,word\n{cells}3O,a\n") == (
        "rows.csv, line 32, column 'n': '3O' is not a number, but 30 of the column's 31 values are numbers;"
        " correct it, leave it empty where it is unknown, or name the column in --categories"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b\n1,2\n1,2,3\n", "rows.csv, line 3: 3 cells, but there are 2 cells of names"),
        ('a,b\n1,2\n"x,2\n5,6\n', "rows.csv, line 3: unexpected end of data"),
        ("a,b\n", "rows.csv has no rows"),
        ("", "rows.csv is empty"),
        ("a,a\n1,2\n", "rows.csv, line 1: two columns are called 'a'"),
        ("a,\n1,2\n", "rows.csv, line 1: column 2 has no name"),
        ("1,2\n3,4\n", "rows.csv, line 1: numbers, but the first line must hold the names"),
        ("Ulm,1.5\nBonn,2.5\n", "rows.csv, line 1: '1.5' is a value of column 2 rather than its name"),
        ("Ulm,ja,3\nBonn,ja,4\nUlm,nein,5\n", "rows.csv, line 1: 'Ulm' is a value of column 1"),
        (
            "a,b\n¥1003.9,2\n7,3\n",
            "rows.csv, line 2, column 'a': '¥1003.9' is not a number because of its sign",
        ),
        ("a,b\n100.4%,2\n9%,3\n", "rows.csv, line 2, column 'a': '100.4%' is not a number because of its"),
        ("a,b\n1e999,2\n", "rows.csv, line 2, column 'a': '1e999' is larger"),
        ("d,b\n01/02/2024,2\n02/03/2024,3\n", "rows.csv, line 2, column 'd': '01/02/2024' is a date whose"),
        ("d,b\n2024-01-02,2\n2024-13-02,3\n", "rows.csv, line 3, column 'd': '2024-13-02' is not a date"),
        (b"a,b\n1,2\n\xff\xff,3\n", "rows.csv, line 3: 'utf-8' codec can't decode"),
        ("a,b\n1,\0\n", "rows.csv holds zero bytes"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str | bytes, told: str) -> None:
    assert refused(tmp_path, text).startswith(told)


def test_years_and_a_word_of_its_own_column_may_be_names(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("male,2023,2024\nmale,2023,7\nfemale,3,2024\n")
    assert read_table(path).names == ("male", "2023", "2024")


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="a spreadsheet program saves one as CSV"):
        read_table(tmp_path / "rows.xlsx")
    with pytest.raises(ProjectError, match="there is no file"):
        read_table(tmp_path / "rows.csv")


def test_rows_and_columns_can_be_chosen(tmp_path: Path) -> None:
    rows = table(tmp_path, "a,b\n1,x\n2,y\n3,z\n")
    assert rows.take(np.array([True, False, True])).without(["b"]).columns["a"].tolist() == [1, 3]
    assert rows.words("a").tolist() == ["1", "2", "3"]
    with pytest.raises(ProjectError, match="has no column 'c': it has a, b"):
        rows.column("c")


def test_parquet_gives_the_same_columns(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")

    content = {
        "n": pyarrow.array([1, None, 3]),
        "yes": pyarrow.array([True, False, None]),
        "word": pyarrow.array(["a", None, "c"]).dictionary_encode(),
        "zip": pyarrow.array(["80331", "20095", ""]),
        "day": pyarrow.array(np.array(["1970-01-02", "1970-01-03", "NaT"], "datetime64[D]")),
    }
    parquet.write_table(pyarrow.table(content), tmp_path / "rows.parquet")
    rows = read_table(tmp_path / "rows.parquet")
    assert rows.kinds == dict(zip(content, ("number", "number", "category", "category", "date"), strict=True))
    assert [rows.words(name).tolist() for name in content] == [
        ["1", "", "3"],
        ["1", "0", ""],
        ["a", "", "c"],
        ["80331", "20095", ""],
        ["1", "2", ""],
    ]
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    with pytest.raises(ProjectError, match="cannot read"):
        read_table(tmp_path / "broken.parquet")


def test_a_workbook_is_told(tmp_path):
    told = refused(tmp_path, b"PK\x03\x04\xb7\xf1")  # renamed, or read by a reader of texts
    assert "is a workbook, as Excel or WPS write it: save it there as CSV" in told
