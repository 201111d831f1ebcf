"""The mobilising state as a Mesa agent: a view of its draft and of its control of the exits."""

from conscription_flight.model.agents import ModelAgent
from conscription_flight.model.engine.rows import TOTAL
from conscription_flight.model.parameters.schema import LIABILITIES


class MobilisingState(ModelAgent):
    """The state that calls men up."""

    @property
    def quota(self) -> float:
        """Men wanted in all, as known today."""
        return float(self.model.levers.quota[self.model.today])

    @property
    def exit_control(self) -> dict[str, float]:
        """Chance that the own border stops a man today, by liability."""
        return dict(
            zip(
                LIABILITIES,
                self.model.levers.stop[self.model.today].tolist(),
                strict=True,
            )
        )

    @property
    def pool(self) -> float:
        """Callable men within reach."""
        return self._standing(TOTAL.pool)

    @property
    def in_training(self) -> float:
        """Men in training."""
        return self._standing(TOTAL.in_training)

    @property
    def called_up(self) -> float:
        """Men served with a notice so far."""
        return self._so_far(TOTAL.called_up)

    @property
    def wasted_notices(self) -> float:
        """Notices so far to men who were not there."""
        return self._so_far(TOTAL.wasted_notices)

    @property
    def inducted(self) -> float:
        """Men inducted so far."""
        return self._so_far(TOTAL.inducted)

    def _standing(self, row):
        return float(self.model.world.accumulators[row]) * self.model.settings.scale

    def _so_far(self, row):
        return float(self.model.world.totals[: self.model.day, row].sum()) * self.model.settings.scale
