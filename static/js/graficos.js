// Dibuja cada canvas[data-grafico] con los datos del bloque JSON que nombra. La tabla de al lado dice lo mismo.
// Datos: {tipo: "line"|"bar", etiquetas: [], series: [{nombre, datos: [], escalonada}], referencia: {nombre, valor}}.
(() => {
  const dibujados = new Map();
  const idioma = document.documentElement.lang || "es";
  const enIdioma = (valor) => new Intl.NumberFormat(idioma, { maximumFractionDigits: 4, useGrouping: "always" }).format(valor);
  // Una variable puede valer una mezcla de otras: el navegador la resuelve al usarla de color.
  const color = (nombre) => {
    const muestra = document.createElement("span");
    muestra.style.color = `var(${nombre})`;
    document.body.append(muestra);
    const resuelto = getComputedStyle(muestra).color;
    muestra.remove();
    return resuelto;
  };

  const series = (datos) => {
    // El primero es el de la casa; los demás se distinguen también para quien no ve el rojo.
    const tonos = ["--tblr-primary", "--tblr-orange", "--tblr-teal", "--tblr-purple", "--tblr-yellow"].map(color);
    const conjuntos = datos.series.map((serie, lugar) => ({
      label: serie.nombre,
      data: serie.datos,
      backgroundColor: datos.tipo === "bar" ? tonos[lugar % tonos.length] : "transparent",
      borderColor: tonos[lugar % tonos.length],
      borderWidth: datos.tipo === "bar" ? 0 : 2,
      borderRadius: 3,
      pointRadius: 0,
      pointHitRadius: 12,
      stepped: serie.escalonada ? "after" : false,
    }));
    if (datos.referencia) {
      conjuntos.push({
        type: "line",
        label: datos.referencia.nombre,
        data: datos.etiquetas.map(() => datos.referencia.valor),
        borderColor: color("--tblr-red"),
        borderDash: [6, 4],
        borderWidth: 1.5,
        pointRadius: 0,
      });
    }
    return conjuntos;
  };

  const dibujar = (lienzo) => {
    const bloque = document.getElementById(lienzo.dataset.grafico);
    if (!bloque) {
      return;
    }
    const datos = JSON.parse(bloque.textContent);
    const texto = color("--tblr-secondary");
    const linea = color("--tblr-border-color");
    dibujados.get(lienzo)?.destroy();
    const conjuntos = series(datos);
    const ejes = {
      categorias: { ticks: { color: texto, maxRotation: 0, autoSkipPadding: 12 }, grid: { display: false } },
      valores: { beginAtZero: true, ticks: { color: texto, callback: enIdioma, maxTicksLimit: 6 }, grid: { color: linea } },
    };
    if (datos.acostado) {
      // Cada barra tiene su renglón y su nombre, que no puede comerse la mitad de un teléfono.
      const caben = Math.max(12, Math.floor(lienzo.parentElement.clientWidth / 20));
      ejes.categorias.ticks.autoSkip = false;
      lienzo.parentElement.style.height = datos.etiquetas.length > 12 ? `${datos.etiquetas.length * 24 + 40}px` : "";
      ejes.categorias.ticks.callback = (lugar) => {
        const nombre = String(datos.etiquetas[lugar]);
        return nombre.length > caben ? `${nombre.slice(0, caben - 1).trimEnd()}…` : nombre;
      };
    }
    dibujados.set(
      lienzo,
      new window.Chart(lienzo, {
        type: datos.tipo,
        data: { labels: datos.etiquetas, datasets: conjuntos },
        options: {
          animation: false,
          responsive: true,
          maintainAspectRatio: false,
          indexAxis: datos.acostado ? "y" : "x",
          interaction: { mode: "index", intersect: false },
          plugins: {
            legend: { display: conjuntos.length > 1, labels: { color: texto, ...(datos.tipo === "line" ? { usePointStyle: true, pointStyle: "line", boxWidth: 24 } : { boxWidth: 12 }) } },
            tooltip: {
              callbacks: {
                label: (punto) => `${punto.dataset.label}: ${enIdioma(datos.acostado ? punto.parsed.x : punto.parsed.y)}`,
              },
            },
          },
          scales: datos.acostado ? { y: ejes.categorias, x: ejes.valores } : { x: ejes.categorias, y: ejes.valores },
        },
      }),
    );
  };

  const dibujarTodos = () => {
    for (const [lienzo, grafico] of dibujados) {
      if (!lienzo.isConnected) {
        grafico.destroy();
        dibujados.delete(lienzo);
      }
    }
    document.querySelectorAll("canvas[data-grafico]").forEach(dibujar);
  };
  document.addEventListener("DOMContentLoaded", dibujarTodos);
  document.addEventListener("htmx:afterSettle", dibujarTodos);
  // Los colores son los del tema: al cambiarlo se dibuja de nuevo.
  new MutationObserver(dibujarTodos).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
})();
