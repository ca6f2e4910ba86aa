import gzip
from datetime import UTC, datetime

import pytest

from suggestions.histories import FileUnreadable, MappingUnusable, open_history, read_mapping

NOW = datetime(2026, 3, 2, 11, tzinfo=UTC)
MAPPING = """
source = "works"
zone = "Europe/Brussels"
formats = ["%Y-%m-%d %H:%M"]
[columns]
id = "number"
received = "opened"
due = "due"
closed = "closed"
category = "type"
[channel]
otherwise = "phone"
[opened_by]
otherwise = "citizen"
"""
TABLE = [["number", "opened", "due", "closed", "type"], ["1", "2025-05-05 08:00", "", "", "Façade, rue de l'Été"]]


def a_table(rows=TABLE, *, delimiter=",", quote='"', line_end="\n"):
    return "".join(delimiter.join(f"{quote}{field}{quote}" for field in row) + line_end for row in rows)


def a_history(tmp_path, content, mapping=MAPPING):
    path = tmp_path / "cases.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_history(path, read_mapping(mapping))


def the_case(tmp_path, mapping=MAPPING, **printed):
    fields = {"number": "1", "opened": "2025-05-05 08:00", "due": "", "closed": "", "type": ""} | printed
    return next(a_history(tmp_path, a_table([list(fields), list(fields.values())]), mapping).cases(until=NOW))


@pytest.mark.parametrize(
    "content",
    [
        a_table(),
        a_table(delimiter=";"),
        a_table(delimiter="\t"),
        a_table(delimiter="|"),
        a_table(line_end="\r\n"),
        a_table(line_end="\r"),
        a_table() + "\n\n,,,,\n",
        a_table().encode("utf-8-sig"),
        a_table().encode("utf-16"),
        a_table().encode("cp1252"),
        gzip.compress(a_table().encode()),
        gzip.compress(a_table(delimiter=";", line_end="\r\n").encode("cp1252")),
    ],
    ids=["comma", "semicolon", "tab", "bar", "crlf", "cr", "empty lines", "bom", "utf-16", "cp1252", "gzip", "gzip of cp1252"],
)
def test_file_of_any_dialect_reads_the_same(tmp_path, content):
    cases = list(a_history(tmp_path, content).cases(until=NOW))

    assert [(case.external_id, case.category, case.line) for case in cases] == [("1", "Façade, rue de l'Été", 2)]
    assert cases[0].received_at == datetime(2025, 5, 5, 6, tzinfo=UTC)


def test_dialect_that_the_city_declares_goes_before_what_the_file_looks_like(tmp_path):
    content = "exported by works\n\n" + a_table([TABLE[0], [*TABLE[1][:4], "Kœkelberg"]], delimiter=":", quote="~")
    mapping = MAPPING + '[file]\ndelimiter = ":"\nquote = "~"\nencoding = "iso8859-15"\nskip_lines = 2\n'

    cases = list(a_history(tmp_path, content.encode("iso8859-15"), mapping).cases(until=NOW))

    assert [(case.category, case.line) for case in cases] == [("Kœkelberg", 4)]


def test_line_of_a_row_is_where_it_begins(tmp_path):
    content = a_table([TABLE[0], ["1", "2025-05-05 08:00", "", "", "two\nlines"], ["2", "2025-05-05 08:00", "", "", "one"]])

    cases = list(a_history(tmp_path, content).cases(until=NOW))

    assert [case.line for case in cases] == [2, 4]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "empty"),
        ("number,opened,due,closed\n", "no column type"),
        ("number,opened,due,closed,type,type\n", "twice: type"),
        (gzip.compress(a_table().encode())[:-20], "cannot be read"),
    ],
)
def test_file_that_does_not_fit_is_refused_with_the_reason(tmp_path, content, sentence):
    with pytest.raises(FileUnreadable, match=sentence):
        list(a_history(tmp_path, content).cases(until=NOW))


def test_file_in_another_encoding_than_declared_is_refused(tmp_path):
    with pytest.raises(FileUnreadable, match="not written in utf-8"):
        list(a_history(tmp_path, a_table().encode("cp1252"), MAPPING + '[file]\nencoding = "utf-8"\n').cases(until=NOW))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('zone = "Europe/Brussels"', ""), "time zone"),
        (('zone = "Europe/Brussels"', 'zone = "Brussels"'), "not the name of a time zone"),
        (('id = "number"', ""), "column of id"),
        (("[columns]", "[columns]\ncolour = 'x'"), "colour"),
        (('otherwise = "phone"', 'otherwise = "telex"'), "telex is none of"),
        (('[opened_by]\notherwise = "citizen"', ""), "opened_by"),
        (('source = "works"', 'due_precision = "week"'), "week is none of"),
        (('formats = ["%Y-%m-%d %H:%M"]', "formats = 3"), "list of texts"),
        (("[columns]", "[file]\nencoding = 'klingon'\n[columns]"), "klingon"),
        (("[columns]", "[file]\ndelimiter = '||'\n[columns]"), "one character"),
        (("[columns]", "[columns"), "TOML"),
    ],
)
def test_mapping_that_cannot_be_used_says_what_to_change(change, sentence):
    with pytest.raises(MappingUnusable, match=sentence):
        read_mapping(MAPPING.replace(*change))


