import random
from itertools import permutations
from math import hypot, inf, nan

import pytest

from reports.indicators.survival import End, Spell, cumulative_incidence, kaplan_meier

OPEN, EVENT, COMPETING = End.OPEN, End.EVENT, End.COMPETING


def spells(text):
    """Days as the worked examples print them: "3+" is still open at day 3, "3x" came to a competing end."""
    ends = {"+": OPEN, "x": COMPETING}
    return [Spell(float(word.rstrip("+x")), ends.get(word[-1], EVENT)) for word in text.split()]


def with_ends_swapped(rows):
    swapped = {EVENT: COMPETING, COMPETING: EVENT, OPEN: OPEN}
    return [Spell(row.duration, swapped[row.end], row.entered) for row in rows]


SUBSTANTIVE = spells("1 2 2 3+ 4 5+ 7 9+")  # R-a
ANSWERED_OR_WITHDRAWN = spells("1 2x 3 3+ 4 5x 6+ 7 8+ 9x")  # R-b
TO_HEARING = spells("12 20 31 45 60+ 60+ 25+ 8+")  # E-d
DIGITAL = spells("1 1 2 2 3 4 5 6+")  # I-c
OFFLINE = spells("2 4 5 7 9 12 12+ 14+")  # I-c
DELIVERIES = spells("5 12 18 20 25 33 41 10+ 15+")  # P-a


def test_curve_of_the_worked_example_has_its_steps_and_greenwood_errors():
    curve = kaplan_meier(SUBSTANTIVE)

    assert (curve.n, curve.events, curve.censored, curve.negative, curve.unseen) == (8, 5, 3, 0, 0)
    assert curve.times == (1, 2, 4, 7)
    assert curve.at_risk == (8, 7, 4, 2)
    assert curve.ended == (1, 2, 1, 1)
    assert curve.survival == pytest.approx((0.875, 0.625, 0.46875, 0.234375), abs=1e-12)
    assert curve.standard_errors == pytest.approx((0.1169, 0.1712, 0.1865, 0.1902), abs=1e-4)
    assert curve.interval_at(4) == pytest.approx((0.1199, 0.7629), abs=1e-4)


def test_median_of_the_worked_example_has_an_upper_end_that_is_not_reached():
    curve = kaplan_meier(SUBSTANTIVE)

    assert curve.median == 4
    assert curve.median_interval == (1, None)


def test_restricted_mean_of_the_worked_example_has_its_standard_error():
    assert kaplan_meier(SUBSTANTIVE).restricted_mean(7) == pytest.approx((4.53125, 0.8892), abs=1e-4)


def test_share_by_a_day_counts_the_events_of_that_day():
    curve = kaplan_meier(SUBSTANTIVE)

    assert [curve.share_by(day) for day in (0, 0.99, 1, 3.99, 4, 6.99, 7)] == pytest.approx(
        [0, 0, 0.125, 0.375, 0.53125, 0.53125, 0.765625], abs=1e-12
    )


def test_interval_of_the_share_over_mirrors_that_of_the_share_still_waiting():
    curve = kaplan_meier(SUBSTANTIVE)

    assert curve.share_by_interval(4) == pytest.approx((1 - 0.7629, 1 - 0.1199), abs=1e-4)


def test_petitions_of_the_worked_example_are_heard_at_their_pace():
    curve = kaplan_meier(TO_HEARING)

    assert curve.survival_at(30) == pytest.approx(0.714286, abs=1e-6)
    assert curve.survival_at(60) == pytest.approx(0.357143, abs=1e-6)
    assert (curve.share_by(30), curve.share_by(60)) == pytest.approx((0.2857, 0.6429), abs=1e-4)
    assert curve.median == 45


def test_data_requests_of_the_worked_example_are_delivered_at_their_pace():
    curve = kaplan_meier(DELIVERIES)

    assert curve.median == 20
    assert (curve.share_by(20), curve.share_by(40)) == pytest.approx((0.5429, 0.8476), abs=1e-4)


def test_median_of_a_curve_that_rests_exactly_on_one_half_is_the_day_it_got_there():
    assert kaplan_meier(DIGITAL).median == 2
    assert kaplan_meier(OFFLINE).median == 7


