// Cuts SQL text into statements: at each semicolon that is not inside a string, a name, a comment
// or the body of a trigger. Text that holds nothing but blanks and comments is no statement.
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\[[^\]]*(?:\]|$)|[A-Za-z_][\w$]*|\s+|[\s\S]/g;

export function statements(text) {
  const found = [];
  let from = -1; // Start of the current statement, or -1 between two.
  let end = 0; // End of its last token that means something.
  let words = []; // Its first words, which tell a trigger.
  let depth = 0; // BEGIN and CASE of a trigger that are open.
  const close = () => {
    if (from >= 0) {
      found.push(text.slice(from, end));
    }
    from = -1;
    words = [];
    depth = 0;
  };
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (/^(?:\s|--|\/\*)/.test(token)) {
      continue;
    }
    if (token === ";" && depth === 0) {
      close();
      continue;
    }
    if (from < 0) {
      from = index;
    }
    end = index + token.length;
    if (/^[A-Za-z_]/.test(token)) {
      const word = token.toUpperCase();
      if (words.length < 3) {
        words.push(word);
      }
      if (/^CREATE (?:(?:TEMP|TEMPORARY) )?TRIGGER/.test(words.join(" "))) {
        if (word === "BEGIN" || word === "CASE") {
          depth++;
        } else if (word === "END") {
          depth--;
        }
      }
    }
  }
  close();
  return found;
}
