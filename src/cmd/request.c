/* lachan request: one HTTP request from a file through the same code as the server, without a socket. */
#include "cmd.h"

#include "../web/handle.h"
#include "../web/request_file.h"

#include <stdio.h>

enum { REQUEST_BYTES = 64 << 20 };

static const struct option options[] = { OPTION_DATA, OPTION_DB, OPTION_KEY, OPTION_HELP, OPTION_END };

static status answer(struct verb *v, struct instance *in, struct out *o)
{
    struct response response;
    struct request request;
    struct worker *worker;
    struct str raw;

    TRY(file_read(&v->arena, v->config.args[0], REQUEST_BYTES, &raw));
    TRY(request_file_read(&v->arena, raw, v->dir, &request));
    TRY(web_start(&in->app));
    TRY(worker_make(&in->app, false, &worker));
    web_handle(worker, &request, &response);
    request_file_answer(&response, o);
    while (response.more) {
        request.from = response.next;
        web_release(worker);
        web_handle(worker, &request, &response);
        out_str(o, response.body);
    }
    web_release(worker);
    worker_free(worker);
    request_file_free(&request);
    return OK;
}

int cmd_request(int argc, char **argv)
{
    struct verb v = { .name = "request", .usage = "FILE --data DIR", .options = options };
    struct out o = { .max = 64 << 20 };
    struct instance in;
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (v.config.n_args != 1) {
        fprintf(stderr, "lachan request: one FILE is needed: a request line, headers, an empty line, a body\n");
        return EXIT_USAGE;
    }
    if (instance_open(&v, &in) != OK)
        return verb_failed(&v, "the instance cannot be opened");
    if (answer(&v, &in, &o) != OK)
        code = verb_failed(&v, v.config.args[0]);
    fwrite(o.at, 1, o.n, stdout);
    out_free(&o);
    instance_close(&in);
    return code;
}
