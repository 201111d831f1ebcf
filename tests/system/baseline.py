"""What every policy gives at one person in 20,000 over the days of conf/: the whole model in a few seconds.

`make baseline` writes it to tests/data/baseline.json, a line an outcome and place, a number for each policy; the test
holds the model as it is now against that file, to the last bit. A change that is meant to move numbers is committed
with the file made anew, whose difference shows what it moves.
"""

from __future__ import annotations

import json

from places import DATA
from worlds import POLICIES, model_of, settings_of, tree

FILE = DATA / "baseline.json"
SCALE = 20_000


def reckoned() -> dict:
    """The size of the runs, the policies, and the sum of every outcome at every place under each of them."""
    settings = settings_of(scale=SCALE, days=tree()["days"])
    models = [model_of(settings, policy).run() for policy in POLICIES]
    columns = models[0].outcomes.columns
    sums = zip(*(model.outcomes.sums().tolist() for model in models), strict=True)
    return {
        "scale": settings.scale,
        "days": settings.days,
        "seed": settings.seed,
        "policies": list(POLICIES),
        "sums": {f"{outcome}@{place}": list(values) for (outcome, place), values in zip(columns, sums, strict=True)},
    }


def as_text(found: dict) -> str:
    """A line for each entry, so that a difference shows the outcomes that moved."""
    sums = ",\n".join(f"  {json.dumps(name)}: {json.dumps(values)}" for name, values in found["sums"].items())
    rest = "".join(f"{json.dumps(key)}: {json.dumps(value)},\n" for key, value in found.items() if key != "sums")
    return f'{{\n{rest}"sums": {{\n{sums}\n}}}}\n'


if __name__ == "__main__":
    FILE.write_text(as_text(reckoned()), encoding="utf-8")
