"""Lo que guarda la bodega de una granja de tilapia en biofloc: nombres y cifras verosímiles, inventados."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

D = Decimal

CATEGORIAS: dict[str, str | None] = {
    "Alimento": None,
    "Balanceado": "Alimento",
    "Aditivos": "Alimento",
    "Calidad de agua": None,
    "Sanidad": None,
    "Materiales": None,
}


class ProveedorDeMuestra(NamedTuple):
    nombre: str
    contacto: str
    telefono: str
    email: str


PROVEEDORES = (
    ProveedorDeMuestra(
        "Nutrimentos del Litoral", "Rosa Cedeño", "+593 4 555 0110", "pedidos@nutrimentos.example"
    ),
    ProveedorDeMuestra("AcuaBiotec", "Julián Ortega", "+593 4 555 0142", "ventas@acuabiotec.example"),
    ProveedorDeMuestra(
        "Agroquímica Guayas", "Marta Villacís", "+593 4 555 0187", "guayas@agroquimica.example"
    ),
    ProveedorDeMuestra(
        "Ferretería El Muelle", "Iván Peñafiel", "+593 4 555 0123", "mostrador@elmuelle.example"
    ),
)
NUTRIMENTOS, ACUABIOTEC, AGROQUIMICA, MUELLE = (proveedor.nombre for proveedor in PROVEEDORES)


class ProductoDeMuestra(NamedTuple):
    """`precio` y `minimo` son por `unidad`; el código de barras es de circulación interna (prefijo 2)."""

    sku: str
    nombre: str
    unidad: str
    categoria: str
    proveedor: str
    precio: Decimal
    minimo: Decimal
    codigo_barras: str = ""


PRODUCTOS = (
    ProductoDeMuestra(
        "BAL-35-12",
        "Balanceado 35 % 1.2 mm",
        "kg",
        "Balanceado",
        NUTRIMENTOS,
        D("1.42"),
        D(400),
        "2000000000015",
    ),
    ProductoDeMuestra(
        "BAL-32-35",
        "Balanceado 32 % 3.5 mm",
        "kg",
        "Balanceado",
        NUTRIMENTOS,
        D("1.18"),
        D(500),
        "2000000000022",
    ),
    ProductoDeMuestra(
        "BAL-28-60",
        "Balanceado 28 % 6.0 mm",
        "kg",
        "Balanceado",
        NUTRIMENTOS,
        D("1.05"),
        D(300),
        "2000000000039",
    ),
    ProductoDeMuestra(
        "PRO-BAC", "Probiótico Bacillus en polvo", "kg", "Aditivos", ACUABIOTEC, D("38.50"), D(6)
    ),
    ProductoDeMuestra("VIT-C", "Vitamina C protegida 35 %", "kg", "Aditivos", ACUABIOTEC, D("21.90"), D(4)),
    ProductoDeMuestra("MEL-CANA", "Melaza de caña", "L", "Calidad de agua", AGROQUIMICA, D("0.46"), D(200)),
    ProductoDeMuestra("CAL-AGR", "Cal agrícola", "kg", "Calidad de agua", AGROQUIMICA, D("0.19"), D(250)),
    ProductoDeMuestra(
        "BIC-SOD", "Bicarbonato de sodio", "kg", "Calidad de agua", AGROQUIMICA, D("0.88"), D(50)
    ),
    ProductoDeMuestra("SAL-GRA", "Sal en grano", "kg", "Calidad de agua", AGROQUIMICA, D("0.24"), D(100)),
    ProductoDeMuestra("OXI-50", "Oxitetraciclina 50 %", "g", "Sanidad", ACUABIOTEC, D("0.09"), D(500)),
    ProductoDeMuestra(
        "KIT-AMO", "Kit de amonio, 100 pruebas", "u", "Materiales", ACUABIOTEC, D("24.00"), D(2)
    ),
    ProductoDeMuestra("RED-MANO", "Red de mano de 12 mm", "u", "Materiales", MUELLE, D("13.75"), D(3)),
    ProductoDeMuestra("PIE-DIF", "Piedra difusora de 10 cm", "u", "Materiales", MUELLE, D("2.60"), D(12)),
)


class LoteDeMuestra(NamedTuple):
    """`vence` son los días desde hoy; negativo, ya venció; `None`, no vence."""

    sku: str
    cantidad: Decimal
    costo: Decimal
    vence: int | None = None
    codigo: str = ""
    permitir_vencido: bool = False


class LlegadaDeMuestra(NamedTuple):
    """Una factura de compra, `hace` tantos días."""

    hace: int
    proveedor: str
    referencia: str
    lotes: tuple[LoteDeMuestra, ...]


LLEGADAS = (
    LlegadaDeMuestra(
        62,
        AGROQUIMICA,
        "FAC-001-001-004417",
        (
            LoteDeMuestra("CAL-AGR", D(1000), D("0.1450")),
            LoteDeMuestra("SAL-GRA", D(400), D("0.1825")),
            LoteDeMuestra("MEL-CANA", D(600), D("0.3375"), 118, "MC-2208"),
            LoteDeMuestra("BIC-SOD", D(100), D("0.6700"), 640),
        ),
    ),
    LlegadaDeMuestra(
        58,
        NUTRIMENTOS,
        "FAC-002-004-019082",
        (
            LoteDeMuestra("BAL-35-12", D(500), D("1.1200"), 6, "NL35-0917"),
            LoteDeMuestra("BAL-32-35", D(750), D("0.9350"), 24, "NL32-0911"),
            LoteDeMuestra("BAL-28-60", D(500), D("0.8300"), 31, "NL28-0904"),
        ),
    ),
    LlegadaDeMuestra(
        47,
        ACUABIOTEC,
        "FAC-001-002-000731",
        (
            LoteDeMuestra("PRO-BAC", D(5), D("31.2000"), -4, "BS-1121"),
            LoteDeMuestra("VIT-C", D(6), D("17.3000"), 12, "VC-0388"),
            LoteDeMuestra("OXI-50", D(2000), D("0.0615"), 410, "OTC-5521"),
            LoteDeMuestra("KIT-AMO", D(4), D("18.9000"), 260),
        ),
    ),
    LlegadaDeMuestra(
        40,
        MUELLE,
        "NV-7730",
        (LoteDeMuestra("RED-MANO", D(6), D("9.8000")), LoteDeMuestra("PIE-DIF", D(24), D("1.7500"))),
    ),
    LlegadaDeMuestra(
        19,
        NUTRIMENTOS,
        "FAC-002-004-019655",
        (
            LoteDeMuestra("BAL-35-12", D(600), D("1.1450"), 74, "NL35-1102"),
            LoteDeMuestra("BAL-32-35", D(500), D("0.9425"), 81, "NL32-1101"),
        ),
    ),
    LlegadaDeMuestra(
        11,
        ACUABIOTEC,
        "FAC-001-002-000802",
        (
            LoteDeMuestra("PRO-BAC", D(8), D("31.9000"), 176, "BS-1187"),
            LoteDeMuestra("OXI-50", D(1500), D("0.0640"), 388, "OTC-5604"),
            # Llegó pasada y se recibió para devolverla: existe, pero no sale a los tanques.
            LoteDeMuestra("VIT-C", D(2), D("17.3000"), -18, "VC-0341", permitir_vencido=True),
        ),
    ),
    LlegadaDeMuestra(
        5,
        AGROQUIMICA,
        "FAC-001-001-004598",
        (LoteDeMuestra("MEL-CANA", D(400), D("0.3420"), 175, "MC-2301"),),
    ),
)
