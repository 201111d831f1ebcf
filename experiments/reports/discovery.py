"""What a discovery says.

The box in words, who finds a policy good enough in how many futures, and regrets, as a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from conscription_flight.analysis.intervals import finite, interval
from conscription_flight.analysis.ratios import LEAST_AGENTS, thin
from conscription_flight.config.options import Criterion, ResolvedDiscoverOptions
from conscription_flight.config.plan import Plan
from conscription_flight.model.outcomes import OUTCOMES
from conscription_flight.reports import basis
from conscription_flight.reports.numbers import NOTHING, card_digits, percent_or, span, two_digits
from conscription_flight.reports.tables import markdown

SHARES = ("base", "mass", "coverage", "density", "joint_coverage", "joint_density")
"""What the table of the boxes tells in per cent."""


def asked(plan: Plan[ResolvedDiscoverOptions]) -> str:
    """The question in a sentence without its full stop."""
    options = plan.options
    outcome = OUTCOMES[options.outcome]
    labels = {name: policy["label"] for name, policy in plan.policies.items()}
    word = "fewer" if options.direction == "less" else "more"
    return (
        f"{outcome.label}: under “{labels[options.policy]}” at least {options.least:,.0f} {outcome.unit} {word} than"
        f" under “{labels[options.against]}”"
    )


def box_lines(plan: Plan[ResolvedDiscoverOptions], frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """How often the answer is yes, each box and how it fits, all of them together, why there is no further one, and
    what chance would name.
    """
    boxes = frames["boxes"]
    first = f"{asked(plan)}: so in {boxes['base'].iloc[0]:.0%} of {boxes['futures'].iloc[0]:,} futures."
    kept = [row for row in boxes.itertuples() if row.kept and row.cards]
    if not kept:
        return [
            first,
            f"No card is restricted in {plan.options.again:.0%} of the halves of the futures: no region stands out.",
        ]
    several = len(kept) > 1
    said = [first, *(line for row in kept for line in _box_said(plan, frames, row, several))]
    if several:
        said.append(_together_said(frames, kept[-1]))
    if not boxes["kept"].iloc[-1]:
        said.append(_refused_said(plan, frames, boxes.iloc[-1]))
    return [
        *said,
        f"Cards named by chance alone: {max(row.by_luck for row in kept):.2g} at most, in expectation.",
    ]


def _denser_said(row: Any) -> str:
    """How often boxes of one half are denser on the other than the futures left to them, and than all futures."""
    if row.box == 1:
        return f"in {row.denser_all:.0%} of halves they are denser there than all futures are"
    return (
        f"in {row.denser_left:.0%} of halves they are denser there than the futures left to them are, in"
        f" {row.denser_all:.0%} denser than all futures are"
    )


def of_box(table: pd.DataFrame, box: int) -> pd.DataFrame:
    """The rows of a table that are of this box, from 1 on."""
    return table[table["box"] == box]


def _short_of(plan: Plan[ResolvedDiscoverOptions], row: Any) -> str:
    """That a box does not hold the share of successes that was asked for, if so."""
    return (
        f", less than the {plan.options.density:.0%} asked for, which no box reaches"
        if row.density < plan.options.density
        else ""
    )


def _box_said(
    plan: Plan[ResolvedDiscoverOptions], frames: Mapping[str, pd.DataFrame], row: Any, several: bool
) -> list[str]:
    limits, whole = of_box(frames["box"], row.box), frames["boxes"].iloc[0]
    inside, won = (round(share * whole.futures) for share in (row.mass, whole.base))
    ahead = ", ".join(limit_text(each) for each in limits.itertuples())
    name = f"Box {row.box}: where" if several else "Where"
    among = (
        ""
        if row.box == 1
        else f" Among the {row.futures:,} futures outside the boxes before it {row.base:.0%} are such."
    )
    return [
        (
            f"{name} {ahead}: so in {_of(row.density, inside)} of these futures (density{_short_of(plan, row)}); they"
            f" are {row.mass:.0%} of all, and hold {_of(row.coverage, won)} of the successes (coverage).{among}"
        ),
        (
            f"Boxes found in one half of the{'' if row.box == 1 else 'se'} futures, tried on the other: "
            f"{_there(frames, row)} (median, and "
            f"{span(len(of_box(frames['halves'], row.box)), 'halves')}); {_denser_said(row)}."
        ),
    ]


def _there(frames: Mapping[str, pd.DataFrame], row: Any) -> str:
    halves = of_box(frames["halves"], row.box)
    other = row.futures - row.futures // 2
    won = np.full(len(halves), row.base * other)
    density = _spread(halves["density_there"], halves["mass_there"] * other)
    return f"coverage {_spread(halves['coverage_there'], won)}, density {density}"


def _together_said(frames: Mapping[str, pd.DataFrame], last: Any) -> str:
    there, whole = frames["together"], frames["boxes"].iloc[0]
    other = whole.futures - whole.futures // 2
    won = np.full(len(there), whole.base * other)
    return (
        f"The {last.box} boxes together: {last.joint_mass:.0%} of all futures, {last.joint_density:.0%} of them such"
        f" (density), and {last.joint_coverage:.0%} of the successes (coverage). As many boxes found in one half of the"
        f" futures, tried on the other: coverage {_spread(there['coverage'], won)}, density"
        f" {_spread(there['density'], there['mass'] * other)}."
    )


def _refused_said(plan: Plan[ResolvedDiscoverOptions], frames: Mapping[str, pd.DataFrame], row: Any) -> str:
    again = plan.options.again
    why = (
        f"boxes found in one half are in {row.denser_all:.0%} of halves denser on the other than all futures are, less"
        f" than the {again:.0%} asked for"
        if row.cards
        else f"no card is restricted in {again:.0%} of the halves, and needed"
    )
    return f"No further box: among the {row.futures:,} futures left, {row.base:.0%} of them such, {why}."


def limit_text(row: Any) -> str:
    """`mobilisation.replacement at most 0.42 share`."""
    ends = [
        f"{word} {card_digits(value)}"
        for word, value in (("at least", row.low), ("at most", row.high))
        if np.isfinite(value)
    ]
    return f"{row.path} {' and '.join(ends)}{'' if row.unit == 'none' else f' {row.unit}'}"


def _of(share: float, count: int) -> str:
    """A share of so many futures; of too few to tell a share, their numbers."""
    return f"{share:.0%}" if count >= LEAST_AGENTS else f"{share * count:.0f} of {count:,}"


def _spread(values: pd.Series, counts: np.ndarray | pd.Series) -> str:
    """Median and interval over halves of shares of so many futures each; why not, where some are of too few."""
    few = int((thin(np.asarray(counts)) | values.isna()).sum())
    if few or values.empty:
        return f"{NOTHING} (a share of fewer than {LEAST_AGENTS} futures in {few:,} of {len(values):,} halves)"
    found = interval(values.to_numpy())
    return f"{found.median:.0%} [{found.low:.0%}–{found.high:.0%}]"


def regret_rows(
    plan: Plan[ResolvedDiscoverOptions], frames: Mapping[str, pd.DataFrame], column: str
) -> tuple[str, list[str], list[list[str]]]:
    """Title, headings and cells of a table with a row a policy and a column a criterion.

    Shares that meet the bar, or regrets.
    """
    criteria, table = plan.options.criteria, frames["robustness"]
    labels = {name: policy["label"] for name, policy in plan.policies.items()}
    title = {
        "meets": (
            "Share of futures in which a policy is good enough, by criterion; in brackets its place among the policies"
        ),
        "regret_high": (
            "Regret that nine futures in ten do not exceed (median; largest), against the best policy in the same"
            " future; in brackets the place"
        ),
    }[column]
    heads = ["policy", *(f"{each.view}: {each.label} ({each.good})" for each in criteria.values())]
    rows = []
    for arm in plan.options.policies:
        of = {row.criterion: row for row in table[table.arm == arm].itertuples()}
        rows.append([labels[arm], *(_cell(of[name], column) for name in criteria)])
    return title, heads, rows


def _cell(row: Any, column: str) -> str:
    if column == "meets":
        return f"{percent_or(row.meets)} ({row.rank_meets:.0f})" if np.isfinite(row.meets) else NOTHING
    high, middle, most = map(two_digits, (row.regret_high, row.regret_median, row.regret_most))
    return f"{high} ({middle}; {most}) ({row.rank_regret:.0f})"


def page(plan: Plan[ResolvedDiscoverOptions], frames: Mapping[str, pd.DataFrame]) -> str:
    """The page of a discovery in Markdown."""
    parts = [
        "# In which futures, and for whom",
        "",
        (
            f"{plan.options.draws:,} futures ({basis.short_source(plan)}) over {plan.settings['days']} days, the same"
            " seed in every policy of a future."
        ),
        "",
        "## The question, and where the answer is yes",
        "",
        *(f"{line}\n" for line in box_lines(plan, frames)),
        *_box_tables(plan, frames),
        "## Robustness, for whom",
        "",
        "What is good depends on whom one asks; criteria are not added up. A bar is what is good enough:",
        "",
        *(f"- {each.view}: {each.label}; {_bar(plan, each)}: {each.why}." for each in plan.options.criteria.values()),
        "",
        *(markdown(*regret_rows(plan, frames, column)) for column in ("meets", "regret_high")),
        markdown(
            "Share of futures in which all bars of a point of view are met at once",
            *_joint_rows(plan, frames["jointly"]),
        ),
        "",
        basis.section(plan),
        "",
    ]
    return "\n".join(parts)


def _bar(plan: Plan[ResolvedDiscoverOptions], criterion: Criterion) -> str:
    word = "at least" if criterion.good == "more" else "at most"
    less = (
        f" as a difference from “{plan.policies[plan.options.reference]['label']}”" if criterion.less_reference else ""
    )
    sign = "\N{MINUS SIGN}" if criterion.bar < 0 else ""
    return f"{word} {sign}{abs(criterion.bar):,.0f} {OUTCOMES[criterion.outcome].unit}{less}"


def _box_tables(plan: Plan[ResolvedDiscoverOptions], frames: Mapping[str, pd.DataFrame]) -> list[str]:
    boxes = frames["boxes"]
    several = (boxes["kept"] & (boxes["cards"] > 0)).sum() > 1
    title = "The boxes" if several else "The box"
    heads = ["box", "card", "at least", "at most", "unit", "90% of its prior", "quasi-p", "found again"]
    limits = [
        [
            f"{row.box}",
            f"`{row.path}`",
            _end(row.low),
            _end(row.high),
            row.unit,
            f"{card_digits(row.prior_low)} to {card_digits(row.prior_high)}",
            _p(row),
            f"{row.again:.0%}",
        ]
        for row in frames["box"].itertuples()
    ]
    fits = [
        "box",
        "futures left",
        "such among them",
        "futures inside, of all",
        "coverage",
        "density",
        "coverage so far",
        "density so far",
    ]
    cells = [
        [f"{row.box}", f"{row.futures:,}", *(percent_or(getattr(row, name)) for name in SHARES)]
        for row in boxes[boxes["kept"]].itertuples()
    ]
    tables = [markdown(title, heads, limits, "ll")] if limits else []
    tables += (
        [markdown("Box by box, each among the futures that those before it leave", fits, cells)] if several else []
    )
    reading = (
        "Quasi-p: the chance that the box would be as dense without that limit (one-sided binomial), of its stronger"
        f" side. It does not count how many cards were tried; *found again*, the share of {plan.options.halves} random"
        " halves of the futures whose box restricts the card, does."
    )
    return [*tables, reading, "", *(f"{_nearly(plan, frames, row)}\n" for row in boxes.itertuples())]


def _nearly(plan: Plan[ResolvedDiscoverOptions], frames: Mapping[str, pd.DataFrame], row: Any) -> str:
    """Cards that halves restrict and that are not named, for a box."""
    again = of_box(frames["again"], row.box)
    others = again[~again["named"] & (again["again"] > 0)].head(8)
    near = ", ".join(f"`{each.path}` ({each.again:.0%})" for each in others.itertuples())
    of = "" if len(frames["boxes"]) == 1 else f" for box {row.box}" if row.kept else " for a further box"
    return (
        f"Restricted in fewer halves than {plan.options.again:.0%} or not needed, and not named{of}: {near or 'none'}."
    )


def _end(value: float) -> str:
    return card_digits(value) if np.isfinite(value) else ""


def _p(row: Any) -> str:
    found = finite([row.quasi_p_low, row.quasi_p_high])
    return f"{found.min():.1g}" if found.size else NOTHING


def _joint_rows(plan: Plan[ResolvedDiscoverOptions], table: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    views: Sequence[str] = list(dict.fromkeys(table["view"]))
    shares = table.set_index(["view", "arm"])["meets"]
    rows = [
        [plan.policies[arm]["label"], *(percent_or(shares[view, arm]) for view in views)]
        for arm in plan.options.policies
    ]
    return ["policy", *views], rows
