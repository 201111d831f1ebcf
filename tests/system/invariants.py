"""Strange settings by the thousand.

Cards at the ends of their ranges, random policies, mechanisms off, states left out.

`make invariants ARGS=2000` tries the first so many, `make invariants ARGS="1 417"` number 417 alone: a case is given by
its number. Indices are checked, in kernels compiled for that and kept apart. What a case breaks is printed; one that
crashes or does not end is named and does not end the others. The tests try a few of them unchecked.
"""

from __future__ import annotations

import faulthandler
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

from commands import DRAWING
from conscription_flight.analysis.pairing import RATIOS
from conscription_flight.cli.main import main
from conscription_flight.model.parameters import Settings
from conscription_flight.model.parameters.schema import DOCUMENTS, GROUNDS, MEANS, ROUTES
from conscription_flight.model.policies import Policy
from identities import assert_alike, assert_conserved
from worlds import MECHANISMS, POLICIES, STATES, model_of, policy_of, policy_with, settings_of

DATES = ("2022-09-21", "2022-09-22", "2022-09-24", "2022-09-28", "2022-10-08")
SHARES = (0.0, 0.3, 1.0)
MOST_MEN = 2.0e7
"""Men of an age at most, so that a case is no larger than the country."""
SIZES = ((10000, 1), (10000, 5), (10000, 5), (10000, 15), (5000, 6), (1000, 2))
"""Persons that an agent stands for, and days."""
FEW_AGENTS = 5000
"""Agents up to which the reference engine goes along."""
USUAL = 1000
"""Times as long as a day usually takes, at which it is too long."""
SECONDS = 120
"""A case that takes longer does not end."""
AT_ONCE = 25
"""Cases of one process."""
WITH_TABLES = 50
"""One case in so many is also run as commands, whose tables are read."""
NO_NUMBER = {
    "intervals": ("median", "low", "high"),
    "targets": ("high",),
    "table": ("difference", "difference_low", "difference_high"),
    "pairs": ("base",),
    "variance": (
        "median",
        "low",
        "high",
        "above",
        "below",
        "parameters_sd",
        "chance_sd",
        "share",
        "share_low",
        "share_high",
        "share_of_ranks",
    ),
}
"""Columns by table in which a missing number has a meaning: no draws, no reference, nothing to divide by, no bound."""
ONLY_RATIOS = {"pairs": ("value",), "table": ("median", "low", "high")}
"""Columns in which it has one for ratios alone."""

CHECKED = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
"""The environment in which an index beyond an array is an error."""

LOUD = (
    {
        "voice.exit_effect": 1.0,
        "voice.turning": 1.0,
        "behaviour.base_pressure": 100.0,
        **{f"destination.{state}.throughput": 1.0e6 for state in STATES},
    },
    {
        "voice.protest_rate": 1.0e5,
        "voice.repression_reference": 1.0e-9,
        "behaviour.injure_weight": 100.0,
        "evasion.healing_days": 1.0,
    },
    {
        "voice.protest_rate": 1.0e5,
        "voice.repression": 0.0,
        "voice.detention_share": 1.0,
        "voice.detention_days": 1.0,
        "voice.punitive_share": 0.5,
    },
    {
        "behaviour.contagion": 10.0,
        "behaviour.contagion_reference": 1.0e-6,
        "behaviour.return_share_180": 0.99,
        "behaviour.base_pressure": 100.0,
    },
    {
        "force.desertion_rate": 100.0,
        "force.refusal_contagion": 10.0,
        "force.refusal_reference": 1.0e-6,
        "mobilisation.training_days": 0.0,
    },
    {
        "mobilisation.quota": 2.0e7,
        "mobilisation.call_up_days": 1.0,
        "mobilisation.replacement": 1.0,
        "answer.expansion": 1.0,
        "answer.expansion_days": 1.0,
    },
    {
        "behaviour.frailty_shape": 0.02,
        "evasion.found_180": 0.99,
        "behaviour.hide_weight": 100.0,
        "evasion.blocked_share": 1.0,
    },
    {"population.exempt": 1.0},
    {f"population.documents.passport_ratio.{means}": 0.0 for means in MEANS},
    {"mobilisation.breach": 0.0, "mobilisation.exempt_breach": 0.0},
)
"""Cards that together drive one feedback as far as it goes, or leave nobody to whom something could happen."""


