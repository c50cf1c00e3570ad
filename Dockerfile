# PostgreSQL's official image with redbear. The tools that build it stay behind
# in the first stage.
#
#     docker build --build-arg PG_MAJOR=17 --tag redbear .
#
# The stage "extension" holds redbear's files and nothing else, laid out as
# operators for Kubernetes mount an extension's image (PostgreSQL 18 and later,
# which find it by extension_control_path and dynamic_library_path):
#
#     docker build --target extension --tag redbear-extension .

ARG PG_MAJOR=18

FROM postgres:$PG_MAJOR AS build
ARG PG_MAJOR
RUN apt-get update && \
    apt-get install -y --no-install-recommends gcc libc6-dev make postgresql-server-dev-$PG_MAJOR
COPY . /src
RUN make -C /src install DESTDIR=/install PG_CONFIG=/usr/lib/postgresql/$PG_MAJOR/bin/pg_config && \
    install -D -m 644 -t /install/usr/share/doc/redbear /src/LICENSE /src/README.md && \
    mkdir -p /extension/share /extension/licenses && \
    cp -R /install/usr/share/postgresql/$PG_MAJOR/extension /extension/share/ && \
    cp -R /install/usr/lib/postgresql/$PG_MAJOR/lib /extension/ && \
    cp /src/LICENSE /extension/licenses/redbear

FROM scratch AS extension
COPY --from=build /extension /

# The last stage is what a build without --target makes.
FROM postgres:$PG_MAJOR
COPY --from=build /install /
