"""Islands of a graph on one sheet: the first on top, the others in rows below. Pure."""

from collections.abc import Sequence

from console.diagrams.frame import Block, move
from console.diagrams.model import Arrow, Layout

MARGIN, GAP = 24, 36


def pack(
    blocks: Sequence[Block], direction: str, *, left_out: Sequence[Arrow] = (), fallback_reason: str = ""
) -> Layout:
    """One layout of all blocks, in their order; rows are about as wide as the widest block or the whole is high."""
    area = sum((block.width + GAP) * (block.height + GAP) for block in blocks)
    widest = max([block.width for block in blocks], default=0)
    limit = max(widest, round((1.8 * area) ** 0.5))
    layout = Layout([], [], 0, 0, direction, fallback_reason, list(left_out))
    x = y = row = 0
    for block in blocks:
        if x and x + block.width > limit:
            x, y, row = 0, y + row + GAP, 0
        move(block, x + MARGIN, y + MARGIN)
        layout.cards += block.cards
        layout.routes += block.routes
        layout.width = max(layout.width, x + block.width)
        row = max(row, block.height)
        x += block.width + GAP
    layout.width += 2 * MARGIN
    layout.height = y + row + 2 * MARGIN
    return layout
