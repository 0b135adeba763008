# One fit of each family by R's glm and MASS::glm.nb of the rows in a CSV file; prints CSV: family, CPU seconds, term, estimate.
suppressPackageStartupMessages(library(MASS))
d <- read.csv(Sys.getenv("TMAP_BENCH_FILE"))
fit <- function(family) switch(family,
  poisson = glm(events ~ x1 + x2 + x3 + x4 + x5 + x6 + offset(log(exposure)), poisson, d),
  logistic = glm(treated ~ x1 + x2 + x3 + x4 + x5 + x6, binomial, d),
  negbin = glm.nb(events ~ x1 + x2 + x3 + x4 + x5 + x6 + offset(log(exposure)), d))
for (family in c("poisson", "logistic", "negbin")) {
  gc(FALSE)
  before <- sum(proc.time()[1:2])
  m <- fit(family)
  spent <- sum(proc.time()[1:2]) - before
  cat(sprintf("%s,%.3f,%d,%.17g\n", family, spent, seq_along(coef(m)), coef(m)), sep = "")
}
