"""A border state as a Mesa agent: a view of its columns and of its regime of the day."""

from conscription_flight.model.agents import ModelAgent
from conscription_flight.model.engine.rows import PLACE
from conscription_flight.model.parameters.schema import ROUTES


class BorderState(ModelAgent):
    """One border state; its card is `settings.tree.destination[name]`."""

    def __init__(self, model, name: str):
        """Register the state with the model."""
        super().__init__(model)
        self.name = name
        self.index = list(model.settings.structure.destination).index(name)

    @property
    def label(self) -> str:
        """Name as written in tables and figures."""
        return self.model.settings.structure.destination[self.name].label

    @property
    def admission(self) -> dict[str, float]:
        """Share let in by each route today."""
        return dict(
            zip(
                ROUTES,
                self.model.levers.share[self.model.today, self.index].tolist(),
                strict=True,
            )
        )

    @property
    def throughput(self) -> float:
        """Persons a day whom the crossings can let through today."""
        return float(self.model.levers.throughput[self.model.today, self.index])

    @property
    def net_stay(self) -> float:
        """Men here now."""
        return self._stock(PLACE.net_stay) * self.model.settings.scale

    @property
    def waiting(self) -> float:
        """Men waiting to get here."""
        return self._stock(PLACE.waiting) * self.model.settings.scale

    @property
    def queue(self) -> float:
        """Persons in the queue, ordinary travellers included."""
        return self._stock(PLACE.queue)

    def _stock(self, row):
        return float(self.model.world.places[self.model.today, row, self.index]) if self.model.day else 0.0
