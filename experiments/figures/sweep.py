"""The figure of a sweep: lines with bands over one dimension, cells over two."""

from functools import partial
from pathlib import Path

import pandas as pd

from experiments.design import LEVER
from experiments.figures.cells import cells
from experiments.figures.comparison import draws_line
from experiments.figures.lines import lines
from experiments.figures.style import capital, save, styled
from experiments.plan import Plan, is_card

UNNAMED = "sweep"


def draw_sweep(sums: pd.DataFrame, design: pd.DataFrame, plan: Plan, folder: Path) -> list[Path]:
    """Writes sweep.png and sweep.svg: the plan's outcomes over the dimensions of its design."""
    values = sums.merge(design, on="arm", sort=False, validate="many_to_one")
    labels = {name: tree["label"] for name, tree in ((tree["name"], tree) for tree in plan.policies.values())}
    if plan.options["less"]:
        against = plan.policies[plan.arms[-1].policy]["label"]
        labels = {name: f"{label} less “{against}”" for name, label in labels.items()}
    paths = dimensions(design, plan)
    axes = {path: axis_name(path, plan) for path in paths[:2]}
    panels = [name.partition("@")[::2] for name in plan.options["outcomes"]]
    source = f"After {plan.settings['days']} days. {draws_line(plan, 'point')}"
    if len(paths) > 2:
        source = f"Over all values of {', '.join(paths[2:])}. {source}"
    with styled():
        drawing = partial(cells, centred=bool(plan.options["less"])) if len(paths) > 1 else lines
        return save(drawing(values, axes, panels, labels, title_of(plan), source), folder, "sweep")


def title_of(plan: Plan) -> str:
    """The plan's own title, or its name with what is drawn."""
    what = "differences" if plan.options["less"] else "outcomes"
    return capital(plan.options["title"] or (what if plan.name == UNNAMED else f"{plan.name.replace('_', ' ')}: {what}"))


def dimensions(design: pd.DataFrame, plan: Plan) -> list[str]:
    """The design's columns that are axes: all but the policy; of a list, whose columns move together, the first."""
    paths = [name for name in design.columns if name not in ("arm", "policy")]
    return paths[:1] if plan.options["design"] == "list" else paths


def axis_name(path: str, plan: Plan) -> str:
    """What the plan or the card calls the number at a path, with its unit; of a lever, its mechanism and key."""
    if path.startswith(LEVER):
        policy = next(iter(plan.policies.values()))
        _, mechanism, *rest = path.removeprefix(LEVER).split(".")
        own = f"{policy['mechanisms'][int(mechanism)]['kind']}: {' '.join(rest)}".replace("_", " ")
        return capital(plan.options["labels"].get(path) or own)
    node = plan.settings
    for step in path.split("."):
        node = node[int(step) if isinstance(node, list) else step]
    name = plan.options["labels"].get(path) or (node["meaning"] if is_card(node) else path.replace("_", " "))
    return capital(f"{name} ({node['unit']})" if is_card(node) and node["unit"] != "none" else name)
