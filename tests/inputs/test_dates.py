"""Days as people write them: one day or none, never month and day changed about."""

from __future__ import annotations

from datetime import date

import pytest

from conscription_flight.inputs.dates import day_of

READ = (
    "2022-09-28",
    "2022-9-28",
    "2022/09/28",
    "2022.09.28",
    "2022. 09. 28.",
    "28.09.2022",
    "28. 9. 2022",
    "28/09/2022",
    "28-09-2022",
    "09/28/2022",
    "28 Sep 2022",
    "28-Sep-2022",
    "28. September 2022",
    "sept 28, 2022",
    "September 28 2022",
    "2022-09-28 00:00:00",
    "2022-09-28T00:00",
    "28.09.2022 0:00:00",
)
REFUSED = {
    "05/10/2022": "may mean 2022-05-10 or 2022-10-05; write one of these",
    "05-10-2022": "may mean 2022-05-10 or 2022-10-05; write one of these",
    "05/10/22": "may mean 2022-05-10 or 2022-10-05; write one of these",
    **dict.fromkeys(
        ("44832", "2022-09-28 14:30", "2022-09-28T00:00:00Z", "28.09.22", "28-Sep-22", "20220928"),
        "may mean 2022-09-28; write it so",
    ),
    **dict.fromkeys(
        (
            "",
            "soon",
            "2022-W39-3",
            "2022-28-09",
            "31.09.2022",
            "22-09-28",
            "28 ma 2022",
            "28 syyskuuta 2022",
            "٢٠٢٢-٠٩-٢٨",
            "２０２２-09-28",
        ),
        "allowed is a day as 2022-09-28: year, month, day",
    ),
}


@pytest.mark.parametrize("text", READ)
def test_what_can_mean_one_day_is_read(text):
    assert day_of(text) == date(2022, 9, 28)


def test_with_points_the_day_is_first():
    assert day_of("05.10.2022") == date(2022, 10, 5)


def test_a_day_is_read_that_is_the_same_either_way():
    assert day_of("10/10/2022") == date(2022, 10, 10)


@pytest.mark.parametrize(("text", "said"), REFUSED.items(), ids=ascii)
def test_what_may_mean_two_days_or_none_is_refused(text, said):
    with pytest.raises(ValueError) as caught:
        day_of(text)
    assert str(caught.value) == said