def test_one_half_is_recognised_although_floating_point_stops_just_above_it():
    curve = kaplan_meier([Spell(day, EVENT) for day in range(1, 45)])

    assert 0.5 < curve.survival_at(22) < 0.5 + 1e-12, "this sample no longer shows the fault that the tolerance is for"
    assert curve.median == 22


def test_restricted_means_of_the_worked_example_differ_by_what_it_says():
    digital, digital_error = kaplan_meier(DIGITAL).restricted_mean(6)
    offline, offline_error = kaplan_meier(OFFLINE).restricted_mean(6)
    difference, error = offline - digital, hypot(digital_error, offline_error)

    assert (digital, offline) == pytest.approx((3.0, 5.125), abs=1e-4)
    assert (difference - 1.959964 * error, difference + 1.959964 * error) == pytest.approx((0.597, 3.653), abs=5e-4)


def test_restricted_mean_of_waits_that_all_ended_is_their_plain_mean():
    mean, error = kaplan_meier(spells("1 2 3 4 10")).restricted_mean(20)

    assert mean == pytest.approx(4, abs=1e-12)
    assert error == pytest.approx((50 / 5 / 5) ** 0.5, abs=1e-12)


def test_restricted_mean_up_to_no_days_is_nought():
    assert kaplan_meier(spells("0 1 2+")).restricted_mean(0) == (0, 0)


def test_restricted_mean_up_to_less_than_no_days_is_refused():
    with pytest.raises(ValueError, match="no area"):
        kaplan_meier(SUBSTANTIVE).restricted_mean(-1)


def test_other_quantiles_follow_the_rule_of_the_median():
    curve = kaplan_meier(SUBSTANTIVE)

    assert [curve.quantile(share) for share in (0.1, 0.125, 0.25, 0.375, 0.5, 0.75, 0.8)] == [1, 1, 2, 2, 4, 7, None]
    assert curve.quantile_interval(0.25) == (1, 7)


@pytest.mark.parametrize("share", [0, 1, -0.5, nan])
def test_quantile_outside_nought_and_one_is_refused(share):
    with pytest.raises(ValueError, match="not between 0 and 1"):
        kaplan_meier(SUBSTANTIVE).quantile(share)


def test_event_comes_before_a_censoring_at_the_same_time():
    together, just_after = kaplan_meier(spells("1 2 2+ 3")), kaplan_meier(spells("1 2 2.001+ 3"))

    assert together.survival == just_after.survival


def test_interval_has_no_value_where_the_curve_has_not_fallen_or_has_come_to_nought():
    curve = kaplan_meier(spells("1 2 3"))

    assert curve.interval_at(0.5) is None
    assert curve.share_by_interval(0.5) is None
    assert curve.survival_at(3) == 0
    assert curve.interval_at(3) is None


def test_median_interval_of_a_curve_that_falls_straight_to_nought_has_only_a_lower_end():
    assert kaplan_meier(spells("5")).median_interval == (5, None)


def test_median_of_waits_mostly_open_is_not_reached():
    curve = kaplan_meier(spells("1 2+ 3+ 4+"))

    assert curve.median is None
    assert curve.median_interval[1] is None


def test_no_spells_give_a_curve_that_knows_nothing():
    curve, incidence = kaplan_meier([]), cumulative_incidence([])

    assert (curve.n, curve.median, curve.median_interval, curve.times) == (0, None, (None, None), ())
    assert (incidence.n, incidence.median, incidence.times) == (0, None, ())
    assert not curve.reaches(0)
    assert not incidence.reaches(0)


def test_share_beyond_the_follow_up_is_known_only_when_nobody_was_left():
    some_left, nobody_left = spells("1 2 3+"), spells("1 2 3")

    assert [kaplan_meier(some_left).reaches(day) for day in (2.5, 3, 3.5)] == [True, True, False]
    assert [cumulative_incidence(some_left).reaches(day) for day in (2.5, 3, 3.5)] == [True, True, False]
    assert kaplan_meier(nobody_left).reaches(90)
    assert cumulative_incidence(nobody_left).reaches(90)


