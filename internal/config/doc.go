// Package config reads the configuration: one struct, filled from flags,
// environment variables and secret files, with every problem reported at once.
//
// Each setting is one field. Its env tag names the variable, from which the
// flag's name follows; its desc tag is the documentation. docs/configuration.md
// and .env.example are generated from the struct.
package config

//go:generate go test -run=TestGenerated . -update
