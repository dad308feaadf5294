"""Archivos de fuera: leerlos sin confiar en ellos, asentarlos como una sola cosa y poder deshacerla.

`leer` da filas de texto y las vuelve datos, con todo lo que está mal dicho de una vez; `aplicar` las lleva
al libro y `deshacer` las quita.
"""
