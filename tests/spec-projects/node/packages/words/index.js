/** The number of words in a text, as white space divides it. */
export function words(text) {
  return text.split(/\s+/).filter((word) => word !== '').length;
}
