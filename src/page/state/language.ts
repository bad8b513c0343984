/*
 * Chromium under the POSIX locale calls its language `en-US@posix`. `Intl` refuses that, and uPlot asks `Intl` for just that language
 * as soon as it is loaded; so this is loaded before.
 */
try {
  Intl.getCanonicalLocales(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' })
}
