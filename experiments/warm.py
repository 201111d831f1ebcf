"""`python -m experiments.warm`: compile the engine into its cache, once, so that no run and no worker has to."""

from __future__ import annotations

from experiments.config import read_config


def warm() -> None:
    """Pass one day of a small world."""
    from model.model import ConscriptionFlight
    from model.parameters import read_settings
    from model.policies import read_policy

    config = read_config("run", ["scale=100000", "days=1"], ("out", "name"))
    settings = read_settings(config.settings)
    ConscriptionFlight(settings, read_policy(config.chosen, settings)).run()


if __name__ == "__main__":
    warm()