@dataclass(frozen=True)
class Case:
    """Settings, a policy and how large a run of them is.

    `mechanisms` make up the policy, or it is one of conf/ by name.
    """

    number: int
    values: dict[str, float]
    states: tuple[str, ...]
    off: tuple[str, ...]
    policy: str | None
    mechanisms: tuple[dict, ...]
    frame: dict[str, int]

    def settings(self) -> Settings:
        """The settings, by the compiled engine."""
        return settings_of(self.values, states=self.states, off=self.off, **self.frame)

    def policy_in(self, settings: Settings) -> Policy:
        """The policy in these settings."""
        return policy_of(self.policy, settings) if self.policy else policy_with(settings, *self.mechanisms)

    def words(self) -> list[str]:
        """The overrides of a command that runs it, with all states and a policy of conf/."""
        frame = [f"{key}={value}" for key, value in self.frame.items()]
        off = [f"{mechanism}.on=false" for mechanism in self.off]
        return [*frame, *off, *(f"{path}={value!r}" for path, value in self.values.items())]


def case_of(number: int) -> Case:
    """The case of this number."""
    chance = random.Random(f"invariants/{number}")
    states = STATES if chance.random() < 0.8 else tuple(sorted(chance.sample(STATES, chance.choice((1, 1, 3)))))
    off = tuple(chance.sample(MECHANISMS, chance.choice((0, 0, 0, 1, 4))))
    named = states == STATES and chance.random() < 0.3
    scale, days = chance.choice(SIZES)
    return Case(
        number,
        values=_values(chance, states),
        states=() if states == STATES else states,
        off=off,
        policy=chance.choice(POLICIES) if named else None,
        mechanisms=() if named else tuple(_mechanism(chance, states) for _ in range(chance.choice((0, 1, 2, 4)))),
        frame={"scale": scale, "days": days, "seed": chance.randrange(2**62)},
    )


def _values(chance: random.Random, states: tuple[str, ...]) -> dict[str, float]:
    """Cards at the ends of their ranges and between, some cards that are loud together, and shares that sum to one."""
    cards = settings_of().cards()
    free = [path for path in cards if not path.endswith(".share") or path.startswith("destination.")]
    some = chance.sample(free, chance.choice((0, 3, 12, 40, len(free))))
    values = {path: _value(chance, cards[path]) for path in some}
    values |= chance.choice(LOUD) if chance.random() < 0.5 else {}
    for group in ("regions", "means"):
        values |= _shares(
            chance, [path for path in cards if path.startswith(f"population.{group}.") and path.endswith(".share")]
        )
    return {
        path: min(value, MOST_MEN) if path.endswith(".men") else value
        for path, value in values.items()
        if not path.startswith("destination.") or path.split(".")[1] in states
    }


def _value(chance: random.Random, card) -> float:
    low, high = card.range
    between = [low + (high - low) * chance.random(), low + (high - low) * 10 ** chance.uniform(-6, 0)]
    likely = float(np.clip(card.prior.quantile(chance.random()), low, high)) if card.prior else card.value
    return chance.choice([low, low, high, high, likely, likely, *between])


def _shares(chance: random.Random, paths: list[str]) -> dict[str, float]:
    """Shares that sum to one, some of them nothing; or none, so that those of the cards stay."""
    if chance.random() < 0.6:
        return {}
    weights = [chance.choice((0.0, 0.0, 1.0, chance.random())) for _ in paths]
    weights[chance.randrange(len(paths))] += 1.0
    return {path: weight / sum(weights) for path, weight in zip(paths, weights, strict=True)}


