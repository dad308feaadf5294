"""Todo instante sale en UTC y termina en `Z` (§1.5)."""

from __future__ import annotations

from datetime import UTC, datetime


def instante(valor: datetime) -> str:
    return valor.astimezone(UTC).isoformat().replace("+00:00", "Z")
