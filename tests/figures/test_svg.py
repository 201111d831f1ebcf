"""SVG made small: the shape stays within the tolerance, curves and everything that is no path stay as they are."""

import re
from itertools import pairwise

import numpy as np
import pytest

from conscription_flight.figures.svg import TOLERANCE, shaping, small

CURVE = ' d="M 0 -3.5 C 0.93 -3.5 1.82 -3.13 2.47 -2.47 z "'


def numbers(path):
    return np.array(re.findall(r"-?[\d.]+", path), float).reshape(-1, 2)


def test_points_on_a_straight_line_are_left_out_and_corners_kept():
    line = np.array([[0, 0], [1, 0], [2, 0], [2, 5], [2, 9], [0, 0]], float)
    assert shaping(line, 0.2).tolist() == [0, 2, 4, 5]


@pytest.mark.parametrize("seed", range(3))
def test_no_point_left_out_lies_farther_away_than_the_tolerance(seed):
    walk = np.cumsum(np.random.default_rng(seed).normal(size=(200, 2)) * [1, 0.3], axis=0)
    kept = shaping(walk, TOLERANCE)
    assert kept[0] == 0 and kept[-1] == 199 and len(kept) < 200
    for first, last in pairwise(kept):
        along = np.linspace(walk[first], walk[last], 2000)
        gaps = np.hypot(*(walk[first : last + 1, None] - along).transpose(2, 0, 1)).min(axis=1)
        assert gaps.max() <= TOLERANCE * 1.01


def test_an_area_stays_closed_and_its_parts_apart():
    area = ' d="M 0 0 \nL 1.23456 0 \nL 2 0 \nL 2 3 \nz\nM 5 5 \nL 6 5.5 \n"'
    assert small(f"<path{area}/>") == '<path d="M0 0 2 0 2 3zM5 5 6 5.5"/>'


def test_curves_and_text_stay_and_a_small_drawing_stays_as_it_is():
    svg = f'<g id="M 1 1 L 2 2"><path{CURVE} style="x"/><text x="1.23456">d</text></g>'
    assert small(svg) == svg
    once = small('<path d="M 0.005 0 \nL 1.005 0.999 \nL 2.12345 2 \n"/>')
    assert small(once) == once


def test_a_coordinate_is_never_written_as_minus_nothing():
    assert numbers(small('<path d="M -0.001 0 \nL 1 -0.004 \n"/>')).tolist() == [[0, 0], [1, 0]]
    assert "-0 " not in small('<path d="M -0.001 0 \nL 1 5 \n"/>')
