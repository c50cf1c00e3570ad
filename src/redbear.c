/*
 * redbear.c
 *	  The module itself.
 */
#include "postgres.h"

#include "fmgr.h"

#ifdef PG_MODULE_MAGIC_EXT
PG_MODULE_MAGIC_EXT(.name = "redbear", .version = "1.0.0");
#else
PG_MODULE_MAGIC;
#endif
