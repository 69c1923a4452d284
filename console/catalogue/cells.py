"""A line of the table as markup: made here and not in a template, because a keystroke shows fifty within 10 ms."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from console.catalogue.lines import Line
from crm_client.apis import METHODS


@dataclass(frozen=True, slots=True)
class Table:
    """How the lines are shown.

    operation, doctor  addresses of those pages
    version            goes along with the links, "" for none
    can_tick           with a box in front, which a form with the id "ticks" takes
    is_both            with the versions and what differs
    """

    operation: str
    doctor: str
    version: str = ""
    can_tick: bool = False
    is_both: bool = False

    def row(self, line: Line, granted: bool) -> SafeString:
        """One `<tr>`. Every text of the CRM is escaped here."""
        method, path, scope, key = escape(line.method), escape(line.path), escape(line.scope), escape(line.key)
        link = f"{self.operation}?op={quote(line.key, safe='')}" + (
            f"&amp;version={self.version}" if self.version else ""
        )
        cells = []
        if self.can_tick:
            cells.append(
                f'<td><input type="checkbox" name="op" value="{key}" form="ticks" aria-label="Tick {key}"></td>'
            )
        kind = method if line.method in METHODS else "other"
        cells.append(f'<td><span class="verb verb-{kind}">{method}</span></td>')
        cells.append(f'<th scope="row"><a href="{link}"><code>{path}</code></a></th><td><code>{scope}</code></td>')
        if granted:
            cells.append('<td><span class="yes">granted</span></td>')
        else:
            ask = f"{self.doctor}?scope={quote(line.scope, safe='')}"
            cells.append(f'<td><a href="{ask}" aria-label="Not granted: ask for {scope}">missing</a></td>')
        cells.append(f'<td class="num">{line.credits}</td>')
        if self.is_both:
            differs = f' <span class="tag tag-warn">{escape(line.differs)}</span>' if line.differs else ""
            cells.append(f"<td>{' '.join(f'v{number}' for number in line.versions)}{differs}</td>")
        return mark_safe(f"<tr>{''.join(cells)}</tr>")  # noqa: S308  every text above went through escape or quote
