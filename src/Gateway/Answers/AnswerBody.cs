namespace Coinsphere.Messaging.Gateway.Answers;

/// <summary>An answer as it is sent: its UTF-8 JSON, and whether it came from the cache.</summary>
internal sealed record AnswerBody(ReadOnlyMemory<byte> Utf8, bool FromCache) : IResult
{
    public const string CacheHeader = "X-Cache";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/json";
        response.ContentLength = Utf8.Length;
        response.Headers[CacheHeader] = FromCache ? "hit" : "miss";
        // A model swap invalidates answers early, and HTTP caches would not notice.
        response.Headers.CacheControl = "no-cache";
        await response.Body.WriteAsync(Utf8, httpContext.RequestAborted);
    }
}
