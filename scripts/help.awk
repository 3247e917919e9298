# Prints the targets of a Makefile: "##@ Heading" and "target: ... ## what it does".
BEGIN { FS = ":.*## "; print "usage: make <target>" }
/^##@ / { printf "\n%s\n", substr($0, 5) }
/^[a-z][a-z-]*:.*## / { printf "  %-12s %s\n", $1, $2 }
