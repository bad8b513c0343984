/** Characters that no text may have that people are shown, but for line ends and tabs. */
export const UNSEEN =
  // oxlint-disable-next-line no-control-regex
  /[\0-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u202a-\u202e\u2066-\u2069]|\p{Cs}/u
