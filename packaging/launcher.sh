#!/bin/sh
# Visor under the Node that it brings.
here=$0
while [ -L "$here" ]; do
  link=$(readlink "$here")
  case $link in
    /*) here=$link ;;
    *) here=$(dirname "$here")/$link ;;
  esac
done
lib=$(dirname "$here")/../lib/visor
for node in "$lib"/node_modules/node-linux-*/bin/node; do
  # Where processors have protection keys for memory, V8 may end a process whose threads compile WebAssembly.
  exec "$node" --no-memory-protection-keys "$lib/bin/visor.js" "$@"
done
