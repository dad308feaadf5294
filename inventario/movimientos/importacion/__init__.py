"""Archivos de fuera: leerlos sin confiar en ellos, asentarlos como una sola cosa y poder deshacerla.

`archivos` da filas de texto, `planillas` las vuelve datos y dice todo lo que está mal, `services` las
lleva al libro y `deshacer` las quita.
"""