@pytest.mark.parametrize(
    ("formats", "printed"),
    [
        ('["%m/%d/%Y %I:%M:%S %p"]', "05/05/2025 02:30:00 PM"),
        ('["%d.%m.%Y", "%d.%m.%Y %H:%M"]', "05.05.2025 14:30"),
        ('["%Y-%m-%d %H:%M:%S.%f"]', "2025-05-05 14:30:00.0"),
        ('["%Y-%m-%d %H:%M:%S.%f"]', "2025-05-05 14:30:00.0000000"),
        ('["iso"]', "2025-05-05T14:30"),
        ('["iso"]', "2025-05-05T12:30:00Z"),
        ('["%Y-%m-%dT%H:%M%z"]', "2025-05-05T15:30+0300"),
    ],
)
def test_moment_is_read_by_the_first_format_that_fits(tmp_path, formats, printed):
    case = the_case(tmp_path, MAPPING.replace('["%Y-%m-%d %H:%M"]', formats), opened=printed)

    assert case.received_at == datetime(2025, 5, 5, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("mapping", "printed"),
    [
        (MAPPING.replace('"%Y-%m-%d %H:%M"', '"%Y-%m-%d %H:%M", "%Y-%m-%d"'), "2025-05-07"),
        (MAPPING.replace('"%Y-%m-%d %H:%M"', '"%Y-%m-%d %H:%M", "iso"'), "2025-05-07"),
        ('due_precision = "day"\n' + MAPPING, "2025-05-07 00:00"),
    ],
)
def test_deadline_that_is_a_day_is_the_end_of_that_day_in_the_declared_zone(tmp_path, mapping, printed):
    case = the_case(tmp_path, mapping, due=printed)

    assert case.due_at == datetime(2025, 5, 7, 21, 59, 59, 999999, tzinfo=UTC)


def test_closing_printed_as_a_day_was_done_by_the_end_of_it(tmp_path):
    case = the_case(tmp_path, MAPPING.replace('"%Y-%m-%d %H:%M"', '"%Y-%m-%d %H:%M", "%Y-%m-%d"'), closed="2025-05-05")

    assert case.closed_at == datetime(2025, 5, 5, 21, 59, 59, 999999, tzinfo=UTC)
    assert not case.ended_before_start


def test_time_in_the_hour_that_came_twice_is_the_first_and_counted(tmp_path):
    case = the_case(tmp_path, opened="2025-10-26 02:30")

    assert case.received_at == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert (case.doubled_hours, case.missing_hours) == (1, 0)


def test_closing_in_the_hour_that_came_twice_is_the_second_where_the_first_lies_before_the_start(tmp_path):
    case = the_case(tmp_path, opened="2025-10-26 02:50", closed="2025-10-26 02:10")

    assert case.closed_at == datetime(2025, 10, 26, 1, 10, tzinfo=UTC)
    assert not case.ended_before_start


def test_time_in_the_hour_that_was_skipped_is_moved_on_by_an_hour_and_counted(tmp_path):
    case = the_case(tmp_path, opened="2025-03-30 02:30", due="2025-03-30 03:30")

    assert case.received_at == case.due_at == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)
    assert (case.doubled_hours, case.missing_hours) == (0, 1)


def test_case_closed_before_it_was_received_is_closed_at_once_and_marked(tmp_path):
    case = the_case(tmp_path, opened="2025-05-05 08:00", closed="2025-05-04 08:00")

    assert case.closed_at == case.received_at
    assert case.ended_before_start


@pytest.mark.parametrize(
    ("printed", "column", "sentence"),
    [
        ({"number": " "}, "number", "no number"),
        ({"number": "9" * 81}, "number", "longer than 80"),
        ({"opened": ""}, "opened", "missing"),
        ({"opened": "soon"}, "opened", "not a moment"),
        ({"opened": "2025-02-30 08:00"}, "opened", "not a moment"),
        ({"due": "0001-01-01 00:00"}, "due", "not a moment"),
        ({"opened": "2026-03-02 12:01"}, "opened", "future"),
        ({"closed": "2026-03-03 12:01"}, "closed", "future"),
    ],
)
def test_row_that_cannot_be_read_says_where_and_why(tmp_path, printed, column, sentence):
    faults = the_case(tmp_path, **printed)

    assert [(fault.line, fault.column, fault.value) for fault in faults] == [(2, column, printed[column].strip())]
    assert sentence in faults[0].sentence


def test_every_fault_of_a_row_is_told_at_once(tmp_path):
    faults = the_case(tmp_path, number="", opened="soon", due="later")

    assert [fault.column for fault in faults] == ["number", "opened", "due"]


def test_row_with_too_few_fields_is_a_fault(tmp_path):
    [faults] = a_history(tmp_path, a_table([TABLE[0]]) + "2,2025-05-05 08:00\n").cases(until=NOW)

    assert (faults[0].line, faults[0].sentence) == (2, "The row has 2 fields and the header 5.")


def test_value_that_the_mapping_does_not_know_is_a_fault_and_upper_case_is_not(tmp_path):
    mapping = MAPPING.replace('[channel]\notherwise = "phone"', '[channel]\nvalues = { Call = "phone" }\nblank = "web"')
    mapping = mapping.replace('category = "type"', 'channel = "type"')

    told = [the_case(tmp_path, mapping, type=printed) for printed in ("CALL", "", "Telex")]

    assert [case.channel for case in told[:2]] == ["phone", "web"]
    assert (told[2][0].column, told[2][0].value) == ("type", "Telex")


def test_words_that_mean_nothing_are_blank(tmp_path):
    case = the_case(tmp_path, 'blanks = ["NULL"]\n' + MAPPING, due="null", type="NULL")

    assert (case.due_at, case.category) == (None, "")
