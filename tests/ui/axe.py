"""axe-core in a Playwright page: ``assert axe_violations(page) == []``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe_violations(page: Any, *, within: str = "body", without: tuple[str, ...] = ()) -> list[str]:
    """What WCAG 2.2 AA and axe's best practices have against the page as it stands: one line per rule and place.

    The script is added over the debugging protocol, past the page's content security policy, and changes nothing in it.
    """
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE.read_text()})
    found = page.evaluate(
        """([within, without, tags]) => axe
             .run({include: [[within]], exclude: without.map(s => [s])},
                  {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})
             .then(r => r.violations.flatMap(v => v.nodes.map(n => {
               const why = n.any[0] || n.all[0] || n.none[0] || {message: v.help};
               return `${v.id}: ${n.target.join(' ')} · ${why.message}`;
             })))""",
        [within, list(without), RULES],
    )
    session.detach()
    return list(found)
