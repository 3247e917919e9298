# syntax=docker/dockerfile:1

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -ldflags "-s -w -X main.version=${VERSION}" -o /out/leadrail ./cmd/leadrail

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/leadrail /usr/local/bin/leadrail
USER nonroot:nonroot
EXPOSE 8080
ENTRYPOINT ["leadrail"]
CMD ["serve"]
