import statistics

import pytest

from reports.indicators.quantiles import quantile

AGES_IN_BACKLOG = [0.5, 1, 2, 3, 5, 8, 13, 21, 34, 55]


def test_backlog_of_the_worked_example_has_its_median_and_its_ninetieth_percentile():
    median, ninetieth = quantile(AGES_IN_BACKLOG, 0.5), quantile(AGES_IN_BACKLOG, 0.9)

    assert median == pytest.approx(6.5, abs=1e-4)
    assert ninetieth == pytest.approx(36.1, abs=1e-4)


def test_severity_of_the_worked_example_has_its_median():
    relative_excesses = [120 / 480, 480 / 480, 4320 / 480]

    assert quantile(relative_excesses, 0.5) == 1


def test_quantiles_are_those_of_the_standard_library_where_it_counts_both_ends_in():
    deciles = statistics.quantiles(AGES_IN_BACKLOG, n=10, method="inclusive")

    assert [quantile(AGES_IN_BACKLOG, tenth / 10) for tenth in range(1, 10)] == pytest.approx(deciles, abs=1e-12)


def test_quantile_does_not_depend_on_the_order_of_the_rows():
    assert quantile([55, 0.5, 21, 2], 0.3) == quantile([0.5, 2, 21, 55], 0.3)


def test_quantiles_nought_and_one_are_the_smallest_and_the_largest():
    assert quantile(AGES_IN_BACKLOG, 0) == 0.5
    assert quantile(AGES_IN_BACKLOG, 1) == 55


def test_every_quantile_of_one_value_is_that_value():
    assert [quantile([7.0], share) for share in (0, 0.3, 1)] == [7.0, 7.0, 7.0]


def test_quantile_of_nothing_is_unknown_and_not_nought():
    assert quantile([], 0.5) is None


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_quantile_outside_nought_and_one_is_refused(share):
    with pytest.raises(ValueError, match="not between 0 and 1"):
        quantile(AGES_IN_BACKLOG, share)
