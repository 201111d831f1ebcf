"""The tables and the figure of the comparison of methods."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from conscription_flight.benchmarks.files import write_text
from conscription_flight.benchmarks.inference.contenders import EMULATOR, ENSEMBLE, IMPORTANCE, LABELS, REGRESSION, SMC
from conscription_flight.reports.tables import grid

COLOURS = {IMPORTANCE: "#1a1a1a", EMULATOR: "#0072b2", ENSEMBLE: "#56b4e9", REGRESSION: "#d55e00", SMC: "#8c8c8c"}
LEVELS = (50, 80, 90)


def write_report(out: Path, methods: pd.DataFrame, coverage: pd.DataFrame, reference: pd.DataFrame) -> None:
    """Writes `methods`, `coverage`, `reference` as CSV, `methods.md`, and the figure `methods`."""
    from conscription_flight.figures.style import save, styled

    out.mkdir(parents=True, exist_ok=True)
    for name, frame in (("methods", methods), ("coverage", coverage), ("reference", reference)):
        write_text(out / f"{name}.csv", frame.to_csv(index=False, float_format="%.6g", lineterminator="\n"))
    write_text(out / "methods.md", markdown(methods, coverage, reference))
    with styled():
        save(figure(methods, coverage, reference), out, "methods")


def markdown(methods: pd.DataFrame, coverage: pd.DataFrame, reference: pd.DataFrame) -> str:
    """The tables as a page."""
    measured = dict(zip(reference["measure"], reference["value"], strict=True))
    rows = [
        (
            row.label,
            f"{row.runs:,}",
            f"{row.cpu_seconds:,.0f}",
            f"{row.effective:,.0f}",
            f"{row.told_mean_error:.3f}",
            f"{row.told_chance:.3f}",
            f"{row.told_spread_error:.3f}",
            f"{row.mean_error:.3f}",
            f"{row.spread_error:.3f}",
        )
        for row in methods.itertuples()
    ]
    covered = [
        (
            LABELS[row.method],
            f"{row.worlds:,}",
            f"{row.draws_a_world:,.0f}",
            *(f"{getattr(row, f'covered_{level}'):.1%}" for level in LEVELS),
            *(f"{getattr(row, f'told_covered_{level}'):.1%}" for level in LEVELS),
            f"{row.uneven_cards} of {row.cards}",
        )
        for row in coverage.itertuples()
    ]
    heads = (
        "method",
        "runs",
        "CPU s",
        "effective draws",
        "mean, told",
        "by chance",
        "log deviation, told",
        "mean, all",
        "log deviation, all",
    )
    told = [f"{level}%, told" for level in LEVELS]
    return "\n".join(
        [
            "# Methods of inference against a long reference run",
            "",
            (
                f"Reference: {measured['chains']:.0f} pseudo-marginal Markov chains on the simulator itself,"
                f" {measured['runs']:,.0f} runs, R-hat at most {measured['largest_r_hat']:.3f} (median"
                f" {measured['median_r_hat']:.3f}), worth {measured['least_effective']:,.0f} to"
                f" {measured['most_effective']:,.0f} independent draws by card."
            ),
            "",
            (
                "Errors are root mean squares in standard deviations of the prior (probit scale): over the"
                f" {measured['told_cards']:.0f} cards of which the figures tell something, and over all"
                f" {measured['cards']:.0f} that move a figure. `by chance`: what the reference's and the method's own"
                " Monte Carlo error would make of the error of the mean."
            ),
            "",
            grid(heads, rows),
            "",
            (
                "Coverage of central intervals over made-up worlds; `uneven` cards are those whose ranks are further"
                " from uniform than in 19 of 20 cases by chance (Kolmogorov and Smirnov)."
            ),
            "",
            grid(
                ("method", "worlds", "draws a world", *(f"{level}%" for level in LEVELS), *told, "uneven cards"),
                covered,
            ),
            "",
        ]
    )


def figure(methods: pd.DataFrame, coverage: pd.DataFrame, reference: pd.DataFrame) -> object:
    """Left: errors of mean and deviation of each method; right: what its intervals hold."""
    from conscription_flight.figures.style import QUIET, canvas, headline

    measured = dict(zip(reference["measure"], reference["value"], strict=True))
    fig, grid = canvas(4.6, 1, 2, left=2.75, right=0.35, top=1.3, bottom=1.35, wspace=0.22, width_ratios=(1.25, 1))
    left, right = grid[0]
    for height, row in enumerate(methods.itertuples()):
        colour = COLOURS[row.method]
        left.plot([0, row.told_chance], [height] * 2, color="#d9d9d9", linewidth=9, solid_capstyle="butt")
        left.plot(row.told_mean_error, height, "o", color=colour, markersize=8)
        left.plot(
            row.told_spread_error, height, "D", color=colour, markersize=7, markerfacecolor="white", markeredgewidth=1.8
        )
        left.annotate(
            row.label,
            (0, height),
            xycoords=("axes fraction", "data"),
            xytext=(-8, 6),
            textcoords="offset points",
            ha="right",
            va="center",
            color=colour,
            fontweight="bold",
            fontsize=10,
            annotation_clip=False,
        )
        left.annotate(
            f"{row.runs:,} runs, worth {row.effective:,.0f}",
            (0, height),
            xycoords=("axes fraction", "data"),
            xytext=(-8, -7),
            textcoords="offset points",
            ha="right",
            va="center",
            color=QUIET,
            fontsize=9,
            annotation_clip=False,
        )
    left.set_ylim(len(methods) - 0.5, -0.5)
    left.set_xlim(0, None)
    left.set_yticks([])
    left.grid(axis="x")
    left.set_xlabel("Prior standard deviations, or log ratio")
    left.set_title("Error: ● of the mean, ◇ of the deviation")
    right.axline((0, 0), slope=1, color=QUIET, linewidth=1)
    for row in coverage.itertuples():
        values = [100 * getattr(row, f"told_covered_{level}") for level in LEVELS]
        right.plot(LEVELS, values, "o-", color=COLOURS[row.method], markersize=6)
    right.set_xlim(40, 100)
    right.set_ylim(40, 100)
    right.set_xticks(LEVELS, [f"{level}%" for level in LEVELS])
    right.set_yticks(LEVELS, [f"{level}%" for level in LEVELS])
    right.set_xlabel("Interval")
    right.set_title("Made-up worlds it holds")
    worlds = ", ".join(f"{LABELS[row.method].split(' (')[0].lower()} {row.worlds}" for row in coverage.itertuples())
    caption = (
        f"Root mean squares over the {measured['told_cards']:.0f} cards that the figures tell of, against Markov chains"
        f" on the simulator ({measured['runs']:,.0f} runs).\nWorlds: {worlds}; the others were not asked."
    )
    subtitle = (
        "Left: grey is what chance alone makes of the error of the mean. Right: on the line, intervals hold what they"
        " say."
    )
    headline(fig, "Methods of inference against a long reference run", subtitle, caption)
    return fig


def reference_frame(measures: dict[str, float]) -> pd.DataFrame:
    """Name and value."""
    return pd.DataFrame({"measure": list(measures), "value": np.array(list(measures.values()), dtype=float)})
