package app

// WithLocalKeys and WithStoredKeys are open to the black-box tests, which could
// only reach them by running everything.
var (
	WithLocalKeys  = withLocalKeys
	WithStoredKeys = withStoredKeys
)
