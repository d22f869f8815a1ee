//! What people are called and what they say in the example.

pub(super) const FIRST: [&str; 24] = [
    "Aisha", "Bruno", "Clara", "Dmitri", "Elena", "Farid", "Greta", "Hiro", "Ines", "Joon", "Kavya", "Lars", "Maya", "Nils", "Olga", "Pia",
    "Quentin", "Rosa", "Samir", "Tuva", "Uwe", "Vera", "Wanda", "Zoë",
];

pub(super) const LAST: [&str; 24] = [
    "Almeida",
    "Bergström",
    "Castellanos",
    "Dubois",
    "Eriksen",
    "Fischer",
    "García",
    "Hoffmann",
    "Ivanova",
    "Jensen",
    "Kowalski",
    "Larsen",
    "Moreau",
    "Novák",
    "Okonkwo",
    "Petrov",
    "Quispe",
    "Rossi",
    "Schäfer",
    "Tanaka",
    "Ueda",
    "Varga",
    "Wójcik",
    "Yılmaz",
];

/// Reasons of an appeal, each with how it is told.
pub(super) const REASONS: [(&str, &str); 10] = [
    ("mistake", "The calls came from our monitoring, which your status page asks us to run. They are not user traffic."),
    ("mistake", "Our logs show 412 calls in that minute, not the 4,120 in your notice. I think a digit was read twice."),
    ("not-me", "This key was retired in spring. Whoever uses it now is not us; please see the ticket of 3 March."),
    ("not-me", "The address in the notice belongs to a provider that we left last year."),
    ("fixed", "A loop in release 4.2 retried without a pause. Release 4.2.1 is out since this morning, and the calls have stopped."),
    ("fixed", "We found the job that copied the listings twice a day and turned it off. It will not come back."),
    ("disproportionate", "Two seconds above the limit after eleven months without a notice should not cost this much."),
    ("disproportionate", "The burst lasted less than a minute and hit only our own sandbox."),
    ("unclear-rule", "The limit in the contract differs from the one in the documentation; we kept to the contract."),
    ("unclear-rule", "It is not said anywhere that uploads count as calls. We would have batched them."),
];

pub(super) const FROM_USER: [&str; 10] = [
    "Thank you for looking at this so soon.",
    "I have attached the log of the hour in question; times are in UTC.",
    "We have put a limiter in front of the client, two calls a second at most.",
    "The team that owns the job answers on Monday; may we keep the appeal open until then?",
    "That does not match what we see on our side.",
    "Could you say which address the calls came from?",
    "We can live with half of the points, if the notice is corrected.",
    "The customer is waiting for an answer, so anything you can tell us helps.",
    "I understand the rule now, but nobody told us when it changed.",
    "Good, then we agree. I will watch the numbers this week.",
];

pub(super) const FROM_REVIEWER: [&str; 10] = [
    "I have read your statement and the counters of that day.",
    "The calls carry your key and your agent string, from three networks within a minute.",
    "Please send the request identifiers of a few of the calls; they are in the response header.",
    "The rule is the same for every plan since 1 June.",
    "I can restore a part of the points once the retries have a pause.",
    "Your numbers are right: one counter was read twice. I will correct it.",
    "Without an answer this closes by itself after 72 hours.",
    "I pass this on to the colleagues who look after partners.",
    "The traffic is back to normal since yesterday, so this can be settled.",
    "This is the third notice in two months, which is why the points weigh more.",
];

pub(super) const FROM_SYSTEM: [&str; 3] = [
    "A reviewer has been assigned.",
    "The counters of the disputed hour were attached.",
    "Nobody has written for 48 hours; the talk ends after 72.",
];

pub(super) const BULK_REASONS: [&str; 3] =
    ["Counter of the eu-west gateway was wrong for an hour", "Rule for uploads withdrawn", "No answer for more than 30 days"];
