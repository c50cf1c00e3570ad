# PostgreSQL's official image with redbear. The tools that build it stay behind
# in the first stage.
#
#     docker build --build-arg PG_MAJOR=17 --tag redbear .

ARG PG_MAJOR=18

FROM postgres:$PG_MAJOR AS build
ARG PG_MAJOR
RUN apt-get update && \
    apt-get install -y --no-install-recommends gcc libc6-dev make postgresql-server-dev-$PG_MAJOR
COPY . /src
RUN make -C /src install DESTDIR=/install PG_CONFIG=/usr/lib/postgresql/$PG_MAJOR/bin/pg_config && \
    install -D -m 644 -t /install/usr/share/doc/redbear /src/LICENSE /src/README.md

FROM postgres:$PG_MAJOR
COPY --from=build /install /
