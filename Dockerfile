# casebot in a container: built with cgo for SQLite, run as an ordinary user, data in /data.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=1 go build -trimpath -ldflags="-s -w" -o /casebot .

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --home-dir /data casebot
COPY --from=build /casebot /usr/local/bin/casebot
USER casebot
WORKDIR /data
VOLUME /data
ENV CASEBOT_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["casebot", "healthcheck"]
ENTRYPOINT ["casebot"]
CMD ["serve"]
