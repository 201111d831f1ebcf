"""The mobilising state holds men back at its own border (documents 001:19, 001:34)."""

from typing import Annotated, Literal

from pydantic import Field

from conscription_flight.model.parameters.schema import LIABILITIES
from conscription_flight.model.policies.instrument import Announced
from conscription_flight.model.policies.timelines import Levers

HELD_BACK = {"filtering": ("callable",), "ban": LIABILITIES}


class ExitControl(Announced):
    """Filtering holds back the men whom the rule calls, a ban all men of military age.

    `enforcement` is the chance that such a man is stopped, `leakage` the chance that a stopped man slips through;
    without them the cards `mobilisation.enforcement` and `mobilisation.leakage` hold.
    """

    kind = "exit_control"
    control: Literal["none", "filtering", "ban"]
    enforcement: Annotated[float, Field(ge=0, le=1)] | None = None
    leakage: Annotated[float, Field(ge=0, le=1)] | None = None

    def apply(self, levers: Levers) -> None:
        """Stop the men concerned from the date on; an announced date hangs over the days before it."""
        days, settings = levers.span(self.start, self.until), levers.settings
        enforcement = settings["mobilisation.enforcement"] if self.enforcement is None else self.enforcement
        levers.stop[days] = [enforcement if name in HELD_BACK.get(self.control, ()) else 0.0 for name in LIABILITIES]
        levers.leakage[days] = settings["mobilisation.leakage"] if self.leakage is None else self.leakage
        if self.control != "ban":
            return
        levers.rumour[days] = 0.0
        levers.announce(levers.ban_left, self.announced, self.start or settings.start_date)
