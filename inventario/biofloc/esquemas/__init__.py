"""Las formas del contrato, por sustantivo: lo que llega y lo que sale."""
