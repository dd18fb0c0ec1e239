using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>Every response carries <c>X-Request-Id</c>: the caller's, where it is 1 to 128 visible ASCII characters, else a new one.</summary>
internal static class RequestId
{
    public const string Header = Endpoints.RequestIdHeader;

    public const int MaxLength = 128;

    public static void UseRequestId(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (http.Request.Headers.TryGetValue(Header, out var values) && values.ToString() is { Length: >= 1 and <= MaxLength } given
            && given.All(c => c is > ' ' and < '\u007f'))
        {
            http.TraceIdentifier = given;
        }
        else
        {
            http.TraceIdentifier = Guid.NewGuid().ToString("N");
        }

        http.Response.OnStarting(() =>
        {
            http.Response.Headers[Header] = http.TraceIdentifier;
            return Task.CompletedTask;
        });
        return next(http);
    });
}
