// Control limits of funnel plots, as tmap.proportion_funnel_lower() and its kin give them by the method "exact": a count beyond
// has a probability below (1 - confidence) / 2; between whole counts by the incomplete beta or gamma function.
// (Spiegelhalter 2005, Stat Med 24:1185-202, appendix A.1.) Continued fractions by Lentz: Press et al., Numerical Recipes, 6.2, 6.4.

/** ln Γ(x) by Lanczos' series (g = 7, nine terms), x > 0. */
function lnGamma(x) {
  const c = [0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];
  let sum = c[0];
  for (let i = 1; i < 9; i++) sum += c[i] / (x - 1 + i);
  const u = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(u) - u + Math.log(sum);
}

/** A continued fraction b0 + a1/(b1 + a2/(b2 + …)) by the modified method of Lentz; term(n) gives [a, b]. */
function fraction(b0, term) {
  const tiny = 1e-300;
  let f = b0 || tiny;
  let c = f;
  let d = 0;
  for (let n = 1; n < 5000; n++) {
    const [a, b] = term(n);
    d = b + a * d || tiny;
    c = b + a / c || tiny;
    d = 1 / d;
    f *= c * d;
    if (Math.abs(c * d - 1) < 1e-13) break;
  }
  return f;
}

/** The regularised incomplete beta function I_x(a, b). */
export function incompleteBeta(x, a, b) {
  if (x <= 0 || b <= 0) return 0;
  if (x >= 1 || a <= 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const cf = fraction(1, (n) => {
    const m = Math.floor(n / 2);
    return [n % 2 ? (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)) : (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)), 1];
  });
  return front / cf;
}

/** The regularised upper incomplete gamma function Q(a, x). */
export function upperGamma(a, x) {
  if (a <= 0) return 0;
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - lnGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 20000 && term > sum * 1e-14; n++) { term *= x / (a + n); sum += term; }
    return 1 - front * sum;
  }
  return front / fraction(x + 1 - a, (n) => [-n * (n - a), x + 2 * n + 1 - a]);
}

/** Where a rising function crosses zero between two numbers. */
function root(f, low, high) {
  for (let i = 0; i < 80 && high - low > 1e-12 * Math.max(1, high); i++) {
    const middle = (low + high) / 2;
    if (f(middle) < 0) low = middle; else high = middle;
  }
  return (low + high) / 2;
}

/** Limits [lower, upper] for n at risk around a target (both on the scale per), of a proportion or a rate. */
export function funnelLimits(measure, n, target, confidence, per) {
  const tail = (1 - confidence) / 2;
  const p = target / per;
  if (measure === 'proportion') {
    // P(X ≤ x) = I_{1-p}(n - x, x + 1); P(X ≥ x) = I_p(x, n - x + 1).
    const low = (1 - p) ** n >= tail ? 0 : root((x) => incompleteBeta(1 - p, n - x, x + 1) - tail, 0, n * p);
    const high = p ** n >= tail ? n : root((x) => tail - incompleteBeta(p, x, n - x + 1), n * p, n);
    return [(per * low) / n, (per * high) / n];
  }
  const expected = n * p;
  // P(X ≤ x) = Q(x + 1, m); P(X ≥ x) = 1 - Q(x, m).
  const low = Math.exp(-expected) >= tail ? 0 : root((x) => upperGamma(x + 1, expected) - tail, 0, expected);
  const high = root((x) => tail - (1 - upperGamma(x, expected)), expected, expected + 20 * Math.sqrt(expected + 1) + 20);
  return [(per * low) / n, (per * high) / n];
}
