/*
 * server.c - see server.h. Each block is malloc's own, so that the address
 * sanitizer sees every byte too far; server_free gives back a run's blocks.
 */
#include "server.h"

#include <stdarg.h>

#include "libpq/pqformat.h"
#include "utils/memutils.h"

#undef vsnprintf				/* the C library's, not the server's */

typedef struct chunk
{
	struct chunk *next;
	void	   *block;
} chunk;

jmp_buf		server_error;
int			server_sqlstate;
static chunk *chunks;
static int	level;

/* A block that lives until server_free. */
void *
palloc(Size size)
{
	chunk	   *c = malloc(sizeof *c);

	if (!AllocSizeIsValid(size) || c == NULL)
		__builtin_trap();
	c->block = malloc(size ? size : 1);
	if (c->block == NULL)
		__builtin_trap();
	memset(c->block, 0x7F, size);	/* what is not written is not zero, as in a server built for tests */
	c->next = chunks;
	chunks = c;
	return c->block;
}

/* The same, filled with zero bytes. */
void *
palloc0(Size size)
{
	return memset(palloc(size), 0, size);
}

/* Frees one block now, so that later use is seen. */
void
pfree(void *block)
{
	for (chunk *c = chunks; c; c = c->next)
		if (c->block == block)
		{
			free(block);
			c->block = NULL;
			return;
		}
	__builtin_trap();
}

/* Frees every block of the run. */
void
server_free(void)
{
	while (chunks)
	{
		chunk	   *c = chunks;

		chunks = c->next;
		free(c->block);
		free(c);
	}
}

/* A message of these bytes, in a block of exactly their size. */
StringInfo
server_message(const void *data, size_t size)
{
	StringInfo	message = palloc(sizeof *message);

	message->data = palloc(size);
	memcpy(message->data, data, size);
	message->len = message->maxlen = (int) size;
	message->cursor = 0;
	return message;
}

/* Formats a text completely, as the server would. */
static char *
format_text(const char *format, va_list args)
{
	char		none[1];
	va_list		again;
	int			n;
	char	   *text;

	va_copy(again, args);
	n = vsnprintf(none, 1, format, again);
	va_end(again);
	text = palloc((Size) n + 1);
	vsnprintf(text, (size_t) n + 1, format, args);
	return text;
}

/* printf into a new block. */
char *
psprintf(const char *format,...)
{
	va_list		args;
	char	   *text;

	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	return text;
}

/* Starts an error report. */
bool
errstart(int elevel, const char *domain)
{
	level = elevel;
	server_sqlstate = 0;
	return true;
}

/* The same, where the compiler should not expect it. */
bool
errstart_cold(int elevel, const char *domain)
{
	return errstart(elevel, domain);
}

/* Ends an error report: errors leave the function. */
void
errfinish(const char *filename, int lineno, const char *funcname)
{
	if (level >= ERROR)
		longjmp(server_error, 1);
}

/* Keeps the SQLSTATE. */
int
errcode(int sqlerrcode)
{
	server_sqlstate = sqlerrcode;
	return 0;
}

/* The texts of an error are formatted and dropped. */
#define ERROR_TEXT(name) \
int \
name(const char *format,...) \
{ \
	va_list		args; \
\
	va_start(args, format); \
	format_text(format, args); \
	va_end(args); \
	return 0; \
}

ERROR_TEXT(errmsg)
ERROR_TEXT(errmsg_internal)
ERROR_TEXT(errdetail)
ERROR_TEXT(errdetail_internal)
ERROR_TEXT(errhint)

/* Every value here is plain. */
struct varlena *
pg_detoast_datum(struct varlena *datum)
{
	return datum;
}

/* The next bytes of a message. */
void
pq_copymsgbytes(StringInfo message, char *out, int n)
{
	if (n < 0 || n > message->len - message->cursor)
		ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("insufficient data left in message")));
	memcpy(out, message->data + message->cursor, (size_t) n);
	message->cursor += n;
}

/* The next byte of a message. */
int
pq_getmsgbyte(StringInfo message)
{
	unsigned char c;

	pq_copymsgbytes(message, (char *) &c, 1);
	return c;
}

/* The next integer of 1, 2 or 4 bytes of a message. */
unsigned int
pq_getmsgint(StringInfo message, int bytes)
{
	unsigned int v = 0;

	while (bytes--)
		v = v << 8 | (unsigned int) pq_getmsgbyte(message);
	return v;
}

/* The next 8-byte integer of a message. */
int64
pq_getmsgint64(StringInfo message)
{
	uint64		high = pq_getmsgint(message, 4);

	return (int64) (high << 32 | pq_getmsgint(message, 4));
}

/* Makes room for more bytes behind a string. */
void
enlargeStringInfo(StringInfo str, int needed)
{
	char	   *data;

	if (str->len + needed + 1 <= str->maxlen)
		return;
	str->maxlen = 2 * (str->len + needed + 1);
	data = palloc((Size) str->maxlen);
	memcpy(data, str->data, (size_t) str->len);
	str->data = data;
}

/* Starts a binary value: room for the length word first. */
void
pq_begintypsend(StringInfo str)
{
	*str = (StringInfoData) {palloc0(64), 4, 64, 0};
}

/* The binary value as bytea. */
bytea *
pq_endtypsend(StringInfo str)
{
	SET_VARSIZE(str->data, str->len);
	return (bytea *) str->data;
}
