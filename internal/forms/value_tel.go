package forms

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Bounds of a national number whose country is not known, in digits. At most
// 15 make an international number (ITU-T E.164 section 6).
const (
	minTelDigits = 5
	maxTelDigits = 15
)

// telPattern is digits with what people put between them, no-break spaces and
// the hyphens of typesetters included, and a plus before the first of them.
var telPattern = regexp.MustCompile(`^[ (]*\+?[-0-9 ()./\x{a0}\x{2010}-\x{2013}]*$`)

// isTel takes a phone number that is as long as one of its country: that of the
// code after a plus, else the region. Whether somebody was given the number is not
// asked: plans change faster than what is known of them, and a lead would be lost.
// A number of no known country is taken for its digits.
func isTel(text, region string) bool {
	if !telPattern.MatchString(text) {
		return false
	}
	if region == "" && !strings.Contains(text, "+") {
		digits := countDigits(text)
		return digits >= minTelDigits && digits <= maxTelDigits
	}
	number, err := phonenumbers.Parse(text, region)
	return err == nil && phonenumbers.IsPossibleNumberWithReason(number) == phonenumbers.IS_POSSIBLE
}

// isRegion takes the code of a country that has phone numbers, in ISO 3166-1
// alpha-2 and upper case.
func isRegion(code string) bool { return phonenumbers.GetSupportedRegions()[code] }

func countDigits(text string) int {
	count := 0
	for _, r := range text {
		if r >= '0' && r <= '9' {
			count++
		}
	}
	return count
}
