package localpg

// ParseVersion and VersionInPath are open to the black-box tests because only
// tables cover what packages print and name.
var (
	ParseVersion  = parseVersion
	VersionInPath = versionInPath
)
