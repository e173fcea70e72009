"""Number series: no gap, no double, never back; and reading other people's numbers."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError

from hrss_portal.documents import numbers
from hrss_portal.documents.models import Counter, SeriesFormat
from hrss_portal.documents.numbers import (
    check_pattern,
    move_past,
    next_number,
    next_numbers,
    parse_number,
    same_number,
    spellings,
)
from tests.factories.access import OfficeFactory, UnitFactory

WRITERS, EACH = 8, 25


@pytest.fixture
def bureau(db, notice):
    return UnitFactory(name="测试县人社局", numbering_prefix="霍")


def test_next_number_is_printed_as_declared(bureau):
    assert next_number("test.notice", unit_root=bureau, year=2023).text == "霍劳人仲通〔2023〕1号"
    assert next_number("test.notice", unit_root=bureau, year=2023).n == 2


def test_each_year_and_each_bureau_begins_anew(bureau):
    other = UnitFactory(name="另一县人社局", numbering_prefix="邱")
    next_number("test.notice", unit_root=bureau, year=2023)
    assert next_number("test.notice", unit_root=bureau, year=2024).n == 1
    assert str(next_number("test.notice", unit_root=other, year=2023)) == "邱劳人仲通〔2023〕1号"


def test_an_office_draws_from_the_series_of_its_bureau(bureau):
    office = OfficeFactory(parent=bureau)
    next_number("test.notice", unit_root=bureau, year=2023)
    assert next_number("test.notice", unit_root=office, year=2023).n == 2


def test_a_bureau_writes_its_own_wording(bureau):
    SeriesFormat.objects.create(
        series="test.notice", unit=bureau, prefix="霍工认字", pattern="{prefix}〔{year}〕{n:04d}号"
    )
    assert str(next_number("test.notice", unit_root=bureau, year=2023)) == "霍工认字〔2023〕0001号"


def test_several_numbers_in_one_step(bureau):
    taken = next_numbers("test.notice", unit_root=bureau, year=2023, count=3)
    assert [one.n for one in taken] == [1, 2, 3]


def test_undeclared_series_is_an_error(bureau):
    with pytest.raises(LookupError):
        next_number("no.such", unit_root=bureau, year=2023)


def test_move_past_only_goes_forward(bureau):
    move_past("test.notice", unit_root=bureau, year=2023, n=120)
    move_past("test.notice", unit_root=bureau, year=2023, n=7)
    assert next_number("test.notice", unit_root=bureau, year=2023).n == 121


def test_the_database_refuses_to_go_back(bureau):
    next_numbers("test.notice", unit_root=bureau, year=2023, count=5)
    with pytest.raises(DatabaseError, match="never goes back"), transaction.atomic():
        Counter.objects.update(last=2)


def in_parallel(take):
    """Eight writers, each taking 25 numbers; every third transaction is rolled back."""
    kept, errors = [], []
    start = threading.Barrier(WRITERS)

    def write():
        try:
            start.wait()
            for turn in range(EACH):
                with transaction.atomic():
                    n = take()
                    if turn % 3 == 2:
                        transaction.set_rollback(True)
                if turn % 3 != 2:
                    kept.append(n)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(kept), errors


@pytest.mark.django_db(transaction=True)
def test_eight_writers_leave_no_gap_and_no_double(notice):
    bureau = UnitFactory(numbering_prefix="霍")
    kept, errors = in_parallel(lambda: next_number("test.notice", unit_root=bureau, year=2023).n)
    assert errors == []
    assert kept == list(range(1, len(kept) + 1))


@pytest.mark.django_db(transaction=True)
def test_without_the_row_lock_eight_writers_double(notice, monkeypatch):
    """Negative control: the test above can fail."""
    bureau = UnitFactory(numbering_prefix="霍")

    def advance_blindly(series, root_id, year, count):
        row = Counter.objects.filter(series=series, unit_id=root_id, year=year)
        last = row.values_list("last", flat=True).first() or 0
        threading.Event().wait(0.002)
        if not row.filter(last__lte=last + count).update(last=last + count):
            Counter.objects.bulk_create(
                [Counter(series=series, unit_id=root_id, year=year, last=count)],
                ignore_conflicts=True,
            )
        return last + count

    monkeypatch.setattr(numbers, "_advance", advance_blindly)
    kept, _ = in_parallel(lambda: next_number("test.notice", unit_root=bureau, year=2023).n)
    assert len(set(kept)) < len(kept)


@pytest.mark.django_db(transaction=True)
def test_a_number_is_taken_inside_a_transaction_only(notice):
    bureau = UnitFactory(numbering_prefix="霍")
    with pytest.raises(TransactionManagementError):
        next_number("test.notice", unit_root=bureau, year=2023)


@pytest.mark.parametrize(
    "written",
    [
        "霍劳人仲案〔2023〕123号",
        "霍劳人仲案[2023]123号",
        "霍劳人仲案［２０２３］１２３号",
        "霍劳人仲案【2023】123号",
        "霍劳人仲案(2023)123号",
        "霍劳人仲案（2023）123 号",
        "霍劳人仲案﹝2023﹞123号",
        "霍劳人仲案〈2023〉123号",
        "　霍劳人仲案 〔2023〕 123号 ",
    ],
)
def test_parse_number_reads_every_kind_of_bracket(written):
    assert parse_number(written).text == "霍劳人仲案〔2023〕123号"


def test_parse_number_keeps_what_was_printed():
    assert parse_number("霍工认字〔2023〕0012号").text == "霍工认字〔2023〕0012号"
    found = parse_number("邱人社监案字﹝2023﹞第12号")
    assert (found.text, found.prefix, found.year, found.n) == (
        "邱人社监案字〔2023〕第12号",
        "邱人社监案字",
        2023,
        12,
    )


@pytest.mark.parametrize(
    "written", ["", "123", "霍劳人仲案〔23〕1号", "〔2023〕1号", "霍〔2023〕号"]
)
def test_parse_number_never_guesses(written):
    with pytest.raises(ValidationError):
        parse_number(written)


@pytest.mark.parametrize(
    "pattern",
    [
        "{prefix}〔{year}〕",
        "{n}",
        "{year}{n}{unit}",
        "{n.__class__}{year}",
        "{prefix",
        "{0}{year}{n}",
        "{prefix}{year}{n:0200000000d}",
        "{prefix:>200000000}{year}{n}",
        "{prefix}{year}{n:{year}d}",
    ],
)
def test_check_pattern_refuses(pattern):
    with pytest.raises(ValidationError):
        check_pattern(pattern)


def test_check_pattern_takes_padding():
    check_pattern("{prefix}[{year}]第{n:04d}号")


def test_one_number_is_written_in_several_ways():
    zeros = ("12", "012", "0012", "00012", "000012")
    every = {f"霍劳人仲案〔2023〕{word}{n}号" for word in ("", "第") for n in zeros}
    assert spellings("霍劳人仲案〔2023〕12号") == every
    assert spellings("霍劳人仲案（2023）第012号") == every | {"霍劳人仲案（2023）第012号"}
    assert spellings("没有编号") == {"没有编号"}
    assert {same_number(one) for one in every} == {"霍劳人仲案〔2023〕12号"}
    assert same_number("没有编号") == "没有编号"