def test_negative_durations_are_set_to_nought_and_counted():
    curve = kaplan_meier(spells("-2 -0.5+ 1 2"))
    incidence = cumulative_incidence(spells("-2 -0.5+ 1 2x"))

    assert (curve.n, curve.negative, curve.times, curve.at_risk) == (4, 2, (0, 1, 2), (4, 2, 1))
    assert (incidence.n, incidence.negative, incidence.times) == (4, 2, (0, 1))
    assert curve.survival_at(0) == 0.75


def test_event_at_the_very_start_is_seen():
    curve = kaplan_meier(spells("0 0 1 2+"))

    assert curve.share_by(0) == 0.5
    assert curve.median == 0


@pytest.mark.parametrize("spell", [Spell(nan, EVENT), Spell(inf, OPEN), Spell(3, EVENT, entered=nan), Spell(3, EVENT, entered=-inf)])
def test_spell_that_cannot_be_placed_in_time_is_refused(spell):
    with pytest.raises(ValueError, match="cannot be placed in time"):
        kaplan_meier([spell])
    with pytest.raises(ValueError, match="cannot be placed in time"):
        cumulative_incidence([spell])


def test_case_that_came_late_is_at_risk_only_after_its_age_on_that_day():
    rows = [
        Spell(4, EVENT, entered=3),
        Spell(5, EVENT),
        Spell(6, EVENT, entered=3),
        Spell(8, OPEN),
        Spell(10, EVENT, entered=5),  # not yet at risk at 5: its entry is not before it
    ]

    curve = kaplan_meier(rows)

    assert curve.times == (4, 5, 6, 10)
    assert curve.at_risk == (4, 3, 3, 1)
    assert curve.survival == pytest.approx((3 / 4, 1 / 2, 1 / 3, 0), abs=1e-12)


def test_case_that_ended_before_it_came_is_counted_apart():
    rows = [Spell(2, EVENT, entered=5), Spell(5, EVENT, entered=5), Spell(-1, EVENT, entered=5), Spell(7, EVENT)]

    curve, incidence = kaplan_meier(rows), cumulative_incidence(rows)

    assert (curve.n, curve.events, curve.unseen, curve.negative) == (1, 1, 3, 1)
    assert (incidence.n, incidence.events, incidence.unseen, incidence.negative) == (1, 1, 3, 1)
    assert curve.times == (7,)


def test_entry_before_the_start_is_no_late_entry():
    assert kaplan_meier([Spell(3, EVENT, entered=-2)]) == kaplan_meier([Spell(3, EVENT)])


def test_incidence_of_the_worked_example_has_its_steps_for_both_ends():
    answered = cumulative_incidence(ANSWERED_OR_WITHDRAWN)
    withdrawn = cumulative_incidence(with_ends_swapped(ANSWERED_OR_WITHDRAWN))

    assert (answered.n, answered.events, answered.competing, answered.censored) == (10, 4, 3, 3)
    assert [answered.at(day) for day in (3, 4, 7, 9)] == pytest.approx([0.2, 0.316667, 0.472222, 0.472222], abs=1e-6)
    assert [withdrawn.at(day) for day in (2, 5, 9)] == pytest.approx([0.1, 0.216667, 0.527778], abs=1e-6)


def test_incidence_of_the_worked_example_has_its_standard_error():
    assert cumulative_incidence(ANSWERED_OR_WITHDRAWN).standard_error_at(9) == pytest.approx(0.178125, abs=1e-6)


def test_taking_the_withdrawn_for_open_overstates_the_share_answered():
    wrong, right = kaplan_meier(ANSWERED_OR_WITHDRAWN), cumulative_incidence(ANSWERED_OR_WITHDRAWN)

    assert wrong.share_by(9) == pytest.approx(0.5625, abs=1e-4)
    assert wrong.censored == 6
    assert right.at(9) < wrong.share_by(9)


def test_median_of_an_incidence_may_never_be_reached():
    incidence = cumulative_incidence(ANSWERED_OR_WITHDRAWN)

    assert incidence.waiting == 0
    assert incidence.median is None
    assert incidence.median_interval == (1, None)
    assert cumulative_incidence(spells("1 2 3x 4+")).median == 2


