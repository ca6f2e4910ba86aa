import csv
import gzip
import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from reports.indicators.shares import Share, newcombe
from reports.indicators.survival import End, Spell, kaplan_meier

DATA = Path(__file__).parents[2].parent / "shared" / "data"
BOSTON_AS_OF = datetime(2011, 8, 1)
BOSTON_SOURCES = ["Citizens Connect App", "Constituent Call", "Employee Generated", "Self Service"]
ST_LOUIS_CHANNELS = ["OTHER", "PHONE", "TWITTER", "WEB"]


def the_file(name):
    path = DATA / name
    if not path.exists():
        sentence = f"The reference data {name} are not beside the repository."
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    return path


def expected(folder):
    return json.loads(the_file(f"{folder}/expected.json").read_text())


def moment(printed):
    """The printed wall-clock time as it stands, or None: the reference figures use plain differences."""
    return datetime.fromisoformat(printed) if printed else None


def waltons(*groups):
    with the_file("survival/waltons_dataset.csv").open() as lines:
        return [Spell(float(row["T"]), End(int(row["E"]))) for row in csv.DictReader(lines) if not groups or row["group"] in groups]


def boston_requests():
    with gzip.open(the_file("311-boston-2011-07/boston-311-2011-07.csv.gz"), "rt") as lines:
        return list(csv.DictReader(lines))


def boston_spells(*sources):
    return [boston_spell(row) for row in boston_requests() if not sources or row["source"] in sources]


def boston_spell(row):
    closed = boston_closed(row)
    return Spell(((closed or BOSTON_AS_OF) - moment(row["open_dt"])) / timedelta(days=1), End.EVENT if closed else End.OPEN)


def boston_closed(row):
    """When the request was closed as far as one could know at the as-of time."""
    closed = moment(row["closed_dt"])
    return closed if closed and closed <= BOSTON_AS_OF else None


def st_louis_requests():
    """One row for each request, the first: some were assigned to two departments."""
    with the_file("311-stlouis-2018-01/stlouis-csb-2018-01.csv").open() as lines:
        return list({row["requestid"]: row for row in reversed(list(csv.DictReader(lines)))}.values())


def st_louis_promise_kept(*channels):
    due = [row for row in st_louis_requests() if row["prjcompletedate"] and not row["datecancelled"]]
    asked = [row for row in due if not channels or row["callertype"] in channels]
    kept = [row for row in asked if row["datetimeclosed"] and moment(row["datetimeclosed"]).date() <= moment(row["prjcompletedate"]).date()]
    return Share(len(kept), len(asked))


@pytest.mark.parametrize(("reference", "groups"), [("waltons_all", ()), ("waltons_control", ("control",))])
def test_waltons_curves_are_those_of_r(reference, groups):
    judge = expected("survival")[reference]

    curve = kaplan_meier(waltons(*groups))

    assert (curve.n, curve.events) == (judge["n"], judge["events"])
    assert (curve.median, *curve.median_interval) == (judge["median"], judge["median_lo"], judge["median_hi"])
    assert [curve.survival_at(day) for day in judge["times"]] == pytest.approx(judge["surv"], abs=1e-6)
    assert [curve.standard_error_at(day) for day in judge["times"]] == pytest.approx(judge["std_err_greenwood"], abs=1e-6)
    assert [curve.interval_at(day)[0] for day in judge["times"]] == pytest.approx(judge["lower_loglog"], abs=1e-6)
    assert [curve.interval_at(day)[1] for day in judge["times"]] == pytest.approx(judge["upper_loglog"], abs=1e-6)
    assert curve.restricted_mean(judge["times"][-1]) == pytest.approx((judge["rmst_at_last_time"], judge["rmst_se"]), abs=1e-6)


