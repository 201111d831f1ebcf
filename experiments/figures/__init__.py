"""Everything that draws. Import it late: nothing else in the project needs matplotlib."""

from experiments.figures.calibration import draw_calibration
from experiments.figures.claims import draw_claims
from experiments.figures.comparison import draw_comparison
from experiments.figures.forecasts import draw_forecast
from experiments.figures.marginals import draw_marginals
from experiments.figures.run import draw_run
from experiments.figures.sensitivity import draw_sensitivity
from experiments.figures.sweep import draw_sweep

__all__ = ["draw_calibration", "draw_claims", "draw_comparison", "draw_forecast", "draw_marginals", "draw_run", "draw_sensitivity", "draw_sweep"]
