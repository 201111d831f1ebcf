"""Runs as tidy tables: `arm, draw, seed, day, date, place, outcome, value` and `arm, draw, seed, outcome, place, value`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from experiments.runner import RunResult, RunSpec

COLUMNS = {
    "arm": "the policy or the point of the design",
    "draw": "number of the draw of seed and uncertain cards, from 0",
    "seed": "seed of the run; in `draws`, of the first run of the draw",
    "day": "day of the run, from 0",
    "date": "that day's date",
    "outcome": "name of the outcome; unit and label stand under `outcomes`",
    "place": "destination, region, or all",
    "value": "in the unit of the outcome or of the card; men in persons whatever the scale",
    "path": "path of a card",
    "policy": "name of the policy",
    "draws": "number of draws",
    "reference": "the arm that is subtracted",
    "unit": "unit of the row's numbers",
    "mean": "mean over draws",
    "median": "median over draws (in `drivers`, of their means over replicates)",
    "low": "5% of draws (with their replicates) are below, or the lowest of fewer than 20; in `targets` and `scores`, "
    "the lower end of what was said or observed",
    "high": "95% of draws (with their replicates) are below, or the highest of fewer than 20; in `targets` and "
    "`scores`, the upper end of what was said or observed",
    "difference": "median over draws of the paired difference to the reference",
    "difference_low": "5% of the paired differences are below",
    "difference_high": "95% of the paired differences are below",
    "forecast": "model; held: the first week of the same draw goes on; decay: it halves with every half-life",
    "basis": "value, or the sum so far",
    "week": "number of the week, from 0",
    "start": "first day of the window",
    "end": "last day of the window",
    "low_50": "lower end of the middle 50% of draws",
    "low_80": "lower end of the middle 80% of draws",
    "low_90": "lower end of the middle 90% of draws",
    "high_50": "upper end of the middle 50% of draws",
    "high_80": "upper end of the middle 80% of draws",
    "high_90": "upper end of the middle 90% of draws",
    "border": "open, closes (a route lets in fewer from a day on) or shut",
    "closes": "first day on which a route lets in fewer",
    "first_week": "men let in a day, days 0 to 6; here and below the median over draws, and the ends of 90% of them",
    "last_weeks": "men let in a day in the last four weeks of the run",
    "remaining": "the last four weeks over the first",
    "fading": "share of draws in which that is below one",
    "fall": "fall at the closing, as a share: men let in on the seven days from it on, less than on the seven before",
    "fall_unclosed": "the same in the same draws if no border closes",
    "by_closure": "part of the fall, in men a day, that is not there if no border closes",
    "row": "number of the observation, from 0",
    "covered_50": "share of observations, or of made-up worlds' truths, that lie in the middle 50% of draws; of one, whether it does",
    "covered_80": "the same for 80%",
    "covered_90": "the same for 90%",
    "width_50": "width of the middle 50% of draws",
    "width_80": "the same for 80%",
    "width_90": "the same for 90%",
    "crps": "continuous ranked probability score in the unit of the outcome; less is better",
    "crps_log": "the same on log(1 + x), free of units",
    "width_log_90": "width of the middle 90% of draws on log(1 + x)",
    "factor_90": "the factor that this is",
    "rows": "number of observations",
    "target": "name of a figure in the documents",
    "label": "what it is a figure of",
    "figure": "the figure as the document gives it",
    "kind": "value, or a bound",
    "source": "document and line",
    "simulated": "what the model gives; over draws, the median",
    "simulated_low": "5% of draws are below",
    "simulated_high": "95% of draws are below",
    "number": "number of the claim",
    "claim": "name of the claim, a file of conf/claim/",
    "question": "name of the question: claim, question and, where it is asked of several, policy",
    "says": "the claim, in our words",
    "asks": "what is measured",
    "short": "what is measured, for figures",
    "sources": "document and line of the claim",
    "against": "what a document holds against it",
    "estimand": "function of experiments/estimands.py",
    "arms": "part=policy",
    "where": "which draws are asked; all if empty",
    "headline": "whether the question is in the figure",
    "mark": "the number that the claim itself gives",
    "bar": "value from which the claim is taken to hold",
    "why": "why from there",
    "prior": "what was known of the card before the figures",
    "prior_low": "5% of the prior is below",
    "prior_median": "median of the prior",
    "prior_high": "95% of the prior is below",
    "shift": "how far the mean has moved, in standard deviations of the prior, on its probit scale",
    "contraction": "share of the prior's variance that the figures take away, on its probit scale",
    "effect": "the largest change of a figure, in errors of its source, as the card goes from 5% to 95% of its prior",
    "moves_a_figure": "whether the card moves a figure at all; if not, it keeps its prior",
    "measure": "what was measured of the inference",
    "form": "form of the source's error: lognormal, or a bound; unused: the figure is not fitted",
    "error": "standard deviation of the log of the figure",
    "upper": "the upper bound where there are two",
    "world": "number of the run of the bank that is taken for the truth",
    "rank": "posterior draws below the truth, of 100",
    "worlds": "number of made-up worlds",
    "band_50": "95% of what chance allows `covered_50` of one card",
    "band_80": "95% of what chance allows `covered_80` of one card",
    "band_90": "95% of what chance allows `covered_90` of one card",
    "foretold": "what the other figures foretell, median",
    "foretold_low": "5% of what they foretell is below",
    "foretold_high": "95% of what they foretell is below",
    "log_score": "log density of the log of a value, log probability of a bound, as the other figures foretell it",
    "log_score_of_prior": "the same as the prior foretells it",
    "gain": "by how much the other figures foretell it better than the prior",
    "base": "agents that a ratio or share is divided by, with their sign; none of what is no ratio",
    "thin": "number of draws in which that is fewer than 30, or of the other sign, so that the share is not shown",
    "agents": "agents counted for the value, where chance among few matters; over draws, the median",
    "support": "share of draws in which the claim holds",
    "direction": "share of draws in which the value is above zero",
    "verdict": "the answer by rule; of a card, whether the figures identify it",
    "turned_by": "cards whose lowest and highest third of draws differ most in support, if by more than chance",
    "both_for": "share of draws in which the claim holds where both of these cards lie in the third that is for it",
    "draws_for": "number of those draws",
    "both_against": "the same where both lie in the third that is against it",
    "draws_against": "number of those draws",
    "low_to": "largest value of the card in its lowest third of draws",
    "high_from": "smallest value of the card in its highest third of draws",
    "support_low": "share of draws of the lowest third in which the claim holds",
    "support_high": "share of draws of the highest third in which the claim holds",
    "swing": "support in the highest third less that in the lowest",
    "turns": "whether the swing (in `drivers`, of the share above zero) is larger than chance makes the largest of all cards in 95% of shuffles",
    "rank_correlation": "of the card with the value, over draws",
    "moves": "whether that is larger than chance makes the largest of all cards in 95% of shuffles",
    "replicates": "seeds of each draw",
    "above": "share of runs in which the value is above zero",
    "below": "share of runs in which the value is below zero; of a figure, off as the source may be, below the document's",
    "parameters_sd": "spread of the value that is due to parameters (standard deviation)",
    "chance_sd": "spread of the value that is due to chance, at given parameters (standard deviation)",
    "share": "part of the variance of a run's value that is due to parameters",
    "share_low": "5% of that share over resampled draws",
    "share_high": "95% of that share over resampled draws",
    "share_of_ranks": "the same part of the variance of the value's ranks, which a few large values do not decide",
    "point": "number of the point of the design, from 0",
    "block": "number of the block of a Saltelli sample, from 0",
    "matrix": "A, B, or the dimension that A takes from B",
    "all other cards": "number from 0 to 1 that stands for a joint draw of all cards that are no input of their own",
    "bin": "number of the part of a dimension, from 0",
    "from": "least value of the dimension in the bin",
    "at": "middle value of the dimension in the bin",
    "to": "greatest value of the dimension in the bin",
    "runs": "number of runs",
    "input": "what is varied: a card or a folder of cards by its path, all other cards together, or chance",
    "scale": "whether the index is of the outcome's value or of its rank among the runs",
    "first": "share of the variance that would go if the input alone were known",
    "total": "share of the variance that would stay if all but the input were known",
    "first_low": "5% of that share over resampled points",
    "first_high": "95% of that share over resampled points",
    "total_low": "5% of that share over resampled points",
    "total_high": "95% of that share over resampled points",
    "points": "number of points of the sample, from its beginning",
    "mu": "mean change of the outcome as the input goes from 5% to 95% of its prior, from single steps",
    "mu_star": "mean size of that change",
    "mu_star_low": "lower end of the 90% interval of that mean, over resampled trajectories",
    "mu_star_high": "upper end of the 90% interval of that mean, over resampled trajectories",
    "sigma": "spread of that change over the places of the other cards (standard deviation)",
    "card_low": "10th percentile of the card's prior",
    "card_high": "90th percentile of the card's prior",
    "at_low": "median where the card lies in the lowest fifth of its prior",
    "at_low_low": "lower end of the 90% interval of that median",
    "at_low_high": "upper end of the 90% interval of that median",
    "at_high": "median where the card lies in the highest fifth of its prior",
    "at_high_low": "lower end of the 90% interval of that median",
    "at_high_high": "upper end of the 90% interval of that median",
    "order": "place of the card among all by the size of its rank correlation, from 1",
    "largest_correlation_by_chance": "the largest rank correlation that chance gives any card in 95% of shuffles",
    "median_low": "median of the value in the lowest third of the card's draws",
    "median_middle": "median of the value in the middle third",
    "median_high": "median of the value in the highest third",
    "positive_low": "share of draws of the lowest third in which the value is above zero",
    "positive_high": "share of draws of the highest third in which the value is above zero",
    "flips": "whether the card stands out and the median of one of its thirds has the other sign than that of all draws",
    "step": "number of the step of PRIM, from 0: all futures",
    "coverage": "share of all successes inside the box (in `halves`, of the half it was found in)",
    "density": "share of the futures inside the box that succeed (in `halves`, of the half it was found in)",
    "mass": "share of all futures inside the box",
    "restricted": "number of cards that the box restricts",
    "chosen": "whether it is the box that is shown",
    "coverage_there": "coverage in the other half of the futures",
    "density_there": "density in the other half of the futures",
    "mass_there": "share of the other half of the futures inside the box",
    "low_share": "share of the card's prior below the lower limit, 0 without one",
    "high_share": "share of the card's prior below the upper limit, 1 without one",
    "drawn_low": "5% of the card's values in the futures are below",
    "drawn_high": "95% of the card's values in the futures are below",
    "quasi_p_low": "chance that the box would be as dense without its lower limit, one-sided binomial",
    "quasi_p_high": "the same for its upper limit",
    "again": "share of random halves of the futures whose box restricts the card",
    "named": "whether it is restricted in so many halves, and its limit in the box of all is more than chance",
    "view": "whose point of view it is",
    "criterion": "name of the criterion, a key of `criteria`",
    "regret_median": "median over futures of the regret: how far the policy is from the best one in the same future",
    "regret_high": "regret that nine futures in ten do not exceed",
    "regret_most": "largest regret",
    "best": "share of futures in which no policy does better",
    "meets": "share of futures in which the policy meets the bar (in `jointly`, all bars of the point of view)",
    "rank_regret": "place among the policies by `regret_high`, 1 the least",
    "rank_meets": "place among the policies by `meets`, 1 the most",
    "candidate": "name of the candidate policy, or of the ready policy",
    "generation": "generation of the search, from 1; in `candidates`, the one in which it was first run",
    "candidates": "candidates that were run up to this generation",
    "denied": "median over draws of what is denied: the outcome `deny` under the reference, less that under the policy in the same draw",
    "denied_low": "5% of draws are below",
    "denied_high": "95% of draws are below",
    "burden": "median over draws of the outcome `burden` in the states of `group`",
    "burden_low": "5% of draws are below",
    "burden_high": "95% of draws are below",
    "front": "whether no candidate that was run is better at one objective and as good at the other",
    "still": "whether no other of the front is so in the fresh draws",
    "hypervolume": "share of the rectangle about the last front that the candidates so far are better than somewhere in",
    "largest_by_chance": "the largest swing that chance gives any card in 95% of shuffles",
}
"""What each column of the tidy tables says, for manifests."""


def series_frame(results: Sequence[RunResult], start: date) -> pd.DataFrame:
    """One row for each run, day and column of the results' `series`; `start` is the date of day 0."""
    return pd.concat([_series(result, start) for result in results], ignore_index=True)


