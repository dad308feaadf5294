#!/usr/bin/env bash
# Sigue al pie de la letra «One Debian server» y «Backups» de DEPLOY.md en una raíz Debian recién hecha, y despacha
# por nginx. Corre los bloques «sh» de esas secciones tal como están; solo cambian el nombre, de dónde se clona y el correo.
# Hace falta root, mmdebstrap y que estén libres los puertos 80, 443, 5432, 6379 y 8000. Lo encendido muere con él.
set -euo pipefail
cd "$(dirname "$0")/.."
repo=$PWD
if [[ ${1:-} != adentro ]]; then
    for puerto in 80 443 5432 6379 8000; do
        if (: </dev/tcp/127.0.0.1/$puerto) 2>/dev/null; then
            echo "El puerto $puerto está ocupado: aquí no se puede." >&2
            exit 1
        fi
    done
    raiz=$(mktemp -d "${TMPDIR:-/tmp}/inventario-debian-XXXXXX")
    trap 'rm -rf --one-file-system "$raiz"' EXIT
    echo "Haciendo la raíz en $raiz…"
    mmdebstrap --quiet --variant=minbase --include=ca-certificates,bash,procps bookworm "$raiz"
    # Montajes y procesos propios: al terminar no queda ninguno.
    unshare --mount --pid --fork --kill-child bash "$0" adentro "$raiz"
    exit
fi

raiz=$2
mount --make-rprivate /
mount -t proc proc "$raiz/proc"
mount --rbind /dev "$raiz/dev"
git clone --quiet --bare "$repo" "$raiz/srv/inventario.git"
cp /etc/resolv.conf "$raiz/etc/resolv.conf"
# Con qué baja pip y apt en esta máquina: su certificado y sus índices.
cp /etc/ssl/certs/ca-certificates.crt "$raiz/etc/ssl/certs/anfitrion.crt"
printf '[global]\ncert = /etc/ssl/certs/anfitrion.crt\n' >"$raiz/etc/pip.conf"
echo "127.0.0.1 localhost inventario.prueba" >"$raiz/etc/hosts"
# Los paquetes no encienden nada por su cuenta; lo hace el systemctl de abajo cuando la guía lo dice.
printf '#!/bin/sh\nexit 101\n' >"$raiz/usr/sbin/policy-rc.d"
chmod +x "$raiz/usr/sbin/policy-rc.d"
# Una raíz sin arrancar no tiene systemd: este hace lo mismo con las mismas unidades, menos el encierro.
cat >"$raiz/usr/local/bin/systemctl" <<'FIN'
#!/bin/bash
set -eu
accion=$1
shift
[[ $accion == daemon-reload ]] && exit 0
[[ $accion == enable && $1 != --now ]] && exit 0
[[ $1 == --now ]] && shift
for unidad in "$@"; do
    # Aquí nadie mira la hora; lo que correría a la suya lo pide la guía una vez.
    [[ $unidad == *.timer ]] && continue
    unidad=${unidad%.service}
    archivo=/etc/systemd/system/$unidad.service instancia=
    if [[ $unidad == *@* ]]; then
        archivo=/etc/systemd/system/${unidad%%@*}@.service instancia=${unidad#*@}
    fi
    if [[ ! -e $archivo ]]; then
        "/etc/init.d/$unidad" restart
        continue
    fi
    valor() { sed -n "s/^$1=//p" "$archivo" | sed "s/%i/$instancia/g"; }
    correr() {
        set -a
        for ambiente in $(valor EnvironmentFile); do
            . "${ambiente#-}"
        done
        set +a
        umask "$(valor UMask)"
        carpeta=$(valor WorkingDirectory)
        cd "${carpeta:-/}"
        read -ra orden <<<"$(valor ExecStart)"
        exec setsid runuser -u "$(valor User)" -- "${orden[@]}" >>"/var/log/$unidad.log" 2>&1 </dev/null
    }
    if [[ $(valor Type) == oneshot ]]; then
        (correr)
    else
        (correr) &
    fi
done
FIN
chmod +x "$raiz/usr/local/bin/systemctl"

{
    echo 'set -euo pipefail; export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root'
    sed -n '/^## One Debian server/,$p' DEPLOY.md | sed -n '/^```sh$/,/^```$/{/^```/!p}' \
        | sed -e 's#^NOMBRE=.*#NOMBRE=inventario.prueba#' \
            -e 's#^ORIGEN=.*#ORIGEN=file:///srv/inventario.git#' \
            -e 's#^CORREO=.*#CORREO=primera@inventario.prueba#' \
            -e 's#^inventario crear_administrador.*#& <<<"$CLAVE_DE_PRUEBA"#'
} >"$raiz/root/guia.sh"
clave=$(openssl rand -hex 12)
en_la_raiz() { chroot "$raiz" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin CLAVE_DE_PRUEBA="$clave" "$@"; }
if ! en_la_raiz bash -x /root/guia.sh; then
    tail -n 20 "$raiz"/var/log/inventario-*.log
    exit 1
fi
for _ in $(seq 60); do
    if (: </dev/tcp/127.0.0.1/8000) 2>/dev/null; then break; fi
    sleep 1
done
echo "=== Un primer despacho, por nginx"
cd "$repo"
if ! en_la_raiz sh -c 'cd /opt/inventario && echo "$CLAVE_DE_PRUEBA" | python3 -m herramientas.primer_despacho https://inventario.prueba primera@inventario.prueba --certificado /etc/nginx/inventario/tls/fullchain.pem'; then
    tail -n 40 "$raiz"/var/log/inventario-*.log
    exit 1
fi
echo "=== Hay un respaldo, y se ensayó volver"
cat "$raiz/var/log/inventario-respaldo.log" "$raiz/var/log/inventario-verificar-respaldo.log"
ls "$raiz"/var/backups/inventario/inventario-*.dump
en_la_raiz runuser -u postgres -- pgbackrest --stanza=inventario info
echo "=== Lo escrito es privado"
hallado=$(find "$raiz/var/lib/inventario" "$raiz/etc/inventario" "$raiz/var/backups/inventario" -perm /077 -print)
if [[ -n $hallado ]]; then echo "Otros pueden leer: $hallado"; exit 1; fi
echo "=== Lo encendido no sabe con qué entra el dueño, y con lo suyo no tiene poder"
hallado=$(grep -lsaE 'DATABASE_URL_(DUENO|RESPALDO)=' "$raiz"/proc/[0-9]*/environ || true)
if [[ -n $hallado ]]; then echo "Lo saben: $hallado"; exit 1; fi
hallado=$(en_la_raiz runuser -u postgres -- psql --tuples-only --no-align inventario --command "
    SELECT rolname FROM pg_roles WHERE rolname LIKE 'inventario%' AND (rolsuper
        OR rolname = 'inventario_app' AND (rolbypassrls OR rolcreaterole OR rolcreatedb))
    UNION ALL SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity")
if [[ -n $hallado ]]; then echo "Con poder de más: $hallado"; exit 1; fi
echo "La guía se siguió entera."
