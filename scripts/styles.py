"""How the stylesheets are written: one rule a line; what is longer than a line, one declaration a line. What is built stays the same.

python scripts/styles.py format     writes static/css/**/*.css that way
python scripts/styles.py check      names the files that are not
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 126
# Comments, strings and addresses are taken whole; braces and semicolons within them part nothing.
_TOKEN = re.compile(r"/\*.*?\*/|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|url\([^)\"']*\)|[{};]|[^{};/\"'u]+|.", re.S)


def sheets() -> list[Path]:
    """The stylesheets of ours; the tokens are a table laid out by hand."""
    return [path for path in sorted((ROOT / "static" / "css").rglob("*.css")) if path.name != "tokens.css"]


def formatted(css: str) -> str:
    """A stylesheet as it should be written. Blank lines between rules are kept, at most one; those within a block too."""
    lines: list[str] = []
    _write(_parsed(iter(_TOKEN.findall(css))), lines, "")
    return "\n".join(lines).strip("\n") + "\n"


def _parsed(tokens: Iterator[str]) -> list[Any]:
    """What a block holds: texts (comments, declarations), blocks as (head, what they hold), and "" for a blank line."""
    found: list[Any] = []
    text = ""

    def blank() -> None:
        if re.match(r"\s*\n\s*\n", text) and found and found[-1] != "":
            found.append("")

    for piece in tokens:
        if piece.startswith("/*") and not text.strip():
            blank()
            beside = (
                found and "\n" not in text and isinstance(found[-1], str) and found[-1] and not found[-1].startswith("/*")
            )
            text = ""
            if beside:
                found[-1] += f"  {piece}"
            else:
                found.append(piece)
        elif piece == "{":
            blank()
            found.append((_folded(text), _parsed(tokens)))
            text = ""
        elif piece in "};":
            blank()
            if text.strip():
                found.append(f"{_folded(text)};")
            text = ""
            if piece == "}":
                return found
        else:
            text += piece
    return found


def _folded(text: str) -> str:
    return " ".join(text.split())


def _write(items: list[Any], lines: list[str], indent: str) -> None:
    for item in items:
        if isinstance(item, str):
            lines.append(f"{indent}{item}" if item else "")
            continue
        head, held = item
        line = f"{indent}{head} {{ {' '.join(held)} }}" if all(isinstance(part, str) for part in held) else ""
        if line and len(line) <= WIDTH and "" not in held and "/*" not in line:
            lines.append(line)
            continue
        lines.append(f"{indent}{head} {{")
        _write(held, lines, f"{indent}  ")
        lines.append(f"{indent}}}")


def main() -> int:
    action = sys.argv[1] if len(sys.argv) > 1 else "check"
    other = [path for path in sheets() if formatted(path.read_text()) != path.read_text()]
    for path in other:
        if action == "format":
            path.write_text(formatted(path.read_text()))
        print(f"{path.relative_to(ROOT)}: {'written anew' if action == 'format' else 'run python scripts/styles.py format'}")
    return 1 if other and action == "check" else 0


if __name__ == "__main__":
    sys.exit(main())
