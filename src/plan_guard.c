/*
 * plan_guard.c - keeps plans over the rows of countries from those who do not see all countries.
 *
 * PostgreSQL uses an index for a condition of the user's even on rows that row security then hides; EXPLAIN ANALYZE
 * counts those rows ("Rows Removed by Filter"), and EXPLAIN estimates them from statistics. Whoever may explain a
 * query of a table of an atlas could count the strokes of another country in any of its areas.
 */
#include "glue.h"

#include "access/genam.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "commands/policy.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "plan_guard.h"

static ExecutorStart_hook_type next_start = NULL;

/* Raises the error of a plan that is not shown. */
static void
refuse(const char *relation)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("plans over rows of countries are not shown"),
			 relation ? errdetail("The plan of a query of \"%s\" would tell how many rows other countries have.", relation) :
			 errdetail("The setting debug_print_plan would show it."),
			 errhint("Whoever sees all countries can explain the query.")));
}

/* Returns whether the present role may run a function that exists and says true. */
static bool
says_true(Oid function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	bool		ours = HeapTupleIsValid(tuple) && ((Form_pg_proc) GETSTRUCT(tuple))->prorettype == BOOLOID;

	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	return ours && tmap_may_execute(function) && DatumGetBool(OidFunctionCall0(function));
}

/* Returns whether a relation holds rows of countries of which the present role sees some only. */
static bool
is_closed(Oid relation)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Oid			owner = InvalidOid,
				schema = InvalidOid,
				sees_all;
	bool		row_security = false;

	if (HeapTupleIsValid(tuple))
	{
		Form_pg_class class = (Form_pg_class) GETSTRUCT(tuple);

		owner = class->relowner;
		schema = class->relnamespace;
		row_security = class->relrowsecurity;
		ReleaseSysCache(tuple);
	}
	if (!row_security || has_privs_of_role(GetUserId(), owner))
		return false;
	/* Everybody sees but the own lines of the inbox. */
	if (OidIsValid(get_relation_policy_oid(relation, "own_lines", true)))
		return true;
	if (!OidIsValid(get_relation_policy_oid(relation, "own_country", true)))
		return false;
	sees_all = LookupFuncName(list_make2(makeString(get_namespace_name(schema)), makeString("sees_all_countries")), 0, NULL, true);
	return OidIsValid(sees_all) && !says_true(sees_all);
}

/* Starts a query, unless it is one of which a plan would be shown to a role that does not see all its rows. */
static void
guarded_start(QueryDesc *query, int eflags)
{
	if ((eflags & EXEC_FLAG_EXPLAIN_ONLY) || query->instrument_options != 0)
	{
		ListCell   *cell;

		foreach(cell, query->plannedstmt->rtable)
		{
			RangeTblEntry *entry = lfirst_node(RangeTblEntry, cell);

			if (entry->rtekind == RTE_RELATION && is_closed(entry->relid))
				refuse(get_rel_name(entry->relid));
		}
	}
	if (next_start)
		next_start(query, eflags);
	else
		standard_ExecutorStart(query, eflags);
}

/* Puts the guard before the executor; once, when a session loads the library. */
void
tmap_plan_guard_init(void)
{
	next_start = ExecutorStart_hook;
	ExecutorStart_hook = guarded_start;
}

PG_FUNCTION_INFO_V1(tmap_plan_guard);

/*
 * Returns true. The planner calls it wherever a policy holds it, and so loads the library before the query starts. A
 * plan that is written to the log, and to the client who sets client_min_messages, is not even made.
 */
Datum
tmap_plan_guard(PG_FUNCTION_ARGS)
{
	if (Debug_print_plan && !superuser())
		refuse(NULL);
	PG_RETURN_BOOL(true);
}
