"""Mistakes as they are printed."""

from __future__ import annotations

from conscription_flight.errors import MOST, shown


def test_few_mistakes_are_all_printed_in_their_order_and_once():
    lines = [f"key = {number}: too much" for number in range(MOST)]
    assert shown([*lines, lines[0]]) == lines


def test_of_many_mistakes_the_first_are_printed_and_the_rest_counted():
    lines = [f"table line {number}, value = {number}: no number" for number in range(20_000)]
    assert shown(lines) == [*lines[:MOST], "and 19,980 more"]


def test_many_mistakes_of_one_kind_leave_room_for_the_others():
    many = [f"table line {number}, value = x{number}: no number" for number in range(1000)]
    others = [
        "table line 500, place = finlnd: did you mean finland?",
        "table line 900, value = -1: allowed is 0 or more",
    ]
    said = shown([*many, *others])
    assert said == [*many[: MOST - 2], *others, f"and {1002 - MOST} more"]


def test_a_mistake_is_one_line():
    assert shown(["place = a\nb\x1b[31m\u00a0c: no such place"]) == ["place = a b [31m c: no such place"]