def test_incidence_has_no_interval_before_its_first_event():
    assert cumulative_incidence(spells("1x 2 3+")).interval_at(1) is None


def test_interval_of_an_incidence_lies_around_it_and_within_nought_and_one():
    incidence = cumulative_incidence(ANSWERED_OR_WITHDRAWN)

    for day in incidence.times:
        low, high = incidence.interval_at(day)
        assert 0 < low < incidence.at(day) < high < 1


def a_mixed_sample(size, *, ends=(OPEN, EVENT, EVENT, COMPETING), late=0.3):
    """Ties, negative durations and late entries, the same at every run."""
    chance = random.Random(20190901)
    rows = []
    for _ in range(size):
        entered = round(chance.uniform(0, 10), 1) if chance.random() < late else 0.0
        rows.append(Spell(round(entered + chance.expovariate(1 / 9) - 0.2, 1), chance.choice(ends), entered))
    return rows


def test_without_competing_ends_the_incidence_is_one_minus_the_curve():
    rows = a_mixed_sample(400, ends=(OPEN, EVENT, EVENT))

    curve, incidence = kaplan_meier(rows), cumulative_incidence(rows)

    assert incidence.times == curve.times
    assert incidence.incidence == tuple(1 - value for value in curve.survival)
    assert incidence.standard_errors == pytest.approx(curve.standard_errors, abs=1e-12)
    assert (incidence.median, incidence.median_interval) == (curve.median, curve.median_interval)
    for day in (1, 5, 20):
        assert incidence.interval_at(day) == pytest.approx(curve.share_by_interval(day), abs=1e-12)


def test_the_shares_of_both_ends_and_of_those_waiting_add_up_to_all():
    rows = a_mixed_sample(400)

    answered, withdrawn = cumulative_incidence(rows), cumulative_incidence(with_ends_swapped(rows))

    assert answered.at(inf) + withdrawn.at(inf) + answered.waiting == pytest.approx(1, abs=1e-12)


def test_standard_error_of_an_incidence_is_that_of_the_delta_method():
    rows = a_mixed_sample(400)
    incidence = cumulative_incidence(rows)
    day = 15.0

    # Gaynor and others 1993, Journal of the American Statistical Association 88, 400-409, over risk sets counted one by one.
    variance, waiting = 0.0, 1.0
    for time in sorted({max(row.duration, 0) for row in rows if row.end is not OPEN and row.duration <= day}):
        seen = [row for row in rows if max(row.duration, 0) >= time and (row.entered < time or row.entered == 0)]
        here = [row for row in seen if max(row.duration, 0) == time]
        at_risk, events, ended = len(seen), sum(row.end is EVENT for row in here), sum(row.end is not OPEN for row in here)
        still_to_come = incidence.at(day) - incidence.at(time)
        variance += still_to_come**2 * ended / (at_risk * (at_risk - ended))
        variance += waiting**2 * events * (at_risk - events) / at_risk**3 - 2 * still_to_come * waiting * events / at_risk**2
        waiting *= 1 - ended / at_risk

    assert incidence.standard_error_at(day) == pytest.approx(variance**0.5, abs=1e-12)


def test_rows_in_another_order_give_the_same_bytes():
    rows = a_mixed_sample(300)
    shuffled = random.Random(7).sample(rows, len(rows))

    assert repr(kaplan_meier(rows)) == repr(kaplan_meier(shuffled))
    assert repr(kaplan_meier(rows).restricted_mean(12.5)) == repr(kaplan_meier(shuffled).restricted_mean(12.5))
    assert repr(cumulative_incidence(rows)) == repr(cumulative_incidence(shuffled))


def test_numbers_that_are_equal_but_print_differently_do_not_betray_the_order_of_the_rows():
    rows = [Spell(0.0, EVENT), Spell(-0.0, EVENT), Spell(1, EVENT), Spell(1.0, OPEN), Spell(True, EVENT)]

    printed = {repr(kaplan_meier(order)) for order in permutations(rows)}

    assert len(printed) == 1
