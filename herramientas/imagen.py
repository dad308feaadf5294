"""Construye la imagen del Dockerfile sin un motor de contenedores, y la prueba como su usuario.

    python -m herramientas.imagen   en la raíz; hace falta root y Debian (buildah, mmdebstrap)

La base pública no siempre se puede bajar: aquí se arma una igual de chica con los paquetes de Debian, y el
Dockerfile la recibe en BASE. Lo demás, paso por paso, es lo que hace `docker build`.
"""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
import time
from pathlib import Path

from herramientas.buildah import Almacen, NoSeConstruyo, correr
from herramientas.imagen_humo import probar
from herramientas.primer_despacho import NoSirve
from herramientas.procesos import RAIZ, convertir_sigterm_en_salida
from herramientas.programas import hallar

PROGRAMAS = ("buildah", "mmdebstrap")
VERSION_DE_DEBIAN = "trixie"
PAQUETES = "python3,python3-venv,python3-pip,ca-certificates"
# Como en la base pública: ni manuales ni traducciones de los programas del sistema.
SIN = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*")
BASE, IMAGEN = "localhost/base:prueba", "localhost/inventario:prueba"
DE_RESPALDO = "localhost/inventario-respaldo:prueba"
# Lo que pesa con la base de aquí; si crece, que alguien lo haya querido.
MB_MAXIMO = 310


def main() -> int:
    convertir_sigterm_en_salida()
    faltan = [programa for programa in PROGRAMAS if hallar(programa) is None]
    if faltan or os.geteuid() != 0:
        todo = [*faltan, *(["ser root"] if os.geteuid() else [])]
        print(f"imagen: NO se construyó: falta {', '.join(todo)}.\n0 passed, 1 failed")
        return 1
    with tempfile.TemporaryDirectory(prefix="inventario-imagen-", ignore_cleanup_errors=True) as nombre:
        carpeta = Path(nombre)
        # El usuario de la imagen no es root: debe poder pasar por aquí.
        carpeta.chmod(0o711)
        almacen = Almacen(carpeta)
        try:
            _armar_base(almacen)
        except NoSeConstruyo as error:
            # El archivo de Debian o los permisos de esta máquina, y no lo nuestro: se dice bien alto.
            print(f"!!! imagen: aquí NO se pudo armar la base, y no se probó: {error}\n0 passed, 0 failed")
            return 0
        try:
            pasaron = construir(almacen)
            pasaron += probar(almacen, IMAGEN, DE_RESPALDO)
        except (NoSeConstruyo, NoSirve) as error:
            print(f"imagen: {error}\n0 passed, 1 failed", flush=True)
            return 1
    print(f"{pasaron} passed, 0 failed", flush=True)
    return 0


def construir(almacen: Almacen) -> int:
    """Hace la imagen sobre la base ya armada, y dice cuánto tardó y cuánto pesa. Lanza `NoSeConstruyo`."""
    con_base = time.monotonic()
    revision = correr(["git", "-C", str(RAIZ), "rev-parse", "HEAD"]).strip()
    almacen.buildah(
        "bud",
        *("--format", "docker", "--isolation", "chroot", "--layers=false"),
        *("--build-arg", f"BASE={BASE}", "--build-arg", f"REVISION={revision}"),
        *_ajustes_de_pip(almacen.carpeta),
        *("--tag", IMAGEN, str(RAIZ)),
    )
    con_imagen = time.monotonic()
    _agregar_respaldo(almacen)
    mb, de_respaldo = _peso(almacen, IMAGEN), _peso(almacen, DE_RESPALDO)
    duraron = f"imagen en {con_imagen - con_base:.0f} s"
    print(
        f"imagen: {duraron}, {mb} MB; la que respalda en {time.monotonic() - con_imagen:.0f} s, "
        f"{de_respaldo} MB",
        flush=True,
    )
    if mb > MB_MAXIMO:
        raise NoSeConstruyo(f"la imagen pesa {mb} MB, y el máximo es {MB_MAXIMO}")
    return 1


def _agregar_respaldo(almacen: Almacen) -> None:
    """Corre la etapa `respaldo` sobre la imagen ya hecha: pedirla entera instalaría todo otra vez."""
    etapas = (RAIZ / "Dockerfile").read_text().split("\nFROM ")
    [etapa] = [etapa for etapa in etapas if etapa.startswith("aplicacion AS respaldo\n")]
    archivo = almacen.carpeta / "respaldo.Dockerfile"
    archivo.write_text(f"FROM {IMAGEN}\n{etapa.partition(chr(10))[2]}")
    opciones = ("--format", "docker", "--isolation", "chroot", "--file", str(archivo))
    almacen.buildah("bud", *opciones, "--tag", DE_RESPALDO, str(RAIZ / "ops"))


def _peso(almacen: Almacen, imagen: str) -> int:
    """Devuelve los MB de la imagen; buildah los dice como «399 MB»."""
    numero, unidad = almacen.buildah("images", "--format", "{{.Size}}", imagen).split()
    return int(float(numero) * (1000 if unidad == "GB" else 1))


def _armar_base(almacen: Almacen) -> None:
    archivo = almacen.carpeta / "base.tar"
    opciones = [f"--dpkgopt=path-exclude={patron}" for patron in SIN]
    orden = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PAQUETES}", *opciones]
    correr([*orden, VERSION_DE_DEBIAN, str(archivo)])
    contenedor = almacen.buildah("from", "scratch").strip()
    almacen.buildah("add", "--quiet", contenedor, str(archivo), "/")
    archivo.unlink()
    almacen.buildah(
        "run", "--isolation", "chroot", contenedor, "--", "ln", "-s", "python3", "/usr/bin/python"
    )
    almacen.buildah("commit", "--quiet", "--format", "docker", "--rm", contenedor, BASE)


def _ajustes_de_pip(carpeta: Path) -> list[str]:
    """Presta a la construcción los ajustes de pip de esta máquina: su índice, su certificado, sus ruedas."""
    archivo = carpeta / "pip.conf"
    lineas = ["[global]"]
    prestadas: set[str] = set()
    ajustes: dict[str, str] = {}
    listado = correr([sys.executable, "-m", "pip", "config", "list"])
    for linea in listado.splitlines():
        clave, _, valor = linea.partition("=")
        seccion, _, nombre = clave.rpartition(".")
        if seccion.rstrip(".") in ("global", ":env:", "install"):
            ajustes[nombre] = shlex.split(valor)[0] if valor.strip("'\"") else ""
    for nombre, valor in ajustes.items():
        lineas.append(f"{nombre} = {valor}")
        for parte in valor.split():
            # Un índice en el disco nombra archivos que están a su lado.
            ruta = Path(parte.removeprefix("file://"))
            prestada = ruta.parent if parte.startswith("file://") else ruta
            if prestada.is_absolute() and prestada.exists():
                prestadas.add(str(prestada))
    archivo.write_text("\n".join(lineas) + "\n")
    montajes = [(str(archivo), "/etc/pip.conf"), *((ruta, ruta) for ruta in sorted(prestadas))]
    return [parte for de, en in montajes for parte in ("--volume", f"{de}:{en}:ro")]


if __name__ == "__main__":
    sys.exit(main())