def _series(result: RunResult, start: date) -> pd.DataFrame:
    days, wide = result.series.shape
    outcomes, places = zip(*result.columns, strict=True)
    dates = [(start + timedelta(days=day)).isoformat() for day in range(days)]
    body = {
        "day": np.repeat(np.arange(days), wide),
        "date": np.repeat(dates, wide),
        "place": np.tile(places, days),
        "outcome": np.tile(outcomes, days),
        "value": result.series.ravel(),
    }
    return pd.DataFrame(_run(result.spec) | body)


def sums_frame(runs: Sequence[tuple[RunSpec, Sequence[tuple[str, str]], np.ndarray]]) -> pd.DataFrame:
    """One row for each run and column; a run is its spec, its columns and their sums (columns,)."""
    return pd.concat([_sums(*run) for run in runs], ignore_index=True)


def _sums(spec: RunSpec, columns: Sequence[tuple[str, str]], sums: np.ndarray) -> pd.DataFrame:
    outcomes, places = zip(*columns, strict=True)
    return pd.DataFrame(_run(spec) | {"outcome": outcomes, "place": places, "value": sums})


def draws_frame(groups: Sequence[Sequence[RunSpec]], swept: Collection[str] = ()) -> pd.DataFrame:
    """One row for each draw and uncertain card that is not swept: draw, seed, path, value; a group is a draw's runs."""
    rows = [
        (first.draw, first.seed, path, value)
        for first, *_ in groups
        for path, value in first.values.items()
        if path not in swept
    ]
    return pd.DataFrame(rows, columns=["draw", "seed", "path", "value"])


def _run(spec: RunSpec) -> dict[str, object]:
    return {"arm": spec.arm, "draw": spec.draw, "seed": spec.seed}
