package webhook

// GuardedDial gives tests the DialFunc of production.
func GuardedDial(guard *Guard) DialFunc { return guardedDial(guard) }