def _mechanism(chance: random.Random, states: tuple[str, ...]) -> dict:
    kind = chance.choice(sorted(set(LEVERS) - ({"relocation"} if len(states) == 1 else set())))
    dated = {} if kind == "documented" else {"from": chance.choice(DATES)}
    return {"kind": kind, **dated, **LEVERS[kind](chance, states)}


def _some(chance: random.Random, names: tuple[str, ...]) -> list[str]:
    return chance.sample(names, chance.randint(1, len(names)))


def _relocation(chance: random.Random, states: tuple[str, ...]) -> dict:
    givers = chance.sample(states, chance.randint(1, len(states) - 1))
    takers = [state for state in states if state not in givers]
    return {"states": givers, "to": takers, "per_day": chance.choice((0.0, 5.0e3, 1.0e6))}


LEVERS = {
    "admission": lambda chance, states: {
        "states": chance.choice((["all"], _some(chance, states))),
        "share": chance.choice(SHARES),
        "routes": _some(chance, ROUTES),
        "documents": chance.choice((None, *DOCUMENTS)),
    },
    "exit_control": lambda chance, _: {
        "control": chance.choice(("none", "filtering", "ban")),
        "enforcement": chance.choice(SHARES),
        "leakage": chance.choice(SHARES),
    },
    "call_up": lambda chance, _: {
        "quota": chance.choice((0.0, 3.0e5, 5.0e6, 2.0e7)),
        "fright": chance.choice((0.0, 2.0, 10.0)),
    },
    "crossings": lambda chance, states: {
        "states": _some(chance, states),
        "factor": chance.choice((0.0, 0.5, 3.0, 100.0)),
    },
    "documented": lambda *_: {},
    "protection": lambda chance, states: {
        "states": _some(chance, states),
        "grounds": _some(chance, GROUNDS),
        "recognition": chance.choice((None, *SHARES)),
        "screens": chance.random() < 0.5,
    },
    "offer": lambda chance, _: {"credibility": chance.choice(SHARES)},
    "relocation": _relocation,
    "support": lambda chance, states: {"states": _some(chance, states), "strength": chance.choice(SHARES)},
    "rumour": lambda chance, _: {"level": chance.choice(SHARES)},
}
"""The levers of a mechanism of each kind, drawn for some states."""


def broken_rule(case: Case) -> str | None:
    """What of the rule a case breaks, in this process; None if it keeps it."""
    try:
        _assert_kept(case)
        if case.number % WITH_TABLES == 0 and not case.states:
            _assert_tables_are_numbers(case)
    except Exception:
        return traceback.format_exc()
    return None


def _assert_kept(case: Case) -> None:
    """Every day keeps its identities and takes no longer than it may; the reference engine goes through the same."""
    settings = case.settings()
    model, usual = model_of(settings, case.policy_in(settings)), usual_day(settings.scale)
    other = settings.with_frame(engine="reference")
    plain = model_of(other, case.policy_in(other)) if len(model.men) <= FEW_AGENTS else None
    while model.running:
        begun = time.process_time()
        model.step()
        took = time.process_time() - begun
        assert took < USUAL * usual, f"day {model.today} took {took:.1f} s"
        assert_conserved(model)
        if plain:
            plain.step()
            assert_alike(model, plain)
    assert np.isfinite(model.outcomes.sums()).all()


@cache
def usual_day(scale: int) -> float:
    """Seconds that a day takes at the values of conf/, the median of a month."""
    model, took = model_of(settings_of(scale=scale), "as_documented"), []
    while model.running:
        begun = time.process_time()
        model.step()
        took.append(time.process_time() - begun)
    return max(statistics.median(took), 1e-4)


