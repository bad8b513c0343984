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
  exec "$node" "$lib/bin/visor.js" "$@"
done
