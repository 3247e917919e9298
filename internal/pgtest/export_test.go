package pgtest

// TemplateName and CheckURL are open to the black-box tests, which could only
// reach them with a second server.
var (
	TemplateName = templateName
	CheckURL     = checkURL
)
