"""The model: it builds the world, and tells the day as one list."""

import mesa
import numpy as np

from conscription_flight.model.border_state import BorderState
from conscription_flight.model.compiled import compiled, stage
from conscription_flight.model.engine.rule_inputs import rule_inputs_of
from conscription_flight.model.engine.stages.call_up import call_up
from conscription_flight.model.engine.stages.cross import cross
from conscription_flight.model.engine.stages.hosts import hosts
from conscription_flight.model.engine.stages.observe import observe
from conscription_flight.model.engine.stages.opening import open_world
from conscription_flight.model.engine.stages.perceive import decrees, perceive
from conscription_flight.model.engine.stages.serve import serve
from conscription_flight.model.engine.stages.set_out import set_out
from conscription_flight.model.engine.stages.settle import settle
from conscription_flight.model.engine.stages.voice import voice
from conscription_flight.model.engine.state import state_at_start
from conscription_flight.model.men import EligibleMan, EligibleMen
from conscription_flight.model.mobilising_state import MobilisingState
from conscription_flight.model.outcomes import Outcomes
from conscription_flight.model.parameters.settings import Settings
from conscription_flight.model.policies import Policy
from conscription_flight.model.population import PASTS


@stage
def pass_day(world, inputs, day):
    """A day, in this order."""
    decrees(world, inputs, day)
    perceive(world, inputs, day)
    call_up(world, inputs, day)
    set_out(world, inputs, day)
    cross(world, inputs, day)
    settle(world, inputs, day)
    serve(world, inputs, day)
    voice(world, inputs, day)
    hosts(world, inputs, day)
    observe(world, inputs, day)


SCHEDULE = ("decrees", "perceive", "call_up", "set_out", "cross", "settle", "serve", "voice", "hosts", "observe")
"""The stages of a day in their order: what `pass_day` calls, and what the reference engine goes by."""
AT_ONCE = 30
"""Days that compiled code passes before Python, and with it Ctrl-C, has its turn: a turn costs as much as a day of a
small run."""


@compiled
def pass_days(world, inputs, first, last):
    """The days from `first` to `last` - 1."""
    for day in range(first, last):
        pass_day(world, inputs, day)


class ConscriptionFlight(mesa.Model):
    """Men who flee a draft, the states they flee to and the state that wants them, under one policy.

    Agents: `agents_by_type[EligibleMan]` (a column-backed agent set), `BorderState`s and one `MobilisingState`. The run
    is given by (settings, policy, seed) alone: no draw comes from Mesa's generators. `day` is the number of days
    passed.
    """

    def __init__(self, settings: Settings, policy: Policy, seed: int | None = None, rng=None):
        """Build the world of day 0; `seed` defaults to that of the settings, `rng` is for the user's own draws."""
        super().__init__(rng=settings.seed if rng is None else rng)
        self.settings, self.policy, self.run_seed = (
            settings,
            policy,
            settings.seed if seed is None else seed,
        )
        self.border_states = {name: BorderState(self, name) for name in settings.structure.destination}
        self.mobilising_state, self.world = MobilisingState(self), None
        self.restart()
        self.agents_by_type[EligibleMan] = EligibleMen(self)

    def restart(
        self,
        settings: Settings | None = None,
        policy: Policy | None = None,
        seed: int | None = None,
    ) -> "ConscriptionFlight":
        """Start again from day 0, with other settings (of the same border states), policy or seed where given.

        Raises ValueError for settings with other border states: build a new model for those.
        """
        settings = settings or self.settings
        if list(settings.structure.destination) != list(self.border_states):
            raise ValueError("restart takes settings with the same border states; build a new model for others")
        self.settings, self.policy, self.run_seed = (
            settings,
            policy or self.policy,
            self.run_seed if seed is None else seed,
        )
        self.levers = self.policy.levers(settings)
        self.day, self.running, self._measured = 0, True, None
        self._start()
        return self

    def _start(self):
        self.world = state_at_start(self.settings, self.levers, self.world)
        self.inputs = rule_inputs_of(self.settings, self.run_seed)
        if self.settings.engine == "reference":
            self._plain = self._plain_engine()
        else:
            open_world(self.world.handle, self.inputs)

    def step(self) -> None:
        """Pass one day; at the horizon, nothing."""
        self.pass_until(self.day + 1)

    def run(self) -> "ConscriptionFlight":
        """Pass all days to the horizon."""
        self.pass_until(self.settings.days)
        return self

    run_model = run

    def pass_until(self, day: int) -> None:
        """Pass the days up to `day` (not included) or the horizon, some at a time, so that Ctrl-C ends them."""
        last = min(day, self.settings.days)
        while self.day < last:
            until = min(self.day + AT_ONCE, last)
            self._pass(self.day, until)
            self.day, self._measured = until, None
        self.running = self.day < self.settings.days

    def _plain_engine(self):
        from conscription_flight.model.reference import PlainMan, ReferenceEngine

        for man in list(self.agents_by_type.get(PlainMan, ())):
            man.remove()
        return ReferenceEngine(self)

    def _pass(self, first, last):
        if self.settings.engine == "reference":
            for day in range(first, last):
                self._plain.pass_day(day, SCHEDULE)
        else:
            pass_days(self.world.handle, self.inputs, first, last)

    @property
    def today(self) -> int:
        """The last day passed (0 before the first)."""
        return max(0, self.day - 1)

    @property
    def men(self) -> EligibleMen:
        """All men."""
        return self.agents_by_type[EligibleMan]

    @property
    def outcomes(self) -> Outcomes:
        """What has been measured so far."""
        if self._measured is None:
            self._measured = Outcomes(self.world, self.settings, self.day)
        return self._measured

    def fates(self) -> dict[str, np.ndarray]:
        """Men (sorted indices, int32) by what has happened to them, for pairing arms man by man.

        One entry for each of PASTS.
        """
        men = np.flatnonzero(self.world.past > 0).astype(np.int32)
        past = self.world.past[men]
        return {name: men[(past & (1 << bit)) > 0] for bit, name in enumerate(PASTS)}
