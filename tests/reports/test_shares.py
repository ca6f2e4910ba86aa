import pytest

from reports.indicators.shares import Share, newcombe, wilson


@pytest.mark.parametrize(
    ("numerator", "denominator", "value", "interval"),
    [
        pytest.param(9, 12, 0.75, (0.4677, 0.9111), id="R-c net"),
        pytest.param(7, 12, 0.5833, (0.3195, 0.8067), id="R-c gross"),
        pytest.param(9, 11, 0.8182, (0.5230, 0.9486), id="R-c closed only"),
        pytest.param(18, 40, 0.45, (0.3071, 0.6017), id="R-g courtesy"),
        pytest.param(6, 50, 0.12, (0.0562, 0.2380), id="R-g re-opened"),
        pytest.param(3, 30, 0.10, (0.0346, 0.2562), id="R-g escalated"),
        pytest.param(0, 25, 0, (0, 0.1332), id="R-g none"),
        pytest.param(14, 40, 0.35, (0.2213, 0.5049), id="E-a adopted"),
        pytest.param(4, 10, 0.40, (0.1682, 0.6873), id="E-b kept"),
        pytest.param(6, 10, 0.60, (0.3127, 0.8318), id="E-b delivered at all"),
        pytest.param(3, 6, 0.50, (0.1876, 0.8124), id="E-b confirmed"),
        pytest.param(4, 6, 0.6667, (0.3000, 0.9032), id="E-d due cohort"),
        pytest.param(21, 26, 0.8077, (0.6212, 0.9149), id="E-f reasons"),
        pytest.param(700, 1000, 0.70, (0.6709, 0.7276), id="I-a reports"),
        pytest.param(9, 10, 0.90, (0.5958, 0.9821), id="T-a negative gaps"),
        pytest.param(4, 7, 0.5714, (0.2505, 0.8418), id="P-a due cohort"),
    ],
)
def test_share_of_the_worked_example_has_its_value_and_its_wilson_interval(numerator, denominator, value, interval):
    share = Share(numerator, denominator)

    assert share.value == pytest.approx(value, abs=1e-4)
    assert share.interval == pytest.approx(interval, abs=1e-4)


@pytest.mark.parametrize(("numerator", "denominator", "value"), [(10, 50, 0.20), (3, 10, 0.3), (1140, 3180, 0.3585)])
def test_share_of_the_worked_example_without_an_interval_has_its_value(numerator, denominator, value):
    assert Share(numerator, denominator).value == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize(("denominator", "half_width"), [(10, 0.26), (30, 0.17), (100, 0.10), (400, 0.05), (1000, 0.03)])
def test_half_width_at_one_half_is_the_one_that_the_indicators_promise(denominator, half_width):
    low, high = wilson(denominator // 2, denominator)

    assert (high - low) / 2 == pytest.approx(half_width, abs=0.005)


@pytest.mark.parametrize("denominator", [1, 7, 25, 1000, 123_457])
def test_interval_of_none_begins_at_exactly_nought_and_of_all_ends_at_exactly_one(denominator):
    none, everything = wilson(0, denominator), wilson(denominator, denominator)

    assert none[0] == 0.0
    assert everything[1] == 1.0
    assert none[1] == pytest.approx(1 - everything[0], abs=1e-12)
    assert 0 < none[1] < 1


def test_more_confidence_takes_a_wider_interval():
    ordinary, sure = wilson(9, 12), wilson(9, 12, confidence=0.99)

    assert sure[0] < ordinary[0] < ordinary[1] < sure[1]
    assert sure == pytest.approx((0.387708, 0.934268), abs=1e-6)


def test_share_of_nothing_has_neither_value_nor_interval():
    share = Share(0, 0)

    assert share.value is None
    assert share.interval is None


@pytest.mark.parametrize(("numerator", "denominator"), [(-1, 5), (6, 5), (1, 0), (0, -1)])
def test_share_that_cannot_have_been_counted_is_refused(numerator, denominator):
    with pytest.raises(ValueError, match="is no share"):
        Share(numerator, denominator)


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 0), (-1, 5), (6, 5)])
def test_interval_of_what_cannot_have_been_counted_is_refused(numerator, denominator):
    with pytest.raises(ValueError, match="is no share"):
        wilson(numerator, denominator)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_confidence_outside_nought_and_one_is_refused(confidence):
    with pytest.raises(ValueError, match="not between 0 and 1"):
        wilson(9, 12, confidence)


@pytest.mark.parametrize(
    ("first", "second", "interval"),
    [
        pytest.param(Share(24, 40), Share(18, 60), (0.1016, 0.4698), id="E-c collective minus single"),
        pytest.param(Share(12, 20), Share(90, 120), (-0.3743, 0.0499), id="I-d French minus Dutch"),
        pytest.param(Share(56, 70), Share(48, 80), (0.0524, 0.3339), id="Newcombe 1998, example a"),
        pytest.param(Share(10, 10), Share(0, 10), (0.6075, 1.0), id="Newcombe 1998, example h"),
    ],
)
def test_difference_of_two_shares_has_its_newcombe_interval(first, second, interval):
    assert newcombe(first, second) == pytest.approx(interval, abs=1e-4)


def test_difference_the_other_way_round_is_the_mirror_image():
    low, high = newcombe(Share(24, 40), Share(18, 60))

    assert newcombe(Share(18, 60), Share(24, 40)) == pytest.approx((-high, -low), abs=1e-12)


@pytest.mark.parametrize(("first", "second"), [(Share(0, 0), Share(1, 2)), (Share(1, 2), Share(0, 0))])
def test_difference_with_a_share_of_nothing_is_refused(first, second):
    with pytest.raises(ValueError, match="two shares of something"):
        newcombe(first, second)
