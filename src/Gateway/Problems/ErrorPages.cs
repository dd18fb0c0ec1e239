using Coinsphere.Messaging.Contracts;
using Microsoft.AspNetCore.Diagnostics;

namespace Coinsphere.Messaging.Gateway.Problems;

/// <summary>Responses where no handler answered: bugs, invalid HTTP requests, unknown paths. They are problems like every other error.</summary>
internal static partial class ErrorPages
{
    public static void UseErrorPages(this WebApplication app, bool showDetails)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = http => FailedAsync(http, app.Logger, showDetails),
            SuppressDiagnosticsCallback = _ => true,
        });
        app.UseStatusCodePages(pages => EmptyAsync(pages.HttpContext));
    }

    private static Task FailedAsync(HttpContext http, ILogger logger, bool showDetails)
    {
        var failure = http.Features.Get<IExceptionHandlerFeature>()!.Error;
        if (failure is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
        {
            return ((Problem)new RequestRefused(RefusalReason.RequestTooLarge, "the body is larger than this service accepts")).ExecuteAsync(http);
        }

        if (failure is BadHttpRequestException broken)
        {
            return Problem.Malformed(broken.Message, broken.StatusCode).ExecuteAsync(http);
        }

        LogFailed(logger, failure, http.Request.Method, http.Request.Path, http.TraceIdentifier);
        var detail = showDetails ? failure.ToString() : "the service failed on this request; its log has the cause under this request_id";
        return ((Problem)new RequestRefused(RefusalReason.InternalError, detail)).ExecuteAsync(http);
    }

    private static Task EmptyAsync(HttpContext http) => http.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => WriteAsync(http, "Not found", $"there is no {http.Request.Path}: GET / lists the endpoints"),
        StatusCodes.Status405MethodNotAllowed => WriteAsync(
            http,
            "Method not allowed",
            $"{http.Request.Path} takes {http.Response.Headers.Allow}, not {http.Request.Method}"),
        StatusCodes.Status415UnsupportedMediaType => WriteAsync(
            http,
            RefusalStatus.UnsupportedMediaTitle,
            $"the body must be sent as Content-Type: application/json, found {http.Request.ContentType}"),
        _ => WriteAsync(http, "Invalid request", "the request cannot be answered"),
    };

    private static Task WriteAsync(HttpContext http, string title, string detail) =>
        Problem.WriteAsync(http, new RequestRefused(RefusalReason.InvalidRequest, detail), http.Response.StatusCode, title);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed, request {RequestId}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string method, string path, string requestId);
}