def _assert_tables_are_numbers(case: Case) -> None:
    """No cell of a table of `flight run` or `flight compare` is without a number where there is one to be had."""
    policy = case.policy if case.policy not in (None, "as_documented") else "open_asylum"
    small = [*case.words(), "jobs=1", "draw_from=priors"]
    verbs = {
        "run": [*case.words(), f"policy={policy}", "draws=0"],
        "compare": [*small, "draws=2", f"policies=[as_documented,{policy}]"],
    }
    for verb, words in verbs.items():
        with ExitStack() as without, tempfile.TemporaryDirectory() as folder:
            nowhere = without.enter_context(open(os.devnull, "w"))
            for end in (
                redirect_stdout(nowhere),
                redirect_stderr(nowhere),
                *(patch(name, lambda *_: []) for name in DRAWING),
            ):
                without.enter_context(end)
            code = main([verb, *words, f"out={folder}/out"])
            assert code == 0, f"flight {verb} {' '.join(words)}: exit code {code}"
            for path in sorted(Path(folder, "out").glob("*.parquet")):
                empty = _columns_without_a_number(path.stem, pd.read_parquet(path))
                assert empty == [], f"flight {verb} {' '.join(words)}: {path.stem}: {empty}"


def _columns_without_a_number(table: str, frame: pd.DataFrame) -> list[str]:
    """The columns of a table in which a number is missing that is to be had."""
    gaps = ~np.isfinite(frame.select_dtypes("number"))
    for column in gaps:
        if column in ONLY_RATIOS.get(table, ()):
            gaps[column] &= ~frame["outcome"].isin(RATIOS)
        elif column in NO_NUMBER.get(table, ()):
            gaps[column] = False
    return list(gaps.columns[gaps.any()])


def try_some(first: int, count: int) -> None:
    """Tries cases in this process, kernels compiled first: a line before each, and what it breaks after it."""
    for scale in sorted({scale for scale, _ in SIZES}):
        usual_day(scale)
    for number in range(first, first + count):
        print(f"case {number}", flush=True)
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        if wrong := broken_rule(case_of(number)):
            print(wrong, flush=True)
    faulthandler.cancel_dump_traceback_later()


def tried_apart(numbers: range) -> str:
    """What is wrong with these cases, by number; they run in a process of their own, in a new one after a crash."""
    found = []
    while numbers:
        command = [sys.executable, __file__, "--here", str(numbers[0]), str(len(numbers))]
        done = subprocess.run(command, capture_output=True, text=True, env=CHECKED)
        told = re.findall(r"^case (\d+)\n(.*?)(?=^case |\Z)", done.stdout, re.MULTILINE | re.DOTALL)
        found += [f"{number}: {wrong}" for number, wrong in told if wrong]
        if done.returncode == 0:
            break
        last = int(told[-1][0]) if told else numbers[0]
        found.append(f"{last}: ended with {done.returncode} or took {SECONDS} s\n{done.stderr[-3000:]}")
        numbers = range(last + 1, numbers.stop)
    return "\n".join(found)


def try_all(count: int, first: int) -> bool:
    """Tries so many cases with checked indices, a process for each core; whether all of them keep the rule."""
    begun, broken = time.monotonic(), 0
    parts = [range(at, min(at + AT_ONCE, first + count)) for at in range(first, first + count, AT_ONCE)]
    subprocess.run([sys.executable, __file__, "--here", str(first), "0"], env=CHECKED, check=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for part, wrong in zip(parts, pool.map(tried_apart, parts), strict=True):
            broken += bool(wrong)
            print(
                *filter(None, [wrong]),
                f"{part.stop - first} tried, {time.monotonic() - begun:.0f} s",
                sep="\n",
                flush=True,
            )
    print(f"{count} settings in {time.monotonic() - begun:.0f} s: {'all keep the rule' if not broken else 'see above'}")
    return not broken


if __name__ == "__main__":
    if sys.argv[1:2] == ["--here"]:
        try_some(*map(int, sys.argv[2:]))
    else:
        given = [int(word) for word in sys.argv[1:]]
        raise SystemExit(not try_all(*(given + [2000, 1][len(given) :])))
