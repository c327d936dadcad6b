"""``python -m prm.local.probe [URL]``: asks a probe and ends with 0 when it says ok; the health check of a container."""

from __future__ import annotations

import http.client
import json
import sys
from typing import Any
from urllib.parse import urlsplit

DEFAULT = "http://127.0.0.1:8000/readyz"


def probe(url: str, seconds: float = 5.0) -> tuple[int, dict[str, Any]]:
    """The status (0 when nobody answers within ``seconds``) and the JSON that ``url`` gave."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=seconds)
    try:
        connection.request("GET", parts.path or "/readyz")
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (OSError, ValueError, http.client.HTTPException):
        return 0, {}
    finally:
        connection.close()


if __name__ == "__main__":
    status, answer = probe(sys.argv[1] if len(sys.argv) > 1 else DEFAULT)
    print(status or "no answer", json.dumps(answer))
    sys.exit(0 if status == 200 else 1)
