/*
 * server.h - the few server functions that input and output functions call,
 * enough to run them outside a server: memory from malloc, errors by longjmp.
 */
#ifndef TMAP_FUZZ_SERVER_H
#define TMAP_FUZZ_SERVER_H

#include "postgres.h"

#include <setjmp.h>

#include "fmgr.h"
#include "lib/stringinfo.h"

extern jmp_buf server_error;	/* where ereport(ERROR) goes */
extern int	server_sqlstate;	/* the code of the last error, 0 when it gave none */

extern StringInfo server_message(const void *data, size_t size);
extern void server_free(void);

#endif
