"""D. Con la contraseña de la aplicación en la mano, lo que se puede por SQL; y lo que se ve por fuera."""

from __future__ import annotations

import csv
import io
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from escenarios.ataque.blanco import Blanco
from escenarios.ataque.mapa import mapa, rutas_sin_parametros
from escenarios.ataque.paginas import preparar
from escenarios.ataque.registro import ataque, exigir

FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "＝1+1", "＋1+1", "－1+1", "＠SUM(1)")
EMPIEZAN_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
PROHIBIDAS = (
    *(
        "TRUNCATE movimientos_movimiento",
        "TRUNCATE movimientos_asiento CASCADE",
        "TRUNCATE auditoria_anotacion",
    ),
    *("DROP TABLE movimientos_movimiento CASCADE", "ALTER TABLE lotes_lote DISABLE ROW LEVEL SECURITY"),
    *(
        "ALTER TABLE lotes_lote NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE movimientos_asiento DISABLE TRIGGER ALL",
    ),
    *("DELETE FROM movimientos_movimiento", "UPDATE movimientos_movimiento SET cantidad = 0"),
    *("DELETE FROM auditoria_anotacion", "UPDATE auditoria_anotacion SET motivo = 'x'"),
    *("SET session_replication_role = replica", "CREATE ROLE ladron LOGIN", "SET ROLE postgres"),
    *(
        "COPY cuentas_usuario TO PROGRAM 'id'",
        "SELECT pg_read_file('/etc/passwd')",
        "CREATE TABLE ladrona (x int)",
    ),
    *("SELECT lo_import('/etc/passwd')", "CREATE EXTENSION dblink", "ALTER SYSTEM SET fsync = off"),
)


@contextmanager
def como_aplicacion(blanco: Blanco, empresa_id: int | None = None) -> Iterator[psycopg.Connection]:
    """Con la misma dirección con que entra la web; lo hecho se deshace."""
    with psycopg.connect(blanco.todo.ambiente["DATABASE_URL"]) as conexion:
        if empresa_id is not None:
            conexion.execute("SELECT set_config('inventario.empresa', %s, true)", [str(empresa_id)])
        yield conexion
        conexion.rollback()


@ataque("D", "leer y escribir por SQL, como la aplicación, lo de otra empresa", breve=True)
def otra_empresa_por_sql(blanco: Blanco) -> str:
    preparar(blanco, blanco.victima)
    ajena = blanco.victima.suyo["empresa"]
    [(propia,)] = blanco.sql("SELECT id FROM cuentas_empresa WHERE slug = %s", blanco.atacante.slug)
    tablas = [
        tabla
        for (tabla,) in blanco.sql(
            "SELECT table_name FROM information_schema.columns JOIN pg_tables ON tablename = table_name "
            "WHERE column_name = 'empresa_id' AND table_schema = 'public' ORDER BY 1"
        )
    ]
    con_filas = 0
    for tabla in tablas:
        [(hay,)] = blanco.sql(f"SELECT count(*) FROM {tabla} WHERE empresa_id = %s", ajena)
        con_filas += bool(hay)
        for en_curso in (None, propia):
            with como_aplicacion(blanco, en_curso) as conexion:
                visto = conexion.execute(
                    f"SELECT count(*) FROM {tabla} WHERE empresa_id = %s".encode(), [ajena]
                )
                filas = visto.fetchall()
                exigir(filas == [(0,)], f"{tabla}: con la empresa {en_curso} se leen {filas} de la {ajena}")
                for orden in (
                    f"UPDATE {tabla} SET empresa_id = empresa_id WHERE empresa_id = {ajena}",
                    f"DELETE FROM {tabla} WHERE empresa_id = {ajena}",
                ):
                    tocadas = _hecho(conexion, orden)
                    exigir(tocadas in (0, None), f"{orden}, con la empresa {en_curso}: {tocadas} filas")
    exigir(con_filas >= 12, f"el control: solo {con_filas} tablas tenían filas ajenas")
    with como_aplicacion(blanco, propia) as conexion:
        metida = _hecho(
            conexion,
            "INSERT INTO cuentas_bodega (empresa_id, codigo, nombre, activa) "
            f"VALUES ({ajena}, 'ladrona', 'Ladrona', true)",
        )
        exigir(metida is None, "se metió una bodega en la otra empresa")
        mudada = _hecho(conexion, f"UPDATE cuentas_bodega SET empresa_id = {ajena}")
        exigir(mudada is None, "se mudó una bodega propia a la otra empresa")
    return f"{len(tablas)} tablas, {con_filas} con filas ajenas: cero leídas, cero tocadas"


