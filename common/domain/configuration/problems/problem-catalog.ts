/**
 * EVERY problem that a configuration can have, with its severity and its meaning.
 *
 * An error keeps the last good configuration in force; a warning is taken over and said. `docs/configuration.md` is made
 * from this list: each code is a heading there, and so the anchor that a problem points to.
 */
export const problemCatalog = {
  // The text of a value
  'control-character': { severity: 'error', meaning: 'A NUL or another control character is in the value.' },
  'invalid-utf8': { severity: 'error', meaning: 'The bytes under `binaryData` are not UTF-8 text.' },
  'binary-data': { severity: 'warning', meaning: 'The key is under `binaryData`; its text was read from there.' },
  'value-too-large': { severity: 'error', meaning: 'The value is larger than the 1 MiB that a ConfigMap can hold.' },
  'value-not-text': { severity: 'error', meaning: 'A value of the ConfigMap is not a string.' },
  'empty-value': { severity: 'warning', meaning: 'The key is there but its value is empty: the default is used.' },
  'more-errors': { severity: 'error', meaning: 'More problems were found than are listed, some of them errors.' },
  'more-warnings': { severity: 'warning', meaning: 'More warnings were found than are listed.' },
  'internal-error': { severity: 'error', meaning: 'The reader failed: a defect of the program, please report it.' },

  // Tolerated slips in the YAML of a value
  'byte-order-mark': { severity: 'warning', meaning: 'The text starts with a byte order mark, which was skipped.' },
  'line-ending': { severity: 'warning', meaning: 'The lines end with CR LF (Windows) instead of LF.' },
  'full-width-character': {
    severity: 'warning',
    meaning: 'Full-width or typographic punctuation (`：` `，` `“` `”`) was read as its ASCII form.',
  },
  'invisible-character': {
    severity: 'warning',
    meaning: 'An invisible or unusual space was read as a space or skipped.',
  },
  tab: { severity: 'warning', meaning: 'A tab was used for indentation; YAML wants spaces.' },
  'comment-style': {
    severity: 'warning',
    meaning: 'Text after `//` was read as a comment; YAML comments start with ` #`.',
  },
  'missing-space': { severity: 'warning', meaning: 'A space is missing after `:` or `-`.' },
  'equals-sign': { severity: 'warning', meaning: '`=` was read as `:`.' },
  'trailing-comma': { severity: 'warning', meaning: 'A comma at the end of a value was ignored.' },
  'unbracketed-list': { severity: 'warning', meaning: '`"a","b"` was read as a list; write one comma list, `"a,b"`.' },
  'list-form': { severity: 'warning', meaning: 'A YAML list stands where the original takes a comma list.' },
  indentation: { severity: 'warning', meaning: 'Wrong indentation with only one possible meaning was put right.' },
  'mapping-for-list': { severity: 'warning', meaning: 'One entry stands where a list of entries is expected.' },
  'wrapped-value': {
    severity: 'warning',
    meaning: 'The value repeats its own key, or is YAML inside a quoted string.',
  },
  'scalar-for-mapping': { severity: 'warning', meaning: '`true` or `false` stands where `enable: …` is expected.' },
  separator: { severity: 'warning', meaning: 'Names are separated by something other than a comma.' },
  'quoted-item': { severity: 'warning', meaning: 'Quotes inside a comma list were ignored.' },
  'empty-item': { severity: 'warning', meaning: 'A comma list has an empty item, which was ignored.' },
  'value-type': { severity: 'warning', meaning: 'A number or boolean is written in an unusual way (`"true"`, `yes`).' },
  'letter-case': {
    severity: 'warning',
    meaning: 'Upper-case and lower-case letters are mixed up; the normal form was used.',
  },

  // YAML that cannot be read
  'yaml-syntax': { severity: 'error', meaning: 'The value is not YAML, and not a known slip either.' },
  'unclosed-quote': { severity: 'error', meaning: 'A quote is opened and not closed on its line.' },
  'unclosed-bracket': { severity: 'error', meaning: 'A bracket is opened and not closed, or closed and not opened.' },
  'missing-colon': { severity: 'error', meaning: 'A field has no `:` between its name and its value.' },
  'ambiguous-indentation': { severity: 'error', meaning: 'The indentation allows two readings.' },
  'nesting-too-deep': { severity: 'error', meaning: 'Lists or mappings are nested far deeper than any setting needs.' },
  'value-too-complex': { severity: 'error', meaning: 'The value has far more parts than any setting needs.' },
  'alias-unknown': { severity: 'error', meaning: 'A YAML alias (`*name`) has no anchor (`&name`) before it.' },
  'too-many-aliases': { severity: 'error', meaning: 'More YAML aliases than the limit.' },
  'several-documents': { severity: 'error', meaning: 'The value holds more than one YAML document.' },
  'wrong-shape': {
    severity: 'error',
    meaning: 'A list, a mapping or a single value stands where another is expected.',
  },
  'duplicate-field': { severity: 'warning', meaning: 'A field is written twice with the same value.' },
  'contradicting-fields': { severity: 'error', meaning: 'A field is written twice with different values.' },

  // Keys and fields
  'unknown-key': { severity: 'error', meaning: 'The key is not known, and looks like a misspelt one.' },
  'foreign-key': { severity: 'warning', meaning: 'The key is not known and was ignored.' },
  'ignored-key': { severity: 'warning', meaning: 'A key of older releases, which has no effect.' },
  'unknown-field': { severity: 'error', meaning: 'The field is not known, and looks like a misspelt one.' },
  'foreign-field': { severity: 'warning', meaning: 'The field is not known and was ignored.' },
  'misplaced-field': { severity: 'error', meaning: 'The name is known, but it belongs elsewhere.' },
  'field-not-for-mirror': {
    severity: 'error',
    meaning: 'An entry with `pullSecretRef` takes only `namespaces` besides.',
  },
  'too-many-entries': { severity: 'error', meaning: '`acr-registry-info` has more than 1,000 entries.' },
  'too-many-items': { severity: 'error', meaning: 'A comma list has more than 1,000 items.' },
  'empty-entry': { severity: 'error', meaning: 'An entry is empty: a left-over dash, or the Personal Edition?' },

  // Values
  'duration-format': { severity: 'error', meaning: 'Not a Go duration such as `15m`, `1h30m` or `900s`.' },
  'duration-out-of-range': { severity: 'error', meaning: 'A duration or a number of seconds is outside its limits.' },
  'threshold-long': {
    severity: 'warning',
    meaning: 'The threshold is longer than half the life of a token, and half its life is used.',
  },
  'not-a-number': { severity: 'error', meaning: 'A whole number is expected.' },
  'not-a-boolean': { severity: 'error', meaning: '`true` or `false` is expected.' },
  'not-a-choice': { severity: 'error', meaning: 'The value is not one of those allowed.' },
  'email-format': {
    severity: 'warning',
    meaning: 'The value does not look like an e-mail address; it is written as it is.',
  },
  'name-format': { severity: 'error', meaning: 'Not the name, glob or exclusion of a Kubernetes object.' },
  'all-is-a-name': {
    severity: 'warning',
    meaning: '`all` in `service-account` is the account of that name, as in the original; `*` is every account.',
  },
  'only-exclusions': { severity: 'warning', meaning: 'Only exclusions are listed: everything else is selected.' },
  'excludes-everything': { severity: 'error', meaning: 'An exclusion leaves nothing to select.' },
  'never-selected': { severity: 'warning', meaning: 'A name is listed, and excluded again.' },
  'selector-format': { severity: 'error', meaning: 'Not label-selector text such as `a=b,c!=d,e in (x,y),!f`.' },
  'instance-format': {
    severity: 'error',
    meaning: 'Not the id of an Enterprise or Economy Edition instance (`cri-…`).',
  },
  'region-format': { severity: 'error', meaning: 'Not the id of a region, such as `cn-hangzhou`.' },
  'region-unknown': { severity: 'warning', meaning: 'The region is not among the known ones; it is used as written.' },
  'domain-format': { severity: 'error', meaning: 'Not a registry host: `host` or `host:port`, without a path.' },
  'url-for-host': { severity: 'warning', meaning: 'A URL stands where a host is expected; its host was used.' },
  'duplicate-item': { severity: 'warning', meaning: 'An item is listed twice.' },
  'arn-format': { severity: 'error', meaning: 'Not the ARN of a RAM role or OIDC provider.' },
  'secret-name-format': { severity: 'error', meaning: 'Not the name of a Kubernetes Secret.' },
  'access-key-format': { severity: 'error', meaning: 'The key pair contains characters that no AccessKey has.' },

  // What belongs together
  'plain-text-access-key': {
    severity: 'warning',
    meaning: 'An AccessKey in plain text: works, but anybody can read it.',
  },
  'key-pair-incomplete': { severity: 'error', meaning: 'Half of an AccessKey pair is missing.' },
  'ambiguous-identity': { severity: 'error', meaning: 'An entry names two identities.' },
  'rrsa-incomplete': { severity: 'warning', meaning: 'Only one of the two RRSA ARNs is given.' },
  'rrsa-off': { severity: 'warning', meaning: 'RRSA fields are given, but `rrsa` is not enabled.' },
  'duplicate-entry': { severity: 'warning', meaning: 'Two entries ask for the same credential.' },

  // The file that `check` reads
  'file-unreadable': { severity: 'error', meaning: 'The file cannot be read.' },
  'file-too-large': { severity: 'error', meaning: 'The file is too large to hold a ConfigMap.' },
  'manifest-syntax': { severity: 'error', meaning: 'The file itself is not valid YAML or JSON: kubectl refuses it.' },
  'manifest-template': {
    severity: 'error',
    meaning: 'The file is a template: only what is made from it can be checked.',
  },
  'other-config-map': {
    severity: 'warning',
    meaning: 'The helper reads another ConfigMap, unless it is told to read this one.',
  },
  'no-configuration': { severity: 'error', meaning: 'The file holds no ConfigMap with a key of this program.' },
} as const satisfies Record<string, { readonly severity: Severity; readonly meaning: string }>;

export type ProblemCode = keyof typeof problemCatalog;

export type Severity = 'error' | 'warning';

/** Where the documentation explains the code. */
export function docsAnchor(code: ProblemCode): string {
  return `docs/configuration.md#${code}`;
}
