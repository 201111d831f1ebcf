"""What can be read off a figure."""

from __future__ import annotations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text


def drawn_texts(fig):
    """The visible texts of a figure, with their boxes in pixels; ticks outside their axis are not drawn."""
    renderer = FigureCanvasAgg(fig).get_renderer()
    fig.draw(renderer)
    hidden = {label for ax in fig.axes for label in _labels_outside(ax)}
    texts = [
        text for text in fig.findobj(Text) if text.get_visible() and text.get_text().strip() and text not in hidden
    ]
    texts = [text for text in texts if text.axes is None or text.axes.get_visible()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in texts]


def _labels_outside(ax):
    for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
        shared = axis.get_tick_params().get("labelbottom", axis.get_tick_params().get("labelleft", True))
        low, high = sorted(limits)
        margin = 1e-9 * (high - low)
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not shared or not low - margin <= tick.get_loc() <= high + margin:
                yield from (tick.label1, tick.label2)
