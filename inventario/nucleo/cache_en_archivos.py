"""La caché común de una máquina sin Redis: la de Django en archivos, con cuentas que no se pierden."""

from __future__ import annotations

import fcntl
import os
import pickle
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache


class CacheEnArchivos(FileBasedCache):
    """`add` e `incr` se hacen de a uno entre todos los procesos, e `incr` respeta el plazo.

    La de Django lee y después escribe: dos procesos a la vez cuentan una sola, y el plazo empieza de nuevo.
    Además, pasada de `MAX_ENTRIES`, borra al azar; esta borra lo vencido y, si no basta, lo más viejo.
    """

    # Lo interno de la de Django, que sus tipos no publican.
    _dir: str
    _createdir: Callable[[], None]
    _is_expired: Callable[[IO[bytes]], bool]
    _key_to_file: Callable[[str, int | None], str]
    _list_cache_files: Callable[[], list[str]]

    def add(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        with self._de_a_uno():
            return bool(super().add(key, value, timeout, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Suma sin tocar el plazo; lanza `ValueError` si la clave no está."""
        archivo = Path(self._key_to_file(key, version))
        with self._de_a_uno():
            try:
                with archivo.open("rb") as leido:
                    vence = pickle.load(leido)  # lo escribió esta misma clase
                    if vence is not None and vence < time.time():
                        raise ValueError(f"La clave {key!r} venció.")
                    total: int = pickle.loads(zlib.decompress(leido.read())) + delta  # ídem
            except FileNotFoundError as error:
                raise ValueError(f"La clave {key!r} no está.") from error
            plazo = None if vence is None else max(0.001, vence - time.time())
            self.set(key, total, timeout=plazo, version=version)
            return total

    def _cull(self) -> None:
        caben = self._max_entries
        archivos = [Path(ruta) for ruta in self._list_cache_files()]
        if len(archivos) < caben:
            return
        # `_is_expired` borra lo vencido al mirarlo.
        vivos: list[tuple[float, Path]] = []
        for archivo in archivos:
            try:
                with archivo.open("rb") as leido:
                    vencido = self._is_expired(leido)
                if not vencido:
                    vivos.append((archivo.stat().st_mtime, archivo))
            except FileNotFoundError:
                continue
        sobran = len(vivos) - caben * 3 // 4
        if sobran > 0 and len(vivos) >= caben:
            for _, archivo in sorted(vivos)[:sobran]:
                archivo.unlink(missing_ok=True)

    @contextmanager
    def _de_a_uno(self) -> Iterator[None]:
        self._createdir()
        turno = os.open(Path(self._dir) / "turno", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(turno, fcntl.LOCK_EX)
            yield
        finally:
            os.close(turno)
