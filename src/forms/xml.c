#include "xml.h"

#include "../base/memory.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <pthread.h>

static void quiet(void *to, const char *format, ...)
{
    (void)to;
    (void)format;
}

static void start_once(void)
{
    xmlMemSetup(memory_free, memory_library_new, memory_library_resize, memory_library_copy);
    xmlInitParser();
}

void xml_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, start_once);
    xmlSetGenericErrorFunc(NULL, quiet);        /* of this thread: answers must not reach the operator's log */
}
