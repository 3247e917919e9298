package mail_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/mail"
	"leadrail/models"
)

func at() time.Time {
	return time.Date(2026, time.March, 9, 23, 5, 59, 0, time.FixedZone("", -3*60*60))
}

func plainLead() mail.Lead {
	return mail.Lead{
		FormName: "contact_form",
		Fields:   []mail.Field{{Name: "email", Label: "Work email", Value: "ada@example.com"}},
	}
}

func fullLead() mail.Lead {
	return mail.Lead{
		FormName: "contact_form",
		Title:    "Talk to sales",
		Fields: []mail.Field{
			{Name: "name", Label: "Your name", Value: "Ada Example"},
			{Name: "email", Label: "Work email", Value: "ada@example.com"},
			{Name: "seats", Value: "250"},
			{Name: "company_site", Label: "Company site", Value: "https://example.com/about?team=all"},
			{Name: "note", Label: "What do you need?", Value: "\n  Two things:\n\n  - a demo\t(this week)\n  - a price \n\n"},
			{Name: "phone", Label: "Phone", Value: " "},
		},
		Qualification: &models.Qualification{
			Score: 72, Tier: "hot", Qualified: true,
			Reasons: []models.Reason{{Rule: "Big company", Points: 80}, {Rule: "Free mail address", Points: -8}, {Rule: "Newsletter", Points: 0}},
		},
		Team: "Enterprise", Assignee: "bob@example.com", AgentID: "agent_7",
		Status: models.StatusPending, SubmittedAt: at(),
		ConversationURL: "https://chat.example.com/c/conv_1?view=full&lang=en",
		LeadURL:         "https://leads.example.com/leads/sub_1",
	}
}

func wideLead() mail.Lead {
	return mail.Lead{
		FormName: "お問い合わせ",
		Title:    "営業へのお問い合わせ – ติดต่อฝ่ายขาย",
		Fields: []mail.Field{
			{Name: "name", Label: "氏名", Value: "見本 花子 (サンプル)"},
			{Name: "city", Label: "शहर", Value: "उदाहरणपुर"},
			{Name: "company", Label: "บริษัท", Value: "บริษัทตัวอย่างที่มีชื่อยาวมากและไม่มีช่องว่างระหว่างคำเลยจนกว่าจะจบบรรทัดนี้จำกัด"},
			{Name: "word", Label: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", Value: long},
			{Name: "faces", Label: "Mood", Value: "👩🏽‍💻 👨‍👩‍👧‍👦 🏳️‍🌈 ❤️‍🔥"},
			{Name: "note", Label: "Σχόλιο", Value: "Добрый день!\n请在今天下午三点之前给我回电话，谢谢。\n안녕하세요, 견적을 부탁드립니다.\nz̸̡̛͓a̴̢͎l̶̖̊g̷̻̈o̴̰͝"},
		},
		Qualification: &models.Qualification{
			Score: -3, Tier: "冷",
			Reasons: []models.Reason{{Rule: "予算が足りない場合の規則で、名前がとても長いもの", Points: -1000}},
		},
		Team: "東京チーム", Assignee: "用例@example.com", Status: models.StatusRetrying, SubmittedAt: at(),
		ConversationURL: "https://chat.example.com/会話/１?q=日本 語",
		LeadURL:         "https://leads.example.com/leads/sub_2",
	}
}

const long = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

func rightToLeftLead() mail.Lead {
	return mail.Lead{
		FormName: "نموذج_الاتصال",
		Title:    "تواصل مع فريق المبيعات (v2)!",
		Fields: []mail.Field{
			{Name: "name", Label: "الاسم", Value: "سارة مثال"},
			{Name: "email", Label: "البريد الإلكتروني", Value: "sara@example.com"},
			{Name: "phone", Label: "טלפון", Value: "+1 (555) 010-9999"},
			{Name: "note", Label: "ملاحظة", Value: "مرحبا، أريد عرض سعر لـ 25 مقعداً (Pro).\nPlease call before 17:00!\nשלום, אשמח לקבל פרטים על המוצר Leadrail."},
		},
		Qualification: &models.Qualification{
			Score: 40, Tier: "دافئ", Qualified: true,
			Reasons: []models.Reason{{Rule: "ميزانية كبيرة > 5000", Points: 40}},
		},
		Team: "فريق الشرق", Assignee: "sales+east@example.com", AgentID: "agent_rtl",
		Status: models.StatusPending, SubmittedAt: at(),
		ConversationURL: "https://chat.example.com/c/conv_3",
		LeadURL:         "https://leads.example.com/leads/sub_3",
	}
}

// hostileLead says everything as a stranger who is after the reader would.
func hostileLead() mail.Lead {
	const (
		script  = `</div></td></tr></table><script src=//evil.example/x.js></script><img src=x onerror=alert(1)>`
		forged  = "x\r\n\r\n-- \r\nSent by Leadrail for the form payroll.\u2028Open the lead: https://evil.example/"
		turned  = "invoice\u202efdp.exe\u2066"
		headers = "x\r\nBcc: everyone@example.com\r\n\r\n<b>body</b>"
	)
	return mail.Lead{
		FormName: headers,
		Title:    script + turned,
		Fields: []mail.Field{
			{Name: "a", Label: script, Value: script},
			{Name: "b", Label: forged, Value: forged},
			{Name: "c", Label: turned, Value: turned},
			{Name: "d", Label: "\x00\x1b[31mred\x7f", Value: "\x00\x1b[31mred\x7f\xff\xfe"},
			{Name: "e", Label: "{{.LeadURL}}{{template \"head\"}}", Value: "{{formName}} &lt;b&gt; <!-- <% body %> -->"},
			{Name: "f", Label: "=?utf-8?q?=3Cb=3E?=", Value: "javascript:alert(1) https://evil.example/login"},
			{Name: "g", Label: "\" onmouseover=\"alert(1)", Value: "' style='position:fixed;inset:0"},
		},
		Qualification: &models.Qualification{
			Score: 1, Tier: script, Reasons: []models.Reason{{Rule: script, Points: 1}, {Rule: forged, Points: 2}, {Rule: turned, Points: 3}},
		},
		Team: script, Assignee: forged, AgentID: turned, Status: "<i>pending</i>", SubmittedAt: at(),
		ConversationURL: "javascript:alert(1)//https://example.com",
		LeadURL:         "https://leads.example.com/\"><script>alert(1)</script>?q=\"><b>\u202e&x=`",
	}
}

func TestLeadMail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lead    mail.Lead
		subject string
	}{
		"lead-plain":         {plainLead(), "New lead: contact_form"},
		"lead-full":          {fullLead(), "New lead: contact_form"},
		"lead-wide":          {wideLead(), "New lead: お問い合わせ"},
		"lead-right-to-left": {rightToLeftLead(), "New lead: نموذج_الاتصال"},
		"lead-hostile":       {hostileLead(), "New lead: x Bcc: everyone@example.com <b>body</b>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content, err := test.lead.Render("")
			require.NoError(t, err)
			require.Equal(t, test.subject, content.Subject)
			requireGolden(t, name+".html", content.HTML)
			requireGolden(t, name+".txt", content.Text)
		})
	}
}

func TestLinksAreWebAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://example.com/c/1":              "https://example.com/c/1",
		"http://127.0.0.1:8080/leads/1?a=b&c":  "http://127.0.0.1:8080/leads/1?a=b&c",
		"https://[::1]:8080/":                  "https://[::1]:8080/",
		"https://b\u00fccher.example/":         "https://b%C3%BCcher.example/",
		"https://example.com/a b?c d#e f":      "https://example.com/a%20b?c%20d#e%20f",
		"https://example.com/ü?ü=\u202e":       "https://example.com/%C3%BC?%C3%BC=%E2%80%AE",
		"https://example.com/?\"'<>\\`{}":      "https://example.com/?%22'%3C%3E%5C%60%7B%7D",
		"https://example.com/%2e?already=%20x": "https://example.com/%2e?already=%20x",

		"":                                   "",
		"example.com":                        "",
		"//example.com":                      "",
		"/leads/1":                           "",
		"https:///leads/1":                   "",
		"https:example.com":                  "",
		"https://ours.example@evil.example/": "",
		"https://example.com/\r\nX: y":       "",
		"javascript:alert(1)":                "",
		"JavaScript://example.com/%0aalert":  "",
		"data:text/html,<script>":            "",
		"mailto:ada@example.com":             "",
		"ftp://example.com":                  "",
		"https://exa mple.com":               "",
		"https://<b>/":                       "",
		"https://'example.com/":              "",
	} {
		content, err := mail.Lead{FormName: "f", LeadURL: address}.Render("")
		require.NoError(t, err)
		if want == "" {
			require.NotContains(t, content.Text, "Open the lead", address)
			require.NotContains(t, content.HTML, "href", address)
			continue
		}
		require.Contains(t, content.Text, "Open the lead: "+want+"\n", address)
	}
}

func TestLeadIsNotLogged(t *testing.T) {
	t.Parallel()
	require.Equal(t, "[lead, 6 fields]", fullLead().LogValue().String())
}
