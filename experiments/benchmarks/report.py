"""Puts the rows and the comparisons into a Markdown report."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from conscription_flight.benchmarks.agreement import EXACT_SEASONS, FAMILY_ERROR, Comparison, threshold
from conscription_flight.benchmarks.peers import PEERS
from conscription_flight.benchmarks.summary import PHASES, Row
from conscription_flight.benchmarks.workload import Workload
from conscription_flight.reports.tables import grid

LIBRARIES = ("numpy", "scipy", "pandas", "polars", "numba")

TIMING_HEADER = (
    "men",
    "framework",
    "set-up, ns",
    "days, ns",
    "together, ns",
    "set-up, ×",
    "days, ×",
    "together, ×",
    "together, wall s",
    "peak, MiB",
    "runs",
)

AGREEMENT_HEADER = (
    "season",
    "framework: outcome",
    "mean, men",
    "exact sample, men",
    "closed form, men",
    "z of mean",
    "z of spread",
)

TIMING_NOTE = (
    "Medians over runs taken in turn. ns are nanoseconds of CPU time per man-day, "
    "threads included; × is the CPU time as a multiple of the engine's in the same turn."
)


def processor() -> str:
    """The model of the processor and how many logical ones there are."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    return f"{(models or [platform.processor()])[0]}, {os.cpu_count()} logical processors"


def software() -> str:
    """Versions of Python and of the numerical libraries that are installed."""
    found = [f"Python {platform.python_version()}"]
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def season(workload: Workload) -> str:
    """The parameters of a season in one sentence."""
    return (
        f"A season has {workload.days} days, frailty of shape {workload.frailty_shape:g}, "
        f"a pressure of {workload.first_pressure:g} per day on day 0 that fades with "
        f"{workload.fade_days:g} days, notices for {workload.quota_share:.1%} of the men "
        f"and places for {workload.throughput_share:.3%} of them to cross in a day."
    )


def short(value: float | None, digits: int = 3) -> str:
    """A number with so many significant digits and no exponent, or a dash for None."""
    if value is None:
        return "–"
    decimals = max(0, digits - len(f"{abs(value):.0f}".lstrip("0")))
    return f"{value:,.{decimals}f}"


def signed(value: float | None) -> str:
    """A number with its sign and two decimals, or a dash for None."""
    return "–" if value is None else f"{value:+.2f}"


def timing_line(entry: Row) -> tuple[str, ...]:
    """One framework at one size."""
    return (
        f"{entry.men:,}",
        f"{entry.label} {entry.version}".strip(),
        *(short(getattr(entry, f"{phase}_ns")) for phase in PHASES),
        *(short(getattr(entry, f"{phase}_ratio")) for phase in PHASES),
        short(entry.together_wall_s),
        f"{entry.peak_mib:,.0f}",
        str(entry.runs),
    )


def agreement_line(item: Comparison) -> tuple[str, ...]:
    """One outcome of one framework."""
    return (
        item.regime,
        f"{PEERS[item.engine].label}: {item.outcome}",
        short(item.mean, 4),
        short(item.exact_mean, 4),
        short(item.closed_form, 4),
        signed(item.z_mean),
        signed(item.z_spread),
    )


def verdict(comparisons: list[Comparison]) -> str:
    """One sentence on whether the frameworks agree."""
    limit = threshold(comparisons)
    worst = max(comparisons, key=lambda item: item.worst)
    name = f"{PEERS[worst.engine].label}: {worst.outcome}, {worst.regime} season"
    outcome = "agree" if worst.worst <= limit else "DIFFER"
    return (
        f"The frameworks {outcome}: the largest |z| of {2 * len(comparisons)} is "
        f"{worst.worst:.2f} ({name}); the threshold is {limit:.2f} "
        f"(Bonferroni, family error {FAMILY_ERROR:.0%}). Means are over "
        f"{worst.seasons} seasons of each framework and {EXACT_SEASONS:,} exact ones."
    )


def markdown(entries: list[Row], comparisons: list[Comparison]) -> str:
    """The whole report."""
    paragraphs = (
        "# One season in several frameworks",
        f"Processor: {processor()}. Software: {software()}.",
        season(Workload()),
        TIMING_NOTE,
        grid(TIMING_HEADER, [timing_line(entry) for entry in entries], "ll"),
        "## Agreement of the outcomes",
        verdict(comparisons),
        grid(AGREEMENT_HEADER, [agreement_line(item) for item in comparisons], "ll"),
    )
    return "\n\n".join(paragraphs) + "\n"
