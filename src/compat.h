/*
 * compat.h
 *	  What differs between PostgreSQL 15 and later, in one place.
 */
#ifndef REDBEAR_COMPAT_H
#define REDBEAR_COMPAT_H

#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"
#else

/* Soft errors came with 16: before, there is no context to save them in. */
#define errsave(context, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
	} while (0)
#define ereturn(context, dummy_value, ...) \
	do { \
		errsave(context, __VA_ARGS__); \
		return dummy_value; \
	} while (0)
#endif

/* From 18 on, the attribute goes before the declaration. */
#ifndef pg_noreturn
#define pg_noreturn __attribute__((noreturn))
#endif

/* The finalizer of MurmurHash3, which common/hashfn.h has from 17 on. */
#if PG_VERSION_NUM < 170000
static inline uint64
murmurhash64(uint64 data)
{
	uint64		h = data;

	h ^= h >> 33;
	h *= UINT64CONST(0xff51afd7ed558ccd);
	h ^= h >> 33;
	h *= UINT64CONST(0xc4ceb9fe1a85ec53);
	h ^= h >> 33;

	return h;
}
#endif

/*
 * A lexer that removes escapes, and one that leaves them, for callers that
 * include common/jsonapi.h.
 */
#if PG_VERSION_NUM >= 170000
#define make_json_lexer(json, len) \
	makeJsonLexContextCstringLen(NULL, json, len, GetDatabaseEncoding(), true)
#define make_json_scanner(json, len) \
	makeJsonLexContextCstringLen(NULL, json, len, GetDatabaseEncoding(), false)
#else
#define make_json_lexer(json, len) \
	makeJsonLexContextCstringLen(json, len, GetDatabaseEncoding(), true)
#define make_json_scanner(json, len) \
	makeJsonLexContextCstringLen(json, len, GetDatabaseEncoding(), false)
#endif

/*
 * Actions of core's JSON parser, for the same callers: from 16 on they say
 * whether to go on.
 */
#if PG_VERSION_NUM >= 160000
#define json_action_result JsonParseErrorType
#define json_action_ok return JSON_SUCCESS
#define json_action_failed return JSON_SEM_ACTION_FAILED
#define json_acted(call) ((call) == JSON_SUCCESS)
#else
#define json_action_result void
#define json_action_ok return
#define json_action_failed return
#define json_acted(call) ((call), true) /* or it has raised an error */
#define JSON_SEM_ACTION_FAILED JSON_SUCCESS
#endif

/* Soft errors again, for callers that include utils/jsonfuncs.h. */
#if PG_VERSION_NUM >= 160000
#define report_json_error(error, lex, context) json_errsave_error(error, lex, context)
#else
#define report_json_error(error, lex, context) \
	((void) (context), json_ereport_error(error, lex))
#endif

/*
 * In a typanalyze function, for callers that include commands/vacuum.h: the
 * column's statistics target, moved in 17, and a chance to be interrupted.
 */
#if PG_VERSION_NUM >= 170000
#define analyze_target(stats) ((stats)->attstattarget)
#else
#define analyze_target(stats) ((stats)->attr->attstattarget)
#endif
#if PG_VERSION_NUM >= 180000
#define analyze_delay_point() vacuum_delay_point(true)
#else
#define analyze_delay_point() vacuum_delay_point()
#endif

/*
 * The subtransaction that first gave a relation a new file, in this
 * transaction, for callers that include utils/rel.h.
 */
#if PG_VERSION_NUM >= 160000
#define relation_new_file(rel) ((rel)->rd_firstRelfilelocatorSubid)
#else
#define relation_new_file(rel) ((rel)->rd_firstRelfilenodeSubid)
#endif

/* The primary key of a relation, for callers that include utils/relcache.h. */
#if PG_VERSION_NUM >= 180000
#define primary_key_index(rel) RelationGetPrimaryKeyIndex(rel, false)
#else
#define primary_key_index(rel) RelationGetPrimaryKeyIndex(rel)
#endif

/*
 * Does a role own an extension, may it execute a function?  For callers that
 * include utils/acl.h.
 */
#if PG_VERSION_NUM >= 160000
#define may_execute(function, role) \
	(object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE) == ACLCHECK_OK)
#define owns_extension(extension, role) object_ownercheck(ExtensionRelationId, extension, role)
#else
#define may_execute(function, role) (pg_proc_aclcheck(function, role, ACL_EXECUTE) == ACLCHECK_OK)
#define owns_extension(extension, role) pg_extension_ownercheck(extension, role)
#endif

/*
 * PostgreSQL 19 has its compiler's attribute for cases that fall through, and no
 * longer takes a comment for it.
 */
#ifndef pg_fallthrough
#if defined(__has_attribute) && __has_attribute(fallthrough)
#define pg_fallthrough __attribute__((fallthrough))
#else
#define pg_fallthrough ((void) 0)
#endif
#endif

#endif							/* REDBEAR_COMPAT_H */