def assert_agrees(curve, judge):
    assert (curve.n, curve.events) == (judge["n"], judge["events"])
    assert curve.median == pytest.approx(judge["median_days"], abs=1e-4)
    assert curve.median_interval == pytest.approx(judge["median_ci95_loglog"], abs=1e-4)
    assert curve.quantile(0.25) == pytest.approx(judge["p25_days"], abs=1e-4)
    assert curve.quantile(0.75) == (None if judge["p75_days"] is None else pytest.approx(judge["p75_days"], abs=1e-4))
    assert {day: curve.share_by(int(day)) for day in judge["closed_by"]} == pytest.approx(judge["closed_by"], abs=1e-6)
    assert curve.restricted_mean(30)[0] == pytest.approx(judge["rmst_30d"], abs=1e-4)


def test_boston_curve_of_all_requests_is_that_of_the_judges():
    judge = expected("311-boston-2011-07")["as_of_2011_08_01"]

    curve = kaplan_meier(boston_spells())

    assert (curve.events, curve.censored, curve.negative) == (judge["closed"], judge["open_backlog"], 0)
    assert_agrees(curve, judge["km_all"])


@pytest.mark.parametrize("source", BOSTON_SOURCES)
def test_boston_curve_of_each_source_is_that_of_the_judges(source):
    judge = expected("311-boston-2011-07")["as_of_2011_08_01"]["km_by_source"]

    curve = kaplan_meier(boston_spells(source))

    assert sorted(judge) == BOSTON_SOURCES
    assert_agrees(curve, judge[source])


def test_boston_mean_of_the_closed_requests_is_the_wrong_one_of_the_judges():
    judge = expected("311-boston-2011-07")["as_of_2011_08_01"]

    closed = [spell.duration for spell in boston_spells() if spell.end is End.EVENT]

    assert sum(closed) / len(closed) == pytest.approx(judge["naive_mean_days_closed_only"], abs=1e-4)


def test_boston_promises_that_fell_due_were_kept_as_the_judges_say():
    judge = expected("311-boston-2011-07")["as_of_2011_08_01"]["sla_due_cohort"]
    due = [row for row in boston_requests() if row["target_dt"] and moment(row["target_dt"]) <= BOSTON_AS_OF]

    share = Share(sum(closed_by_target(row) for row in due), len(due))

    assert_is_share(share, judge)


def test_boston_promises_among_the_closed_look_better_as_the_judges_say():
    judge = expected("311-boston-2011-07")["as_of_2011_08_01"]["sla_closed_only_biased"]
    closed = [row for row in boston_requests() if row["target_dt"] and boston_closed(row)]

    share = Share(sum(closed_by_target(row) for row in closed), len(closed))

    assert_is_share(share, judge)


def closed_by_target(row):
    closed = boston_closed(row)
    return closed is not None and closed <= moment(row["target_dt"])


def assert_is_share(share, judge):
    assert (share.numerator, share.denominator) == (judge["k"], judge["n"])
    assert share.value == pytest.approx(judge["rate"], abs=1e-6)
    assert share.interval == pytest.approx(judge["wilson95"], abs=1e-6)


def test_st_louis_promises_were_kept_as_the_judges_say():
    judge = expected("311-stlouis-2018-01")["promise_kept_final"]

    share = st_louis_promise_kept()

    assert (share.numerator, share.denominator) == (972, 1490)
    assert_is_share(share, judge)


@pytest.mark.parametrize("channel", ST_LOUIS_CHANNELS)
def test_st_louis_promises_were_kept_by_channel_as_the_judges_say(channel):
    judge = expected("311-stlouis-2018-01")["by_channel"]

    share = st_louis_promise_kept(channel)

    assert sorted(judge) == ST_LOUIS_CHANNELS
    assert_is_share(share, judge[channel])


def test_st_louis_gap_of_web_minus_phone_is_that_of_the_judges():
    judge = expected("311-stlouis-2018-01")["gap_web_minus_phone"]

    web, phone = st_louis_promise_kept("WEB"), st_louis_promise_kept("PHONE")

    assert web.value - phone.value == pytest.approx(judge["diff"], abs=1e-6)
    assert newcombe(web, phone) == pytest.approx(judge["newcombe95"], abs=1e-6)
