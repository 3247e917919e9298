FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=dev
ENV GOCACHE=/var/cache/go-build
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/var/cache/go-build \
    CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/leadrail ./cmd/leadrail

# Only for the wget of the health check.
FROM busybox:1.37.0-musl AS probe

# It brings the certificates of public authorities, and the time zones that
# working hours are written in.
FROM gcr.io/distroless/static-debian12:nonroot
ARG VERSION=dev
LABEL org.opencontainers.image.title="leadrail" \
      org.opencontainers.image.description="The durable back end for lead capture by chat agents" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=probe /bin/busybox /usr/bin/wget
COPY --from=build /out/leadrail /usr/local/bin/leadrail
USER nonroot:nonroot
ENV LEADRAIL_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["leadrail"]
CMD ["serve"]
