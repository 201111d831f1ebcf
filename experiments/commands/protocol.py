"""What the module of a command has: how it plans, what it runs, how it makes a result."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from conscription_flight.config.options import OPTIONS, AnyOptions, Options

if TYPE_CHECKING:
    from conscription_flight.config.compose import Config
    from conscription_flight.config.plan import Plan
    from conscription_flight.runs.evaluate import RunGroups
    from conscription_flight.storage.result_folder import ResultFolder


class CommandModule(Protocol[AnyOptions]):
    """A module of conscription_flight.commands that `flight VERB` runs."""

    RESUMES: bool
    """Whether a command that was stopped goes on with what it had."""

    def make_plan(self, config: Config, options: AnyOptions) -> Plan[AnyOptions]:
        """The plan of a command with these options. Raises Problems that lists all mistakes."""

    def execute(self, plan: Plan[AnyOptions], folder: ResultFolder, jobs: int) -> None:
        """Runs the plan with so many workers and writes tables, pages and figures into the folder."""


@runtime_checkable
class StudyModule(CommandModule[AnyOptions], Protocol[AnyOptions]):
    """The module of a study of many runs."""

    def run_groups(self, plan: Plan[AnyOptions]) -> list[RunGroups]:
        """All runs of the plan, as far as they are known beforehand."""


def command_module(verb: str) -> CommandModule[Options]:
    """The module of a verb. Raises KeyError for what is not a verb with options of its own."""
    if verb not in OPTIONS:
        raise KeyError(verb)
    return cast("CommandModule[Options]", import_module(f"conscription_flight.commands.{verb}"))
