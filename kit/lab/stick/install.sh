#!/bin/sh
# Installs kit for this account only, from this folder, without the internet. No administrator is needed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
into=${KIT_FOLDER:-$HOME/kit}
fits="import sys; sys.exit('%d.%d' % sys.version_info[:2] not in '@PYTHONS@'.split())"

python=
for name in python3.13 python3.12 python3.11 python3 python; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c "$fits" 2>/dev/null; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    echo "This computer has no Python that fits: one of @PYTHONS@ is needed (python.org)."
    echo "Selles arvutis ei ole sobivat Pythonit: vaja on üht neist: @PYTHONS@ (python.org)."
    exit 1
fi

echo "kit is being installed in $into; this takes a minute or two. / Kit paigaldatakse; see võtab minuti või paar."
"$python" -m venv "$into/python" || {
    echo "Python cannot make an environment here; on Debian or Ubuntu the package python3-venv is missing."
    exit 1
}
"$into/python/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
    --find-links "$here/wheels" --require-hashes -r "$here/requirements.txt" || {
    echo "The installation failed: is the folder on the stick whole (SHA256SUMS.txt), and is this one of: @PLATFORMS@?"
    echo "Paigaldamine ei õnnestunud: kas mälupulga kaust on terve ja arvuti on üks neist: @PLATFORMS@?"
    exit 1
}
"$into/python/bin/python" -m kit.lab.prepare || echo "(The practice data will be made when the first lesson starts.)"

start="$into/start-kit.sh"
[ "$(uname)" = Darwin ] && start="$into/start-kit.command"
cat >"$start" <<END
#!/bin/sh
cd "\$HOME" && exec "$into/python/bin/kit" lab "\$@"
END
chmod +x "$start"
[ -d "$HOME/Desktop" ] && cp "$start" "$HOME/Desktop/" && chmod +x "$HOME/Desktop/$(basename "$start")"
echo "Ready. Start it with / Valmis. Käivita nii: $start"
