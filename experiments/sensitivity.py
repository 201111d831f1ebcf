"""`flight sensitivity`: which uncertain cards an outcome, or the difference that a policy makes, hangs on.

**Chance is an input.** A run has a seed of its own, and a difference of tens of men between two runs may be luck. One seed for all
points would give the indices of that one seed's world; a fresh seed for every run would add the variance of chance to every total index,
so that a card that does nothing would seem to matter. Here the seed is one more input of the sample, varied as cards are: the two
runs from which a card's effect is taken have the same seed, so that a card that does nothing has a total index of exactly 0, and the
index of chance is the share of the variance that replicates with other seeds would show. First indices, chance and interactions
together make up the variance of a single run. Both arms of a difference have the seed and the cards of their point.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.plan import Arm, Plan
from experiments.problems import Problems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from experiments.config import Config
    from experiments.inputs import Input
    from experiments.storage import ResultFolder
    from model.cards import Card

HELP = """\
flight sensitivity [KEY=VALUE ...]    which uncertain cards an outcome or a policy difference hangs on: tables, a page, figures

  policy=NAME         the policy
  reference=NAME      the policy that is subtracted, at the same cards and with the same seed; null takes outcomes as they are
  outcomes=[...]      NAME (all places together) or NAME@PLACE
  method=both         morris: a screening of all cards; sobol: first and total indices; both: indices of what the screening finds strongest
  over=[...]          cards, or folders of cards such as behaviour; null takes every uncertain card (for method=sobol: every top folder)
  strongest=N         cards that get indices of their own after a screening (12)
  others=drawn        all other uncertain cards are one input more; kept: they stay at their values
  points=N            points of the Sobol sample, a power of two (256); runs: points x (inputs + 2), twice that with a reference
  trajectories=N      of the screening (10); runs: trajectories x (cards + 2), twice that with a reference
  jobs=N              worker processes (2)
  out=FOLDER          where the result goes (outputs/sensitivity/NAME-HASH)
  any key of flight run: scale=, days=, seed=, any card

Cards are drawn from their priors, each apart from the others; chance (the seed of a run) is an input like a card. A study that was
stopped goes on where it was: give the same command again.

Examples
  flight sensitivity policy=open_asylum reference=as_documented
  flight sensitivity method=sobol over=[behaviour,mobilisation,voice] points=512
  flight sensitivity method=morris trajectories=40 outcomes=[net_stay,admitted@finland]
