"""Draws how far each goal was reached, as an SVG picture without any library.

One bar a row, on a logarithmic scale: at the line in the middle of the picture the goal is reached.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from bench.measuring import Row

_WIDTH: Final = 960
_LEFT: Final = 470  # where the bars begin
_BARS: Final = 440  # how long the longest may be
_ROW: Final = 34
_HEAD: Final = 44
_LETTERS: Final = 66  # of a line of words
_LEAST, _MOST = 0.25, 8.0

_STYLE: Final = """
  text { font: 13px system-ui, sans-serif; fill: #222 } .title { font-weight: 600 } .figure { fill: #222 }
  .paper { fill: #fff } .met { fill: #2b7a4b } .unmet { fill: #b5452c } .line { stroke: #222; stroke-dasharray: 4 3 }
  .grid { stroke: #ddd } .small { font-size: 11px; fill: #666 }
  @media (prefers-color-scheme: dark) {
    text, .figure { fill: #eee } .paper { fill: #16181c } .met { fill: #52b27a } .unmet { fill: #e0785f }
    .line { stroke: #eee } .grid { stroke: #3a3d44 } .small { fill: #aaa }
  }
"""


def draw(results: Mapping[str, Sequence[Row]]) -> str:
    """Draw the rows that have a goal in numbers, under the titles of their benchmarks."""
    shapes: list[str] = []
    y = _HEAD
    for title, rows in results.items():
        bars = [row for row in rows if row.reach is not None]
        if not bars:
            continue
        y += _ROW
        shapes.append(f'<text class="title" x="16" y="{y - 10}">{escape(title)}</text>')
        for row in bars:
            shapes += _bar(row, y)
            y += _ROW
    height = y + 16
    return "\n".join([_opening(height), *_scale(height), *shapes, "</svg>", ""])


def _opening(height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="How far each goal was reached">\n<style>{_STYLE}</style>\n'
        f'<rect class="paper" width="{_WIDTH}" height="{height}"/>'
    )


def _scale(height: int) -> list[str]:
    shapes = []
    for mark, words in (
        (0.25, "¼"),
        (0.5, "½"),
        (1.0, "the goal"),
        (2.0, "2 times"),
        (4.0, "4 times"),
        (8.0, "8 times"),
    ):
        x = _x(mark)
        kind = "line" if mark == 1.0 else "grid"
        shapes.append(f'<line class="{kind}" x1="{x}" y1="{_HEAD - 12}" x2="{x}" y2="{height - 10}"/>')
        shapes.append(f'<text class="small" x="{x}" y="{_HEAD - 18}" text-anchor="middle">{words}</text>')
    return shapes


def _bar(row: Row, y: int) -> list[str]:
    reach = row.reach or 0.0
    lines = textwrap.wrap(row.what, _LETTERS, max_lines=2, placeholder=" …")
    first = y + 18 if len(lines) == 1 else y + 11
    words = [
        f'<text class="small" x="16" y="{first + 13 * number}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    ]
    kind = "met" if row.met else "unmet"
    width = max(2, _x(reach) - _LEFT)
    title = escape(f"{row.what}: {row.figure}; the goal is {row.goal}")
    place = f'x="{_LEFT}" y="{y + 6}" width="{width}" height="16" rx="2"'
    return [*words, f'<rect class="{kind}" {place}><title>{title}</title></rect>']


def _x(reach: float) -> int:
    within = min(max(reach, _LEAST), _MOST)
    return _LEFT + round(_BARS * math.log(within / _LEAST) / math.log(_MOST / _LEAST))
