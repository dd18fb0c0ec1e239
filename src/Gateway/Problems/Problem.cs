using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.Health;
using Coinsphere.Messaging.Gateway.Limits;
using Coinsphere.Messaging.Hosting.Telemetry;

namespace Coinsphere.Messaging.Gateway.Problems;

/// <summary>A refusal as <c>application/problem+json</c>, with <c>reason</c> for programs and <c>detail</c> for people.</summary>
internal sealed class Problem : IResult
{
    private readonly RequestRefused _refusal;
    private readonly int _status;
    private readonly string _title;

    private Problem(RequestRefused refusal, int status, string title) => (_refusal, _status, _title) = (refusal, status, title);

    public static implicit operator Problem(RequestRefused refusal) => new(refusal, RefusalStatus.Of(refusal.Reason), RefusalStatus.Title(refusal.Reason));

    /// <summary>A body that this service does not read, by its headers.</summary>
    public static Problem UnsupportedMedia(string detail) =>
        new(new RequestRefused(RefusalReason.InvalidRequest, detail), StatusCodes.Status415UnsupportedMediaType, RefusalStatus.UnsupportedMediaTitle);

    /// <summary>A request that is no valid HTTP, with the server's own status for it.</summary>
    public static Problem Malformed(string detail, int status) =>
        new(new RequestRefused(RefusalReason.InvalidRequest, detail), status, RefusalStatus.Title(RefusalReason.InvalidRequest));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (!httpContext.Items.ContainsKey(OwnQuestion.Mark))
        {
            Meters.Refused(_refusal.Reason);
        }

        return WriteAsync(httpContext, _refusal, _status, _title);
    }

    /// <summary>Writes a problem with another status and title than its reason has: an unknown path, or a bug with its cause shown.</summary>
    public static Task WriteAsync(HttpContext http, RequestRefused refusal, int status, string title)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json";
        http.Response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status429TooManyRequests)
        {
            http.Response.Headers.RetryAfter = RetryAfter(http).ToString(CultureInfo.InvariantCulture);
        }
        else if (status == StatusCodes.Status503ServiceUnavailable && !RefusalStatus.NeedsPerson(refusal.Reason))
        {
            http.Response.Headers.RetryAfter = RefusalStatus.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        var body = new ProblemBody("about:blank", title, status, refusal.Detail, refusal.Reason, http.TraceIdentifier);
        var utf8 = JsonSerializer.SerializeToUtf8Bytes(body, ProblemJson.Readable.ProblemBody);
        http.Response.ContentLength = utf8.Length;
        return http.Response.Body.WriteAsync(utf8, http.RequestAborted).AsTask();
    }

    private static int RetryAfter(HttpContext http) =>
        http.RequestServices.GetRequiredService<RateLimits>().Left(http.Caller()) is { } wait ? RateLimits.Seconds(wait) : RefusalStatus.RetryAfterSeconds;
}

/// <summary>The body of every error.</summary>
/// <param name="Type">Always <c>about:blank</c>; see <c>reason</c>.</param>
/// <param name="Title">The reason in a few words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">A sentence for people: what was found, where, and what was expected.</param>
/// <param name="Reason">The reason, for programs.</param>
/// <param name="RequestId">The response's <c>X-Request-Id</c>.</param>
public sealed record ProblemBody(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("status")] int Status,
    [property: JsonPropertyName("detail")] string Detail,
    [property: JsonPropertyName("reason")] RefusalReason Reason,
    [property: JsonPropertyName("request_id")] string RequestId);

[JsonSerializable(typeof(ProblemBody))]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    public static ProblemJson Readable { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
