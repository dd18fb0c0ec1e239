using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Answers;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Gateway.Streaming;

namespace Coinsphere.Messaging.Gateway.OpenApi;

/// <summary>Describes endpoints in the OpenAPI document: the answer, examples, and every possible refusal, by the table that also serves it.</summary>
internal static class EndpointDescriptions
{
    private static readonly JsonSerializerOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions WithoutNulls = new(Written) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static RouteHandlerBuilder Describe(
        this RouteHandlerBuilder endpoint,
        string tag,
        string name,
        string summary,
        IReadOnlyList<RefusalReason> refusals,
        TimeSpan? deadline = null)
    {
        // Health is never limited, and has no refusals.
        refusals = refusals.Count == 0 ? refusals : [.. refusals, RefusalReason.RateLimited];
        endpoint.WithTags(tag).WithName(name).WithSummary(summary).WithMetadata(new PossibleRefusals(refusals, deadline));
        foreach (var status in refusals.Select(RefusalStatus.Of).Distinct())
        {
            endpoint.Produces<ProblemBody>(status, "application/problem+json");
        }

        return endpoint;
    }

    /// <summary>Adds an example of the answer, and of the request where it has a body. Answers to most requests with a body come from the cache.</summary>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder endpoint, T answer, object? request = null, bool isCached = true)
        where T : class =>
        endpoint.Produces<T>().Shows(request, Text(answer, Written), isCached && request is not null);

    /// <summary>Adds that the answer has an item for each symbol, with an answer or a refusal.</summary>
    public static RouteHandlerBuilder AnswersBatch<T>(this RouteHandlerBuilder endpoint, BatchAnswer<T> answer, object request)
        where T : class =>
        endpoint.Produces<BatchAnswer<T>>().Shows(request, Text(answer, WithoutNulls), isCached: true);

    /// <summary>Adds that the answer is in camelCase.</summary>
    public static RouteHandlerBuilder AnswersInCamelCase<T>(this RouteHandlerBuilder endpoint, T answer)
        where T : class
    {
        var body = new AnswerBody(JsonSerializer.SerializeToUtf8Bytes(answer, Written), FromCache: false);
        return endpoint.Produces<T>().WithMetadata(new CamelCaseView())
            .Shows(null, Encoding.UTF8.GetString(CamelCase.Of(body).Answer!.Utf8.Span), isCached: true);
    }

    /// <summary>Adds that the answer is a stream of server-sent events, with an example of one.</summary>
    public static RouteHandlerBuilder Streams<T>(this RouteHandlerBuilder endpoint, StreamChannel channel, T data)
        where T : class =>
        endpoint.Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .Shows(null, $"event: {channel.Event()}\ndata: {Text(data, Written)}\nid: 1234-9f86d0818850\n\n", isCached: false);

    private static RouteHandlerBuilder Shows(this RouteHandlerBuilder endpoint, object? request, string answer, bool isCached)
    {
        if (request is not null)
        {
            endpoint.Produces<ProblemBody>(StatusCodes.Status415UnsupportedMediaType, "application/problem+json");
        }

        return endpoint.WithMetadata(new EndpointExamples(Request(request), answer, isCached));
    }

    private static string? Request(object? body) => body is null ? null : Text(body, WithoutNulls);

    private static string Text(object body, JsonSerializerOptions options) => JsonSerializer.Serialize(body, body.GetType(), options);
}

/// <summary>The refusals that an endpoint may return, and how long a caller waits by default; null where it does not wait for workers.</summary>
internal sealed record PossibleRefusals(IReadOnlyList<RefusalReason> Reasons, TimeSpan? Deadline);

/// <summary>A request to an endpoint and its answer, as JSON, and whether the answer may come from the cache.</summary>
internal sealed record EndpointExamples(string? Request, string Answer, bool IsCached);

/// <summary>Marks an endpoint whose answer has every name in camelCase.</summary>
internal sealed record CamelCaseView;
