package names

// ICMP and differentiated services names are few: they stand here as tables.

var icmpTypes = [...]string{
	0: "echoreply", 3: "dstunreach", 4: "srcquench", 5: "redirect", 6: "althostaddr", 8: "echo", 9: "rtrad", 10: "rtrsel",
	11: "timeexceed", 12: "param", 13: "tstamp", 14: "tstreply", 15: "inforeq", 16: "inforeply", 17: "maskreq", 18: "maskreply",
	19: "security", 20: "robust", 21: "robust", 22: "robust", 23: "robust", 24: "robust", 25: "robust", 26: "robust",
	27: "robust", 28: "robust", 29: "robust", 30: "trace", 31: "datconverr", 32: "mobhostred", 33: "ipv6way", 34: "ipv6iah",
	35: "mrreq", 36: "mrreply", 37: "dnsreq", 38: "dnsreply", 39: "skip", 40: "photuris", 41: "expmobile", 42: "extecho", 43: "extechoreply",
}

// ICMPType returns the name of an ICMP type.
func ICMPType(t uint8) string {
	if int(t) < len(icmpTypes) && icmpTypes[t] != "" {
		return icmpTypes[t]
	}
	return "unassigned"
}

var unreachable = [...]string{
	"unrnet", "unrhost", "unrproto", "unrport", "unrfrag", "unrsrc", "unrnunk", "unrhunk",
	"unriso", "unrnpro", "unrhpro", "unrtosnet", "unrtoshost", "unrfilter", "unrpre", "unrcut",
}

var redirects = [...]string{"rednet", "redhost", "redtosnet", "redtoshost"}

// ICMPCode returns the name of a code of an ICMP type, or "".
func ICMPCode(t, code uint8) string {
	switch {
	case t == 3 && int(code) < len(unreachable):
		return unreachable[code]
	case t == 5 && int(code) < len(redirects):
		return redirects[code]
	}
	return ""
}

var dsCodes = [64]string{
	0x00: "cs0", 0x08: "cs1", 0x10: "cs2", 0x18: "cs3", 0x20: "cs4", 0x28: "cs5", 0x30: "cs6", 0x38: "cs7",
	0x0a: "af11", 0x0c: "af12", 0x0e: "af13", 0x12: "af21", 0x14: "af22", 0x16: "af23",
	0x1a: "af31", 0x1c: "af32", 0x1e: "af33", 0x22: "af41", 0x24: "af42", 0x26: "af43", 0x2e: "ef",
}

// DSCode returns the name of a code point of differentiated services (RFC
// 2474, 2597, 3246), or "".
func DSCode(code uint8) string { return dsCodes[code&63] }

var disaCodes = [64]string{
	40: "US", 46: "Voice", 48: "NC", 16: "OAM", 38: "Video", 26: "SMMS", 28: "SMMS", 30: "SMMS", 32: "SM", 25: "HPMMS",
	9: "HPHTD", 17: "HPLLD", 10: "SHTD", 12: "SHTD", 14: "SHTD", 18: "SHLLD", 20: "SHLLD", 22: "SHLLD", 0: "BE",
}

// DISACode returns the name that the US DISA gives to a code point, or "".
func DISACode(code uint8) string { return disaCodes[code&63] }
