# One image, two commands: `daybook serve` (default) and `daybook worker`.
FROM python:3.11-slim AS build
WORKDIR /srv/daybook
COPY requirements.lock pyproject.toml ./
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY app app
COPY migrations migrations
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /srv/daybook daybook \
 && mkdir -p /var/lib/daybook && chown daybook /var/lib/daybook
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/daybook /srv/daybook
WORKDIR /srv/daybook
USER 10001
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    DAYBOOK_DATA_DIR=/var/lib/daybook \
    DAYBOOK_HOST=0.0.0.0
EXPOSE 8000
VOLUME /var/lib/daybook
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["daybook", "healthy"]
CMD ["daybook", "serve"]
