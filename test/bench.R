# The same work in R, user CPU seconds, median of five after one to warm up. Arguments: the directory with the files of bench-standardise.sql.
dir <- commandArgs(TRUE)[1]
cpu <- function(f) { f(); t <- numeric(5); for (i in 1:5) t[i] <- sum(system.time(f())[c(1, 2)]); median(t) }
p <- read.csv(file.path(dir, "tmap-bench-pair.csv"), header = FALSE, col.names = c("x", "n"))
s <- read.csv(file.path(dir, "tmap-bench-strata.csv"), header = FALSE, col.names = c("area", "stratum", "events", "at_risk"))
cat(sprintf("R: a million Garwood pairs by qgamma              %6.2f s\n", cpu(function() { qgamma(0.025, p$x); qgamma(0.025, p$x + 1, lower.tail = FALSE) })))
cat(sprintf("R: a million Clopper-Pearson pairs by qbeta       %6.2f s\n", cpu(function() { qbeta(0.025, p$x, p$n - p$x + 1); qbeta(0.025, p$x + 1, p$n - p$x, lower.tail = FALSE) })))
cat(sprintf("R: DSR and SMR, 10,000 x 38, with limits          %6.2f s\n", cpu(function() {
  w <- rowsum(s$at_risk, s$stratum)[, 1]; e <- rowsum(s$events, s$stratum)[, 1]; i <- match(s$stratum, names(w))
  v <- w[i] / sum(w) / s$at_risk; d <- rowsum(v * s$events, s$area)[, 1]; vv <- rowsum(v^2 * s$events, s$area)[, 1]; m <- tapply(v, s$area, max)
  qgamma(0.025, d^2 / vv, scale = vv / d); qgamma(0.025, (d + m)^2 / (vv + m^2), scale = (vv + m^2) / (d + m), lower.tail = FALSE)
  o <- rowsum(s$events, s$area)[, 1]; x <- rowsum(s$at_risk * e[i] / w[i], s$area)[, 1]
  qgamma(0.025, o) / x; qgamma(0.025, o + 1, lower.tail = FALSE) / x })))
