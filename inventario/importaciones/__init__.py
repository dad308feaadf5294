"""Archivos de fuera: leerlos sin confiar en ellos, asentarlos como una sola cosa y poder deshacerla.

`leer` da filas de texto y las vuelve datos, con todo lo que está mal dicho de una vez; `aplicar` las lleva
al catálogo o al libro (`productos`, `entradas` y `salidas`, cada una con lo suyo) y `deshacer` las quita.
"""