"""

RESUMES = True


def plan(config: Config) -> Plan:
    """An arm for the policy and one for the reference. Raises Problems for a study that cannot be run."""
    from importlib.util import find_spec

    from experiments.sweep import outcome_problems

    options, problems = config.options, []
    policies = {config.chosen["name"]: config.chosen}
    if find_spec("SALib") is None:
        problems.append("flight sensitivity: needs SALib; pip install 'conscription-flight[studies]'")
    if options["reference"] in policies:
        problems.append(f"reference = {options['reference']}: the policy itself; name another, or null")
    try:
        if options["reference"] is not None:
            policies[options["reference"]] = config.policy(options["reference"], "reference")
    except Problems as error:
        problems += error.problems
    plan = Plan("sensitivity", config.settings, policies, tuple(Arm(name, name) for name in policies), options)
    problems += _card_problems(plan) + outcome_problems(plan)
    if problems:
        raise Problems(problems)
    return plan


def _card_problems(plan: Plan) -> list[str]:
    """What is wrong with `over`; settings that cannot be read are told of elsewhere."""
    from model.parameters import SettingsError

    try:
        chosen_inputs(plan)
    except Problems as error:
        return error.problems
    except SettingsError:
        pass
    return []


def chosen_inputs(plan: Plan) -> tuple[list[Input], dict[str, Card]]:
    """The inputs that `over` names, and all uncertain cards by path."""
    from experiments.inputs import named_inputs
    from model.parameters import read_settings

    settings = read_settings(plan.settings)
    cards = dict(sorted(settings.uncertain().items()))
    return named_inputs(plan.options["over"], cards, settings.cards()), cards


def runs_at_most(plan: Plan) -> int:
    """Runs that the study takes, if the screening leaves as many cards as are asked for."""
    options = plan.options
    named, cards = chosen_inputs(plan)
    singles = sum(len(each.cards) for each in named)
    inputs = min(options["strongest"], singles) if options["method"] == "both" else len(named)
    others = options["others"] == "drawn" and (inputs < len(cards) if options["method"] == "both" else sum(len(each.cards) for each in named) < len(cards))
    screened = options["trajectories"] * (singles + 2) if options["method"] != "sobol" else 0
    indexed = options["points"] * (inputs + others + 3) if options["method"] != "morris" else 0
    return len(plan.arms) * (screened + indexed)


def execute(plan: Plan, folder: ResultFolder, jobs: int) -> None:
    """Runs the samples; writes the tables `morris`, `indices`, `convergence`, `tornado`, the page and the figures."""
    from experiments.figures import draw_sensitivity
    from experiments.sensitivity_page import page, tell

    tables = computed(plan, folder.path, jobs)
    for name, frame in tables.items():
        folder.table(name, frame)
    (folder.path / "sensitivity.md").write_text(page(plan, tables))
    tell(plan, tables)
    draw_sensitivity(tables, plan, folder.path)


def computed(plan: Plan, folder: Path, jobs: int) -> dict[str, pd.DataFrame]:
    """The tables of the study by name."""
    from experiments.indices import strongest
    from experiments.inputs import card_inputs

    inputs, cards = chosen_inputs(plan)
    tables, method = {}, plan.options["method"]
    if method != "sobol":
        singles = card_inputs({path: card for each in inputs for path, card in each.cards.items()})
        tables["morris"] = screened(plan, singles, cards, folder, jobs)
        if method == "both":
            chosen = strongest(tables["morris"], [each.name for each in singles], plan.options["strongest"])
            inputs = card_inputs({path: cards[path] for path in chosen})
    if method != "morris":
        tables |= indexed(plan, inputs, cards, folder, jobs)
    return tables


def screened(plan: Plan, inputs: Sequence[Input], cards: Mapping[str, Card], folder: Path, jobs: int) -> pd.DataFrame:
    """Morris screening of the inputs and of chance: table `morris`.

    Cards move between 5% and 95% of their priors; an effect is the change over that whole span.
    """
    from experiments.indices import morris_frame
    from experiments.inputs import CHANCE, INSIDE, Input, chance_tickets, rest_tickets
    from experiments.sampling import morris
    from model.randomness import seed_of

    trajectories, rest = plan.options["trajectories"], _others(plan, inputs, cards)
    sample = morris(trajectories, len(inputs) + 1, seed_of("morris", plan.seed))
    low, high = INSIDE
    numbers = [low + (high - low) * column for column in sample[:, :-1].T]
    numbers += [rest_tickets(len(sample), trajectories) for _ in rest]
    numbers.append(chance_tickets(sample[:, -1], trajectories))
    varied = [*inputs, *rest, Input(CHANCE)]
    values = run(plan, varied, np.column_stack(numbers), folder, jobs, f"screening of {len(inputs)} cards")
    return morris_frame(sample, values, [*(each.name for each in inputs), CHANCE], plan.options["outcomes"], seed_of("resample", plan.seed))


def indexed(
    plan: Plan, inputs: Sequence[Input], cards: Mapping[str, Card], folder: Path, jobs: int
) -> dict[str, pd.DataFrame]:
    """Sobol indices of the inputs, of all other cards together and of chance: tables `indices`, `convergence` and `tornado`."""
    from experiments.indices import convergence_frame, fifths_frame, sobol_frame
    from experiments.inputs import CHANCE, Input
    from experiments.sampling import in_units, saltelli
    from model.randomness import seed_of

    varied = [*inputs, *_others(plan, inputs, cards), Input(CHANCE)]
    names, outcomes = [each.name for each in varied], plan.options["outcomes"]
    sample = saltelli(plan.options["points"], len(varied), seed_of("saltelli", plan.seed))
    values = run(plan, varied, sample, folder, jobs, f"indices of {len(varied)} inputs")
    again, block = seed_of("resample", plan.seed), len(varied) + 2
    independent = np.arange(len(sample)) % block % (block - 1) == 0
    single = [number for number, each in enumerate(varied) if len(each.cards) == 1]
    tornado = fifths_frame(values[independent], sample[independent][:, single], [names[number] for number in single], outcomes)
    ends = {names[number]: in_units(cards[names[number]], np.array([0.1, 0.9])) for number in single}
    for column, name in enumerate(("card_low", "card_high")):
        tornado[name] = [float(ends[path][column]) for path in tornado["input"]]
    return {
        "indices": sobol_frame(values, names, outcomes, again),
        "convergence": convergence_frame(values, names, outcomes, again),
        "tornado": tornado,
    }


def _others(plan: Plan, inputs: Sequence[Input], cards: Mapping[str, Card]) -> list[Input]:
    from experiments.inputs import rest_of

    return rest_of(inputs, cards) if plan.options["others"] == "drawn" else []


def run(plan: Plan, inputs: Sequence[Input], numbers: np.ndarray, folder: Path, jobs: int, label: str) -> np.ndarray:
    """The outcomes (points, outcomes) at the inputs' numbers (points, inputs), the last of which is chance; less the reference's if there is one."""
    from experiments.designed import Design, evaluate

    *of_cards, chance = inputs
    values = [each.values(column, plan.seed) for each, column in zip(of_cards, numbers.T, strict=False)]
    arms = len(plan.arms)
    design = Design(
        arms=np.tile(np.arange(arms), len(numbers)),
        paths=tuple(path for each in of_cards for path in each.cards),
        values=np.repeat(np.column_stack([np.empty((len(numbers), 0)), *values]), arms, axis=0),
        seeds=np.repeat(chance.seeds(numbers[:, -1], plan.seed), arms),
    )
    found = evaluate(plan, design, plan.options["outcomes"], folder, jobs, label)
    return found[::arms] - found[1::arms] if arms == 2 else found


if __name__ == "__main__":
    from experiments.cli import main

    raise SystemExit(main(["sensitivity", *sys.argv[1:]]))
