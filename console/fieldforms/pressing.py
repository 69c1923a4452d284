"""The buttons inside a form, for a browser without a script: each comes back with the form and changes what is typed.

`_add_row=Quoted_Items`, `_remove_row=Quoted_Items-2`, `_move_up=…`, `_move_down=…`, `_undo=Company`; `_again`
only shows the form once more (for lookups that are searched). Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from console.fieldforms import kinds
from console.fieldforms.reading import Posted, Typed
from console.fieldforms.slots import Slot

BUTTONS = ("_add_row", "_remove_row", "_move_up", "_move_down", "_undo", "_again")


def pressed(slots: Sequence[Slot], posted: Posted, stored: Typed) -> Typed | None:
    """What is typed after the button that was pressed; None when none of these was.

    stored  what stood in the inputs for the record as it is: undoing goes back to that
    """
    button = next((name for name in BUTTONS if name in posted), None)
    if button is None:
        return None
    names = {slot.api_name for slot in slots}
    typed: Typed = {}
    for name, texts in posted.items():
        if isinstance(name, str) and (name in names or name.partition("-")[0] in names):
            typed[name] = [texts] if isinstance(texts, str) else list(texts)
    wanted = str(list(posted[button])[-1]) if posted[button] else ""
    top, _, key = wanted.partition("-")
    if button == "_undo":
        typed = {name: texts for name, texts in typed.items() if name != wanted and not name.startswith(f"{wanted}-")}
        return typed | {
            name: texts for name, texts in stored.items() if name == wanted or name.startswith(f"{wanted}-")
        }
    slot = next((slot for slot in slots if slot.api_name == top), None)
    if slot is None or slot.kind != kinds.ROWS:
        return typed
    order = typed.get(f"{top}-order", [])
    typed[f"{top}-order"] = order = list(dict.fromkeys(key for key in order if key.isdecimal()))
    if button == "_add_row":
        if len(order) < slot.maximum_rows:
            order.append(str(max((int(each) for each in order if each.isdecimal() and len(each) < 7), default=-1) + 1))
    elif key in order:
        place = order.index(key)
        if button == "_remove_row":
            order.remove(key)
        else:
            other = place + (-1 if button == "_move_up" else 1)
            if 0 <= other < len(order):
                order[place], order[other] = order[other], order[place]
    return typed
