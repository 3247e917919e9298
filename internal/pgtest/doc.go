// Package pgtest gives each test a real PostgreSQL database of its own.
//
// New returns the URL of a fresh, migrated database and Empty that of one
// without a schema; both are dropped when the test ends, whatever is still
// connected. Tests of one package may use them in parallel.
//
// With TEST_DATABASE_URL set the databases are made on that server, whose user
// must be allowed to create them. Otherwise the first test that asks starts a
// throw-away cluster, and Main ends it:
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
// The command in pgtest/cluster runs any command with one throw-away cluster,
// so that all test binaries of a run share it.
//
// Only tests may import this package.
package pgtest
