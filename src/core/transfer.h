/*
 * transfer.h - whether a patient came from or went to another hospital, as national files code it.
 */
#ifndef TMAP_TRANSFER_H
#define TMAP_TRANSFER_H

#include "stay_value.h"

/* How a file says that a patient was transferred. */
typedef enum tm_transfer_scheme
{
	TM_TRANSFER_FLAG = 0,		/* yes or no */
	TM_TRANSFER_PMSI,			/* France: mode d'entree, mode de sortie, alone or with provenance, destination */
	TM_TRANSFER_UB04,			/* United States: point of origin, patient discharge status */
	TM_TRANSFER_301,			/* Germany, section 301 SGB V: Aufnahmeanlass, Entlassungsgrund */
	TM_TRANSFER_SCHEMES			/* one more than the last */
} tm_transfer_scheme;

tm_status	tm_transfer_scheme_parse(tm_piece name, tm_transfer_scheme *out);
tm_status	tm_transfer_read(tm_transfer_scheme scheme, bool out, tm_piece p, int8_t *flag);

#endif