@ataque("D", "apagar por SQL, como la aplicación, las políticas, los disparadores y el libro", breve=True)
def apagar_la_red(blanco: Blanco) -> str:
    ordenes = [*PROHIBIDAS]
    for tabla, politica in blanco.sql(
        "SELECT c.relname, p.polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
    ):
        ordenes += [
            f'ALTER POLICY "{politica}" ON "{tabla}" USING (true)',
            f'DROP POLICY "{politica}" ON "{tabla}"',
        ]
    [(propia,)] = blanco.sql("SELECT id FROM cuentas_empresa WHERE slug = %s", blanco.victima.slug)
    for orden in ordenes:
        with como_aplicacion(blanco, propia) as conexion:
            exigir(_hecho(conexion, orden) is None, f"se pudo: {orden}")
    with como_aplicacion(blanco) as conexion:
        quien = conexion.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb "
            "FROM pg_roles WHERE rolname = current_user"
        ).fetchall()
    exigir(quien == [(False, False, False, False)], f"el rol de la aplicación puede de más: {quien}")
    return f"{len(ordenes)} órdenes negadas, y el rol no puede nada más"


def _hecho(conexion: psycopg.Connection, orden: str) -> int | None:
    """Cuántas filas tocó; nada si la base se negó."""
    try:
        with conexion.transaction():
            return conexion.execute(orden.encode()).rowcount
    except psycopg.Error:
        return None


# ── Lo que se deja ver ──────────────────────────────────────────────────────────────────────────


@ataque(
    "D",
    "que una respuesta se pueda enmarcar, guardar, adivinar su tipo o decir con qué está hecha",
    breve=True,
)
def cabeceras(blanco: Blanco) -> str:
    jefa = blanco.como(blanco.atacante.admin)
    api = blanco.api(blanco.atacante.clave_api)
    miradas = 0
    de_api = {una.forma for una in mapa(blanco) if una.de_api}
    for ruta in [*rutas_sin_parametros(blanco), "/no-existe", "/api/no-existe", "/api/v1/inventory/no"]:
        # Salir cierra la sesión con que se mira; lo hondo lo niega nginx, con su página.
        if any(una in ruta for una in ("salir", "logout", "/health/deep")):
            continue
        dada = (api.http.get if ruta in de_api or ruta.startswith("/api/") else jefa.ver)(ruta)
        miradas += 1
        cabecera = dada.headers
        exigir(dada.status_code < 500, f"{ruta}: {dada.status_code}")
        for nombre, debe in (
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Strict-Transport-Security", "max-age="),
            ("Referrer-Policy", "same-origin"),
            ("Content-Security-Policy", "default-src 'none'"),
        ):
            exigir(debe in cabecera.get(nombre, ""), f"{ruta}: {nombre}: {cabecera.get(nombre)}")
        politica = cabecera["Content-Security-Policy"]
        exigir(
            "unsafe-inline" not in politica or "/docs" in ruta,
            f"{ruta} admite lo escrito en línea: {politica}",
        )
        if ruta.startswith("/api/v1/") and "schema" not in ruta:
            exigir(
                "no-store" in cabecera.get("Cache-Control", ""), f"{ruta}: {cabecera.get('Cache-Control')}"
            )
        exigir(cabecera.get("Server", "") in ("nginx", ""), f"{ruta}: Server: {cabecera.get('Server')}")
        exigir("X-Powered-By" not in cabecera, f"{ruta} dice con qué está hecha")
        for rastro in ("Traceback", "psycopg", "site-packages", "DJANGO_SECRET"):
            exigir(rastro not in dada.text, f"{ruta} muestra «{rastro}»")
    return f"{miradas} direcciones"


