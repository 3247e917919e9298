// Command cluster runs a command with a throw-away PostgreSQL cluster, whose
// address the command finds in TEST_DATABASE_URL:
//
//	go run ./internal/pgtest/cluster -- go test ./...
//
// Where TEST_DATABASE_URL is set already it just runs the command. Its exit
// code is the command's, or 128 plus the signal that ended it, or 125 when
// there was no cluster or no command. (`go run` itself turns any code but 0
// into 1; build the command where the code counts.)
package main
