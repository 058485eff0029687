# luutru for a container: docs/scale.md says how it is run, and what of it was tried.
#
#   docker build -t luutru .
#   docker run --rm -v luutru:/data luutru nightly 'ninh*'

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY locks/cluster.txt locks/cluster.txt
RUN python -m venv /opt/luutru \
    && /opt/luutru/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r locks/cluster.txt
COPY pyproject.toml README.md LICENSE ./
COPY locks/replay.txt locks/replay.txt
COPY archive archive
COPY crawler crawler
RUN /opt/luutru/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
COPY --from=build /opt/luutru /opt/luutru
COPY schedules /etc/luutru/schedules
RUN install -d -o 65532 -g 65532 /data
ENV PATH=/opt/luutru/bin:$PATH \
    HOME=/tmp \
    LUUTRU_STORE=/data/store \
    LUUTRU_SCHEDULES=/etc/luutru/schedules
USER 65532:65532
WORKDIR /data
VOLUME /data
ENTRYPOINT ["luutru"]
CMD ["--help"]