@ataque("D", "una fórmula en un nombre, que se ejecute al abrir el CSV", breve=True)
def formulas_en_csv(blanco: Blanco) -> str:
    api = blanco.api(blanco.atacante.clave_api)
    for numero, formula in enumerate(FORMULAS):
        cuerpo = {"nombre": f"{formula}|f{numero}", "sku": f"FORMULA-{numero}", "precio": 1, "unidad": "kg"}
        creado = api.pedir("POST", "productos", cuerpo)
        exigir(
            creado.status_code in (201, 409, 422),
            f"crear {formula!r}: {creado.status_code} {creado.text[:200]}",
        )
        if creado.status_code == 201:
            entrada = {
                "producto_id": creado.json()["id"],
                "cantidad_recibida": 3,
                "lote": f"{formula}L{numero}",
            }
            api.pedir("POST", "inventario/entradas", entrada)
    jefa = blanco.como(blanco.atacante.admin)
    celdas = 0
    rutas = [ruta for ruta in rutas_sin_parametros(blanco) if ruta.endswith(".csv")]
    rutas += ["/reportes/inventario-basico/archivo.csv", "/reportes/valorizacion/archivo.csv"]
    visto = ""
    for ruta in rutas:
        dada = jefa.ver(ruta)
        exigir(dada.status_code in (200, 400, 404, 422), f"{ruta}: {dada.status_code}")
        if dada.status_code != 200:
            continue
        visto += dada.text
        for fila in csv.reader(io.StringIO(dada.text.lstrip("\ufeff")), delimiter=_separador(dada.text)):
            for celda in fila:
                celdas += 1
                peligrosa = celda.startswith(EMPIEZAN_FORMULA) and not _es_numero(celda)
                exigir(not peligrosa, f"{ruta} trae {celda!r}")
    exigir("SUM(1)" in visto, "el control: ningún CSV traía los nombres con fórmulas")
    return f"{celdas} celdas de {len(rutas)} archivos"


def _separador(texto: str) -> str:
    return ";" if texto.splitlines()[0].count(";") > texto.splitlines()[0].count(",") else ","


def _es_numero(celda: str) -> bool:
    try:
        float(celda.replace(".", "").replace(",", "."))
    except ValueError:
        return False
    return True


@ataque("D", "leer desde otra cuenta de la máquina lo que la aplicación escribe", breve=True)
def archivos_privados(blanco: Blanco) -> str:
    token = (
        blanco.api().entrar(blanco.atacante.admin.correo, blanco.atacante.admin.clave).json()["access_token"]
    )
    api = blanco.api(token)
    pedida = api.pedir(
        "POST", "reportes/exportaciones", {"reporte": "inventario-basico", "formato": "csv"}
    ).json()
    limite = time.monotonic() + 30
    while (estado := api.pedir("GET", f"reportes/exportaciones/{pedida['id']}").json())["estado"] != "lista":
        exigir(time.monotonic() < limite, f"la exportación no se armó: {estado}")
        time.sleep(0.3)
    vistos: list[Any] = [blanco.var, *blanco.var.rglob("*")]
    archivos = [uno for uno in vistos if uno.is_file()]
    exigir(archivos, "el control: no hay ningún archivo escrito")
    abiertos = [
        str(uno.relative_to(blanco.var))
        for uno in vistos
        if uno.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    exigir(not abiertos, f"otros pueden entrar a {abiertos[:6]}")
    return f"{len(archivos)} archivos y {len(vistos) - len(archivos)} carpetas, solo de su dueño"
