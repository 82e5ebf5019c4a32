# The service image: no torch, no compiler, no pip in its environment, no root.
# Build from the repository's root:
#   docker build -f docker/service.Dockerfile -t alc-service .
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv --without-pip /opt/alc
# Dependencies first: they change less often than the code, and their layer is reused. The empty
# files stand for what the project names, so that only its list of dependencies decides.
COPY pyproject.toml constraints.txt ./
# "[transformer-serving]" for bundles whose encoder is a transformer.
ARG EXTRAS=""
RUN mkdir models training service \
    && touch README.md LICENSE models/__init__.py training/__init__.py service/__init__.py \
    && pip --python /opt/alc/bin/python install --no-cache-dir -c constraints.txt ".$EXTRAS"
# The trainer stays out: the service may not import it.
COPY README.md LICENSE ./
COPY models models
COPY service service
RUN pip --python /opt/alc/bin/python install --no-cache-dir --no-deps --force-reinstall . \
    && rm -r /opt/alc/lib/python3.11/site-packages/training /opt/alc/bin/alc-train

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --create-home alc \
    && mkdir -p /var/lib/alc/bundles && chown -R alc:alc /var/lib/alc
COPY --from=build /opt/alc /opt/alc
ENV PATH=/opt/alc/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000 STATE_DIR=/var/lib/alc
# Bundles are read from /var/lib/alc/bundles (it may be mounted read-only, readable by uid 10001).
# Without DATABASE_URL the database lies in /var/lib/alc/postgres: keep it in a volume.
USER 10001:10001
WORKDIR /var/lib/alc
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-c", \
  "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/readyz', timeout=4)"]
CMD ["alc-serve", "run"]
