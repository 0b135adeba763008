# spdep on the map that bench-spatial.sql left in bench-spatial.csv: CPU seconds, beside which those of tmap stand.
suppressMessages({library(spdep); library(sf)})
d <- read.csv("bench-spatial.csv", stringsAsFactors = FALSE)
g <- st_as_sfc(structure(as.list(d$wkb), class = "WKB"))
cpu <- function(expr) {gc(FALSE); t <- system.time(expr); unname(t[1] + t[2])}
show <- function(what, s) cat(sprintf("%-44s %8.3f s of CPU\n", what, s))
show("spdep: poly2nb, queen", cpu(nb <- poly2nb(st_sf(geometry = g))))
w <- nb2listw(nb, zero.policy = TRUE)
show("spdep: moran.mc, 999 permutations", cpu(m <- moran.mc(d$z, w, 999, zero.policy = TRUE)))
show("spdep: localmoran_perm, 999 permutations", cpu(l <- localmoran_perm(d$z, w, nsim = 999, zero.policy = TRUE)))
cat(sprintf("Moran's I: %.12f\n", unname(m$statistic)))
