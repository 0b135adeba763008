/*
 * compat.h - the only place that looks at PostgreSQL's version (14 to 18).
 */
#ifndef TMAP_COMPAT_H
#define TMAP_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM < 140000
#error "tmap needs PostgreSQL 14 or later"
#endif

/* 16 moved varlena's declarations out of postgres.h. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* 16 replaced the checks of rights by object class. */
#if PG_VERSION_NUM >= 160000
#define tmap_may_execute(function) (object_aclcheck(ProcedureRelationId, function, GetUserId(), ACL_EXECUTE) == ACLCHECK_OK)
#else
#define tmap_may_execute(function) (pg_proc_aclcheck(function, GetUserId(), ACL_EXECUTE) == ACLCHECK_OK)
#endif

#endif
