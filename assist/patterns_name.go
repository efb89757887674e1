package assist

// aName is one to three words that are written as a name is.
const aName = `\p{Lu}[\p{L}'’-]+(?: (?:de |van |von |der |di |da )?\p{Lu}[\p{L}'’-]+){0,2}`

// nameKinds are names of people who are on no list, where something says that a name comes: a title, a greeting, a word
// such as contact, the end of a letter. A name in the middle of a sentence is not recognised.
var nameKinds = []kind{
	{rolePerson, false, pattern(`\b(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herrn?|Frau|Mme|Mlle|Monsieur|Madame|Señora?|Signora?|Sig)\b\.?|(?:Sr|Sra)\.) +((?:(?:Dr|Prof)\.? +)*`+aName+`)`, 1, nil)},
	{rolePerson, false, pattern(`(?i:\bmy name is|\b(?:customer |store )?contact(?: person)? ?:|\b(?:store |shop |branch )?manager ?:|\bcashier ?:|\bcaller ?:|\breported by ?:?|\bansprechpartner(?:in)? ?:|\b(?:first|last|full|contact|cardholder|card holder) name ?:|\bcardholder ?:) *(`+aName+`)`, 1, nil)},
	{rolePerson, false, pattern(`(?m)(?:^|[.!?] |: )(?:Dear|Hi|Hello|Hallo|Hey|Lieber?|Guten Tag|Bonjour|Hola|Ciao) +(`+aName+`) *(?:[,!]|$)`, 1, nil)},
	{rolePerson, false, pattern(`(?m)(?i:\b(?:regards|wishes|cheers|sincerely|yours|thanks|thank you|grüße|grüßen|gruß|cordialement|saludos|saluti))[,.!]? *\n\s*(`+aName+`) *$`, 1, nil)},
}
