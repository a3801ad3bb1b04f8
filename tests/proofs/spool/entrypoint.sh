#!/bin/bash
set -euo pipefail
case "${1:-}" in
    run) exec sendmail "$SPOOL/templates" ;;
    *) exec "$@" ;;
esac
