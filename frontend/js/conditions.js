// Which questions are asked of somebody who answered so: the same as prm/questionnaires/rules_answers.py, which a test holds it to.
const isAnswered = (value) => value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && !value.length) && !(typeof value === "object" && !Array.isArray(value) && !Object.keys(value).length);
const number = (value) => (typeof value === "number" || (typeof value === "string" && /^\s*[-+]?(\d+\.?\d*|\.\d+)\s*$/.test(value)) ? Number(value) : null);

function holds({ relation, value: wanted = "" }, value) {
  if (relation === "answered" || relation === "not_answered") return isAnswered(value) === (relation === "answered");
  if (!isAnswered(value)) return false;
  const [a, b] = [number(value), number(wanted)];
  if (relation === "is" || relation === "is_not") {
    const same = Array.isArray(value) ? value.includes(wanted) : String(value) === wanted || (a !== null && a === b);
    return same === (relation === "is");
  }
  return a !== null && b !== null && (relation === "at_least" ? a >= b : a <= b);
}

/** The keys of the questions that are asked, in order; what is not asked counts as not answered. */
export function asked(questions, values) {
  const shown = new Set();
  for (const { key, when = [], match = "all" } of questions) {
    const told = when.map((condition) => holds(condition, shown.has(condition.question) ? values[condition.question] : null));
    if (!told.length || (match === "all" ? told.every(Boolean) : told.some(Boolean))) shown.add(key);
  }
  return [...shown];
}
